package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the catalog; a connection for each call, and no state, so that threads do not meet. */
final class PostgresCatalog implements BackupCatalog {
    private static final Logger log = LoggerFactory.getLogger(PostgresCatalog.class);

    /**
     * Hops from name to name on the index {@code Job(Name text_pattern_ops)} instead of reading every run of every job:
     * a catalog has hundreds of runs for each name. The {@code ~} operators are those of that index; they compare bytes,
     * so that the prefix is literal and the database's encoding and collation do not matter. Names come back as bytes,
     * because in a SQL_ASCII database one byte that is not UTF-8 would fail the whole query.
     *
     * <p>Parameters: client, prefix, end of the prefix's range (twice).
     */
    static final String JOB_NAMES = """
            WITH RECURSIVE owner AS (
                SELECT clientid FROM client WHERE name = ?::text
            ), hop (name) AS (
                (SELECT j.name FROM job j
                  WHERE EXISTS (SELECT 1 FROM owner) AND j.name ~>=~ ?::text AND j.name ~<~ ?::text
                  ORDER BY j.name USING ~<~ LIMIT 1)
                UNION ALL
                SELECT (SELECT j.name FROM job j
                         WHERE j.name ~>~ hop.name AND j.name ~<~ ?::text
                         ORDER BY j.name USING ~<~ LIMIT 1)
                  FROM hop WHERE hop.name IS NOT NULL
            )
            SELECT convert_to(hop.name, 'SQL_ASCII')
              FROM hop
             WHERE hop.name IS NOT NULL
               AND EXISTS (SELECT 1 FROM job j
                            WHERE j.name = hop.name AND j.clientid IN (SELECT clientid FROM owner))
            """;

    /** The tables that tell a Bacula catalog from any other database. */
    private static final List<String> TABLES = List.of("job", "client", "fileset", "version");

    private static final String TABLES_FOUND = """
            SELECT c.relname FROM pg_catalog.pg_class c
             WHERE c.relname IN ('job', 'client', 'fileset', 'version') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
               AND pg_catalog.pg_table_is_visible(c.oid)
            """;

    static final String INDEX_FOUND = """
            SELECT 1 FROM pg_catalog.pg_index i
              JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
              JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[0]
             WHERE i.indrelid = 'job'::regclass AND i.indisvalid AND i.indpred IS NULL
               AND a.attname = 'name' AND o.opcname = 'text_pattern_ops'
            """;

    private final CatalogServer server;

    private final DirectorTime time;

    PostgresCatalog(CatalogServer server, DirectorTime time) {
        this.server = server;
        this.time = time;
    }

    @Override
    public void check() {
        try (Connection connection = server.open();
                Statement statement = connection.createStatement()) {
            server.limit(statement);
            requireTables(statement);
            requireColumns(statement);
            warnWithoutIndex(statement);
        } catch (SQLException e) {
            throw server.failure("looking at the tables", e);
        }
    }

    @Override
    public Set<String> jobNames(OpenStackInstance instance) {
        Set<String> names = new LinkedHashSet<>();
        try (Connection connection = server.open();
                PreparedStatement statement = connection.prepareStatement(JOB_NAMES)) {
            server.limit(statement);
            statement.setString(1, instance.client());
            statement.setString(2, instance.jobPrefix());
            statement.setString(3, endOfRange(instance.jobPrefix()));
            statement.setString(4, endOfRange(instance.jobPrefix()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    // Legal names are ASCII, and no other byte becomes a legal character this way.
                    String name = new String(rows.getBytes(1), StandardCharsets.ISO_8859_1);
                    if (BaculaName.isLegal(name)) {
                        names.add(name);
                    } else {
                        log.debug("{}: skipped a job in the catalog whose name no Director accepts", instance);
                    }
                }
            }
        } catch (SQLException e) {
            throw server.failure("reading the job names of client " + instance.client(), e);
        }
        return names;
    }

    @Override
    public CatalogCleanup cleanup() {
        return new PostgresCleanup(server);
    }

    @Override
    public Optional<BackupHistory> history() {
        return Optional.of(new PostgresHistory(server, time));
    }

    /** The smallest string after all that start with the prefix: legal prefixes are ASCII, so there is a next byte. */
    static String endOfRange(String prefix) {
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    private void requireTables(Statement statement) throws SQLException {
        List<String> missing = new ArrayList<>(TABLES);
        try (ResultSet rows = statement.executeQuery(TABLES_FOUND)) {
            while (rows.next()) {
                missing.remove(rows.getString(1));
            }
        }
        if (!missing.isEmpty()) {
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "database " + server.database() + " is not a Bacula catalog: table(s) " + String.join(", ", missing)
                            + " missing in " + server + "; check DB_NAME, and the search_path of the user in DB_USER");
        }
    }

    private void requireColumns(Statement statement) throws SQLException {
        List<String> denied = new ArrayList<>();
        for (String table : List.of("job", "client")) {
            try (ResultSet rows = statement.executeQuery("SELECT name, clientid FROM " + table + " LIMIT 0")) {
                rows.next();
            } catch (SQLException e) {
                if (!"42501".equals(e.getSQLState())) {
                    throw e;
                }
                statement.getConnection().rollback();
                denied.add(table);
            }
        }
        if (!denied.isEmpty()) {
            String tables = String.join(", ", denied);
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "permission denied to read table(s) " + tables + " in " + server
                            + "; as the owner of the database run: GRANT SELECT ON " + tables + " TO \""
                            + server.user().replace("\"", "\"\"") + "\"");
        }
    }

    private void warnWithoutIndex(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(INDEX_FOUND)) {
            if (!rows.next()) {
                log.warn(
                        "{}: Bacula's index on Job(Name text_pattern_ops) is missing, reading job names will be slow; run:"
                                + " CREATE INDEX job_name_idx ON job (name text_pattern_ops)",
                        server);
            }
        }
    }
}
