package dev.baculasync.integration;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Every row of every table of a catalog.
 *
 * @param tables rows as text, sorted, by table
 */
record CatalogDump(SortedMap<String, List<String>> tables) {
    CatalogDump {
        tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    }

    static CatalogDump of(CatalogDatabase catalog) throws SQLException {
        return after(catalog);
    }

    /** What the catalog would hold after these statements, which are taken back. */
    static CatalogDump after(CatalogDatabase catalog, String... statements) throws SQLException {
        try (Connection connection = catalog.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            SortedMap<String, List<String>> tables = new TreeMap<>();
            for (String table : catalog.tables()) {
                tables.put(table, column(statement, "SELECT t::text FROM " + table + " t ORDER BY 1"));
            }
            connection.rollback();
            return new CatalogDump(tables);
        }
    }

    private static List<String> column(Statement statement, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return List.copyOf(values);
    }
}
