package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whether the user we log in as may remove rows. */
final class CleanupRights {
    private static final String LACKING = """
            SELECT r.name FROM unnest(?::text[]) WITH ORDINALITY AS r (name, position)
             WHERE NOT has_table_privilege(?::text::regclass, r.name) ORDER BY r.position
            """;

    /** Everybody may call it, unless somebody has seen to that. */
    private static final String CONTROL_SYSTEM = "pg_catalog.pg_control_system()";

    private static final String MARK = "SELECT pg_catalog.has_function_privilege('" + CONTROL_SYSTEM + "', 'EXECUTE')";

    private CleanupRights() {}

    /**
     * Proves that every right is there.
     *
     * @throws ProviderException that names all that are not, and what to do
     */
    static void require(CatalogSession session, CatalogServer server, CatalogSchema schema) throws SQLException {
        if (session.query(row -> row.getString(1), "SHOW transaction_read_only").contains("on")) {
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "the catalog in " + server + " is read-only, so nothing can be removed from it;"
                            + " let DB_HOST name the server that the Director writes to");
        }
        Map<String, List<String>> tablesByRights = new TreeMap<>();
        for (Map.Entry<String, List<String>> wanted : schema.rights().entrySet()) {
            List<String> lacking = session.query(row -> row.getString(1), LACKING, wanted.getValue(), wanted.getKey());
            if (!lacking.isEmpty()) {
                tablesByRights
                        .computeIfAbsent(String.join(", ", lacking), rights -> new ArrayList<>())
                        .add(wanted.getKey());
            }
        }
        boolean tellsCatalogs = session.query(row -> row.getBoolean(1), MARK).get(0);
        if (!tablesByRights.isEmpty() || !tellsCatalogs) {
            String user = "\"" + server.user().replace("\"", "\"\"") + "\"";
            List<String> grants = new ArrayList<>();
            if (!tellsCatalogs) {
                grants.add("GRANT EXECUTE ON FUNCTION " + CONTROL_SYSTEM + " TO " + user + ";");
            }
            tablesByRights.forEach((rights, tables) ->
                    grants.add("GRANT " + rights + " ON " + String.join(", ", tables) + " TO " + user + ";"));
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "rights are lacking to remove rows from the catalog in " + server
                            + "; as the owner of the tables run: " + String.join(" ", grants));
        }
    }
}
