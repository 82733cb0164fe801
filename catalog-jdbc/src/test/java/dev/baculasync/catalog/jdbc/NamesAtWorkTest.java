package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.catalog.jdbc.WatchedConnections.Step;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever writes files while names are removed, and wherever the removal is disturbed, no file loses its name. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NamesAtWorkTest {
    /** Who adds files. */
    enum Writer {
        /** Notes that its job is at work before, and that it has ended after that. */
        DIRECTOR,
        /** Adds the files of a job that has been over for long, or whose end it has noted already. */
        BSCAN
    }

    private static Scenario scene;
    private static WatchedConnections connections;
    private static Connection reader;

    private List<OrphanedRows> names;
    private long oldJob;
    private Connection writer;
    private int pauses;

    @BeforeAll
    static void create() throws SQLException {
        scene = new Scenario(16);
        connections = new WatchedConnections(scene.catalog);
        reader = scene.catalog.connect();
        // The rows of the tests have ids of their own.
        for (String table : List.of("path", "filename")) {
            scene.catalog.execute("ALTER SEQUENCE " + table + "_" + table + "id_seq RESTART 1000000");
        }
    }

    @AfterAll
    static void drop() throws SQLException {
        reader.close();
        scene.close();
    }

    /** Two paths and a name that a purged run used, with their directory. */
    @BeforeEach
    void fill() throws SQLException {
        connections.watch(step -> {});
        scene.reset();
        oldJob = scene.job("p-other");
        long own = scene.run();
        scene.path(1001, "/own/a/");
        scene.path(1002, "/own/b/");
        scene.path(1003, "/own/");
        scene.rows.add("filename", "filenameid", 2001, "name", "f");
        scene.below(1001, 1003);
        scene.below(1002, 1003);
        scene.file(own, 1001, 2001);
        scene.file(own, 1002, 2001);
        names = scene.purge(own);
        writer = scene.catalog.connect();
    }

    /** As {@link #fill} left it, but faster. */
    private static void refill() {
        scene.catalog.execute("DELETE FROM path; DELETE FROM filename; DELETE FROM pathhierarchy; DELETE FROM file;"
                + " DELETE FROM job WHERE job = 'new';"
                + " INSERT INTO path VALUES (1001, '/own/a/'), (1002, '/own/b/'), (1003, '/own/');"
                + " INSERT INTO filename VALUES (2001, 'f');"
                + " INSERT INTO pathhierarchy VALUES (1001, 1003), (1002, 1003)");
    }

    @AfterEach
    void close() throws SQLException {
        writer.close();
    }

    /**
     * A batch insert as a Director does it, each of its transactions before any statement of ours: those before which the
     * table is locked against it come as soon as it is not.
     */
    @ParameterizedTest
    @EnumSource(Writer.class)
    void noFileLosesItsNameWhereverItIsAdded(Writer who) throws SQLException {
        List<Integer> moments = moments();
        int done = 0;
        int putOff = 0;
        for (int first : moments) {
            for (int second : from(first, moments)) {
                for (int third : from(second, moments)) {
                    refill();
                    List<Integer> due = List.of(first, first, second, third, third);
                    List<String> stages = new ArrayList<>(batchInsert(who));
                    int all = stages.size();
                    connections.watch(step -> {
                        while (!step.after()
                                && !stages.isEmpty()
                                && due.get(all - stages.size()) <= step.number()
                                && succeeds(stages.get(0))) {
                            stages.remove(0);
                        }
                    });
                    OrphanRemoval removed = cleanup().removeOrphaned(names);
                    connections.watch(step -> {});
                    for (String stage : stages) {
                        assertThat(succeeds(stage)).as(stage).isTrue();
                    }
                    String when = who + " at " + first + ", " + second + ", " + third + ": " + removed;
                    assertThat(namesOfFiles()).as(when).containsExactly("/own/a/f", "/own/c/f");
                    assertThat(danglingDirectories()).as(when).isZero();
                    if (removed.remaining() == null) {
                        done++;
                    } else {
                        putOff++;
                        assertThat(cleanup().removeOrphaned(names).remaining())
                                .as(when)
                                .isNull();
                        assertThat(namesOfFiles()).as(when).containsExactly("/own/a/f", "/own/c/f");
                        assertThat(scene.ids("path")).doesNotContain(1002L);
                    }
                }
            }
        }
        assertThat(done).isPositive();
        assertThat(putOff).isPositive();
    }

    /** The numbers of the statements before which something else can come of it, in order, and one more. */
    private List<Integer> moments() {
        int last = undisturbed();
        List<String> statements = connections.statements();
        SortedSet<Integer> moments = new TreeSet<>(Set.of(1, last + 1));
        for (int n = 1; n <= last; n++) {
            String sql = statements.get(n - 1);
            // The first look, the pass, each lock with what comes next, and what comes after the last look.
            if ((sql.contains("batch") && moments.size() == 2)
                    || sql.contains("WITH RECURSIVE up")
                    || sql.startsWith("DELETE FROM path ")) {
                moments.add(n);
            } else if (sql.startsWith("LOCK TABLE")) {
                moments.addAll(List.of(n, n + 1));
            }
        }
        return List.copyOf(moments);
    }

    private static List<Integer> from(int first, List<Integer> moments) {
        return moments.subList(moments.indexOf(first), moments.size());
    }

    private List<String> batchInsert(Writer who) {
        boolean isDirector = who == Writer.DIRECTOR;
        String job = isDirector ? "(SELECT max(jobid) FROM job)" : String.valueOf(oldJob);
        return List.of(
                isDirector
                        ? "INSERT INTO job (job, name, type, level, clientid, jobstatus)"
                                + " VALUES ('new', 'p-other', 'B', 'F', 1, 'R')"
                        : "SELECT 1",
                "CREATE TEMPORARY TABLE batch (path varchar, name varchar);"
                        + " INSERT INTO batch VALUES ('/own/a/', 'f'), ('/own/c/', 'f')",
                "BEGIN; LOCK TABLE path IN SHARE ROW EXCLUSIVE MODE;"
                        + " INSERT INTO path (path) SELECT b.path FROM batch b"
                        + " WHERE NOT EXISTS (SELECT 1 FROM path p WHERE p.path = b.path); COMMIT;"
                        + " BEGIN; LOCK TABLE filename IN SHARE ROW EXCLUSIVE MODE;"
                        + " INSERT INTO filename (name) SELECT DISTINCT b.name FROM batch b"
                        + " WHERE NOT EXISTS (SELECT 1 FROM filename f WHERE f.name = b.name); COMMIT",
                "INSERT INTO file (fileindex, jobid, pathid, filenameid, lstat, md5) SELECT 1, " + job
                        + ", p.pathid, f.filenameid, 'x', 'x'"
                        + " FROM batch b JOIN path p USING (path) JOIN filename f USING (name); DROP TABLE batch",
                isDirector ? "UPDATE job SET jobstatus = 'T' WHERE job = 'new'" : "SELECT 1");
    }

    /** Whether it did not have to wait. */
    private boolean succeeds(String sql) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute("SET lock_timeout = '1ms'");
            statement.execute(sql);
            return true;
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("55P03");
            try (Statement statement = writer.createStatement()) {
                statement.execute("ROLLBACK");
            }
            return false;
        }
    }

    private static List<String> namesOfFiles() throws SQLException {
        return column("SELECT p.path || f.name FROM file JOIN path p USING (pathid) JOIN filename f USING (filenameid)"
                + " WHERE lstat = 'x' ORDER BY 1");
    }

    private static long danglingDirectories() throws SQLException {
        return column("SELECT h.pathid::text FROM pathhierarchy h WHERE h.pathid >= 1000 AND NOT EXISTS"
                        + " (SELECT 1 FROM path p WHERE p.pathid = h.ppathid)")
                .size();
    }

    private static List<String> column(String sql) throws SQLException {
        try (Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Test
    void anIncompleteJobThatIsTakenUpIsSeen() {
        long incomplete = scene.job("p-other", "jobstatus", "I");
        scene.job("p-late", "jobid", 5_000_000);
        before(
                JobsLock.LOCK_JOBS,
                () -> scene.catalog.execute("UPDATE job SET jobstatus = 'R' WHERE jobid = " + incomplete));
        assertPutOff(cleanup().removeOrphaned(names), "(JobId " + incomplete + ") is waiting or running");
    }

    @Test
    void aJobThatHasComeAndGoneIsSeen() {
        before(JobsLock.LOCK_JOBS, () -> scene.rows.add("job", "name", "p-new", "jobstatus", "T", "type", "B"));
        assertPutOff(cleanup().removeOrphaned(names), "a job has run meanwhile");
    }

    @Test
    void anAdminJobThatHasComeAndGoneDoesNotMatter() {
        before(JobsLock.LOCK_JOBS, () -> scene.rows.add("job", "name", "Admin", "jobstatus", "R", "type", "D"));
        assertThat(cleanup().removeOrphaned(names).remaining()).isNull();
        assertThat(scene.ids("path")).isEmpty();
    }

    @Test
    void directoriesThatBvfsHasAddedMeanwhileAreSeen() {
        scene.path(1009, "/own/new/");
        scene.file(oldJob, 1009, 0);
        before(JobsLock.LOCK_JOBS, () -> scene.below(1009, 1003));
        assertPutOff(cleanup().removeOrphaned(names), "BVFS has added directories meanwhile");
    }

    /** BVFS's transaction, a batch insert's, a VACUUM, and what only reads. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO pathvisibility (pathid, jobid) VALUES (1001, 1)",
                "INSERT INTO pathhierarchy (pathid, ppathid) VALUES (1009, 1003)",
                "LOCK TABLE path IN SHARE ROW EXCLUSIVE MODE",
                "LOCK TABLE filename IN SHARE ROW EXCLUSIVE MODE",
                "LOCK TABLE path IN SHARE UPDATE EXCLUSIVE MODE",
                "UPDATE job SET hascache = 1",
            })
    void whoeverIsAtTheseTablesGoesFirst(String sql) throws SQLException {
        writer.setAutoCommit(false);
        try (Statement statement = writer.createStatement()) {
            statement.execute(sql);
        }
        Map<String, ?> full = scene.all();
        OrphanRemoval removed = cleanup().removeOrphaned(names);
        assertThat(removed.rows()).isEmpty();
        assertThat(removed.remaining()).contains("found others at work on the same rows or tables for too long");
        assertThat(pauses).isEqualTo(JobsLock.ATTEMPTS - 1);
        assertThat(scene.all()).isEqualTo(full);
        writer.rollback();
        assertThat(cleanup().removeOrphaned(names).remaining()).isNull();
        assertThat(scene.ids("path")).isEmpty();
    }

    @Test
    void whoeverReadsIsNotInTheWay() throws SQLException {
        writer.setAutoCommit(false);
        try (Statement statement = writer.createStatement()) {
            statement.execute("SELECT * FROM path, job, pathhierarchy, pathvisibility, filename");
            assertThat(cleanup().removeOrphaned(names).remaining()).isNull();
        }
    }

    @Test
    void aConnectionThatIsTerminatedAnywhereLeavesWhatAnotherCallFinishes() throws SQLException {
        int last = undisturbed();
        assertThat(connections.statements().get(last - 1)).isEqualTo("COMMIT");
        for (int n = 1; n <= last + 1; n++) {
            writer.close();
            fill();
            int at = n;
            connections.watch(step -> {
                if (step.after() ? step.number() == last && at > last : step.number() == at) {
                    terminate(step);
                }
            });
            try {
                OrphanRemoval removed = cleanup().removeOrphaned(names);
                assertThat(removed.rows())
                        .as("terminated at %d", at)
                        .isEqualTo(Map.of("path", 3L, "pathhierarchy", 2L, "filename", 1L));
            } catch (ProviderException e) {
                assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(scene.ids("path")).containsExactly(1001L, 1002L, 1003L);
            }
            connections.watch(step -> {});
            assertThat(cleanup().removeOrphaned(names).remaining()).isNull();
            assertThat(scene.ids("path")).isEmpty();
            assertThat(scene.ids("pathhierarchy")).isEmpty();
            assertThat(scene.ids("filename")).isEmpty();
        }
    }

    @Test
    void aCommitWhoseAnswerIsLostIsCounted() {
        List<Step> lost = new ArrayList<>();
        connections.watch(step -> {
            if (step.sql().equals("COMMIT") && step.after() && lost.isEmpty()) {
                lost.add(step);
                terminate(step);
                throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
            }
        });
        assertThat(cleanup().removeOrphaned(names).rows())
                .isEqualTo(Map.of("path", 3L, "pathhierarchy", 2L, "filename", 1L));
        assertThat(lost).hasSize(1);
    }

    @Test
    void portionsThatAreDoneStayDoneWhenAJobComes() {
        scene.catalog.execute(
                "INSERT INTO path (pathid, path) SELECT n, '/longer/than/those/' || n || '/' FROM generate_series(10001, 25000) n");
        scene.catalog.execute("INSERT INTO pathhierarchy SELECT n, 1003 FROM generate_series(10001, 25000) n");
        long own = scene.run();
        scene.catalog.execute("INSERT INTO file (fileindex, jobid, pathid, filenameid, lstat, md5) SELECT 1, " + own
                + ", n, 2001, 'y', 'y' FROM generate_series(10001, 25000) n");
        names = Stream.concat(names.stream(), scene.purge(own).stream()).toList();
        List<Step> commits = new ArrayList<>();
        connections.watch(step -> {
            if (step.sql().equals("COMMIT") && step.after()) {
                if (commits.isEmpty()) {
                    scene.job("p-new", "jobstatus", "R");
                }
                commits.add(step);
            }
        });
        OrphanRemoval removed = cleanup().removeOrphaned(names);
        assertThat(removed.rows()).isEqualTo(Map.of("path", 10_000L, "pathhierarchy", 10_000L));
        assertThat(removed.remaining()).contains("p-new");
        assertThat(commits).as("and one that held nothing").hasSize(2);
        assertThat(scene.ids("path")).hasSize(5003).contains(1003L);
        connections.watch(step -> {});
        scene.catalog.execute("UPDATE job SET jobstatus = 'T'");
        assertThat(cleanup().removeOrphaned(names))
                .isEqualTo(new OrphanRemoval(
                        new TreeMap<>(Map.of("path", 5003L, "pathhierarchy", 5002L, "filename", 1L)), null));
    }

    private static void assertPutOff(OrphanRemoval removed, String why) {
        assertThat(removed.remaining()).contains(why);
        assertThat(removed.rows()).isEmpty();
        assertThat(scene.ids("path")).contains(1001L, 1002L, 1003L);
        assertThat(scene.ids("pathhierarchy")).contains(1001L, 1002L);
        assertThat(scene.ids("filename")).containsExactly(2001L);
    }

    /** The number of statements of a removal that nobody disturbs. */
    private int undisturbed() {
        connections.watch(step -> {});
        assertThat(cleanup().removeOrphaned(names).remaining()).isNull();
        assertThat(scene.ids("path")).isEmpty();
        return connections.statements().size();
    }

    private static void before(String sql, Runnable action) {
        List<Step> done = new ArrayList<>();
        connections.watch(step -> {
            if (step.sql().equals(sql) && !step.after() && done.isEmpty()) {
                done.add(step);
                action.run();
            }
        });
    }

    private static void terminate(Step step) throws SQLException {
        try (Connection admin = scene.catalog.connect();
                PreparedStatement statement = admin.prepareStatement("SELECT pg_terminate_backend(?, 30000)")) {
            statement.setInt(1, step.backend());
            try (ResultSet row = statement.executeQuery()) {
                assertThat(row.next() && row.getBoolean(1)).isTrue();
            }
        }
    }

    private PostgresCleanup cleanup() {
        Pause counting = attempt -> pauses++;
        return new PostgresCleanup(
                new CatalogServer(PostgresCatalogProvider.config(Settings.of(scene.catalog.settings()))),
                connections,
                counting,
                counting);
    }
}
