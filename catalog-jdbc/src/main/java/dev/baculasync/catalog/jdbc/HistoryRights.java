package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether the user we log in as may read which backups were made. */
final class HistoryRights {
    private static final String LACKING = """
            SELECT c.name FROM unnest(?::text[]) WITH ORDINALITY AS c (name, position)
             WHERE NOT has_column_privilege(?::text::regclass, c.name, 'SELECT') ORDER BY c.position
            """;

    private static final List<String> JOB = List.of(
            "jobid",
            "name",
            "clientid",
            "type",
            "jobstatus",
            "starttime",
            "endtime",
            "realendtime",
            "jobtdate",
            "jobfiles",
            "jobbytes");

    private HistoryRights() {}

    /**
     * Says more about a statement that was refused.
     *
     * @throws ProviderException when rights are lacking; names all that are, and what to do
     */
    static void requireAfter(SQLException refused, CatalogSession session, CatalogServer server) throws SQLException {
        if ("42501".equals(refused.getSQLState())) {
            session.rollback();
            require(session, server, refused);
        }
    }

    /**
     * Looks at the rights themselves.
     *
     * @param refused the statement that was refused for want of them, or null
     * @throws ProviderException when rights are lacking; names all that are, and what to do
     */
    static void require(CatalogSession session, CatalogServer server, @Nullable SQLException refused)
            throws SQLException {
        String user = "\"" + server.user().replace("\"", "\"\"") + "\"";
        List<String> grants = new ArrayList<>();
        for (Map.Entry<String, List<String>> table :
                columns(CatalogSchema.namesApart(session)).entrySet()) {
            List<String> lacking = session.query(row -> row.getString(1), LACKING, table.getValue(), table.getKey());
            if (!lacking.isEmpty()) {
                grants.add(
                        "GRANT SELECT (" + String.join(", ", lacking) + ") ON " + table.getKey() + " TO " + user + ";");
            }
        }
        if (!grants.isEmpty()) {
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "rights are lacking to read from the catalog in " + server
                            + " which backups were made; as the owner of the tables run: " + String.join(" ", grants),
                    refused);
        }
    }

    private static Map<String, List<String>> columns(boolean namesApart) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("job", JOB);
        columns.put("client", List.of("name", "clientid"));
        columns.put("file", List.of("jobid", "pathid", namesApart ? "filenameid" : "filename"));
        columns.put("path", List.of("pathid", "path"));
        if (namesApart) {
            columns.put("filename", List.of("filenameid", "name"));
        }
        return columns;
    }
}
