package dev.baculasync.cli;

import static dev.baculasync.cli.CliHarness.FIRST;
import static dev.baculasync.cli.CliHarness.UUID_1;
import static dev.baculasync.cli.CliHarness.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.CliHarness.Result;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static final Map<String, String> WRONG = new TreeMap<>(Map.ofEntries(
            Map.entry("JOBDEFS", "Default\"Job"),
            Map.entry("STORAGE", "File/1"),
            Map.entry("POOL", "Pööl"),
            Map.entry("SCHEDULE", "x".repeat(128)),
            Map.entry("MESSAGES", "b\"ad"),
            Map.entry("DEDUP_ALGO", "sha-256"),
            Map.entry("GRACE_DAYS", "fourteen"),
            Map.entry("CLEANUP_AFTER_DAYS", "0"),
            Map.entry("DRYRUN", "yes"),
            Map.entry("RELOAD_AFTER_SYNC", "true"),
            Map.entry("PARALLEL", "65"),
            Map.entry("JOBDEFS_ALLOWED", "Good,b@d"),
            Map.entry("POLICY_DRIFT", "fix"),
            Map.entry("MAX_DISABLE_PERCENT", "101"),
            Map.entry("MAX_DISABLE_MIN", "-1"),
            Map.entry("LOG_LEVEL", "verbose"),
            Map.entry("BASE_DIR", "/nowhere"),
            Map.entry("OPENSTACK_WORK_DIR", "/nowhere"),
            Map.entry("DB_PORT", "0"),
            Map.entry("BCONSOLE_TIMEOUT", "-5")));

    @TempDir
    Path folder;

    private CliHarness cli;

    @BeforeEach
    void oneInstance() {
        cli = new CliHarness(folder).clients(FIRST);
        cli.inventory.set(FIRST, vm("web", UUID_1));
    }

    @Test
    void everythingThatIsWrongAnywhereIsToldAtOnceAndEachThingOnce() {
        WRONG.forEach(cli::set);
        cli.clientsConf("datacenter1 openstack1\nd/c os client proxy prefix-\n");

        Result result = cli.run("sync");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).hasSize(WRONG.size() + 2).allMatch(line -> line.startsWith("ERROR: "));
        WRONG.keySet()
                .forEach(name -> assertThat(result.errLines())
                        .filteredOn(line -> line.startsWith("ERROR: " + name + ": "))
                        .as(name)
                        .hasSize(1));
        assertThat(result.errLines())
                .filteredOn(line -> line.contains("clients.conf:1: ") || line.contains("clients.conf:2: "))
                .hasSize(2);
        assertThat(cli.store.vms()).isEmpty();
    }

    @Test
    void anEmptyVariableCountsAsNotSet() {
        WRONG.keySet().forEach(name -> cli.set(name, ""));

        assertThat(cli.run("sync").exitCode()).isZero();
    }

    @Test
    void aMissingClientsConfIsToldWithItsNameAndTheVariableThatNamesIt() {
        assertThat(cli.set("CLIENTS_CONF", folder + "/nowhere.conf").run().err())
                .startsWith("ERROR: " + folder + "/nowhere.conf: ");
        cli.environment.remove("CLIENTS_CONF");

        Result result = cli.run();

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("ERROR: ./clients.conf: ").contains("set CLIENTS_CONF");
    }

    @Test
    void aMissingBconsoleIsToldInTheWordsOfTheManual() {
        assertThat(SyncSetup.problems(settingsWith("BCONSOLE", "bconsole not found; set BCONSOLE to its full path")))
                .containsExactly("bconsole not found; set BCONSOLE to its full path");
        assertThat(SyncSetup.problems(settingsWith("BCONSOLE_CONF", "there is no readable file x")))
                .containsExactly("BCONSOLE_CONF: there is no readable file x");
    }

    @Test
    void theNamesOfResourcesReachTheJobs() {
        cli.director.jobDefs(Set.of("Mine"));

        cli.set("JOBDEFS", "Mine").run("sync");

        assertThat(cli.store.vms()).singleElement().extracting("jobDefs").isEqualTo("Mine");
    }

    @Test
    void jobsNameTheMessagesThatTheOperatorChooses() {
        // A Director that has "Standard" alone.
        assertThat(cli.set("MESSAGES", "Daemon").run("sync").out())
                .contains("Messages \"Daemon\" is not among what the Director shows: it does not exist (set MESSAGES)");
        assertThat(cli.store.vms()).isEmpty();
        assertThat(cli.set("MESSAGES", "Standard").run("sync").exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"'LinuxVMJob, mysql-consistent', mysql-consistent", "LinuxVMJob, DefaultJob"})
    void aTagMayChooseWhatTheOperatorAllows(String allowed, String got) {
        cli.director.jobDefs(Set.of("DefaultJob", "LinuxVMJob", "mysql-consistent"));
        cli.inventory.set(FIRST, new LiveVm("db", UUID_1, "mysql-consistent", false, List.of()));

        // The Director is asked for what it has loaded.
        cli.set("JOBDEFS_ALLOWED", allowed).run("sync");

        assertThat(cli.store.vms()).singleElement().extracting("jobDefs").isEqualTo(got);
    }

    @ParameterizedTest
    @CsvSource({
        "LOG_LEVEL, debug, DEBUG",
        "LOG_LEVEL, , WARN",
        "RUST_LOG, info, INFO",
        "RUST_LOG, 'sync=trace,DEBUG,info', DEBUG",
        "RUST_LOG, off, OFF",
        "RUST_LOG, 'sync=trace', WARN",
        "RUST_LOG, loud, WARN"
    })
    void theLogLevelIsReadFromEitherVariable(String variable, String value, LogLevel level) {
        assertThat(LogLevel.from(Settings.of(Map.of(variable, value == null ? "" : value))))
                .isEqualTo(level);
    }

    @Test
    void anOddRustLogStopsNothingAndLogLevelWins() {
        assertThat(cli.set("RUST_LOG", "loud,,=").run("sync").exitCode()).isZero();
        assertThat(LogLevel.from(Settings.of(Map.of("LOG_LEVEL", "error", "RUST_LOG", "trace"))))
                .isEqualTo(LogLevel.ERROR);
    }

    private static Settings settingsWith(String name, String problem) {
        Settings settings = Settings.of(Map.of());
        settings.problem(name, problem);
        return settings;
    }
}
