package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tables of a catalog that a removal has to do with, as far as this catalog has them: versions differ, and a catalog
 * that was upgraded many times may differ from a new one.
 */
final class CatalogSchema {
    /** Bacula 9.6, 11.0, 13.0 and 15.0. Of any other version it is not known which rows belong to a job. */
    static final List<Integer> KNOWN_VERSIONS = List.of(16, 1022, 1024, 1026);

    /** Tables that carry a JobId and whose rows go with the Job row, the big ones first. JobHisto is history and stays. */
    private static final List<String> OF_JOB = List.of(
            "file",
            "filemedia",
            "fileevents",
            "metaemail",
            "metaattachment",
            "basefiles",
            "pathvisibility",
            "object",
            "jobmedia",
            "log",
            "restoreobject",
            "tagjob",
            "unsavedfiles");

    /** Tables that carry a MediaId and whose rows go with the Media row; those that carry backups are not among them. */
    private static final List<String> OF_VOLUME = List.of("locationlog", "cdimages", "tagmedia");

    /** In all versions; without one of these, what is there is not understood. */
    private static final Set<String> NEEDED = Set.of(
            "job", "client", "fileset", "media", "storage", "file", "path", "jobmedia", "basefiles", "log", "version");

    /** Tables whose rows a run may name Path and Filename rows by. */
    private static final List<String> NAMING = List.of("file", "unsavedfiles", "pathvisibility");

    /** The tables that are written only together, and judged by, when Path and Filename rows are removed. */
    private static final List<String> OF_NAMES = List.of("path", "pathhierarchy", "pathvisibility", "filename");

    /** The column that must be there for a table to count. */
    private static final Map<String, String> KEYS = keys();

    private static final String COLUMNS = """
            SELECT c.relname, a.attname FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relname = ANY(?) AND c.relkind IN ('r', 'p') AND pg_catalog.pg_table_is_visible(c.oid)
            """;

    private static final String FILENAME_ID = """
            SELECT count(*) FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = to_regclass('file') AND a.attname = 'filenameid' AND NOT a.attisdropped
            """;

    private final Map<String, Set<String>> tables;

    private CatalogSchema(Map<String, Set<String>> tables) {
        this.tables = tables;
    }

    /**
     * The schema of this catalog.
     *
     * @throws ProviderException when it is not one that is known to the row
     */
    static CatalogSchema read(CatalogSession session, CatalogServer server) throws SQLException {
        CatalogSchema schema = find(session, server);
        requireKnownVersion(session, server);
        return schema;
    }

    /** The tables that are there, whatever the version; reads nothing that takes a right. */
    static CatalogSchema find(CatalogSession session, CatalogServer server) throws SQLException {
        Map<String, Set<String>> tables = new TreeMap<>();
        session.query(row -> Map.entry(row.getString(1), row.getString(2)), COLUMNS, KEYS.keySet())
                .forEach(column -> tables.computeIfAbsent(column.getKey(), table -> new TreeSet<>())
                        .add(column.getValue()));
        tables.entrySet().removeIf(table -> !table.getValue().contains(KEYS.get(table.getKey())));
        if (!tables.getOrDefault("file", Set.of()).contains("filenameid")) {
            // What an upgrade may have left, and nothing names any more.
            tables.remove("filename");
        }
        Set<String> missing = new TreeSet<>(NEEDED);
        missing.removeAll(tables.keySet());
        if (!missing.isEmpty()) {
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "nothing can be removed from the catalog in " + server + ": table(s) " + String.join(", ", missing)
                            + " missing; check DB_NAME, and the search_path of the user in DB_USER");
        }
        return new CatalogSchema(tables);
    }

    /** Whether the names of files are in a table of their own, and not in File; reads nothing that takes a right. */
    static boolean namesApart(CatalogSession session) throws SQLException {
        return session.count(FILENAME_ID) > 0;
    }

    boolean has(String table) {
        return tables.containsKey(table);
    }

    boolean has(String table, String column) {
        return tables.getOrDefault(table, Set.of()).contains(column);
    }

    /**
     * The tables whose rows go with a Job row, in the order in which they go, and for each the condition that finds them;
     * its one parameter is JobIds.
     */
    Map<String, String> ofJob() {
        Map<String, String> conditions = new LinkedHashMap<>();
        if (has("tagobject") && has("object", "objectid")) {
            conditions.put("tagobject", "objectid IN (SELECT o.objectid FROM object o WHERE o.jobid = ANY(?))");
        }
        OF_JOB.stream().filter(this::has).forEach(table -> conditions.put(table, "jobid = ANY(?)"));
        return conditions;
    }

    /** The tables whose rows go with a Media row by their {@code mediaid}. */
    List<String> ofVolume() {
        return OF_VOLUME.stream().filter(this::has).toList();
    }

    /** The tables that say which jobs are on a volume. */
    List<String> contents() {
        return List.of("jobmedia", "filemedia").stream().filter(this::has).toList();
    }

    /** The tables whose rows name others by this column. */
    List<String> naming(String column) {
        return NAMING.stream().filter(table -> has(table, column)).toList();
    }

    /** The tables to lock when rows of Path and Filename are removed. */
    List<String> ofNames() {
        return OF_NAMES.stream().filter(this::has).toList();
    }

    /** Rights without which a removal would fail half-way, by table. */
    Map<String, List<String>> rights() {
        Map<String, List<String>> rights = new TreeMap<>();
        for (String table : tables.keySet()) {
            rights.put(
                    table,
                    switch (table) {
                        case "storage", "version" -> List.of("SELECT");
                        case "snapshot" -> List.of("SELECT", "UPDATE");
                        // Rows of these are locked before they go, which takes UPDATE as well.
                        case "job", "media" -> List.of("SELECT", "UPDATE", "DELETE");
                        default -> List.of("SELECT", "DELETE");
                    });
        }
        return rights;
    }

    /** Refuses a catalog that is not known to the row. */
    static void requireKnownVersion(CatalogSession session, CatalogServer server) throws SQLException {
        List<Integer> versions = session.query(row -> row.getInt(1), "SELECT versionid FROM version");
        if (versions.size() != 1 || !KNOWN_VERSIONS.contains(versions.get(0))) {
            throw new ProviderException(
                    Code.CONFIGURATION,
                    "the catalog in " + server + " has version " + versions
                            + ", and rows are only removed from versions " + KNOWN_VERSIONS
                            + ", whose tables are known; look for a newer release, and until then leave CLEANUP_AFTER_DAYS"
                            + " unset and delete-client alone");
        }
    }

    private static Map<String, String> keys() {
        Map<String, String> keys = new HashMap<>(Map.of(
                "job", "jobid",
                "client", "clientid",
                "tagclient", "clientid",
                "fileset", "filesetid",
                "media", "mediaid",
                "storage", "storageid",
                "snapshot", "jobid",
                "tagobject", "objectid",
                "version", "versionid"));
        keys.putAll(Map.of("path", "pathid", "pathhierarchy", "ppathid", "filename", "filenameid"));
        OF_JOB.forEach(table -> keys.put(table, "jobid"));
        OF_VOLUME.forEach(table -> keys.put(table, "mediaid"));
        return Map.copyOf(keys);
    }
}
