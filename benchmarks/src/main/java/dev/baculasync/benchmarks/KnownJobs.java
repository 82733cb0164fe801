package dev.baculasync.benchmarks;

import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.catalog.jdbc.TestCatalog;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Settings;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Reading the names of an instance's jobs from the catalog, against the statement of the tool before; with few runs of each
 * job and with many. Each time on a connection of its own.
 */
final class KnownJobs {
    private static final int ROUNDS = 5;
    private static final double AIM = 6;
    private static final int JOBS = 10_000;
    private static final int FEW_RUNS = 30;
    private static final int MANY_RUNS = 300;
    private static final OpenStackInstance INSTANCE =
            new OpenStackInstance("dc1", "os1", "os1-fd", "proxy", "backup-dc1-os1-", null);

    private static final String SEED = "SELECT DISTINCT Job.name FROM Job JOIN Client ON Job.ClientId = Client.ClientId"
            + " WHERE Client.name = '" + INSTANCE.client() + "' AND Job.name LIKE '" + INSTANCE.jobPrefix() + "%'";

    private final PrintStream out;

    KnownJobs(PrintStream out) {
        this.out = out;
    }

    /** Something that reads the names, and says how many there are. */
    private interface Reading {
        int names() throws SQLException;
    }

    void run() throws SQLException {
        out.printf("%nKnown jobs: %d jobs, %d rounds%n", JOBS, ROUNDS);
        double few = measure(FEW_RUNS);
        double many = measure(MANY_RUNS);
        out.printf(Locale.ROOT, "  %d runs each against %d: ratio %.2f%n", MANY_RUNS, FEW_RUNS, many / few);
    }

    /** The median of the product. */
    private double measure(int runs) throws SQLException {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            fill(catalog, runs);
            BackupCatalog product = new PostgresCatalogProvider().create(Settings.of(catalog.settings()));
            Series known = new Series("known jobs, " + runs + " runs of each");
            Series seed = new Series("SELECT DISTINCT, " + runs + " runs of each");
            for (int round = 0; round < ROUNDS; round++) {
                known.add(time(() -> product.jobNames(INSTANCE).known().size()));
                seed.add(time(() -> seed(catalog)));
            }
            out.println(known.row());
            out.println(seed.row());
            out.printf(Locale.ROOT, "  %.1f times as fast (aim: at least %.0f)%n", seed.median() / known.median(), AIM);
            return known.median();
        }
    }

    private static Measurement time(Reading reading) throws SQLException {
        long start = System.nanoTime();
        int names = reading.names();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (names != JOBS) {
            throw new IllegalStateException("not what was to be measured: " + names + " names");
        }
        return new Measurement(seconds, 0);
    }

    private static int seed(TestCatalog catalog) throws SQLException {
        String url = "jdbc:postgresql://" + catalog.host() + ":" + catalog.port() + "/" + catalog.database();
        try (Connection connection = DriverManager.getConnection(url, "postgres", "unused");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SEED)) {
            int names = 0;
            while (rows.next()) {
                names++;
            }
            return names;
        }
    }

    /** Night by night, as a Director adds them. */
    private static void fill(TestCatalog catalog, int runs) {
        int client = catalog.addClient(INSTANCE.client());
        catalog.execute("INSERT INTO job (job, name, type, level, jobstatus, clientid, starttime, endtime, realendtime)"
                + " SELECT name || '.2026-11-21_23.00.00_' || night, name, 'B', 'I', 'T', " + client
                + ", now(), now(), now()"
                + " FROM generate_series(1, " + runs + ") night, generate_series(1, " + JOBS + ") vm,"
                + " LATERAL (SELECT '" + INSTANCE.jobPrefix() + "rocky9-instance' || vm AS name) n");
        catalog.execute("VACUUM ANALYZE");
        catalog.execute("CHECKPOINT");
    }
}
