package dev.baculasync.integration.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped scripts around a program that tells how it was called. */
class RunScriptTest {
    @TempDir
    private Path folder;

    private Path settings;
    private Path log;

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
        program("""
                #!/bin/sh
                echo "user=$(id -un) umask=$(umask) input=$(cat) check=$DIRECTOR_CHECK arguments=$#"
                for argument; do echo "<$argument>"; done
                echo 'a message' >&2
                exit 7
                """);
        log = folder.resolve("sync.log");
        settings = folder.resolve("sync.env");
        settings(Shipped.environment(Map.of("SYNC_LOG", log.toString())));
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
    void whatTheProgramStartsIsFoundWhereNoPathIsHandedDown() throws Exception {
        program("#!/bin/sh\nexec /usr/bin/env\n");

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.out().lines())
                .anySatisfy(line -> assertThat(line).startsWith("PATH=").contains("/usr/local/bin:", "/usr/bin:"));
    }

    @Test
    void preflightIsTheSameWithItsCommand() throws Exception {
        Result result = run("preflight-check.sh", "-e", settings.toString(), "--json");

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.out()).endsWith("arguments=2\n<preflight>\n<--json>\n");
    }

    @Test
    void theLogHoldsBothStreamsOfEachRunAndIsForTheOwnersGroupAtMost() throws Exception {
        Result first = run("run-openstack-sync.sh", "-e", settings.toString());
        run("run-openstack-sync.sh", "-e", settings.toString(), "explain", "a\nb");

        List<String> lines = Files.readAllLines(log);
        assertThat(lines.get(0)).matches("--- [-0-9]{10} [:0-9]{8} sync");
        assertThat(lines.subList(1, 3)).containsExactlyInAnyOrder(first.out().strip(), "a message");
        assertThat(lines.get(3)).matches("--- .* explain \\$'a\\\\nb'");
        assertThat(lines).contains("<explain>", "b>").hasSize(9);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void whatAProgramReadsIsByteForByteWhatWasWritten() throws Exception {
        program("""
                #!/bin/sh
                printf '{"exitCode": 0}\\r\\n\\377 without an end'
                printf 'a part' >&2
                """);

        Result result = new Command(
                        "/bin/sh", "-c", folder.resolve("run-openstack-sync.sh") + " -e " + settings + " | od -An -c")
                .with(Map.of("PATH", "/usr/bin:/bin"))
                .run();

        assertThat(result.out().replaceAll("\\s+", "")).isEqualTo("{\"exitCode\":0}\\r\\n377withoutanend");
        assertThat(result.err()).isEqualTo("a part");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none/sync.log", "home"})
    void aLogThatCannotBeWrittenDoesNotChangeTheOutcomeAndIsTold(String unwritable) throws Exception {
        settings(Shipped.environment(
                Map.of("SYNC_LOG", folder.resolve(unwritable).toString())));

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.exitCode()).isEqualTo(7);
        assertThat(result.out()).startsWith("user=").endsWith("arguments=0\n");
        assertThat(result.err())
                .matches("WARN: this run is not logged: " + folder + "/" + unwritable + ": .*\na message\n");
    }

    @Test
    void aLogThatFillsUpWhileTheProgramRunsDoesNotStopIt() throws Exception {
        program("""
                #!/bin/sh
                echo begun
                seq -f 'line %030g' 5000
                echo done
                exit 3
                """);
        // Room for the run's first line and a few others.
        Files.write(log, new byte[1024 * 1024 - 8192]);

        Result result = new Command(
                        "/bin/bash",
                        "-c",
                        "ulimit -f 1024; exec \"$0\" -e \"$1\"",
                        folder.resolve("run-openstack-sync.sh").toString(),
                        settings.toString())
                .run();

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.out().lines()).hasSize(5002).startsWith("begun").endsWith("done");
        assertThat(result.err()).isEqualTo("WARN: the log " + log + " cannot be written to its end\n");
        assertThat(Files.size(log)).isLessThanOrEqualTo(1024 * 1024);
    }

    @Test
    void runsAtTheSameTimeDoNotTearEachOthersLines() throws Exception {
        program("""
                #!/bin/sh
                seq -f "$1 %0200g" 4000
                seq -f "$1 %0200g" 4000 >&2
                """);
        String script = folder.resolve("run-openstack-sync.sh") + " -e " + settings + " ";

        Result result =
                new Command("/bin/sh", "-c", script + "one & " + script + "two & " + script + "three & wait").run();

        assertThat(result.exitCode()).isZero();
        assertThat(Files.readAllLines(log))
                .hasSize(3 * 8001)
                .allMatch(line -> line.matches("(one|two|three) 0\\d{199}" + "|--- .* (one|two|three)"));
    }

    @Test
    void aRunThatIsToldToStopTellsTheProgramAndKeepsWhatItSays() throws Exception {
        program("""
                #!/bin/sh
                trap 'echo stopping; kill $!; exit 9' TERM
                sleep 60 >/dev/null 2>&1 &
                kill -TERM $PPID
                wait
                """);

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.exitCode()).isEqualTo(9);
        assertThat(result.out()).isEqualTo("stopping\n");
        assertThat(Files.readAllLines(log)).endsWith("stopping");
    }

    @Test
    void aFileThatOthersMayChangeIsNotRun() throws Exception {
        mode(settings, "rw-rw----");

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("ERROR: ").endsWith("chmod 640 " + settings + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PGPASSWORD=s3cret",
                "export A=1 OS_PASSWORD=\"s3cret\"",
                "OS_TOKEN='$3cret'",
                "DB_PASSWORD=s3cret",
                "A='#'; OS_APPLICATION_CREDENTIAL_SECRET=s3cret"
            })
    void aSecretThatAnybodyMayReadIsToldAndTheRunGoesOn(String line) throws Exception {
        settings(Shipped.environment(Map.of("SYNC_LOG", "")) + line + "\n");
        mode(settings, "rw-r--r--");

        for (String script : List.of("run-openstack-sync.sh", "preflight-check.sh")) {
            Result result = run(script, "-e", settings.toString());

            assertThat(result.exitCode()).isEqualTo(7);
            assertThat(result.out()).startsWith("user=");
            assertThat(result.err())
                    .matches("WARN: " + settings
                            + " has mode 644 and holds (PGPASSWORD|DB_PASSWORD|OS_[A-Z_]+), so anybody on this"
                            + " host may read that: chmod 640 " + settings + "\na message\n");
        }
        mode(settings, "rw-r-----");
        assertThat(run("run-openstack-sync.sh", "-e", settings.toString()).err())
                .isEqualTo("a message\n");
    }

    @Test
    void anOpenFileWithoutASecretIsNothingToTell() throws Exception {
        settings(Shipped.environment(Map.of("SYNC_LOG", "")) + """
                #PGPASSWORD=s3cret
                PGPASSWORD=
                PGPASSWORD="$(echo from elsewhere)"
                OS_PASSWORD=$PGPASSWORD
                NO_PGPASSWORD=1
                """);
        mode(settings, "rw-r--r--");

        assertThat(run("run-openstack-sync.sh", "-e", settings.toString()).err())
                .isEqualTo("a message\n");
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
    void aLineThatIsNoAssignmentStopsTheRunInsteadOfLeavingTheDefault() throws Exception {
        settings("POOL=Databases and more\nBASE_DIR=/opt\n");

        Result result = run("run-openstack-sync.sh", "-e", settings.toString());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("line 1: and: command not found")
                .endsWith("ERROR: " + settings + " cannot be read to its end; values with blanks must be quoted\n");
    }

    @Test
    void rootGoesOnAsTheOwnerOfTheFileAndNeverRunsItAsRoot() throws Exception {
        Root.orSkip();
        settings(Shipped.environment(Map.of("SYNC_LOG", "")) + "whoami=$(id -un)\necho \"read as $whoami\"\n");
        new Command("/usr/bin/chown", "nobody", settings.toString()).run();

        // The PATH that cron hands down: runuser is not on it.
        Result result = new Command(
                        folder.resolve("run-openstack-sync.sh").toString(), "-e", settings.toString(), "status", "a b")
                .with(Map.of("PATH", "/usr/bin:/bin"))
                .run();

        assertThat(result.out()).startsWith("read as nobody\nuser=nobody ").endsWith("<status>\n<a b>\n");
        assertThat(result.exitCode()).isEqualTo(7);
    }

    /** Else root's run would write where bacula may put a link, and bconsole would run what bacula has put into its configuration. */
    @Test
    void rootGoesOnAsBaculaWhenTheFileIsRoots() throws Exception {
        Root.orSkip();
        Path stubs = Files.createDirectory(folder.resolve("stubs"));
        Files.writeString(stubs.resolve("id"), "#!/bin/sh\ncase $* in -u) echo 0 ;; '-u bacula') echo 4711 ;; esac\n");
        Files.writeString(stubs.resolve("runuser"), "#!/bin/sh\necho \"runuser $*\"\n");
        mode(stubs.resolve("id"), "rwxr-xr-x");
        mode(stubs.resolve("runuser"), "rwxr-xr-x");

        Result result = new Command(
                        folder.resolve("run-openstack-sync.sh").toString(), "-e", settings.toString(), "status")
                .with(Map.of("PATH", stubs + ":/usr/bin:/bin"))
                .run();

        assertThat(result.out()).startsWith("runuser -u bacula -- ").endsWith(" -e " + settings + " status\n");
        assertThat(log).doesNotExist();
    }

    /** As little as a daemon hands down. */
    private Result run(String script, String... arguments) throws Exception {
        return new Command(Stream.concat(Stream.of(folder.resolve(script).toString()), Arrays.stream(arguments))
                        .toArray(String[]::new))
                .run();
    }

    private void program(String text) throws IOException {
        Path program = folder.resolve("home/bin/bacula-openstack-sync");
        Files.writeString(program, text);
        mode(program, "rwxr-xr-x");
    }

    private void settings(String text) throws IOException {
        Files.writeString(settings, text);
        mode(settings, "rw-r-----");
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }
}
