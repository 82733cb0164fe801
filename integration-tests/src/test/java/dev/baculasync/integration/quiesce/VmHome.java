package dev.baculasync.integration.quiesce;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The unpacked packages of what runs on a VM: an SSH server, MariaDB, PostgreSQL. {@code test.sh} unpacks them and tells
 * where, as system property {@code vm.home}.
 */
record VmHome(Path root) {
    /** The one place where a machine without these packages skips a test; where {@code CI=true}, nothing may be skipped. */
    static VmHome orSkip() {
        String home = System.getProperty("vm.home", System.getenv().getOrDefault("VM_HOME", ""));
        if (!home.isBlank()) {
            return new VmHome(Path.of(home).toAbsolutePath());
        }
        String reason = "needs an SSH server and databases: run ./test.sh, or set -Dvm.home to their unpacked packages";
        if ("true".equals(System.getenv("CI"))) {
            return fail(reason);
        }
        return Assumptions.abort(reason);
    }

    Path program(String path) {
        Path program = root.resolve("usr").resolve(path);
        if (!Files.isExecutable(program)) {
            fail("there is no program " + program + "; run ./test.sh, which unpacks it");
        }
        return program;
    }

    /** Makes a script that runs one of these programs with its libraries. */
    void install(String path, Path script) throws IOException {
        install(program(path), script);
    }

    void install(Path program, Path script) throws IOException {
        writeScript(script, "LD_LIBRARY_PATH='" + libraryPath() + "' exec '" + program + "' \"$@\"\n");
    }

    static void writeScript(Path script, String text) throws IOException {
        Files.writeString(script, "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    Path postgresProgram(String name) {
        try (Stream<Path> versions = Files.list(root.resolve("usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin").resolve(name))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Value for {@code LD_LIBRARY_PATH}. */
    String libraryPath() {
        try (Stream<Path> usr = Files.list(root.resolve("usr/lib"));
                Stream<Path> lib =
                        Files.isDirectory(root.resolve("lib")) ? Files.list(root.resolve("lib")) : Stream.of()) {
            return Stream.concat(usr, lib)
                    .filter(folder -> folder.getFileName().toString().contains("-linux-"))
                    .map(Path::toString)
                    .collect(Collectors.joining(":"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Words to put before a program that refuses to run as root: in a user namespace of its own it is nobody, and still
     * owns our files.
     */
    static List<String> asNobody() {
        return isRoot() ? List.of("unshare", "-U") : List.of();
    }

    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }
}
