package dev.baculasync.benchmarks;

import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.Settings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** Removes the job from the catalog that the environment leads to, and prints the seconds that this took. */
public final class RemovalProgram {
    static final String JOB = "p-vm";
    static final String PRODUCT = "product";
    static final String BARE = "bare";

    private RemovalProgram() {}

    /**
     * Removes.
     *
     * @param arguments how
     */
    public static void main(String[] arguments) throws SQLException {
        double seconds = arguments[0].equals(PRODUCT) ? product(System.getenv()) : bare(System.getenv());
        System.out.println(seconds);
    }

    private static double product(Map<String, String> environment) {
        CatalogCleanup cleanup = new PostgresCatalogProvider()
                .create(Settings.of(environment))
                .cleanup()
                .orElseThrow();
        JobHolding looked = cleanup.look("os1-fd", JOB, "fs-" + JOB);
        long start = System.nanoTime();
        JobHolding removed = cleanup.remove(looked);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!removed.equals(looked)
                || removed.runs().isEmpty()
                || removed.volumes().isEmpty()) {
            throw new IllegalStateException(
                    "not what was to be measured: " + removed.rows() + ", " + removed.obstacle());
        }
        return seconds;
    }

    private static double bare(Map<String, String> environment) throws SQLException {
        String url = "jdbc:postgresql://" + environment.get("DB_HOST") + ":" + environment.get("DB_PORT") + "/"
                + environment.get("DB_NAME");
        String runs = "(SELECT jobid FROM job WHERE name = '" + JOB + "')";
        long start = System.nanoTime();
        try (Connection connection = DriverManager.getConnection(url, environment.get("DB_USER"), "unused");
                Statement batch = connection.createStatement()) {
            connection.setAutoCommit(false);
            batch.addBatch(
                    "DELETE FROM media WHERE mediaid IN (SELECT mediaid FROM jobmedia WHERE jobid IN " + runs + ")");
            for (String table : List.of("file", "jobmedia", "log")) {
                batch.addBatch("DELETE FROM " + table + " WHERE jobid IN " + runs);
            }
            batch.addBatch("DELETE FROM job WHERE name = '" + JOB + "'");
            batch.addBatch("DELETE FROM fileset WHERE fileset = 'fs-" + JOB + "'");
            batch.executeBatch();
            connection.commit();
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
