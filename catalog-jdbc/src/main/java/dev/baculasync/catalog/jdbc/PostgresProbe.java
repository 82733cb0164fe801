package dev.baculasync.catalog.jdbc;

import dev.baculasync.catalog.jdbc.CatalogFacts.ServerTime;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at a catalog from its outside; each question stands for itself, so that no answer depends on another's. */
final class PostgresProbe implements CatalogProbe {
    private static final String TABLES = """
            SELECT w.name, c.oid IS NOT NULL,
                   CASE WHEN c.oid IS NULL THEN false
                        WHEN w.name IN ('job', 'client')
                        THEN (SELECT coalesce(bool_and(has_column_privilege(c.oid, a.attnum, 'SELECT')), true)
                                FROM pg_catalog.pg_attribute a
                               WHERE a.attrelid = c.oid AND a.attname IN ('name', 'clientid', 'type', 'level', 'priorjobid')
                                 AND NOT a.attisdropped)
                        ELSE has_any_column_privilege(c.oid, 'SELECT') END
              FROM unnest(ARRAY['job', 'client', 'fileset', 'version', 'file', 'jobmedia', 'media', 'log'])
                   WITH ORDINALITY AS w (name, position)
              LEFT JOIN pg_catalog.pg_class c
                     ON c.relname = w.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                    AND pg_catalog.pg_table_is_visible(c.oid)
             ORDER BY w.position
            """;

    /** An asterisk stands for a Label Format that is not set. */
    private static final String POOL = """
            WITH wanted AS (
                SELECT poolid, coalesce(pooltype, '') AS pooltype, labelformat, coalesce(maxvols, 0) AS maxvols,
                       coalesce(nullif(scratchpoolid, 0), (SELECT s.poolid FROM pool s WHERE s.name = 'Scratch'))
                           AS scratchpoolid
                  FROM pool WHERE name = ?::text
            ), volume AS (
                SELECT m.poolid, coalesce(m.recyclepoolid, 0) AS recyclepoolid,
                       m.volstatus = 'Append' OR (m.volstatus IN ('Recycle', 'Purged') AND m.recycle = 1) AS ready,
                       m.volstatus = 'Busy' OR (m.volstatus IN ('Full', 'Used') AND m.recycle = 1) AS later
                  FROM media m WHERE m.enabled = 1
            )
            SELECT convert_to(w.pooltype, 'SQL_ASCII'),
                   convert_to(CASE WHEN w.labelformat LIKE '*%' THEN '' ELSE w.labelformat END, 'SQL_ASCII'),
                   w.maxvols,
                   (SELECT count(*) FROM media m WHERE m.poolid = w.poolid),
                   (SELECT count(*) FROM volume v WHERE v.poolid = w.poolid AND v.ready),
                   (SELECT count(*) FROM volume v WHERE v.poolid = w.poolid AND v.later),
                   (SELECT count(*) FROM volume v WHERE v.poolid = w.scratchpoolid AND v.poolid <> w.poolid AND v.ready),
                   (SELECT count(*) FROM volume v
                     WHERE v.recyclepoolid = w.poolid AND v.poolid <> w.poolid AND (v.ready OR v.later))
              FROM wanted w
            """;

    private static final String ENCRYPTION =
            "SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";

    private static final int TIMES_ASKED = 3;

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
    public CatalogFacts look(InstantSource clock) {
        try (Connection connection = server.open();
                Statement statement = connection.createStatement()) {
            server.limit(statement);
            ServerTime time = time(statement, clock);
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

    @Override
    public Optional<PoolFacts> pool(String name) {
        try (Connection connection = server.open();
                PreparedStatement statement = connection.prepareStatement(POOL)) {
            server.limit(statement);
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new PoolFacts(
                        CatalogSession.text(row, 1),
                        CatalogSession.text(row, 2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8)));
            }
        } catch (SQLException e) {
            throw server.failure("looking at Pool " + name, e);
        }
    }

    /**
     * The answer that came fastest: what a question waits for on its way, such as a pooler's free connection, is time in
     * which the clocks cannot be told apart.
     */
    private static ServerTime time(Statement statement, InstantSource clock) throws SQLException {
        ServerTime best = null;
        for (int i = 0; i < TIMES_ASKED; i++) {
            Instant asked = clock.instant();
            Instant told = time(statement);
            ServerTime time = new ServerTime(asked, told, clock.instant());
            if (best == null || length(time).compareTo(length(best)) < 0) {
                best = time;
            }
        }
        return Objects.requireNonNull(best);
    }

    private static Duration length(ServerTime time) {
        return Duration.between(time.asked(), time.answered());
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
