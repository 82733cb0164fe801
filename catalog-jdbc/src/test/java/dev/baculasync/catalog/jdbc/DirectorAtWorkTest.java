package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.catalog.jdbc.WatchedConnections.Step;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** Whatever a Director does on the same rows, it is never cancelled for our sake, and what it has changed is seen. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DirectorAtWorkTest {
    private Scenario scene;
    private WatchedConnections connections;
    private JobHolding looked;
    private String ids;
    private Connection director;
    private CompletableFuture<Void> waiting = CompletableFuture.completedFuture(null);
    private int pauses;

    @BeforeEach
    void create() throws SQLException {
        scene = new Scenario(16);
        connections = new WatchedConnections(scene.catalog);
        scene.fill();
        look();
        director = scene.catalog.connect();
        director.setAutoCommit(false);
        // Finds a deadlock long before us, should we wait at all.
        say("SET deadlock_timeout = '200ms'");
        director.commit();
    }

    @AfterEach
    void drop() throws SQLException {
        director.close();
        scene.close();
    }

    private void look() {
        looked = scene.look();
        ids = looked.runs().toString().replace('[', '(').replace(']', ')');
    }

    @Test
    void aPruningThatWaitsForRowsThatWeHaveDeletedIsGivenThemBack() throws Exception {
        say("UPDATE job SET comment = 'x' WHERE jobid IN " + ids);
        before(JobsLock.LOCK_JOBS, () -> sayAndWait("DELETE FROM log WHERE jobid IN " + ids));
        SortedMap<String, List<Map<String, String>>> full = scene.all();
        assertBusy(remove());
        waiting.get();
        director.rollback();
        assertThat(scene.all()).isEqualTo(full);
        assertThat(scene.remove()).isEqualTo(looked);
    }

    @Test
    void aPruningThatHasDeletedRowsAndWaitsForOthersIsGivenThemBack() throws Exception {
        say("DELETE FROM log WHERE jobid IN " + ids);
        before("DELETE FROM log WHERE jobid = ANY(?)", () -> sayAndWait("DELETE FROM file WHERE jobid IN " + ids));
        JobHolding removed = cleanup(attempt -> endWhenDone()).remove(looked);
        assertThat(removed.runs()).isEqualTo(looked.runs());
        assertThat(removed.rows()).doesNotContainKeys("log", "file").containsEntry("job", 2L);
        assertThat(pauses).isEqualTo(1);
    }

    @Test
    void aPruningOfTheJobRowsGoesFirstAndPutsUsOff() {
        before(JobsLock.LOCK_JOBS, () -> {
            say("DELETE FROM job WHERE jobid IN " + ids);
            director.commit();
        });
        JobHolding removed = cleanup(attempt -> {}).remove(looked);
        assertThat(removed.obstacle()).isEqualTo("its runs have been changed meanwhile");
        assertThat(removed.rows()).isEmpty();
    }

    @Test
    void aDirectorThatHasAVolumeAndWaitsForTheJobsIsGivenThem() throws Exception {
        say("UPDATE media SET volbytes = volbytes WHERE volumename = 'Vol-1'");
        after(JobsLock.LOCK_JOBS, () -> sayAndWait("UPDATE job SET comment = 'x' WHERE jobid IN " + ids));
        JobHolding removed = cleanup(attempt -> endWhenDone()).remove(looked);
        assertThat(removed).isEqualTo(looked);
        assertThat(pauses).isEqualTo(1);
        assertThat(removals()).isEqualTo(1);
    }

    @Test
    void aVacuumThatOutlastsOurPatiencePutsUsOff() throws SQLException {
        say("LOCK TABLE job IN SHARE UPDATE EXCLUSIVE MODE");
        SortedMap<String, List<Map<String, String>>> full = scene.all();
        assertBusy(remove());
        assertThat(scene.all()).isEqualTo(full);
        assertThat(pauses).isEqualTo(JobsLock.ATTEMPTS - 1);
        assertThat(removals()).as("only the lock is tried again").isEqualTo(1);
        director.commit();
        assertThat(scene.remove()).isEqualTo(looked);
    }

    @Test
    void whatAJobThatWasAtWorkHasDoneMeanwhileIsSeen() throws SQLException {
        long atWork = scene.job("p-other", "jobstatus", "R", "poolid", 2, "filesetid", 0);
        makeOld();
        before(JobsLock.LOCK_JOBS, () -> {
            say("UPDATE job SET jobstatus = 'T', filesetid = " + scene.fileSet + " WHERE jobid = " + atWork);
            say("INSERT INTO jobmedia (jobid, mediaid) SELECT " + atWork
                    + ", mediaid FROM media WHERE volumename = 'Vol-1'");
            director.commit();
        });
        JobHolding removed = cleanup(attempt -> {}).remove(looked);
        assertThat(removed.runs()).isEqualTo(looked.runs());
        assertThat(removed.volumes()).isEmpty();
        assertThat(removed.rows()).doesNotContainKeys("fileset", "media");
    }

    @Test
    void aJobThatWasAtWorkKeepsItsPoolsVolumesAlthoughItHasEnded() throws SQLException {
        long atWork = scene.job("p-other", "jobstatus", "R", "poolid", 2);
        makeOld();
        scene.catalog.execute("UPDATE job SET poolid = 1 WHERE jobid = " + atWork);
        before(JobsLock.LOCK_JOBS, () -> {
            say("UPDATE job SET jobstatus = 'T' WHERE jobid = " + atWork);
            director.commit();
        });
        JobHolding removed = cleanup(attempt -> {}).remove(looked);
        assertThat(removed.volumes()).isEmpty();
        assertThat(removed.kept()).singleElement().asString().contains("may be writing to it");
    }

    @Test
    void aRunThatAJobAtWorkTakesAsItsBaseMeanwhileIsNotRemoved() throws SQLException {
        long atWork = scene.job("p-other", "jobstatus", "R", "poolid", 2);
        makeOld();
        before(
                JobsLock.LOCK_JOBS,
                () -> scene.rows.add(
                        "basefiles", "jobid", atWork, "basejobid", looked.runs().first()));
        assertThat(cleanup(attempt -> {}).remove(looked).obstacle()).isEqualTo("its runs have been changed meanwhile");
    }

    @Test
    void aVolumeThatHasBecomeEmptyOnlySinceTheLookStaysAndIsTold() {
        scene.catalog.execute("DELETE FROM jobmedia WHERE jobid NOT IN " + ids);
        JobHolding removed = scene.cleanup.remove(looked);
        assertThat(removed.volumes()).extracting(CatalogVolume::name).containsExactly("Vol-1");
        assertThat(removed.kept())
                .containsExactly("volume \"Vol-2\" holds nothing else, but stays: it has become empty only since it was"
                        + " looked at; if it may go, run in bconsole: delete volume=\"Vol-2\" yes");
        assertThat(scene.volumes()).containsExactly("Vol-2");
    }

    @Test
    void aLookAfterOthersTellsWhatTheLastOfTheRemovalsTakes() {
        long second = scene.job("p-vm2", "filesetid", scene.fileSet);
        long base = scene.job("p-vm2", "filesetid", scene.fileSet, "level", "B");
        scene.volume("Vol-shared", List.of(looked.runs().first(), second));
        scene.rows.add("basefiles", "jobid", looked.runs().first(), "basejobid", base);
        look();
        JobHolding alone = scene.cleanup.look(Scenario.CLIENT, "p-vm2", "fs-vm2");
        assertThat(alone.volumes()).isEmpty();
        assertThat(alone.runs()).containsExactly(second);
        CatalogCleanup preview = scene.cleanup.preview();
        assertThat(preview.remove(looked)).isEqualTo(looked);
        JobHolding afterwards = preview.look(Scenario.CLIENT, "p-vm2", "fs-vm2");
        assertThat(afterwards.volumes()).extracting(CatalogVolume::name).containsExactly("Vol-shared");
        assertThat(afterwards.runs()).containsExactly(second, base);
        assertThat(afterwards.rows()).containsEntry("fileset", 1L);

        assertThat(scene.cleanup.remove(looked)).isEqualTo(looked);
        assertThat(scene.cleanup.look(Scenario.CLIENT, "p-vm2", "fs-vm2")).isEqualTo(afterwards);
        assertThat(scene.cleanup.remove(afterwards)).isEqualTo(afterwards);
    }

    /** Later jobs and JobMedia rows than all that are there, so that those do not count as recent. */
    private void makeOld() throws SQLException {
        long late = scene.job("p-late", "jobid", 5_000_000, "filesetid", 0);
        scene.rows.add("jobmedia", "jobmediaid", 5_000_000, "jobid", late, "mediaid", 999);
        look();
    }

    private interface Action {
        void run() throws SQLException;
    }

    private void before(String sql, Action action) {
        once(sql, false, action);
    }

    private void after(String sql, Action action) {
        once(sql, true, action);
    }

    private void once(String sql, boolean after, Action action) {
        List<Step> done = new ArrayList<>();
        connections.watch(step -> {
            if (step.sql().equals(sql) && step.after() == after && done.isEmpty()) {
                done.add(step);
                action.run();
            }
        });
    }

    private void say(String sql) throws SQLException {
        try (Statement statement = director.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Says it in another thread, and returns once the server lets it wait for somebody. */
    private void sayAndWait(String sql) throws SQLException {
        int backend = director.unwrap(PGConnection.class).getBackendPID();
        waiting = CompletableFuture.runAsync(() -> {
            try {
                say(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        try (Connection admin = scene.catalog.connect();
                Statement statement = admin.createStatement()) {
            boolean waits = false;
            while (!waits) {
                assertThat(waiting).isNotDone();
                try (ResultSet row =
                        statement.executeQuery("SELECT cardinality(pg_blocking_pids(" + backend + ")) > 0")) {
                    row.next();
                    waits = row.getBoolean(1);
                }
            }
        }
    }

    /** Fails when the Director was cancelled. */
    private void endWhenDone() {
        try {
            waiting.get();
            director.commit();
        } catch (InterruptedException | ExecutionException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private ProviderException remove() {
        return catchThrowableOfType(
                ProviderException.class, () -> cleanup(attempt -> {}).remove(looked));
    }

    private static void assertBusy(ProviderException e) {
        assertThat(e).as("a ProviderException").isNotNull();
        assertThat(e.code()).isEqualTo(Code.BUSY);
        assertThat(e)
                .hasMessageStartingWith("nothing was removed: removing job p-vm of client os1-fd")
                .hasMessageContaining("the next run tries again")
                .hasMessageContaining("VACUUM of table job");
    }

    private long removals() {
        return connections.statements().stream()
                .filter(sql -> sql.startsWith("DELETE FROM log"))
                .count();
    }

    private PostgresCleanup cleanup(Pause pause) {
        Pause counting = attempt -> {
            pauses++;
            pause.after(attempt);
        };
        return new PostgresCleanup(
                new CatalogServer(PostgresCatalogProvider.config(Settings.of(scene.catalog.settings()))),
                connections,
                counting,
                counting);
    }
}
