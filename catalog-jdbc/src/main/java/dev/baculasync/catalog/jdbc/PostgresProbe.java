package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at a catalog from its outside; each question stands for itself, so that no answer depends on another's. */
final class PostgresProbe implements CatalogProbe {
    private static final String TABLES = """
            SELECT w.name, c.oid IS NOT NULL,
                   c.oid IS NOT NULL AND has_any_column_privilege(c.oid, 'SELECT')
              FROM unnest(ARRAY['job', 'client', 'fileset', 'version', 'file', 'jobmedia', 'media', 'log'])
                   WITH ORDINALITY AS w (name, position)
              LEFT JOIN pg_catalog.pg_class c
                     ON c.relname = w.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                    AND pg_catalog.pg_table_is_visible(c.oid)
             ORDER BY w.position
            """;

    private static final String ENCRYPTION =
            "SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";

    private final PostgresCatalogConfig config;
    private final CatalogServer server;

    PostgresProbe(PostgresCatalogConfig config) {
        this.config = config;
        this.server = new CatalogServer(config);
    }

    @Override
    public PostgresCatalogConfig config() {
        return config;
    }

    @Override
    public boolean hasPassword() {
        return config.password() != null;
    }

    @Override
    public CatalogFacts look() {
        try (Connection connection = server.open();
                Statement statement = connection.createStatement()) {
            server.limit(statement);
            Instant time = time(statement);
            String encryption = first(statement, ENCRYPTION);
            List<String> missing = new ArrayList<>();
            List<String> unreadable = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(TABLES)) {
                while (rows.next()) {
                    if (!rows.getBoolean(2)) {
                        missing.add(rows.getString(1));
                    } else if (!rows.getBoolean(3)) {
                        unreadable.add(rows.getString(1));
                    }
                }
            }
            boolean seesVersion = !missing.contains("version") && !unreadable.contains("version");
            String version = seesVersion ? first(statement, "SELECT max(versionid)::text FROM version") : null;
            boolean index = !missing.contains("job") && first(statement, PostgresCatalog.INDEX_FOUND) != null;
            return new CatalogFacts(
                    time, encryption, missing, unreadable, version == null ? null : Integer.valueOf(version), index);
        } catch (SQLException e) {
            throw server.failure("looking at the tables", e);
        }
    }

    private static Instant time(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT clock_timestamp()")) {
            if (!rows.next()) {
                throw new ProviderException(Code.BAD_ANSWER, "the PostgreSQL catalog does not tell the time");
            }
            return rows.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private static @Nullable String first(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
