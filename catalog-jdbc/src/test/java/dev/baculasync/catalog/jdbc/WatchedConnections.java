package dev.baculasync.catalog.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.postgresql.PGConnection;

/**
 * Connections to a catalog that tell of each statement, before and after; a commit counts as one. A session that was
 * closed in good health is used again for the next connection, with nothing left of the one before: to start one takes
 * the server longer than all that is done in it. The server ends them with the catalog.
 */
final class WatchedConnections implements Supplier<Connection> {
    /** What the test does there; may throw what the driver would. */
    interface Watcher {
        void at(Step step) throws SQLException;
    }

    /**
     * A moment.
     *
     * @param number the statement's, from 1, over all connections
     * @param after whether it has been done
     * @param parameters what gives another statement the same parameters
     */
    record Step(
            int number,
            boolean after,
            String sql,
            List<Consumer<PreparedStatement>> parameters,
            Connection connection) {
        /** The same with other words before it; the caller closes it. */
        PreparedStatement prepare(String words) throws SQLException {
            PreparedStatement statement = connection.prepareStatement(words + sql);
            parameters.forEach(parameter -> parameter.accept(statement));
            return statement;
        }

        int backend() throws SQLException {
            return connection.unwrap(PGConnection.class).getBackendPID();
        }
    }

    private final TestCatalog catalog;
    private final List<String> statements = new ArrayList<>();
    private final Set<Connection> kept = new HashSet<>();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private Watcher watcher = step -> {};

    WatchedConnections(TestCatalog catalog) {
        this.catalog = catalog;
    }

    /** Counts anew, and watches with this. */
    void watch(Watcher next) {
        watcher = next;
        statements.clear();
    }

    /** What was said so far. */
    List<String> statements() {
        return statements;
    }

    /** Lets a connection live on whatever the program does. */
    void keepOpen(Connection connection) {
        kept.add(connection);
    }

    @Override
    public Connection get() {
        try {
            Connection real = idle.isEmpty() ? catalog.connect() : idle.pop();
            AtomicBoolean closed = new AtomicBoolean();
            return proxy(Connection.class, (proxy, method, arguments) -> {
                if (method.getName().equals("close")) {
                    if (!closed.getAndSet(true) && !kept.contains(real)) {
                        giveBack(real);
                    }
                    return null;
                }
                if (closed.get()) {
                    throw new SQLException("This connection has been closed.", "08003");
                }
                switch (method.getName()) {
                    case "commit":
                        return step("COMMIT", List.of(), real, () -> method.invoke(real, arguments));
                    case "createStatement":
                        return statement(Statement.class, real, "", method.invoke(real, arguments));
                    case "prepareStatement":
                        return statement(
                                PreparedStatement.class, real, (String) arguments[0], method.invoke(real, arguments));
                    default:
                        return method.invoke(real, arguments);
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void giveBack(Connection real) throws SQLException {
        try (Statement statement = real.createStatement()) {
            if (!real.getAutoCommit()) {
                real.rollback();
                real.setAutoCommit(true);
            }
            real.setReadOnly(false);
            statement.execute("DISCARD ALL");
            idle.push(real);
        } catch (SQLException e) {
            real.close();
        }
    }

    private <T> T statement(Class<T> type, Connection connection, String sql, Object real) {
        List<Consumer<PreparedStatement>> parameters = new ArrayList<>();
        return proxy(type, (proxy, method, arguments) -> {
            if (method.getName().startsWith("set") && arguments.length == 2) {
                parameters.add(statement -> invoke(method, statement, arguments));
            }
            if (method.getName().startsWith("execute")) {
                return step(
                        arguments == null ? sql : (String) arguments[0],
                        parameters,
                        connection,
                        () -> method.invoke(real, arguments));
            }
            return method.invoke(real, arguments);
        });
    }

    private Object step(String sql, List<Consumer<PreparedStatement>> parameters, Connection connection, Call call)
            throws Throwable {
        statements.add(sql);
        int number = statements.size();
        watcher.at(new Step(number, false, sql, parameters, connection));
        Object result = call.call();
        watcher.at(new Step(number, true, sql, parameters, connection));
        return result;
    }

    private static void invoke(Method method, Object target, Object... arguments) {
        try {
            method.invoke(target, arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Call {
        Object call() throws Throwable;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(
                WatchedConnections.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return handler.invoke(proxy, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
