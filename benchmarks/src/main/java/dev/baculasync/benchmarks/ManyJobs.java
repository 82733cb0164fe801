package dev.baculasync.benchmarks;

import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.catalog.jdbc.TestCatalog;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.Settings;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** Taking many small jobs out of the catalog, as delete-client does, against the bare DELETE statements for all of them. */
final class ManyJobs {
    private static final int JOBS = 1995;
    private static final int RUNS_EACH = 2;

    private final PrintStream out;

    ManyJobs(PrintStream out) {
        this.out = out;
    }

    void run() throws SQLException {
        out.printf("%nMany jobs: %d jobs x %d runs%n", JOBS, RUNS_EACH);
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            fill(catalog);
            CatalogCleanup cleanup = new PostgresCatalogProvider()
                    .create(Settings.of(catalog.settings()))
                    .cleanup()
                    .orElseThrow();
            print("preview", seconds(() -> remove(cleanup.preview())));
            print("removal", seconds(() -> remove(cleanup)));
            fill(catalog);
            print("bare DELETE statements", seconds(() -> bare(catalog)));
        }
    }

    private interface Work {
        void run() throws SQLException;
    }

    private static double seconds(Work work) throws SQLException {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private void print(String what, double seconds) {
        out.printf(Locale.ROOT, "  %-24s %7.1f s, %6.1f ms a job%n", what, seconds, seconds * 1000 / JOBS);
    }

    private static void remove(CatalogCleanup cleanup) {
        for (int job = 1; job <= JOBS; job++) {
            JobHolding looked = cleanup.look("os1-fd", "p-vm" + job, "fs-vm" + job);
            cleanup.usedBy(looked.runs(), List.of());
            JobHolding removed = cleanup.remove(looked);
            if (removed.runs().size() != RUNS_EACH) {
                throw new IllegalStateException("not what was to be measured: " + removed);
            }
        }
    }

    private static void bare(TestCatalog catalog) throws SQLException {
        String runs = "(SELECT jobid FROM job WHERE name LIKE 'p-vm%')";
        try (Connection connection = catalog.connect();
                Statement batch = connection.createStatement()) {
            connection.setAutoCommit(false);
            batch.addBatch(
                    "DELETE FROM media WHERE mediaid IN (SELECT mediaid FROM jobmedia WHERE jobid IN " + runs + ")");
            for (String table : List.of("file", "jobmedia", "log")) {
                batch.addBatch("DELETE FROM " + table + " WHERE jobid IN " + runs);
            }
            batch.addBatch("DELETE FROM job WHERE name LIKE 'p-vm%'");
            batch.addBatch("DELETE FROM fileset WHERE fileset LIKE 'fs-vm%'");
            batch.executeBatch();
            connection.commit();
        }
    }

    private static void fill(TestCatalog catalog) {
        catalog.execute("INSERT INTO client (name, uname) SELECT 'os1-fd', '' WHERE NOT EXISTS"
                + " (SELECT 1 FROM client WHERE name = 'os1-fd')");
        catalog.execute("INSERT INTO fileset (fileset, md5, createtime) SELECT 'fs-vm' || n, 'x', now()"
                + " FROM generate_series(1, " + JOBS + ") n");
        catalog.execute("INSERT INTO job (job, name, type, level, jobstatus, clientid, poolid, filesetid, jobbytes,"
                + " purgedfiles) SELECT 'p-vm' || n || '.' || r, 'p-vm' || n, 'B', 'I', 'T',"
                + " (SELECT clientid FROM client WHERE name = 'os1-fd'), 1, f.filesetid, 1000000, 1"
                + " FROM generate_series(1, " + JOBS + ") n JOIN fileset f ON f.fileset = 'fs-vm' || n,"
                + " generate_series(1, " + RUNS_EACH + ") r");
        catalog.execute("INSERT INTO media (volumename, mediatype, volstatus, enabled, poolid)"
                + " SELECT 'Vol-' || jobid, 'File', 'Full', 1, 1 FROM job");
        catalog.execute("INSERT INTO jobmedia (jobid, mediaid) SELECT j.jobid, m.mediaid FROM job j"
                + " JOIN media m ON m.volumename = 'Vol-' || j.jobid");
        catalog.execute("INSERT INTO log (jobid, logtext) SELECT jobid, 'a line' FROM job, generate_series(1, 20)");
        catalog.execute("VACUUM ANALYZE");
    }
}
