package dev.baculasync.benchmarks;

import dev.baculasync.catalog.jdbc.EmbeddedServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** An embedded PostgreSQL with as much of Bacula's catalog as a sync reads. */
final class Catalog implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private Catalog(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    static Catalog start(Site site) throws IOException, SQLException {
        EmbeddedPostgres postgres =
                EmbeddedServer.start(EmbeddedPostgres.builder().setServerConfig("fsync", "off"));
        Catalog catalog = new Catalog(postgres);
        try {
            try (Connection admin = postgres.getPostgresDatabase().getConnection();
                    Statement statement = admin.createStatement()) {
                statement.execute("CREATE DATABASE bacula ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
                        + " TEMPLATE template0");
            }
            catalog.createTables(site);
            return catalog;
        } catch (SQLException e) {
            catalog.close();
            throw e;
        }
    }

    /** What leads a command line here. */
    Map<String, String> settings() {
        return Map.of(
                "DB_HOST",
                "localhost",
                "DB_PORT",
                String.valueOf(postgres.getPort()),
                "DB_NAME",
                "bacula",
                "DB_USER",
                "postgres",
                "PGPASSWORD",
                "unused");
    }

    /** One good run of every job of the site, with what the Director notes of it. */
    void recordNight(Site site) throws SQLException {
        List<String> clients = site.clients();
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            String sql = """
                    INSERT INTO job (job, name, type, level, jobstatus, clientid, starttime, endtime, realendtime,
                     jobtdate, jobfiles, jobbytes)
                    SELECT ?, ?, 'B', 'F', 'T', clientid, '2026-11-21 23:00:00', '2026-11-21 23:10:00', '2026-11-21 23:10:00',
                     extract(epoch FROM timestamptz '2026-11-21 23:10:00 UTC')::bigint, 5, 10737418240
                      FROM client WHERE name = ?""";
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                for (int i = 0; i < clients.size(); i++) {
                    for (String job : site.jobs(i)) {
                        insert.setString(1, job + ".2026-11-21_23.00.00_01");
                        insert.setString(2, job);
                        insert.setString(3, clients.get(i));
                        insert.addBatch();
                    }
                    insert.executeBatch();
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
            try (Statement statement = connection.createStatement()) {
                statement.execute("VACUUM ANALYZE");
            }
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }

    private Connection connect() throws SQLException {
        return postgres.getDatabase("postgres", "bacula").getConnection();
    }

    private void createTables(Site site) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE version (versionid integer NOT NULL)");
            statement.execute("INSERT INTO version VALUES (1026)");
            statement.execute("CREATE TABLE fileset (filesetid serial PRIMARY KEY, fileset text NOT NULL)");
            statement.execute("CREATE TABLE client (clientid serial PRIMARY KEY, name text NOT NULL)");
            statement.execute("CREATE UNIQUE INDEX client_name_idx ON client (name text_pattern_ops)");
            statement.execute("""
                    CREATE TABLE job (jobid serial PRIMARY KEY, job text NOT NULL, name text NOT NULL,
                     type char NOT NULL, level char NOT NULL, jobstatus char NOT NULL, clientid integer DEFAULT 0,
                     starttime timestamp, endtime timestamp, realendtime timestamp, jobtdate bigint DEFAULT 0,
                     jobfiles integer DEFAULT 0, jobbytes bigint DEFAULT 0, priorjobid integer DEFAULT 0)""");
            statement.execute("CREATE INDEX job_name_idx ON job (name text_pattern_ops)");
            statement.execute("CREATE TABLE path (pathid serial PRIMARY KEY, path text NOT NULL)");
            statement.execute("""
                    CREATE TABLE file (fileid bigserial PRIMARY KEY, jobid integer NOT NULL, pathid integer NOT NULL,
                     filename text NOT NULL DEFAULT '')""");
            statement.execute("CREATE INDEX file_jpfid_idx ON file (jobid, pathid, filename text_pattern_ops)");
            for (String client : site.clients()) {
                statement.execute("INSERT INTO client (name) VALUES ('" + client + "')");
            }
        }
    }
}
