package dev.baculasync.integration;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Bacula's unpacked packages. {@code test.sh} unpacks them and tells where, as system property {@code bacula.home}.
 */
public record BaculaHome(Path root) {
    public BaculaHome {
        for (String program : List.of("bacula-dir", "bacula-fd", "bacula-sd", "bconsole", "dbcheck")) {
            if (!Files.isExecutable(root.resolve("usr/sbin").resolve(program))) {
                fail("bacula.home is " + root + ", but there is no program usr/sbin/" + program
                        + " in it; run ./test.sh");
            }
        }
    }

    /** The one place where a machine without Bacula skips a test; where {@code CI=true}, nothing may be skipped. */
    public static BaculaHome orSkip() {
        String home = System.getProperty("bacula.home", System.getenv().getOrDefault("BACULA_HOME", ""));
        if (!home.isBlank()) {
            return new BaculaHome(Path.of(home).toAbsolutePath());
        }
        String reason = "needs a real Bacula: run ./test.sh, or set -Dbacula.home to its unpacked packages";
        if ("true".equals(System.getenv("CI"))) {
            return fail(reason);
        }
        return Assumptions.abort(reason);
    }

    Path program(String name) {
        return root.resolve("usr/sbin").resolve(name);
    }

    Path plugins() {
        return root.resolve("usr/lib/bacula");
    }

    /** The catalog's tables, as Debian installs them. */
    Path catalogDdl() {
        return root.resolve("usr/share/dbconfig-common/data/bacula-director-pgsql/install/pgsql");
    }

    /** The library that, loaded before all others, moves a program's clock. */
    public Path fakeTime() {
        try (Stream<Path> lib = Files.list(root.resolve("usr/lib"))) {
            return lib.map(folder -> folder.resolve("faketime/libfaketime.so.1"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "there is no libfaketime in " + root + "; run ./test.sh, which unpacks it"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Value for {@code LD_LIBRARY_PATH}: Bacula's own libraries and those that were unpacked beside them. */
    String libraryPath() {
        try (Stream<Path> usr = Files.list(root.resolve("usr/lib"));
                Stream<Path> lib =
                        Files.isDirectory(root.resolve("lib")) ? Files.list(root.resolve("lib")) : Stream.of()) {
            return Stream.concat(usr, lib)
                    .filter(folder -> folder.endsWith("bacula")
                            || folder.getFileName().toString().contains("-linux-"))
                    .map(Path::toString)
                    .collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
