package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody removed is told, and written again only where that is safe or asked for. */
class RepairTest {
    private static final String RAN = "server=ran uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String BARE = "server=bare uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7\n";
    private static final String DB = "server=db01 uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n";
    private static final String RAN_JOB = Site.PREFIX + "ran";

    @TempDir
    private static Path folder;

    private static Site site;
    private Program program;

    /** Both jobs have run, so the catalog knows them. */
    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
        site.reset();
        site.answer(RAN + BARE);
        site.sync(site.program(), 0);
        for (String job : new String[] {RAN_JOB, Site.PREFIX + "bare"}) {
            RealBacula.JobRun run = site.bacula().runJob(job);
            assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void reset() throws Exception {
        site.reset();
        program = site.program();
    }

    @Test
    void aLostJobFileIsWarnedOfAndWrittenAgainOnRequestOnly() throws Exception {
        // Everything is gone from the disk, and the catalog knows both jobs.
        site.answer(RAN + BARE + DB);
        Program.Result first = site.sync(program, 1);
        assertThat(first.outcomes())
                .containsEntry("ran", "file-missing")
                .containsEntry("bare", "file-missing")
                .containsEntry("db01", "created");
        assertThat(first.err())
                .contains("WARN: ")
                .contains("run repair")
                .contains("ran")
                .contains("bare");
        assertThat(site.sync(program, 1).outcomes())
                .as("time makes no difference")
                .containsEntry("ran", "file-missing");
        assertThat(site.vm("ran")).doesNotExist();

        FileTree files = site.tree();
        Program.Result dry = program.run("repair", "ran", "--dry-run");
        assertThat(dry.exitCode()).isZero();
        assertThat(dry.out()).contains("repaired").contains(RAN_JOB);
        assertThat(program.with("DRYRUN", "1").run("repair", "ran").exitCode()).isZero();
        program.without("DRYRUN");
        assertThat(site.tree()).as("a dry run leaves no trace").isEqualTo(files);

        Program.Result repair = program.run("repair", "ran");
        assertThat(repair.exitCode()).as(repair.err()).isZero();
        assertThat(repair.out()).contains("repaired").doesNotContain("bare");
        assertThat(site.job("ran")).contains("014c5892-5efb-4efb-bd60-4e038800475d");
        assertThat(site.vm("ran").resolve("fileset")).exists();
        assertThat(site.vm("bare")).doesNotExist();
        assertThat(site.bacula().jobNames())
                .contains(RAN_JOB, Site.PREFIX + "db01")
                .doesNotContain(Site.PREFIX + "bare");
        assertThat(site.bacula().runJob(RAN_JOB).status()).isEqualTo("T");

        Program.Result byUuid = program.run("repair", "22d27bdf-1cdb-461e-8f61-a641e36f9ed7");
        assertThat(byUuid.exitCode()).as(byUuid.err()).isZero();
        assertThat(site.bacula().jobNames()).contains(RAN_JOB, Site.PREFIX + "bare");
        assertThat(site.sync(program, 0).outcomes())
                .containsEntry("ran", "unchanged")
                .containsEntry("bare", "unchanged");
    }

    @Test
    void aJobFileRemovedFromBesideItsFileSetStopsNobodyElse() throws Exception {
        site.answer(RAN + BARE);
        for (String vm : new String[] {"ran", "bare"}) {
            assertThat(program.run("repair", vm).exitCode()).isZero();
        }
        Files.delete(site.vm("ran").resolve("job"));
        String fileSet = Files.readString(site.vm("ran").resolve("fileset"));

        site.answer(RAN + BARE + DB);
        Program.Result result = site.sync(program, 1);
        assertThat(result.outcomes())
                .containsEntry("ran", "file-missing")
                .containsEntry("bare", "unchanged")
                .containsEntry("db01", "created");
        assertThat(site.vm("ran").resolve("job")).doesNotExist();
        assertThat(site.vm("ran").resolve("fileset")).hasContent(fileSet);
        site.assertDirectorWouldLoadIt("a list that named the lost file would stop the Director");
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "bare", Site.PREFIX + "db01");

        Program.Result repair = program.run("repair", "ran");
        assertThat(repair.exitCode()).as("%s%s", repair.out(), repair.err()).isZero();
        assertThat(site.bacula().jobNames()).contains(RAN_JOB);
    }

    @Test
    void aLostFileSetIsWrittenAgainByTheNextSync() throws Exception {
        site.answer(DB);
        site.sync(program, 0);
        Path fileSet = site.vm("db01").resolve("fileset");
        String before = Files.readString(fileSet);
        String job = site.job("db01");
        Files.delete(fileSet);
        assertThat(site.bacula().checkConfiguration().exitCode())
                .as("a Director that restarted now would fail")
                .isEqualTo(1);

        assertThat(site.sync(program, 0).outcomes()).containsEntry("db01", "repaired");
        assertThat(fileSet).hasContent(before);
        assertThat(site.job("db01")).isEqualTo(job);
        site.assertDirectorWouldLoadIt("after the repair");
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "db01");
        assertThat(site.sync(program, 0).outcomes()).containsEntry("db01", "unchanged");
    }

    @Test
    void whatNobodyKnowsOrNobodyLostIsNotRepaired() throws Exception {
        site.answer(DB);
        FileTree empty = site.tree();
        Program.Result unknown = program.run("repair", "no-such-vm");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("no-such-vm");
        assertThat(site.tree().files().keySet()).isSubsetOf(empty.files().keySet());

        Program.Result neverHadOne = program.run("repair", "db01");
        assertThat(neverHadOne.exitCode()).isZero();
        assertThat(neverHadOne.out()).contains("unchanged");
        assertThat(site.vm("db01")).doesNotExist();

        site.sync(program, 0);
        FileTree files = site.tree();
        assertThat(program.run("repair", "db01").exitCode()).isZero();
        assertThat(site.tree()).isEqualTo(files);
    }

    @Test
    void aRepairIsNotMadeForAVmThatCannotBeSeen() throws Exception {
        site.bacula().forgetQuery(Site.CLIENT);
        Program.Result result = program.run("repair", "ran");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains(Site.CLIENT);
        assertThat(site.vm("ran")).doesNotExist();
        JsonNode status = program.run("status", "--json").json();
        assertThat(status.get("vms")).isEmpty();
    }
}
