package dev.baculasync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.CliHarness.Result;
import dev.baculasync.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LookalikesTest {
    private static final Path SPECIFICATION = Path.of("..", "..", "docs", "specification.md");
    private static final Variables VARIABLES = Variables.of(Main.providers());

    @ParameterizedTest
    @CsvSource({
        "DRY_RUN, DRYRUN",
        "dryrun, DRYRUN",
        "Dry-Run, DRYRUN",
        "GRACEDAYS, GRACE_DAYS",
        "grace_days, GRACE_DAYS",
        "JOB_DEFS, JOBDEFS",
        "MAXDISABLE_PERCENT, MAX_DISABLE_PERCENT",
        "BASEDIR, BASE_DIR",
        "bconsole, BCONSOLE",
        "b_console, BCONSOLE",
        "BCONSOLECONF, BCONSOLE_CONF",
        "__POOL, POOL",
        "SYNCLOG, SYNC_LOG",
        "PG_PASSFILE, PGPASSFILE",
        "MAX_DISABLE_PCT, MAX_DISABLE_PERCENT",
        "DB_PASSWORD, PGPASSWORD",
    })
    void aMisspeltNameIsToldWithTheOneThatIsMeant(String set, String meant) {
        assertThat(in(set)).containsOnlyKeys(set).containsValue(meant);
    }

    @Test
    void whatBelongsToOthersIsLeftAlone() {
        assertThat(in(
                        "PATH",
                        "HOME",
                        "LANG",
                        "LC_MESSAGES",
                        "USER",
                        "PWD",
                        "SHELL",
                        "TERM",
                        "TZ",
                        "tz",
                        "NOCOLOR",
                        "SYNC_LOG",
                        "JAVA_HOME",
                        "DISPLAY",
                        "PGHOST",
                        "PGUSER",
                        "DB_TYPE",
                        "LOGNAME",
                        "OS_CLOUDS",
                        "OS_AUTHURL",
                        "POOLED",
                        "POOL_SIZE",
                        "POOLS",
                        "STORE",
                        "CLEANUP_AFTR_DAYS",
                        "DIRECTOR_CHEK",
                        "max_disable_pct",
                        ""))
                .isEmpty();
    }

    @Test
    void oursAreNoLookalikes() {
        String[] names = VARIABLES.settings().stream().map(Setting::name).toArray(String[]::new);
        assertThat(in(names)).isEmpty();
        assertThat(misspellings()).doesNotContain(names);
    }

    @Test
    void theSpecificationListsTheKnownWrongNamesAndNoOther() throws IOException {
        Matcher list = Pattern.compile("known wrong names: ([^.]*)\\.").matcher(Files.readString(SPECIFICATION));
        assertThat(list.find()).isTrue();
        Set<String> listed = new TreeSet<>();
        for (Matcher name = Pattern.compile("`([A-Z_]+)`").matcher(list.group(1)); name.find(); ) {
            listed.add(name.group(1));
        }

        assertThat(listed).isEqualTo(misspellings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "status", "repair web", "delete-client dc os fd p-"})
    void whoMisspellsAVariableIsToldWithAllElseThatIsWrongAndNothingIsDone(String command, @TempDir Path folder) {
        CliHarness cli = new CliHarness(folder)
                .set("DRY_RUN", "1")
                .set("dryrun", "1")
                .set("DRYRUN", "0")
                .set("LOG_LEVEL", "loud");
        cli.inventory.set(CliHarness.FIRST, CliHarness.vm("web", CliHarness.UUID_1));
        cli.inventory.set(CliHarness.SECOND);

        Result result = cli.run(command.split(" "));

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errLines())
                .contains(
                        "ERROR: DRY_RUN: is set, but nothing reads it; if DRYRUN is meant, write it like that, else unset it")
                .anyMatch(line -> line.startsWith("ERROR: dryrun: is set"))
                .anyMatch(line -> line.startsWith("ERROR: LOG_LEVEL: "))
                .hasSize(3);
        assertThat(cli.store.vms()).isEmpty();
    }

    @Test
    void inPreflightItIsAFail(@TempDir Path folder) {
        Result result = new CliHarness(folder).set("dryrun", "1").run("preflight");

        assertThat(result.outLines())
                .anyMatch(line -> line.startsWith("FAIL\tRuntime config\tdryrun\tis set, but nothing reads it"));
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void whoOnlyAsksForHelpIsNotHeldUp(@TempDir Path folder) {
        CliHarness cli = new CliHarness(folder).set("DRY_RUN", "1");

        assertThat(List.of(cli.run("--help").exitCode(), cli.run("--version").exitCode()))
                .containsOnly(0);
    }

    private static Map<String, String> in(String... set) {
        return Lookalikes.in(Set.of(set), VARIABLES.settings());
    }

    private static Set<String> misspellings() {
        return VARIABLES.settings().stream()
                .flatMap(setting -> setting.misspellings().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
