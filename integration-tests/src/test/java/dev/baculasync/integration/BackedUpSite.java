package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.filestore.FileStoreProvider;
import dev.baculasync.integration.RealBacula.JobRun;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Settings;
import dev.baculasync.testkit.InMemoryInventory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A site whose jobs were made by the program and whose backups by its Director, two jobs to a volume: web alone on the
 * first, web and db on the second, db and a VM of the other instance on the third. Tests begin with {@link #rewind}.
 */
final class BackedUpSite implements AutoCloseable {
    static final String WEB = "014c5892-5efb-4efb-bd60-4e038800475d";
    static final String DB = "22d27bdf-1cdb-461e-8f61-a641e36f9ed7";
    static final String OTHER = "5f0f7a6e-0b0e-4b0e-9d7a-1d2c3b4a5f60";
    static final String WEB_JOB = Site.PREFIX + "web";
    static final String DB_JOB = Site.PREFIX + "db";
    static final String OTHER_JOB = Site.OTHER_PREFIX + "other";
    private static final OpenStackInstance OTHER_INSTANCE = new OpenStackInstance(
            "datacenter2", "openstack1", Site.OTHER_CLIENT, RealBacula.RUNNABLE_PROXY, Site.OTHER_PREFIX, null);

    static final OpenStackInstance INSTANCE = new OpenStackInstance(
            "datacenter1", "openstack1", Site.CLIENT, RealBacula.RUNNABLE_PROXY, Site.PREFIX, null);

    private static final Map<String, String> VMS = Map.of(WEB_JOB, WEB, DB_JOB, DB, OTHER_JOB, OTHER);
    private static final Pattern JOB_ROW = Pattern.compile("(?m)^\\| ([\\d,]+) +\\| (\\S+) +\\|");

    private final Site site;
    private final VmDisks disks;
    /** By JobId. */
    private final Map<Integer, byte[]> backups = new TreeMap<>();

    /** What takes the names of a job's files out of the catalog, as far as nothing uses them any more; by job. */
    private final Map<String, List<String>> removalOfNames = new HashMap<>();

    private FileTree files;

    private BackedUpSite(Site site, Path folder) throws IOException {
        this.site = site;
        this.disks = new VmDisks(Files.createDirectory(folder.resolve("disks")));
        this.files = site.tree();
    }

    /** @param folder an empty folder */
    static BackedUpSite start(Path folder) throws Exception {
        Site site = Site.start(folder, 2);
        try {
            BackedUpSite backedUp = new BackedUpSite(site, folder);
            backedUp.makeHistory();
            return backedUp;
        } catch (Exception | Error e) {
            site.close();
            throw e;
        }
    }

    private void makeHistory() throws Exception {
        answer("web", "db");
        site.answer("server=other uuid=" + OTHER + "\n", Site.OTHER_CLIENT);
        site.sync(site.program(), 0);
        disks.putInto(site.vm("web").resolve("fileset"), WEB);
        disks.putInto(site.vm("db").resolve("fileset"), DB);
        disks.putInto(site.bacula().baseDir().resolve("datacenter2/openstack1/other/fileset"), OTHER);
        bacula().reload();
        for (String job : List.of(WEB_JOB, WEB_JOB, WEB_JOB, DB_JOB, DB_JOB, OTHER_JOB)) {
            backUp(job);
        }
        for (String job : VMS.keySet()) {
            removalOfNames.put(
                    job, List.of(removalOfNames(job, "Path", "PathId"), removalOfNames(job, "Filename", "FilenameId")));
        }
        keep();
    }

    private String removalOfNames(String job, String table, String id) throws SQLException {
        List<String> ids = bacula().catalog()
                .column("SELECT DISTINCT " + id + " FROM File JOIN Job USING (JobId) WHERE Name = ?", job);
        assertThat(ids).isNotEmpty();
        return "DELETE FROM " + table + " WHERE " + id + " IN (" + String.join(", ", ids)
                + ") AND NOT EXISTS (SELECT 1 FROM File WHERE File." + id + " = " + table + "." + id + ")";
    }

    /** Takes the names of a job's files out of the catalog that nothing uses any more, found without our code. */
    List<String> removalOfNames(String job) {
        return removalOfNames.get(job);
    }

    Site site() {
        return site;
    }

    RealBacula bacula() {
        return site.bacula();
    }

    VmDisks disks() {
        return disks;
    }

    /** What the first instance lists from now on. */
    void answer(String... vms) throws IOException {
        StringBuilder answer = new StringBuilder();
        for (String vm : vms) {
            answer.append("server=")
                    .append(vm)
                    .append(" uuid=")
                    .append(VMS.get(Site.PREFIX + vm))
                    .append('\n');
        }
        site.answer(answer.toString());
    }

    /** A backup of what the VM has never held before. */
    int backUp(String job) throws Exception {
        byte[] content = ("what " + job + " held before backup " + (backups.size() + 1) + "\n")
                .repeat(100)
                .getBytes(StandardCharsets.UTF_8);
        disks.fill(VMS.get(job), content);
        JobRun run = bacula().runJob(job);
        assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        backups.put(run.jobId(), content);
        return run.jobId();
    }

    /** Restores every backup of a job, byte for byte. */
    void assertRestorable(String job, String client) throws Exception {
        List<String> ids = bacula().catalog().column("SELECT JobId FROM Job WHERE Name = ? ORDER BY 1", job);
        assertThat(ids).isNotEmpty();
        for (String id : ids) {
            JobRun restore = bacula().restore(Integer.parseInt(id), client);
            assertThat(restore.status()).as(restore.transcript()).isEqualTo("T");
            assertThat(disks.restored(VMS.get(job))).isEqualTo(backups.get(Integer.parseInt(id)));
        }
    }

    /** From now on {@link #rewind} leads here. */
    void keep() throws IOException, SQLException {
        files = site.tree();
        bacula().catalog().save();
    }

    /** Files, catalog and Director are again as they were kept. */
    void rewind() throws Exception {
        rewindUntold();
        bacula().reload();
    }

    /** Alike, but the Director keeps what it has read last. */
    void rewindUntold() throws Exception {
        files.restore(bacula().baseDir());
        bacula().catalog().restore();
    }

    /** All rows but the Director's chatter that is about no job, and with its count of volumes as it will set it right. */
    CatalogDump catalog() throws SQLException {
        return catalogAfter(List.of());
    }

    /** What the catalog would hold after these statements. */
    CatalogDump catalogAfter(List<String> statements) throws SQLException {
        List<String> all = new ArrayList<>(statements);
        all.add("DELETE FROM Log WHERE JobId = 0");
        all.add("UPDATE Pool SET NumVols = (SELECT count(*) FROM Media WHERE Media.PoolId = Pool.PoolId)");
        return CatalogDump.after(bacula().catalog(), all.toArray(String[]::new));
    }

    /**
     * Takes a job out of the catalog: whatever carries a JobId, its FileSets, its volumes and the names of its files, found
     * without our code.
     */
    List<String> removalOf(String job, String fileSet, String... volumes) throws SQLException {
        List<String> statements = new ArrayList<>(bacula().catalog().column("""
                SELECT 'DELETE FROM ' || table_name || ' WHERE jobid IN (SELECT jobid FROM job WHERE name = ''' || ? || ''')'
                  FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'jobid'
                 ORDER BY table_name = 'job', table_name
                """, job));
        statements.add("DELETE FROM FileSet WHERE FileSet = '" + fileSet + "'");
        for (String volume : volumes) {
            statements.add("DELETE FROM Media WHERE VolumeName = '" + volume + "'");
        }
        statements.addAll(removalOfNames(job));
        return statements;
    }

    /** What Bacula's own check of the catalog finds more of than it did. */
    Map<String, Integer> newInconsistencies(Map<String, Integer> before) throws Exception {
        Map<String, Integer> more = new TreeMap<>(bacula().inconsistencies());
        more.entrySet().removeIf(found -> found.getValue() <= before.getOrDefault(found.getKey(), 0));
        return more;
    }

    /** The jobs that {@code list jobs} shows, in order. */
    List<String> listedJobs() throws Exception {
        return JOB_ROW.matcher(bacula().ask("list jobs"))
                .results()
                .map(row -> row.group(2))
                .toList();
    }

    List<String> listedVolumes() throws Exception {
        return JOB_ROW.matcher(bacula().ask("list volumes"))
                .results()
                .map(row -> row.group(2))
                .toList();
    }

    /**
     * From now on a transaction that removes rows of a table stops until a file is there.
     *
     * @param when {@code INITIALLY IMMEDIATE}: in the statement that removes them; {@code INITIALLY DEFERRED}: in the commit,
     *     which is carried out then even if nobody waits for it any more
     * @param reached a file that is made when it stops
     */
    void stopTransactions(String table, String when, Path reached, Path release) throws SQLException {
        bacula().catalog().executeAsAdministrator("""
                CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                BEGIN
                    IF pg_stat_file('%2$s', true) IS NULL THEN
                        COPY (SELECT 1) TO '%1$s';
                        WHILE pg_stat_file('%2$s', true) IS NULL LOOP
                            PERFORM pg_sleep(0.05);
                        END LOOP;
                    END IF;
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER stop AFTER DELETE ON %4$s DEFERRABLE %3$s
                    FOR EACH ROW EXECUTE FUNCTION stop();
                """.formatted(reached, release, when, table));
    }

    /** Comes back when no transaction is under way that was stopped. */
    void letTransactionsGoOn() throws SQLException {
        bacula().catalog().executeAsAdministrator("DROP FUNCTION IF EXISTS stop CASCADE");
    }

    /**
     * The parts that the program works with, at a time of the test's choice, for tests that need many runs. What the first
     * instance lists is told without bconsole.
     */
    SyncEngine engine(Duration ahead, SyncPolicy.Builder policy, Path bconsole, LiveVm... live) {
        Map<String, String> variables = new HashMap<>(bacula().settings());
        variables.put("PATH", System.getenv("PATH"));
        variables.put("BCONSOLE", bconsole.toString());
        Settings settings = Settings.of(variables);
        SyncEngine engine = SyncEngine.builder()
                .configured(List.of(INSTANCE, OTHER_INSTANCE))
                .inventory(new InMemoryInventory().set(INSTANCE, live))
                .director(new BconsoleDirectorProvider().create(settings))
                .catalog(new PostgresCatalogProvider().create(settings))
                .store(new FileStoreProvider().create(settings))
                .clock(Clock.offset(Clock.systemUTC(), ahead))
                .policy(policy.dedup(null).build())
                .reloadAfterSync(true)
                .build();
        assertThat(settings.problems()).isEmpty();
        return engine;
    }

    @Override
    public void close() throws IOException {
        site.close();
    }
}
