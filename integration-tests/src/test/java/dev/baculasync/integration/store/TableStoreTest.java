package dev.baculasync.integration.store;

import dev.baculasync.catalog.jdbc.EmbeddedServer;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.testkit.ConfigStoreContract;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What the SPI says is enough to write a store of another kind. */
class TableStoreTest implements ConfigStoreContract {
    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedServer.start(EmbeddedPostgres.builder());
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Override
    public ConfigStore emptyStore() {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists store");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return new TableStore(server.getPostgresDatabase());
    }
}
