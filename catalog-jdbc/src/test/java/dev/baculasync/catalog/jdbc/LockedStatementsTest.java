package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.catalog.jdbc.WatchedConnections.Step;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.Settings;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** As long as nobody else may write Job rows, no statement passes over a whole table that grows with the backups. */
class LockedStatementsTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    private static final int JOBS = 20_000;

    /** So many names these jobs have, one of them that of the job to remove. */
    private static final int NAMES = 100;

    private static final String[] GROWING = {
        "job", "file", "jobmedia", "basefiles", "log", "filemedia", "pathvisibility"
    };
    private static final Pattern PASS = Pattern.compile("Seq Scan on (\\w+)");

    /** What the server would do for a statement: in lines, and the tables that it would pass over. */
    private record Plan(String statement, String lines, List<String> passes) {}

    private final List<Plan> free = new ArrayList<>();
    private final List<Plan> locked = new ArrayList<>();

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void findTheirRowsByIndex(int version) {
        try (Scenario scene = new Scenario(version)) {
            fill(scene);
            JobHolding looked = scene.look();
            assertThat(looked.runs()).hasSize(JOBS / NAMES);
            assertThat(looked.volumes()).isNotEmpty();
            assertThat(watched(scene).removeClient("os2-fd")).isTrue();
            assertThat(watched(scene).remove(looked)).isEqualTo(looked);
        }
        assertThat(locked)
                .allSatisfy(plan -> assertThat(plan.passes()).as(plan.lines()).doesNotContain(GROWING))
                .extracting(Plan::statement)
                .anyMatch(sql -> sql.startsWith("DELETE FROM client "))
                .anyMatch(sql -> sql.startsWith("DELETE FROM job "))
                .anyMatch(sql -> sql.contains(" FROM basefiles "))
                .anyMatch(sql -> sql.contains(" FROM jobmedia "))
                .anyMatch(sql -> sql.startsWith("DELETE FROM media "));
        // Proves that the tables are big enough for the server to choose, and that the choice is understood here.
        assertThat(free).flatExtracting(Plan::passes).contains("job", "basefiles");
    }

    /** Of every name as many jobs, one of them at work, and each volume taken by ten jobs of one name or more. */
    private static void fill(Scenario scene) {
        TestCatalog catalog = scene.catalog;
        catalog.execute("INSERT INTO job (job, name, type, level, jobstatus, clientid, poolid, filesetid, purgedfiles)"
                + " SELECT 'run' || n, 'p-vm' || coalesce(nullif(n % " + NAMES + ", 0)::text, ''), 'B', 'I', 'T', "
                + scene.client
                + ", 1, " + scene.fileSet + ", 1 FROM generate_series(1, " + JOBS + ") n");
        String jobs = " FROM (SELECT jobid, row_number() OVER (ORDER BY jobid) AS n FROM job) j";
        catalog.execute("INSERT INTO media (volumename, mediatype, volstatus, enabled, poolid)"
                + " SELECT 'Vol-' || n, 'File', 'Full', 1, 1 FROM generate_series(1, " + JOBS / 10 + ") n");
        String media = jobs + " JOIN media m ON m.volumename = 'Vol-' || (1 + n % " + JOBS / 10 + ")";
        catalog.execute(
                "INSERT INTO jobmedia (jobid, mediaid) SELECT jobid, mediaid" + media + ", generate_series(1, 2)");
        catalog.execute("INSERT INTO log (jobid, logtext) SELECT jobid, 'a line'" + jobs + ", generate_series(1, 2)");
        catalog.execute("INSERT INTO basefiles (jobid, fileid, basejobid) SELECT jobid, 1, (SELECT min(jobid) FROM job)"
                + jobs + ", generate_series(1, 2)");
        catalog.execute(
                "INSERT INTO pathvisibility (jobid, pathid) SELECT jobid, p" + jobs + ", generate_series(1, 2) p");
        boolean apart = scene.rows.has("file", "filenameid");
        catalog.execute("INSERT INTO file (jobid, pathid, lstat, md5, " + (apart ? "filenameid" : "filename")
                + ") SELECT jobid, 1, 'A', 'A', " + (apart ? "f" : "'f' || f") + jobs + ", generate_series(1, 2) f");
        if (scene.rows.has("filemedia")) {
            catalog.execute("INSERT INTO filemedia (jobid, fileindex, mediaid) SELECT jobid, 1, mediaid" + media
                    + ", generate_series(1, 2)");
        }
        scene.job("p-at-work", "jobstatus", "R", "poolid", 2);
        catalog.execute("VACUUM ANALYZE");
    }

    private PostgresCleanup watched(Scenario scene) {
        WatchedConnections connections = new WatchedConnections(scene.catalog);
        connections.watch(step -> {
            if (!step.after() && step.sql().matches("(?s)(SELECT|UPDATE|DELETE) .*")) {
                (connections.statements().contains(JobsLock.LOCK_JOBS) ? locked : free).add(explain(step));
            }
        });
        return new PostgresCleanup(
                new CatalogServer(PostgresCatalogProvider.config(Settings.of(scene.catalog.settings()))),
                connections,
                attempt -> {},
                attempt -> {});
    }

    /** In the same transaction, right before the statement itself. */
    private static Plan explain(Step step) throws SQLException {
        try (PreparedStatement explain = step.prepare("EXPLAIN ");
                ResultSet rows = explain.executeQuery()) {
            StringBuilder lines = new StringBuilder(step.sql());
            while (rows.next()) {
                lines.append('\n').append(rows.getString(1));
            }
            return new Plan(
                    step.sql(),
                    lines.toString(),
                    PASS.matcher(lines).results().map(pass -> pass.group(1)).toList());
        }
    }
}
