package dev.baculasync.integration;

import dev.baculasync.catalog.jdbc.EmbeddedServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A PostgreSQL server of our own with a catalog made as Debian makes it: SQL_ASCII, and the package's tables. */
final class CatalogDatabase implements AutoCloseable {
    static final String NAME = "bacula";
    static final String USER = "bacula";
    static final String PASSWORD = "catalog-secret";

    private final EmbeddedPostgres server;

    private CatalogDatabase(EmbeddedPostgres server) {
        this.server = server;
    }

    static CatalogDatabase start(Path ddl) throws IOException, SQLException {
        CatalogDatabase database = new CatalogDatabase(EmbeddedServer.start(EmbeddedPostgres.builder()));
        try {
            try (Connection admin = database.server.getPostgresDatabase().getConnection();
                    Statement statement = admin.createStatement()) {
                statement.execute("CREATE ROLE " + USER + " LOGIN PASSWORD '" + PASSWORD + "'");
                statement.execute("CREATE DATABASE " + NAME + " OWNER " + USER
                        + " ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
                statement.execute("ALTER DATABASE " + NAME + " SET datestyle TO 'ISO, YMD'");
            }
            try (Connection catalog = database.connect();
                    Statement statement = catalog.createStatement()) {
                statement.execute(Files.readString(ddl));
            }
            return database;
        } catch (IOException | SQLException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    String host() {
        return "127.0.0.1";
    }

    int port() {
        return server.getPort();
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + host() + ":" + port() + "/" + NAME, USER, PASSWORD);
    }

    /** Makes a database with all that is in the catalog now; whoever is connected to the catalog is cut off for that. */
    void copy(String name) throws SQLException {
        try (Connection admin = server.getPostgresDatabase().getConnection();
                Statement statement = admin.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = '" + NAME + "'");
            statement.execute("CREATE DATABASE " + name + " TEMPLATE " + NAME + " OWNER " + USER);
        }
    }

    /** For what the catalog's owner may not do, such as making roles. */
    Connection connectAsSuperuser() throws SQLException {
        return server.getDatabase("postgres", NAME).getConnection();
    }

    /** The first column of every row, as text. */
    List<String> column(String sql, Object... parameters) throws SQLException {
        try (Connection catalog = connect();
                PreparedStatement statement = catalog.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        }
    }

    /** Remembers every row, for {@link #restore}. */
    void save() throws SQLException {
        List<String> statements =
                new ArrayList<>(List.of("DROP SCHEMA IF EXISTS saved CASCADE", "CREATE SCHEMA saved"));
        for (String table : tables()) {
            statements.add("CREATE TABLE saved." + table + " AS TABLE public." + table);
        }
        execute(statements);
    }

    /** Every row is as it was when it was saved; numbers that were given to new ones since are not given again. */
    void restore() throws SQLException {
        List<String> statements = new ArrayList<>();
        for (String table : tables()) {
            statements.add("DELETE FROM public." + table);
            statements.add("INSERT INTO public." + table + " SELECT * FROM saved." + table);
        }
        execute(statements);
    }

    List<String> tables() throws SQLException {
        return column("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1");
    }

    /** All or none. */
    void execute(List<String> statements) throws SQLException {
        try (Connection catalog = connect();
                Statement statement = catalog.createStatement()) {
            catalog.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            catalog.commit();
        }
    }

    /** As one who may do everything. */
    void executeAsAdministrator(String sql) throws SQLException {
        try (Connection catalog = server.getDatabase("postgres", NAME).getConnection();
                Statement statement = catalog.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
