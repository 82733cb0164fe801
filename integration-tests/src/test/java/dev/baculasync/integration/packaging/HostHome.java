package dev.baculasync.integration.packaging;

import static org.junit.jupiter.api.Assertions.fail;

import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The unpacked packages of what a host has that the program is installed on: psql, logrotate, systemd. {@code test.sh} unpacks
 * them and tells where, as system property {@code host.home}.
 */
public record HostHome(Path root) {
    /** The one place where a machine without these packages skips a test; where {@code CI=true}, nothing may be skipped. */
    public static HostHome orSkip() {
        String home = System.getProperty("host.home", System.getenv().getOrDefault("HOST_HOME", ""));
        if (!home.isBlank()) {
            return new HostHome(Path.of(home).toAbsolutePath());
        }
        String reason =
                "needs psql, logrotate and systemd: run ./test.sh, or set -Dhost.home to their unpacked packages";
        if ("true".equals(System.getenv("CI"))) {
            return fail(reason);
        }
        return Assumptions.abort(reason);
    }

    /** Runs a script in a database as its superuser, as the manual says, with more options. */
    public Result psql(int port, String database, Path script, String... options)
            throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of(only("usr/lib/postgresql", "bin/psql").toString()));
        words.addAll(List.of("-X", "-h", "127.0.0.1", "-p", String.valueOf(port), "-U", "postgres"));
        words.addAll(List.of("-d", database, "-v", "ON_ERROR_STOP=1", "-f", script.toString()));
        words.addAll(List.of(options));
        return run(words, Map.of());
    }

    Result logrotate(String... options) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of(root.resolve("usr/sbin/logrotate").toString()));
        words.addAll(List.of(options));
        return run(words, Map.of("PATH", "/usr/bin:/bin"));
    }

    /** What systemd has to say about these units; it knows its own beside those in the folder. */
    Result verifyUnits(Path folder, String... units) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of(root.resolve("usr/bin/systemd-analyze").toString(), "verify", "--man=no"));
        words.addAll(List.of(units));
        return run(words, Map.of("SYSTEMD_UNIT_PATH", folder + ":" + root.resolve("lib/systemd/system")));
    }

    private Result run(List<String> words, Map<String, String> environment) throws IOException, InterruptedException {
        return new Command(words.toArray(String[]::new))
                .with(environment)
                .with(Map.of("LD_LIBRARY_PATH", libraryPath()))
                .run();
    }

    private Path only(String folder, String program) {
        try (Stream<Path> versions = Files.list(root.resolve(folder))) {
            return versions.map(version -> version.resolve(program))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String libraryPath() {
        return Stream.of("usr/lib", "lib")
                .map(root::resolve)
                .filter(Files::isDirectory)
                .flatMap(HostHome::architectures)
                .flatMap(folder -> Stream.of(folder.resolve("systemd"), folder))
                .map(Path::toString)
                .collect(Collectors.joining(":"));
    }

    private static Stream<Path> architectures(Path lib) {
        try (Stream<Path> folders = Files.list(lib)) {
            return folders.filter(folder -> folder.getFileName().toString().contains("-linux-")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
