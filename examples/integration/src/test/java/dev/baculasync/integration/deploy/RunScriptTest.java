package dev.baculasync.integration.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.deploy.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped scripts around a program that tells how it was called. */
class RunScriptTest {
    @TempDir
    private Path folder;

    private Path settings;

    @BeforeEach
    void install() throws IOException {
        mode(folder, "rwxr-xr-x");
        Files.createDirectories(folder.resolve("home/bin"));
        Files.createDirectories(folder.resolve("home/scripts"));
        for (String script : new String[] {"run-openstack-sync.sh", "preflight-check.sh"}) {
            Path copy = folder.resolve("home/scripts").resolve(script);
            Files.copy(Shipped.tree().resolve("scripts").resolve(script), copy);
            mode(copy, "rwxr-xr-x");
            Files.createSymbolicLink(folder.resolve(script), copy);
        }
        Path program = folder.resolve("home/bin/bacula-openstack-sync");
        Files.writeString(program, """
                #!/bin/sh
                echo "user=$(id -un) umask=$(umask) input=$(cat) check=$DIRECTOR_CHECK arguments=$#"
                for argument; do echo "<$argument>"; done
                echo 'a message' >&2
                exit 7
                """);
        mode(program, "rwxr-xr-x");
        settings = folder.resolve("sync.env");
        settings(Shipped.environment(Map.of("SYNC_LOG", "")));
    }

    @Test
    void theProgramHasTheSettingsAndTheArgumentsAndItsExitCodeIsPassedOn() throws Exception {
        Result result = run("run-openstack-sync.sh", "-e", settings.toString(), "status", "a b", "$HOME");

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.out())
                .isEqualTo("user=" + System.getProperty("user.name") + " umask=0027 input="
                        + " check=/opt/bacula/bin/bacula-dir -t -c /opt/bacula/etc/bacula-dir.conf arguments=3\n"
                        + "<status>\n<a b>\n<$HOME>\n");
        assertThat(result.err()).isEqualTo("a message\n");
    }

    @Test
    void preflightIsTheSameWithItsCommand() throws Exception {
        Result result = run("preflight-check.sh", "-e", settings.toString(), "--json");

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.out()).endsWith("arguments=2\n<preflight>\n<--json>\n");
    }

    @Test
    void theLogHoldsWhatIsPrintedAndIsAddedTo() throws Exception {
        Path log = folder.resolve("sync.log");
        settings(Shipped.environment(Map.of("SYNC_LOG", log.toString())));

        Result first = run("run-openstack-sync.sh", "-e", settings.toString());
        run("run-openstack-sync.sh", "-e", settings.toString(), "status");

        assertThat(first.exitCode()).isEqualTo(7);
        assertThat(first.out()).matches("(?s)--- [-0-9]{10} [:0-9]{8} sync\nuser=.* arguments=0\na message\n");
        assertThat(Files.readString(log)).startsWith(first.out()).containsPattern("(?m)^--- .* status$");
    }

    @Test
    void aLogThatCannotBeWrittenDoesNotChangeTheOutcome() throws Exception {
        settings(Shipped.environment(Map.of("SYNC_LOG", folder + "/none/sync.log")));

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.out()).contains("a message");
        assertThat(result.err()).contains("none/sync.log");
    }

    @Test
    void aFileThatOthersMayChangeIsNotRun() throws Exception {
        mode(settings, "rw-rw----");

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("ERROR: ").endsWith("chmod 640 " + settings + "\n");
    }

    @Test
    void aFileThatIsNotThereIsTold() throws Exception {
        Result result = run("run-openstack-sync.sh", "-e", folder + "/none");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("ERROR: there is no environment file " + folder + "/none;");
    }

    @Test
    void aFileThatIsCutInTheMiddleOfAValueStopsTheRun() throws Exception {
        settings("BASE_DIR=/opt\nDIRECTOR_CHECK=\"/opt/bacula");

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void rootGoesOnAsTheOwnerOfTheFileAndNeverRunsItAsRoot() throws Exception {
        Root.orSkip();
        settings(Shipped.environment(Map.of("SYNC_LOG", "")) + "whoami=$(id -un)\necho \"read as $whoami\"\n");
        new Command("/usr/bin/chown", "nobody", settings.toString()).run();

        Result result = run("run-openstack-sync.sh", "-e", settings.toString(), "status", "a b");

        assertThat(result.out()).startsWith("read as nobody\nuser=nobody ").endsWith("<status>\n<a b>\n");
        assertThat(result.exitCode()).isEqualTo(7);
    }

    /** As little as a daemon hands down. */
    private Result run(String script, String... arguments) throws Exception {
        return new Command(Stream.concat(Stream.of(folder.resolve(script).toString()), Arrays.stream(arguments))
                        .toArray(String[]::new))
                .run();
    }

    private void settings(String text) throws IOException {
        Files.writeString(settings, text);
        mode(settings, "rw-r-----");
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
