package dev.baculasync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.CliHarness.Result;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
    private static final List<String> COMMANDS =
            List.of("sync", "status", "explain", "coverage", "restore-points", "repair", "preflight", "delete-client");

    private static final List<String> VARIABLES = List.of(
            "CLIENTS_CONF",
            "BASE_DIR",
            "JOBDEFS",
            "STORAGE",
            "POOL",
            "SCHEDULE",
            "MESSAGES",
            "DEDUP_ALGO",
            "GRACE_DAYS",
            "CLEANUP_AFTER_DAYS",
            "DRYRUN",
            "RELOAD_AFTER_SYNC",
            "DB_HOST",
            "DB_PORT",
            "DB_NAME",
            "DB_USER",
            "DB_TLS",
            "DB_TLS_CA",
            "PGPASSWORD",
            "PGPASSFILE",
            "RUST_LOG",
            "LOG_LEVEL",
            "BCONSOLE",
            "B_CONSOLE",
            "BCONSOLE_CONF",
            "B_CONSOLE_CONF",
            "BCONSOLE_TIMEOUT",
            "BCONSOLE_MAX_OUTPUT",
            "PARALLEL",
            "JOBDEFS_ALLOWED",
            "POLICY_DRIFT",
            "MAX_DISABLE_PERCENT",
            "MAX_DISABLE_MIN",
            "DIRECTOR_CHECK",
            "OS_AUTH_URL");

    @TempDir
    Path folder;

    private CliHarness cli;

    @BeforeEach
    void harness() {
        cli = new CliHarness(folder);
    }

    @Test
    void theHelpNamesEveryCommandEveryVariableAndEveryExitCode() {
        Result result = cli.run("--help");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        COMMANDS.forEach(command -> assertThat(result.out()).containsPattern("(?m)^  " + command + " "));
        VARIABLES.forEach(variable -> assertThat(result.out()).containsPattern("(?m)^  (\\w+, )?" + variable + "[ ,]"));
        assertThat(result.out()).containsPattern("(?m)^  3 +another run holds the lock");
    }

    @Test
    void eachVariableHasItsMeaningBesideItAndNotInAColumnOfSingleLetters() {
        assertThat(cli.run("--help").outLines())
                .anyMatch(line -> line.contains("CLIENTS_CONF") && line.contains("the client definition file"));
    }

    @Test
    void theHelpFitsATerminalOfEightyColumns() {
        assertThat(cli.run("--help").outLines()).allMatch(line -> line.length() <= 80);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"sync", "status", "explain", "coverage", "restore-points", "repair", "preflight", "delete-client"
            })
    void everyCommandExplainsItselfAndItsExitCodes(String command) {
        Result result = cli.run(command, "--help");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("bacula-openstack-sync " + command).contains("Exit codes:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"explain web", "coverage --json", "restore-points web --json"})
    void whatIsNotThereYetIsRefusedByName(String line) {
        String[] arguments = line.split(" ");

        Result result = cli.run(arguments);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).isEqualTo("ERROR: " + arguments[0] + ": not available yet\n");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void theVersionIsTheOneOfTheBuild() {
        assertThat(cli.run("--version").out()).matches("bacula-openstack-sync \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
        assertThat(cli.run("sync", "--version").out()).isEqualTo(cli.run("-V").out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "snyc",
                "--dryrun",
                "sync --client",
                "status a b",
                "sync web",
                "delete-client a b c",
                "delete-client a b c d e"
            })
    void wrongUsageIsOneLineThatPointsToTheHelp(String line) {
        Result result = cli.run(line.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("ERROR: ")
                .endsWith("--help");
        assertThat(cli.created).isEmpty();
    }
}
