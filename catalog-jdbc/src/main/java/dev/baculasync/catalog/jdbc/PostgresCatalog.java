package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobNames;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the catalog; a connection for each call, and no state, so that threads do not meet. */
final class PostgresCatalog implements BackupCatalog {
    private static final Logger log = LoggerFactory.getLogger(PostgresCatalog.class);

    /**
     * A run of a job itself: no copy (C), no run that was migrated (M), nor what was made of one (B with a PriorJobId; a
     * copy becomes one, too, when its original is deleted), and no base, which a purge leaves to the runs that need it.
     */
    private static final String OWN = "(j.type = 'B' AND j.level <> 'B' AND coalesce(j.priorjobid, 0) = 0)";

    /**
     * Hops from name to name on the index {@code Job(Name text_pattern_ops)} instead of reading every run of every job:
     * a catalog has hundreds of runs for each name. The {@code ~} operators are those of that index; they compare bytes,
     * so that the prefix is literal and the database's encoding and collation do not matter. Names come back as bytes,
     * because in a SQL_ASCII database one byte that is not UTF-8 would fail the whole query. The run that the index
     * names first settles nearly all names; only where it is not the client's own are the others looked at, and not by
     * {@code EXISTS}, which the planner may answer from one reading of the whole table.
     *
     * <p>Rows: the name, and whether a run of it is the job's own; null when no run of it is the client's.
     *
     * <p>Parameters: client, prefix, end of the prefix's range (twice).
     */
    static final String JOB_NAMES = """
            WITH RECURSIVE owner AS (
                SELECT clientid FROM client WHERE name = ?::text
            ), hop (name, clientid, own) AS (
                (SELECT j.name, j.clientid, %1$s FROM job j
                  WHERE EXISTS (SELECT 1 FROM owner) AND j.name ~>=~ ?::text AND j.name ~<~ ?::text
                  ORDER BY j.name USING ~<~ LIMIT 1)
                UNION ALL
                SELECT next.name, next.clientid, next.own
                  FROM hop, LATERAL (
                       SELECT j.name, j.clientid, %1$s AS own FROM job j
                        WHERE j.name ~>~ hop.name AND j.name ~<~ ?::text
                        ORDER BY j.name USING ~<~ LIMIT 1) AS next
            )
            SELECT convert_to(hop.name, 'SQL_ASCII'),
                   CASE WHEN hop.own AND hop.clientid IN (SELECT clientid FROM owner) THEN true
                        ELSE coalesce(
                            (SELECT true FROM job j WHERE j.name = hop.name AND %1$s
                                AND j.clientid IN (SELECT clientid FROM owner) LIMIT 1),
                            (SELECT false FROM job j WHERE j.name = hop.name
                                AND j.clientid IN (SELECT clientid FROM owner) LIMIT 1))
                   END
              FROM hop
            """.formatted(OWN);

    /** What is read of each table to know the jobs. */
    private static final List<Map.Entry<String, String>> COLUMNS =
            List.of(Map.entry("job", "name, clientid, type, level, priorjobid"), Map.entry("client", "name, clientid"));

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
    public JobNames jobNames(OpenStackInstance instance) {
        Set<String> known = new HashSet<>();
        Set<String> copiesOnly = new HashSet<>();
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
                    boolean own = rows.getBoolean(2);
                    if (rows.wasNull()) {
                        continue;
                    }
                    if (BaculaName.isLegal(name)) {
                        (own ? known : copiesOnly).add(name);
                    } else {
                        log.debug("{}: skipped a job in the catalog whose name no Director accepts", instance);
                    }
                }
            }
        } catch (SQLException e) {
            throw server.failure("reading the job names of client " + instance.client(), e);
        }
        return new JobNames(known, copiesOnly);
    }

    @Override
    public Optional<CatalogCleanup> cleanup() {
        return Optional.of(new PostgresCleanup(server));
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
        for (Map.Entry<String, String> table : COLUMNS) {
            try (ResultSet rows =
                    statement.executeQuery("SELECT " + table.getValue() + " FROM " + table.getKey() + " LIMIT 0")) {
                rows.next();
            } catch (SQLException e) {
                if (!"42501".equals(e.getSQLState())) {
                    throw e;
                }
                statement.getConnection().rollback();
                denied.add(table.getKey());
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
