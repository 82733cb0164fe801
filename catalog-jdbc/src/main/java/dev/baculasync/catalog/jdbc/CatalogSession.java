package dev.baculasync.catalog.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Bounded statements on one connection. A parameter is a text, a number, or a collection of numbers or of texts, which
 * becomes an array. Not safe for use by several threads.
 */
final class CatalogSession {
    /** Makes a value of the row that a result is at. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final int seconds;

    CatalogSession(Connection connection, Duration limit) {
        this.connection = connection;
        this.seconds = Math.toIntExact(limit.toSeconds());
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(seconds);
            statement.execute(sql);
        }
    }

    /** How many rows the statement changed. */
    long update(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters)) {
            return statement.executeLargeUpdate();
        }
    }

    <T> List<T> query(RowReader<T> reader, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> values = new ArrayList<>();
            while (rows.next()) {
                values.add(reader.read(rows));
            }
            return values;
        }
    }

    long count(String sql, Object... parameters) throws SQLException {
        return query(row -> row.getLong(1), sql, parameters).get(0);
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    /** A point of the transaction to which it can be rolled back any number of times. */
    Savepoint savepoint() throws SQLException {
        return connection.setSavepoint();
    }

    /** Undoes what was done since, and gives back the locks that were taken since. */
    void rollback(Savepoint savepoint) throws SQLException {
        connection.rollback(savepoint);
    }

    /**
     * A column that was selected as {@code convert_to(…, 'SQL_ASCII')}: a byte that is not UTF-8 would fail the whole
     * query if the driver had to decode it. Legal names are ASCII.
     */
    static String text(ResultSet row, int column) throws SQLException {
        return new String(row.getBytes(column), StandardCharsets.ISO_8859_1);
    }

    /** A name of the catalog's in a sentence: no Director makes one with other characters, but the catalog may hold any. */
    static String quoted(String name) {
        return '"' + name.replaceAll("[^ !#-~]", "?") + '"';
    }

    private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            statement.setQueryTimeout(seconds);
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof Collection<?> values) {
                    boolean numbers = values.stream().allMatch(Number.class::isInstance);
                    statement.setArray(i + 1, connection.createArrayOf(numbers ? "int8" : "text", values.toArray()));
                } else if (parameters[i] instanceof Long value) {
                    statement.setLong(i + 1, value);
                } else {
                    statement.setString(i + 1, (String) parameters[i]);
                }
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
