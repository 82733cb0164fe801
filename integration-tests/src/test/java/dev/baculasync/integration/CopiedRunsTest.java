package dev.baculasync.integration;

import static dev.baculasync.integration.BackedUpSite.DB;
import static dev.baculasync.integration.BackedUpSite.DB_JOB;
import static dev.baculasync.integration.BackedUpSite.OTHER_JOB;
import static dev.baculasync.integration.BackedUpSite.WEB;
import static dev.baculasync.integration.BackedUpSite.WEB_JOB;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.integration.RealBacula.JobRun;
import dev.baculasync.integration.RealBacula.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real Director makes of a VM's backups by its Copy and Migration jobs outlives the purge of the VM, down to the last
 * byte; a Virtual Full is a backup like any other and goes.
 */
class CopiedRunsTest {
    private static final Duration TO_DISABLED = Duration.ofDays(15);
    private static final Duration TO_PURGE = Duration.ofDays(46);
    private static final Pattern STORAGE = Pattern.compile("Storage \\{.*?\n}\n", Pattern.DOTALL);
    private static final Pattern QUEUED = Pattern.compile("Job queued\\. JobId=(\\d+)");

    @TempDir
    private static Path folder;

    private static BackedUpSite site;

    /** JobIds of web's first three backups. */
    private static int copied;

    private static int plain;
    private static int migrated;

    /** JobIds of what was made of them. */
    private static int copy;

    private static int virtualFull;
    private static int migration;

    private static List<byte[]> contents;

    @BeforeAll
    static void start() throws Exception {
        site = BackedUpSite.start(folder);
        List<Integer> runs = site.bacula().catalog().column("SELECT JobId FROM Job WHERE Name = ?", WEB_JOB).stream()
                .map(Integer::valueOf)
                .sorted()
                .toList();
        copied = runs.get(0);
        plain = runs.get(1);
        migrated = runs.get(2);
        contents = List.of(restored(copied), restored(plain), restored(migrated));
        assertThat(contents).doesNotHaveDuplicates();
        Path director = site.bacula().directorFile();
        Files.writeString(director, withSecondPool(Files.readString(director)));
        assertThat(site.bacula().checkConfiguration()).isEqualTo(new Output(0, ""));
        site.bacula().reload();

        copy = madeBy("CopyRun", copied);
        virtualFull = virtualFull();
        migration = madeBy("MigrateRun", migrated);

        site.answer("db");
        Program program = site.site().program();
        assertThat(site.site().sync(program, 0).outcomes()).containsEntry("web", "grace-started");
        program.laterBy(TO_DISABLED);
        assertThat(site.site().sync(program, 0).outcomes()).containsEntry("web", "disabled");
        site.keep();
    }

    /** As a site has it that keeps what it copies on other volumes, of which each takes two jobs. */
    private static String withSecondPool(String director) {
        Matcher first = STORAGE.matcher(director);
        assertThat(first.find()).isTrue();
        return director.replace("  Pool Type = Backup\n", "  Pool Type = Backup\n  Next Pool = \"Copies\"\n")
                + first.group()
                        .replace("\"File1\"", "\"Copies\"")
                        .replace("\"FileStorage\"", "\"CopyStorage\"")
                        .replace("\"File\"", "\"Copy\"")
                + """
                Pool {
                  Name = "Copies"
                  Pool Type = Backup
                  Storage = "Copies"
                  Label Format = "Copy-"
                  Maximum Volume Jobs = 2
                  AutoPrune = no
                }
                """ + secondJob("CopyRun", "Copy", copied) + secondJob("MigrateRun", "Migrate", migrated);
    }

    private static String secondJob(String name, String type, int jobId) {
        return """
                Job {
                  Name = "%s"
                  Type = %s
                  Selection Type = SQLQuery
                  Selection Pattern = "SELECT JobId FROM Job WHERE JobId = %d"
                  JobDefs = "DefaultJob"
                  Client = "%s"
                  FileSet = "Base Set"
                }
                """.formatted(name, type, jobId, Site.CLIENT);
    }

    private static int madeBy(String job, int from) throws Exception {
        JobRun run = site.bacula().runJob(job);
        assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        List<String> made = site.bacula().catalog().column("SELECT JobId FROM Job WHERE PriorJobId = ?", from);
        assertThat(made).as(run.transcript()).hasSize(1);
        return Integer.parseInt(made.get(0));
    }

