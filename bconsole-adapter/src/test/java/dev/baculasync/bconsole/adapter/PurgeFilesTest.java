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

/** What Directors 9.6.7 and 15.0 answer to {@code purge files jobid=…}. */
@Timeout(600)
class PurgeFilesTest {
    private static final String WARNING = """

            This command can be DANGEROUS!!!

            It purges (deletes) all Files from a Job,
            JobId, Client or Volume; or it purges (deletes)
            all Jobs from a Client or Volume without regard
            to retention periods. Normally you should use the
            PRUNE command, which respects retention periods.
            """;
    private static final String CATALOG = "Using Catalog \"MyCatalog\"\n";

    @TempDir
    Path folder;

    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void aDirectorThatOnlyWarnsHasPurged() {
        fake.answer(WARNING)
                .answer(WARNING + CATALOG)
                .answer(WARNING + "Automatically selected Catalog: MyCatalog\n" + CATALOG);
        for (int i = 0; i < 3; i++) {
            purge(17);
        }
        assertThat(fake.asked()).containsOnly("purge files jobid=17").hasSize(3);
    }

    @Test
    void aJobThatDoesNotExistIsToldInTheDirectorsWords() {
        fake.cut(WARNING + CATALOG + """
                Could not find Job "17": ERR=sql_get.c:303 No Job found for JobId 17
                +-------+------+-----------+------+-------+----------+----------+-----------+
                | jobid | name | starttime | type | level | jobfiles | jobbytes | jobstatus |
                +-------+------+-----------+------+-------+----------+----------+-----------+
                | 1     | Base |           | B    | F     | 1        | 3        | T         |
                +-------+------+-----------+------+-------+----------+----------+-----------+
                Enter the JobId to select: quit
                Expected a positive integer, got: quit
                Enter the JobId to select:\s""");
        assertThat(refused()).contains("No Job found for JobId 17");
    }

    @Test
    void anythingBesideTheWarningIsARefusal() {
        for (String words : List.of(
                "Invalid jobid",
                "Could not open catalog database \"bacula\".",
                "You must specify a \"use <catalog-name>\" command before continuing.",
                "This command can be DANGEROUS!!!",
                "purged")) {
            fake.answer(WARNING + CATALOG + words + "\n");
            assertThat(refused()).contains(words);
            fake.answer(words + "\n" + WARNING);
            assertThat(refused()).contains(words);
        }
    }

    @Test
    void withoutTheWholeWarningNothingIsPurged() {
        List<String> lines = WARNING.lines().filter(line -> !line.isEmpty()).toList();
        for (String missing : lines) {
            fake.answer(WARNING.replace(missing + "\n", ""));
            assertThat(refused()).contains("was not answered as a purge is");
        }
        fake.answer("");
        assertThat(refused()).contains("said nothing");
        fake.answer(CATALOG);
        assertThat(refused()).contains("Using Catalog");
    }

    @Test
    void aSessionThatIsCutIsToldAsSuch() {
        fake.cut("\nThis command can be DANG");
        assertThat(refused()).contains("cut");
        fake.cut(WARNING + CATALOG);
        assertThat(refused()).contains("cut");
    }

    @Test
    void onlyJobIdsArePurged() {
        for (long id : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> purge(id));
        }
        assertThat(fake.asked()).isEmpty();
    }

    private void purge(long id) {
        new BconsoleDirector(fake.console(), null, time -> {}, FakeBconsole.NEVER_LOOKED).purgeFiles(id);
    }

    private String refused() {
        ProviderException e = catchThrowableOfType(ProviderException.class, () -> purge(17));
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(Code.BAD_ANSWER);
        assertThat(e).hasMessageContaining("\"purge files jobid=17\"");
        return e.getMessage();
    }
}
