package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Directors 9.6.7 and 15.0 answer to {@code list jobname=…}. */
@Timeout(600)
class RunsOfTest {
    private static final String TWO_RUNS = """
            Using Catalog "MyCatalog"
            +-------+------+---------------------+------+-------+----------+----------+-----------+
            | jobid | name | starttime           | type | level | jobfiles | jobbytes | jobstatus |
            +-------+------+---------------------+------+-------+----------+----------+-----------+
            | 1     | Base | 2026-11-22 04:19:16 | B    | F     | 1        | 3        | T         |
            | 2     | Base | 2026-11-22 04:19:19 | B    | F     | 1        | 3        | T         |
            +-------+------+---------------------+------+-------+----------+----------+-----------+
            """;
    private static final String BIG_IDS = """
            Using Catalog "MyCatalog"
            +---------------+------+-----------+------+-------+----------+----------+-----------+
            | jobid         | name | starttime | type | level | jobfiles | jobbytes | jobstatus |
            +---------------+------+-----------+------+-------+----------+----------+-----------+
            | 1234567       | Base |           | B    | F     | 0        | 0        | R         |
            | 2147483647    | Base |           | R    | F     | 0        | 0        | C         |
            +---------------+------+-----------+------+-------+----------+----------+-----------+
            """;

    @TempDir
    Path folder;

    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void everyRowIsARun() {
        fake.answer(TWO_RUNS);
        assertThat(runsOf("Base")).containsExactly(1L, 2L);
        assertThat(fake.asked()).containsExactly("list jobname=Base");
    }

    @Test
    void runsThatHaveNotEndedOrBegunAreRuns() {
        fake.answer(BIG_IDS);
        assertThat(runsOf("Base")).containsExactly(1_234_567L, 2_147_483_647L);
    }

    @Test
    void aConsoleThatMayNotSayGuiOnSeesCommasAndAnotherNotice() {
        fake.answer("Automatically selected Catalog: MyCatalog\n"
                + BIG_IDS.replace("| 1234567       |", "|     1,234,567 |")
                        .replace("| 2147483647    |", "| 2,147,483,647 |"));
        assertThat(runsOf("Base")).containsExactly(1_234_567L, 2_147_483_647L);
    }

    @Test
    void aJobWithoutRunsHasNone() {
        fake.answer("Using Catalog \"MyCatalog\"\nNo results to list.\n");
        assertThat(runsOf("gone")).isEmpty();
    }

    @Test
    void aNameWithBlanksIsQuoted() {
        fake.answer(TWO_RUNS.replace("Base", "My B"));
        assertThat(runsOf("My B")).containsExactly(1L, 2L);
        assertThat(fake.asked()).containsExactly("list jobname=\"My B\"");
    }

    @Test
    void aNameWiderThanItsColumnIsReadToItsEnd() {
        String name = "x".repeat(127);
        fake.answer(TWO_RUNS.replace("Base", name));
        assertThat(runsOf(name)).containsExactly(1L, 2L);
        fake.answer(TWO_RUNS.replace("Base", name));
        assertThat(misunderstood("x".repeat(126))).contains("xxx");
    }

    @Test
    void columnsAreFoundByTheirTitles() {
        fake.answer("""
                +------+------+-------+
                | Name | Type | JobId |
                +------+------+-------+
                | Base | B    | 17    |
                +------+------+-------+
                """);
        assertThat(runsOf("Base")).containsExactly(17L);
    }

    @Test
    void aRunOfAnotherJobMeansThatTheAnswerIsNotUnderstood() {
        for (String other : List.of("base", "Base2", "Bas", "Ba|e", "")) {
            fake.answer(TWO_RUNS.replace("| 2     | Base |", "| 2     | " + other + " |"));
            assertThat(misunderstood("Base")).contains("| 2     | " + other + " |");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1.5", "12a", "1,23", ",234", "01", "1234567890123456789", "1", "NULL"})
    void whatIsNoNewJobIdMeansThatTheAnswerIsNotUnderstood(String id) {
        fake.answer(TWO_RUNS.replace("| 2  ", "| " + id + " "));
        assertThat(misunderstood("Base")).contains("| " + id + " ");
    }

    @Test
    void aListIsOneWholeTableOrNone() {
        List<String> lines = TWO_RUNS.lines().toList();
        for (int missing = 1; missing < lines.size(); missing++) {
            int skipped = missing;
            if (skipped == 4 || skipped == 5) {
                continue; // a row that is not there cannot be missed
            }
            fake.answer(String.join(
                            "\n",
                            lines.stream()
                                    .filter(line -> line != lines.get(skipped))
                                    .toList())
                    + "\n");
            assertThat(misunderstood("Base")).isNotEmpty();
        }
        fake.answer(TWO_RUNS.replaceAll("\\| [12] .*\n", ""));
        assertThat(misunderstood("Base")).as("a table without rows").contains("+---");
        fake.answer("Using Catalog \"MyCatalog\"\n");
        assertThat(misunderstood("Base")).as("a query that failed").contains("before its list is complete");
        fake.answer("");
        assertThat(misunderstood("Base")).contains("before its list is complete");
    }

    @Test
    void nothingMayStandBesideTheList() {
        for (String more : List.of("Unknown list keyword: space", "No results to list.", "| 3 | Base |", TWO_RUNS)) {
            fake.answer(TWO_RUNS + more + "\n");
            assertThat(misunderstood("Base")).contains(more.lines().findFirst().orElseThrow());
        }
        fake.answer("No results to list.\n" + TWO_RUNS);
        assertThat(misunderstood("Base")).contains("Using Catalog");
        fake.answer("Could not open catalog database \"bacula\".\nNo results to list.\n");
        assertThat(misunderstood("Base")).contains("Could not open");
    }

    @Test
    void aTableWithoutJobIdsOrNamesIsNotUnderstood() {
        for (String title : List.of("jobid", "name")) {
            fake.answer(TWO_RUNS.replace("| " + title + " ", "| other "));
            assertThat(misunderstood("Base")).contains("| other ");
        }
    }

    @Test
    void aConsoleWithoutACatalogIsTold() {
        fake.answer("You must specify a \"use <catalog-name>\" command before continuing.\n"
                + "Could not find a Catalog resource\n");
        assertThat(misunderstood("Base")).contains("use <catalog-name>");
    }

    @Test
    void onlyLegalNamesAreAskedFor() {
        for (String hostile : List.of("", "a\" jobs", "a\nquit", "a'b", "a%")) {
            assertThatIllegalArgumentException().isThrownBy(() -> runsOf(hostile));
        }
        assertThat(fake.asked()).isEmpty();
    }

    private Iterable<Long> runsOf(String job) {
        return new BconsoleDirector(fake.console(), null, time -> {}, FakeBconsole.NEVER_LOOKED).runsOf(job);
    }

    private String misunderstood(String job) {
        ProviderException e = catchThrowableOfType(ProviderException.class, () -> runsOf(job));
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(Code.BAD_ANSWER);
        assertThat(e).hasMessageContaining("\"list jobname=");
        return e.getMessage();
    }
}
