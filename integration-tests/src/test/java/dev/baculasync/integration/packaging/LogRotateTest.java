package dev.baculasync.integration.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped rule as logrotate itself reads it, with a user who is there on every machine. */
class LogRotateTest {
    @TempDir
    private Path folder;

    private HostHome host;
    private Path rule;
    private Path log;

    @BeforeEach
    void setUp() throws Exception {
        host = HostHome.orSkip();
        Root.orSkip();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path logs = Files.createDirectory(folder.resolve("log"));
        log = logs.resolve("openstack-sync.log");
        rule = Files.writeString(
                folder.resolve("rule"),
                Shipped.text(
                        "etc/logrotate",
                        Map.of(
                                "/opt/bacula/log/openstack-sync.log",
                                log.toString(),
                                "bacula bacula",
                                "nobody " + group("nobody"))));
        new Command("/usr/bin/chown", "nobody:", logs.toString()).run();
        Files.setPosixFilePermissions(logs, PosixFilePermissions.fromString("rwxr-x---"));
    }

    @Test
    void theRuleIsReadWithoutAWord() throws Exception {
        Result debug = host.logrotate("-d", "-s", folder.resolve("state").toString(), rule.toString());

        assertThat(debug.exitCode()).isZero();
        assertThat(debug.err()).contains("rotating pattern: " + log).doesNotContain("error:");
        assertThat(rotate()).isEqualTo(new Result(0, "", ""));
        assertThat(log).as("a log that is not there yet").doesNotExist();
    }

    @Test
    void aRunThatIsUnderWayWhenItsLogIsRotatedLosesNoLine() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home"));
        Path scripts = Files.createDirectories(home.resolve("scripts"));
        Path script = Files.copy(
                Shipped.tree().resolve("scripts/run-openstack-sync.sh"), scripts.resolve("run-openstack-sync.sh"));
        Path program = Files.createDirectories(home.resolve("bin")).resolve("bacula-openstack-sync");
        Path settings = Files.writeString(folder.resolve("sync.env"), "SYNC_LOG=" + log + "\n");
        new Command("/usr/bin/chown", "nobody:", settings.toString()).run();
        for (Path executable : List.of(script, program)) {
            if (!Files.exists(executable)) {
                // Tells that it has begun and goes on when the log has been rotated.
                Files.writeString(executable, """
                        #!/bin/sh
                        echo "$1 before"
                        [ "$1" = first ] || exit 0
                        read -r answer <"$2"
                        echo "$1 after"
                        """);
            }
            Files.setPosixFilePermissions(executable, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Path gate = folder.resolve("gate");
        new Command("/usr/bin/mkfifo", "-m", "666", gate.toString()).run();
        Process first = new ProcessBuilder(script.toString(), "-e", settings.toString(), "first", gate.toString())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectErrorStream(true)
                .start();
        // Opens when the program reads.
        try (var answer = Files.newOutputStream(gate)) {
            assertThat(rotate()).isEqualTo(new Result(0, "", ""));
            new Command(script.toString(), "-e", settings.toString(), "second").run();
            answer.write('\n');
        }
        assertThat(first.waitFor()).isZero();

        List<String> lines = new ArrayList<>();
        for (Path part : List.of(log.resolveSibling("openstack-sync.log.1"), log)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
                    .isEqualTo("rw-r-----");
            assertThat(Files.getOwner(part).getName()).isEqualTo("nobody");
            Files.readAllLines(part).stream()
                    .filter(line -> !line.startsWith("---"))
                    .forEach(lines::add);
        }
        assertThat(lines).containsExactly("first before", "first after", "second before");
    }

    private Result rotate() throws Exception {
        return host.logrotate("-f", "-s", folder.resolve("state").toString(), rule.toString());
    }

    private static String group(String user) throws IOException, InterruptedException {
        return new Command("/usr/bin/id", "-gn", user).run().out().strip();
    }
}
