package dev.baculasync.catalog.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A Bacula catalog of a given schema version, empty, in a PostgreSQL server that is started once for a JVM. The tables
 * come from lists of columns and indexes read from the real ones. Any user gets in without a password, but {@link #GUARDED}.
 */
public final class TestCatalog implements AutoCloseable {
    /** Schema versions of Bacula 9.6, 11.0, 13.0 and 15.0. */
    public static final List<Integer> VERSIONS = List.of(16, 1022, 1024, 1026);

    /** The version of Debian's packages. */
    private static final int DEBIANS = 16;

    /** A role that must log in with {@link #GUARDED_PASSWORD} and may read nothing. */
    public static final String GUARDED = "guarded";

    public static final String GUARDED_PASSWORD = "corr:ect\\horse";

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final String database;
    private final Connection connection;

    private TestCatalog(String encoding) {
        this.database = "catalog" + COUNTER.incrementAndGet();
        try (Connection admin = Server.POSTGRES.getPostgresDatabase().getConnection();
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + database + " ENCODING '" + encoding
                    + "' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
            // As Bacula's own script does.
            statement.execute("ALTER DATABASE " + database + " SET datestyle TO 'ISO, YMD'");
            this.connection = connect();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An empty catalog as Bacula's script makes it, in SQL_ASCII. */
    public static TestCatalog create(int schemaVersion) {
        return create(schemaVersion, "SQL_ASCII");
    }

    /** An empty catalog in another encoding. */
    public static TestCatalog create(int schemaVersion, String encoding) {
        TestCatalog catalog = withoutTables(encoding);
        // Some of Bacula's indexes from 15.0 on need it.
        catalog.execute("CREATE EXTENSION pg_trgm");
        Optional<String> own = schemaVersion == DEBIANS ? debiansOwn() : Optional.empty();
        if (own.isPresent()) {
            catalog.execute(own.get());
        } else {
            ddl(schemaVersion).forEach(catalog::execute);
            catalog.execute("INSERT INTO version VALUES (" + schemaVersion + ")");
        }
        return catalog;
    }

    /** The DDL of Debian's package, its rows included, where the build was told where Bacula is. */
    private static Optional<String> debiansOwn() {
        String home = System.getProperty("bacula.home");
        if (home == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(
                    Path.of(home, "usr/share/dbconfig-common/data/bacula-director-pgsql/install/pgsql")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A database that is no catalog. */
    public static TestCatalog withoutTables(String encoding) {
        return new TestCatalog(encoding);
    }

    public String host() {
        return "localhost";
    }

    public int port() {
        return Server.POSTGRES.getPort();
    }

    public String database() {
        return database;
    }

    /** The settings that lead here, as the database's owner. */
    public Map<String, String> settings() {
        return Map.of(
                "DB_HOST",
                host(),
                "DB_PORT",
                String.valueOf(port()),
                "DB_NAME",
                database,
                "DB_USER",
                "postgres",
                // Not asked for, but keeps a password file of whoever runs the tests out.
                "PGPASSWORD",
                "unused");
    }

    /** A connection of the database's owner, for what this class has no method for; the caller closes it. */
    public Connection connect() throws SQLException {
        return Server.POSTGRES.getDatabase("postgres", database).getConnection();
    }

    /** Runs a statement as the database's owner. */
    public void execute(String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Adds a client and returns its id. */
    public int addClient(String name) {
        return insert(
                "INSERT INTO client (name, uname) VALUES (convert_from(?, 'SQL_ASCII'), '') RETURNING clientid",
                name.getBytes(StandardCharsets.US_ASCII));
    }

    /** Adds one run of a job, which ended well, and returns its id. */
    public int addJob(int clientId, String name) {
        return addJob(clientId, name.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds one run of a job whose name may be any bytes. */
    public int addJob(int clientId, byte[] name) {
        return insert(
                "INSERT INTO job (job, name, type, level, jobstatus, clientid)"
                        + " VALUES ('run', convert_from(?, 'SQL_ASCII'), 'B', 'F', 'T', " + clientId
                        + ") RETURNING jobid",
                name);
    }

    /** Adds one run of a job, of a type and made from another run, which ended well; returns its id. */
    public int addJob(int clientId, String name, char type, int priorJobId) {
        int jobId = addJob(clientId, name);
        execute("UPDATE job SET type = '" + type + "', priorjobid = " + priorJobId + " WHERE jobid = " + jobId);
        return jobId;
    }

    private int insert(String sql, byte[] value) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setBytes(1, value);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try (Connection admin = Server.POSTGRES.getPostgresDatabase().getConnection();
                Statement statement = admin.createStatement()) {
            connection.close();
            statement.execute("DROP DATABASE " + database + " WITH (FORCE)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> ddl(int schemaVersion) {
        Map<String, List<String>> tables = new LinkedHashMap<>();
        List<String> ddl = new ArrayList<>();
        for (String line : lines("catalog-columns.csv", schemaVersion)) {
            // schema_version,bacula,table,position,column,type,nullable,default
            String[] field = line.split(",", 8);
            String fallback = field[7];
            if (fallback.startsWith("nextval('")) {
                ddl.add("CREATE SEQUENCE " + fallback.substring(9, fallback.indexOf('\'', 9)));
            }
            tables.computeIfAbsent(field[2], table -> new ArrayList<>())
                    .add('"' + field[4] + "\" " + field[5] + (field[6].equals("NO") ? " NOT NULL" : "")
                            + (fallback.isEmpty() ? "" : " DEFAULT " + fallback));
        }
        tables.forEach((table, columns) -> ddl.add("CREATE TABLE " + table + " (" + String.join(", ", columns) + ")"));
        for (String line : lines("catalog-indexes.csv", schemaVersion)) {
            // schema_version,table,index,"definition"
            ddl.add(line.substring(line.indexOf('"') + 1, line.lastIndexOf('"')));
        }
        return ddl;
    }

    private static List<String> lines(String resource, int schemaVersion) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                        Objects.requireNonNull(TestCatalog.class.getResourceAsStream(resource)),
                        StandardCharsets.UTF_8));
                Stream<String> lines = reader.lines()) {
            List<String> found =
                    lines.filter(line -> line.startsWith(schemaVersion + ",")).toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException("no schema version " + schemaVersion + " in " + resource);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stopped by a shutdown hook of its own. */
    private static final class Server {
        static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                // A VACUUM by itself would be one more writer, at moments that no test has chosen.
                EmbeddedPostgres postgres = EmbeddedServer.start(EmbeddedPostgres.builder()
                        .setServerConfig("autovacuum", "off")
                        .setDataDirectoryCustomizer(Server::guard));
                try (Connection admin = postgres.getPostgresDatabase().getConnection();
                        Statement statement = admin.createStatement()) {
                    statement.execute("CREATE ROLE " + GUARDED + " LOGIN PASSWORD '" + GUARDED_PASSWORD + "'");
                }
                return postgres;
            } catch (IOException | SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void guard(File dataDirectory) {
            Path hba = dataDirectory.toPath().resolve("pg_hba.conf");
            try {
                Files.writeString(hba, "host all " + GUARDED + " all scram-sha-256\n" + Files.readString(hba));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
