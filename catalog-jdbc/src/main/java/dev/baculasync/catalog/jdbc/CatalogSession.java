package dev.baculasync.catalog.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
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
import java.util.function.ToLongFunction;

/**
 * Bounded statements on one connection. A parameter is a text, a number, a collection of numbers or of texts, which
 * becomes an array, or ranges of ids, which take the place of {@link #IDS}. Not safe for use by several threads.
 */
final class CatalogSession {
    /** Makes a value of the row that a result is at. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The ids of a parameter that is {@link IdRanges}, as a query of one column. */
    static final String IDS =
            "SELECT generate_series(r.low, r.high) FROM unnest(?::bigint[], ?::bigint[]) AS r (low, high)";

    /** Ids as the ranges that they make up, put together by the server: a million of them need not come one by one. */
    private static final String RANGES = """
            SELECT min(id), max(id)
              FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS island FROM (%s) AS i (id)) AS islands
             GROUP BY island ORDER BY 1
            """;

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

    /** @param sql a query of one column, ids without any twice */
    IdRanges ids(String sql, Object... parameters) throws SQLException {
        return new IdRanges(query(CatalogSession::range, RANGES.formatted(sql), parameters));
    }

    /** A range from the first two columns. */
    static IdRanges.Range range(ResultSet row) throws SQLException {
        return new IdRanges.Range(row.getLong(1), row.getLong(2));
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
            int i = 0;
            for (Object parameter : parameters) {
                if (parameter instanceof IdRanges ids) {
                    statement.setArray(++i, array(ids, IdRanges.Range::low));
                    statement.setArray(++i, array(ids, IdRanges.Range::high));
                } else if (parameter instanceof Collection<?> values) {
                    boolean numbers = values.stream().allMatch(Number.class::isInstance);
                    statement.setArray(++i, connection.createArrayOf(numbers ? "int8" : "text", values.toArray()));
                } else if (parameter instanceof Long value) {
                    statement.setLong(++i, value);
                } else {
                    statement.setString(++i, (String) parameter);
                }
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private Array array(IdRanges ids, ToLongFunction<IdRanges.Range> end) throws SQLException {
        return connection.createArrayOf(
                "int8", ids.ranges().stream().mapToLong(end).boxed().toArray());
    }
}
