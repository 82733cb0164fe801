package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class EmbeddedServerTest {
    @Test
    void anInitdbThatFailsSaysWhy() {
        assertThatThrownBy(() -> EmbeddedServer.start(EmbeddedPostgres.builder().setLocaleConfig("locale", "nonsense")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("initdb: error: invalid locale name \"nonsense\"");
    }
}
