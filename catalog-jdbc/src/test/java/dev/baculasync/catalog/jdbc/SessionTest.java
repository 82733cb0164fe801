package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.Settings;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A pooler hands a session on to the next one, who may be a Director, with all that was set in it. */
class SessionTest {
    private static final List<String> SETTINGS = List.of(
            "default_transaction_read_only",
            "default_transaction_isolation",
            "lock_timeout",
            "synchronous_commit",
            "statement_timeout",
            "search_path");

    @Test
    void whoReadsMayNotWriteAndSetsNothingForTheSession() throws SQLException {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            CatalogServer server = server(catalog);
            try (Connection fresh = catalog.connect();
                    Connection connection = server.open();
                    Statement statement = connection.createStatement()) {
                assertThat(show(connection, "transaction_read_only")).isEqualTo("on");
                assertThat(settings(connection)).isEqualTo(settings(fresh));
                assertThatThrownBy(() -> statement.execute("DELETE FROM job")).hasMessageContaining("read-only");
            }
        }
    }

    @Test
    void whatARemovalSetsEndsWithItsTransaction() throws SQLException {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            catalog.execute(
                    "ALTER DATABASE " + catalog.database() + " SET default_transaction_isolation = 'serializable'");
            CatalogServer server = server(catalog);
            try (Connection fresh = catalog.connect();
                    Connection connection = server.openForWriting()) {
                Supplier<Connection> pool = () -> withoutEnd(connection);

                String isolation = new WriteTransactions(server, pool, attempts -> {})
                        .run(
                                "looking",
                                session -> session.query(
                                                row -> row.getString(1),
                                                "SELECT current_setting('transaction_isolation')")
                                        .get(0));

                assertThat(isolation).isEqualTo("read committed");
                assertThat(settings(connection)).isEqualTo(settings(fresh)).contains("serializable");
            }
            new PostgresCleanup(server).look("fd", "job", "fileset");
        }
    }

    private static CatalogServer server(TestCatalog catalog) {
        return new CatalogServer(PostgresCatalogProvider.config(Settings.of(catalog.settings())));
    }

    private static List<String> settings(Connection connection) {
        return SETTINGS.stream().map(name -> show(connection, name)).toList();
    }

    private static String show(Connection connection, String setting) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW " + setting)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a pooler's: that it is closed ends nothing. */
    private static Connection withoutEnd(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                SessionTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("close") ? null : method.invoke(real, arguments));
    }
}