    private static int virtualFull() throws Exception {
        String answer = site.bacula().ask("run job=\"" + WEB_JOB + "\" level=VirtualFull yes");
        Matcher queued = QUEUED.matcher(answer);
        assertThat(queued.find()).as(answer).isTrue();
        JobRun run = site.bacula().await(Integer.parseInt(queued.group(1)));
        assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        return run.jobId();
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void rewind() throws Exception {
        site.rewind();
    }

    @Test
    void copiesAndMigrationsOutliveThePurgeOfTheirVm() throws Exception {
        assertThat(column("SELECT Type || ' ' || PriorJobId FROM Job WHERE Name = '" + WEB_JOB + "' ORDER BY JobId"))
                .containsExactly("B 0", "B 0", "M 0", "C " + copied, "B 0", "B " + migrated);
        assertThat(volumesOf(copied)).isEqualTo(volumesOf(plain)).containsExactly("Vol-0001");
        assertThat(volumesOf(migrated)).containsExactly("Vol-0002");
        assertThat(volumesOf(copy)).isEqualTo(volumesOf(virtualFull)).hasSize(1).doesNotContain("Vol-0001");
        List<String> volumes = new ArrayList<>(site.listedVolumes());
        List<String> kept = List.of(
                "JobId " + copy
                        + " of that name: copies, which \"restore jobid=\" restores but no menu of restore offers any more,"
                        + " not removed",
                "JobId " + migrated + " of that name: migrated, not removed",
                "JobId " + migration + " of that name: results of a migration or copy, not removed");
        CatalogDump before = site.catalog();
        CatalogDump expected = site.catalogAfter(removal("Vol-0001", copied, plain, virtualFull));
        Map<String, Integer> inconsistencies = site.bacula().inconsistencies();

        Program.Result dry = purging().run("sync", "--dry-run", "--json");
        assertThat(web(dry).get("outcome").textValue()).isEqualTo("purged");
        assertThat(texts(web(dry).get("warnings"))).containsExactlyElementsOf(kept);
        assertThat(web(dry).get("reason").textValue())
                .contains("runs: 3,", "rows of the catalog: file 3, job 3, jobmedia ", "media 1")
                .endsWith("volumes that held nothing else: Vol-0001");
        assertThat(site.catalog()).isEqualTo(before);

        Program.Result result = site.site().sync(purging(), 0);
        assertThat(web(result).get("outcome").textValue()).isEqualTo("purged");
        assertThat(texts(web(result).get("warnings"))).containsExactlyElementsOf(kept);
        assertThat(web(result).get("reason").textValue())
                .contains("runs: 3,", "rows of the catalog: job 3, jobmedia ", "media 1")
                .endsWith("volumes that held nothing else: Vol-0001");
        assertThat(texts(result.json().get("clients").get(0).get("actionRequired")))
                .anyMatch(action -> action.endsWith("rm -- '<Archive Device>/Vol-0001'"))
                .noneMatch(action -> action.contains("Vol-0002") || action.contains("Copy-"));
        assertThat(site.catalog()).isEqualTo(expected);
        assertThat(site.newInconsistencies(inconsistencies)).isEmpty();
        volumes.remove("Vol-0001");
        assertThat(site.listedVolumes()).isEqualTo(volumes);
        assertThat(site.site().vm("web")).doesNotExist();

        // As the report says; what was copied must need neither it nor the job.
        Files.delete(site.bacula().volume("Vol-0001"));
        assertThat(restored(copy)).isEqualTo(contents.get(0));
        assertThat(restored(migration)).isEqualTo(contents.get(2));
        site.assertRestorable(DB_JOB, Site.CLIENT);
        site.assertRestorable(OTHER_JOB, Site.OTHER_CLIENT);
    }

    @Test
    void aNewVmOfThatNameIsProtectedUnderAnotherName() throws Exception {
        String next = "77777777-0b0e-4b0e-9d7a-1d2c3b4a5f60";
        String job = WEB_JOB + "-77777777";
        assertThat(site.site().sync(purging(), 0).outcomes()).containsEntry("web", "purged");
        List<String> kept = runsOfWeb();
        assertThat(kept).hasSize(3);

        site.site().answer("server=web uuid=" + next + "\n" + "server=db uuid=" + DB + "\n");
        Program.Result result = site.site().sync(site.site().program().laterBy(TO_PURGE), 0);
        assertThat(web(result).get("outcome").textValue()).isEqualTo("created");
        assertThat(web(result).get("job").textValue()).isEqualTo(job);
        assertThat(texts(web(result).get("warnings")))
                .singleElement()
                .asString()
                .contains(WEB_JOB + ",", job);
        assertThat(texts(result.json().get("clients").get(0).get("notes"))).isEmpty();
        site.bacula().reload();
        assertThat(site.bacula().jobNames()).contains(job).doesNotContain(WEB_JOB);
        assertThat(site.site().sync(site.site().program().laterBy(TO_PURGE), 0).outcomes())
                .containsEntry("web", "unchanged");
        assertThat(runsOfWeb()).isEqualTo(kept);
    }

    /** It bears the name of the job that it copies, and may still have to read its volumes. */
    @Test
    void aCopyThatIsWaitingKeepsTheVm() throws Exception {
        site.disks().hold(DB);
        // Takes the device that the copy needs.
        int backup = site.bacula().startJob(DB_JOB);
        int waiting;
        try {
            Site.await(site.disks().reading(DB));
            waiting = site.bacula().startJob("CopyRun");
            FileTree files = site.site().tree();
            List<String> runs = runsOfWeb();
            Program.Result kept = site.site().sync(purging(), 0);
            assertThat(web(kept).get("outcome").textValue()).isEqualTo("still-disabled");
            assertThat(web(kept).get("reason").textValue())
                    .contains("not purged now, because run \"" + WEB_JOB + ".", "is waiting or running");
            assertThat(site.site().tree()).isEqualTo(files);
            assertThat(runsOfWeb()).isEqualTo(runs).contains(copied + " purged: 0", virtualFull + " purged: 0");
            // By itself it would try again only minutes after the device is free.
            site.bacula().ask("cancel jobid=" + waiting + " yes");
        } finally {
            site.disks().release(DB);
            assertThat(site.bacula().await(backup).status()).isEqualTo("T");
        }
        JobRun run = site.bacula().await(waiting);
        assertThat(run.status()).as(run.transcript()).isEqualTo("A");
        assertThat(site.site().sync(purging(), 0).outcomes()).containsEntry("web", "purged");
    }

    /** Whatever carries one of these JobIds, and one volume, found without our code; the FileSet is still in use. */
    private static List<String> removal(String volume, int... jobIds) throws SQLException {
        String ids =
                String.join(", ", IntStream.of(jobIds).mapToObj(String::valueOf).toList());
        List<String> statements = new ArrayList<>(column("""
                SELECT 'DELETE FROM ' || table_name || ' WHERE jobid IN (%s)' FROM information_schema.columns
                 WHERE table_schema = 'public' AND column_name = 'jobid' ORDER BY table_name
                """.formatted(ids)));
        assertThat(statements).contains("DELETE FROM job WHERE jobid IN (" + ids + ")");
        statements.add("DELETE FROM Media WHERE VolumeName = '" + volume + "'");
        return statements;
    }

    private static List<String> runsOfWeb() throws SQLException {
        return column("SELECT JobId || ' purged: ' || PurgedFiles FROM Job WHERE Name = '" + WEB_JOB + "' ORDER BY 1");
    }

    private static List<String> volumesOf(int jobId) throws SQLException {
        return column("SELECT DISTINCT VolumeName FROM JobMedia JOIN Media USING (MediaId) WHERE JobId = " + jobId);
    }

    private static List<String> column(String sql) throws SQLException {
        return site.bacula().catalog().column(sql);
    }

    private static byte[] restored(int jobId) throws Exception {
        site.disks().forgetRestored(WEB);
        JobRun restore = site.bacula().restore(jobId, Site.CLIENT);
        assertThat(restore.status()).as(restore.transcript()).isEqualTo("T");
        return site.disks().restored(WEB);
    }

    private static Program purging() throws IOException {
        return site.site().program().with("CLEANUP_AFTER_DAYS", "30").laterBy(TO_PURGE);
    }

    private static JsonNode web(Program.Result result) throws IOException {
        for (JsonNode vm : result.json().get("clients").get(0).get("vms")) {
            if (vm.get("vm").textValue().equals("web")) {
                return vm;
            }
        }
        throw new AssertionError(result.out());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.textValue()));
        return texts;
    }
}
