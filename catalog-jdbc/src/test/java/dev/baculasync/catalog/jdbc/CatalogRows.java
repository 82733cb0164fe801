package dev.baculasync.catalog.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Rows of a {@link TestCatalog}, put in and read back whatever the table. Texts are bytes as ISO 8859-1. */
final class CatalogRows implements AutoCloseable {
    private record Column(String name, String type, boolean mandatory) {}

    private final Connection connection;
    private final SortedMap<String, List<Column>> tables = new TreeMap<>();
    private int counter;

    CatalogRows(TestCatalog catalog) {
        try {
            connection = catalog.connect();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT table_name, column_name, data_type,"
                            + " is_nullable = 'NO' AND column_default IS NULL FROM information_schema.columns"
                            + " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position")) {
                while (rows.next()) {
                    tables.computeIfAbsent(rows.getString(1), table -> new ArrayList<>())
                            .add(new Column(rows.getString(2), rows.getString(3), rows.getBoolean(4)));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean has(String table) {
        return tables.containsKey(table);
    }

    boolean has(String table, String column) {
        return has(table) && tables.get(table).stream().anyMatch(c -> c.name().equals(column));
    }

    /** Tables with a column of that name. */
    List<String> tablesWith(String column) {
        return tables.keySet().stream().filter(table -> has(table, column)).toList();
    }

    /**
     * Adds a row and returns its first column if that is a number. Columns that must have a value and are not given get
     * one that no other row has.
     */
    long add(String table, Object... columnsAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < columnsAndValues.length; i += 2) {
            values.put((String) columnsAndValues[i], columnsAndValues[i + 1]);
        }
        counter++;
        for (Column column : tables.get(table)) {
            if (column.mandatory()) {
                values.putIfAbsent(column.name(), anyOf(column.type()));
            }
        }
        Map<String, String> types = tables.get(table).stream().collect(Collectors.toMap(Column::name, Column::type));
        String sql = "INSERT INTO " + table + " (" + String.join(", ", values.keySet()) + ") VALUES ("
                + values.keySet().stream()
                        .map(column -> "convert_from(?, 'SQL_ASCII')::" + types.get(column))
                        .collect(Collectors.joining(", "))
                + ") RETURNING " + tables.get(table).get(0).name();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int i = 0;
            for (Object value : values.values()) {
                statement.setBytes(++i, value == null ? null : bytes(value));
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getMetaData().getColumnTypeName(1).matches("int.*|.*serial") ? row.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** All rows of all tables, sorted; a row is its columns as texts. */
    SortedMap<String, List<Map<String, String>>> all() {
        return read(List.copyOf(tables.keySet()));
    }

    List<Map<String, String>> rows(String table) {
        return read(List.of(table)).get(table);
    }

    private SortedMap<String, List<Map<String, String>>> read(List<String> names) {
        SortedMap<String, List<Map<String, String>>> all = new TreeMap<>();
        String sql = names.stream().map(this::select).collect(Collectors.joining(";"));
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            for (String table : names) {
                all.put(table, read(statement.getResultSet(), tables.get(table)));
                statement.getMoreResults();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
        return all;
    }

    private String select(String table) {
        return "SELECT "
                + tables.get(table).stream()
                        .map(column -> "convert_to(" + column.name() + "::text, 'SQL_ASCII')")
                        .collect(Collectors.joining(", "))
                + " FROM " + table + " t ORDER BY convert_to(t::text, 'SQL_ASCII')";
    }

    private static List<Map<String, String>> read(ResultSet result, List<Column> columns) throws SQLException {
        List<Map<String, String>> rows = new ArrayList<>();
        while (result.next()) {
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                byte[] value = result.getBytes(i + 1);
                row.put(columns.get(i).name(), value == null ? null : new String(value, StandardCharsets.ISO_8859_1));
            }
            rows.add(row);
        }
        return rows;
    }

    /** Removes all rows but the version's. */
    void clear() {
        try (Statement statement = connection.createStatement()) {
            for (String table : tables.keySet()) {
                if (!table.equals("version")) {
                    statement.addBatch("DELETE FROM " + table);
                }
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object anyOf(String type) {
        return switch (type) {
            case "text" -> "x" + counter;
            case "character" -> "B";
            case "smallint" -> counter % 1000;
            case "bytea" -> "\\x00";
            case "timestamp without time zone" -> "2026-01-01 00:00:00";
            default -> counter;
        };
    }

    private static byte[] bytes(Object value) {
        return value.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
