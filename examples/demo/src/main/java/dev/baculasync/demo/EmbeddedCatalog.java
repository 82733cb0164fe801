package dev.baculasync.demo;

import dev.baculasync.catalog.jdbc.EmbeddedServer;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Settings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A Bacula catalog in an embedded PostgreSQL, with as many tables as a sync reads and as a Director's configuration check
 * looks at. Gone when closed.
 */
final class EmbeddedCatalog implements AutoCloseable {
    static final String DATABASE = "bacula";
    static final String USER = "postgres";

    /** Schema of Bacula 15.0. */
    private static final int SCHEMA_VERSION = 1026;

    private static final List<String> TABLES = List.of(
            "CREATE TABLE version (versionid integer NOT NULL)",
            """
            CREATE TABLE client (clientid serial PRIMARY KEY, name text NOT NULL, uname text NOT NULL,
             plugins text DEFAULT '', autoprune smallint DEFAULT 0, fileretention bigint DEFAULT 0,
             jobretention bigint DEFAULT 0)""",
            "CREATE UNIQUE INDEX client_name_idx ON client (name text_pattern_ops)",
            """
            CREATE TABLE fileset (filesetid serial PRIMARY KEY, fileset text NOT NULL, md5 text NOT NULL,
             createtime timestamp NOT NULL, content text DEFAULT '')""",
            """
            CREATE TABLE job (jobid serial PRIMARY KEY, job text NOT NULL, name text NOT NULL, type char NOT NULL,
             level char NOT NULL, clientid integer DEFAULT 0, jobstatus char NOT NULL, schedtime timestamp,
             starttime timestamp, endtime timestamp, realendtime timestamp, jobtdate bigint DEFAULT 0,
             jobfiles integer DEFAULT 0, jobbytes bigint DEFAULT 0, filesetid integer DEFAULT 0,
             priorjobid integer DEFAULT 0)""",
            "CREATE INDEX job_name_idx ON job (name text_pattern_ops)",
            "CREATE TABLE path (pathid serial PRIMARY KEY, path text NOT NULL)",
            """
            CREATE TABLE file (fileid bigserial PRIMARY KEY, jobid integer NOT NULL, pathid integer NOT NULL,
             filename text NOT NULL DEFAULT '')""",
            "CREATE INDEX file_jpfid_idx ON file (jobid, pathid, filename text_pattern_ops)");

    private final EmbeddedPostgres postgres;
    private final Connection connection;

    private EmbeddedCatalog(EmbeddedPostgres postgres, Connection connection) {
        this.postgres = postgres;
        this.connection = connection;
    }

    /** Good and failed runs of a job. */
    record Runs(int good, int failed) {}

    static EmbeddedCatalog start(List<OpenStackInstance> instances) throws IOException, SQLException {
        // Nobody needs this catalog after a power cut.
        EmbeddedPostgres postgres = EmbeddedServer.start(EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("synchronous_commit", "off"));
        try {
            try (Connection admin = postgres.getPostgresDatabase().getConnection();
                    Statement statement = admin.createStatement()) {
                statement.execute("CREATE DATABASE " + DATABASE
                        + " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
                // As Bacula's own script does, and as its programs check.
                statement.execute("ALTER DATABASE " + DATABASE + " SET datestyle TO 'ISO, YMD'");
            }
            Connection connection = postgres.getDatabase(USER, DATABASE).getConnection();
            EmbeddedCatalog catalog = new EmbeddedCatalog(postgres, connection);
            catalog.createTables(instances);
            return catalog;
        } catch (SQLException e) {
            postgres.close();
            throw e;
        }
    }

    int port() {
        return postgres.getPort();
    }

    /** The real adapter, as an operator's settings would make it. */
    BackupCatalog backupCatalog() {
        Settings settings = Settings.of(Map.of(
                "DB_HOST",
                "localhost",
                "DB_PORT",
                String.valueOf(port()),
                "DB_NAME",
                DATABASE,
                "DB_USER",
                USER,
                // Not asked for, but keeps a password file of whoever runs the demo out.
                "PGPASSWORD",
                "unused"));
        BackupCatalog catalog = new PostgresCatalogProvider().create(settings);
        if (!settings.problems().isEmpty()) {
            throw new IllegalStateException(String.join("; ", settings.problems()));
        }
        return catalog;
    }

    /** A night: one run for each job, failed where its VM is not there. */
    void recordNight(List<ScheduledJob> jobs, Predicate<ScheduledJob> vmIsThere, Instant at) throws SQLException {
        String sql = """
                INSERT INTO job (job, name, type, level, clientid, jobstatus, jobfiles, jobbytes, schedtime, starttime, endtime,
                 realendtime, jobtdate)
                SELECT ?, ?, 'B', 'I', clientid, ?, ?, ?, ?, ?, ?, ?, ? FROM client WHERE name = ?""";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            Timestamp time = Timestamp.from(at);
            for (ScheduledJob job : jobs) {
                insert.setString(1, job.name() + "." + at.getEpochSecond());
                insert.setString(2, job.name());
                boolean good = vmIsThere.test(job);
                insert.setString(3, good ? "T" : "f");
                insert.setInt(4, good ? 5 : 0);
                insert.setLong(5, good ? 1L << 30 : 0);
                for (int column = 6; column <= 9; column++) {
                    insert.setTimestamp(column, time);
                }
                insert.setLong(10, at.getEpochSecond());
                insert.setString(11, job.client());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    Map<String, Runs> runs() throws SQLException {
        Map<String, Runs> runs = new HashMap<>();
        String sql = """
                SELECT name, count(*) FILTER (WHERE jobstatus = 'T'), count(*) FILTER (WHERE jobstatus <> 'T')
                  FROM job GROUP BY name""";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                runs.put(rows.getString(1), new Runs(rows.getInt(2), rows.getInt(3)));
            }
        }
        return runs;
    }

    /** Makes the catalog one of another Bacula version, as far as a Director can tell without using it. */
    void setVersion(int schemaVersion) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM version");
            statement.execute("INSERT INTO version VALUES (" + schemaVersion + ")");
        }
    }

    @Override
    public void close() throws SQLException, IOException {
        try (postgres) {
            connection.close();
        }
    }

    private void createTables(List<OpenStackInstance> instances) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute(table);
            }
        }
        setVersion(SCHEMA_VERSION);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO client (name, uname) VALUES (?, '')")) {
            for (OpenStackInstance instance : instances) {
                insert.setString(1, instance.client());
                insert.executeUpdate();
            }
        }
    }
}
