package dev.baculasync.catalog.jdbc;

import dev.baculasync.catalog.jdbc.PostgresCatalogConfig.Tls;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The PostgreSQL server as we log in to it, and what its errors mean for us. Safe for use by several threads. */
final class CatalogServer {
    /** So long after the time for a query the driver's cancelling has failed, and the network must be what hangs. */
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(10);

    /** Serialization failure, deadlock, lock not available. */
    private static final Set<String> CONTENTION = Set.of("40001", "40P01", "55P03");

    /** A job may have millions of File rows. What others would have to wait for is bounded by other means. */
    private static final Duration WRITE_TIMEOUT = Duration.ofHours(1);

    private final PostgresCatalogConfig config;
    private final Lock turn = new ReentrantLock(true);

    CatalogServer(PostgresCatalogConfig config) {
        this.config = config;
    }

    /**
     * A new connection whose statements are one transaction that may only read. Nothing is set for the session, which may be a
     * pooler's, and outlive us: a Director that got it next could write nothing.
     */
    Connection open() {
        return open(dataSource(), config.queryTimeout(), false);
    }

    /** A new connection that may write, in autocommit mode. Its statements may take {@link #WRITE_TIMEOUT}. */
    Connection openForWriting() {
        PGSimpleDataSource source = dataSource();
        source.setReadOnly(false);
        return open(source, WRITE_TIMEOUT, true);
    }

    private Connection open(PGSimpleDataSource source, Duration longestStatement, boolean autoCommit) {
        try {
            Connection connection = source.getConnection();
            try {
                connection.setNetworkTimeout(
                        Runnable::run,
                        Math.toIntExact(longestStatement.plus(CANCEL_GRACE).toMillis()));
                connection.setAutoCommit(autoCommit);
                return connection;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new ProviderException(
                    isTimeout(e) ? Code.TIMEOUT : Code.UNREACHABLE,
                    "cannot connect to the PostgreSQL catalog at " + config + ": " + reason(e)
                            + "; check DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_TLS, DB_TLS_CA and the password"
                            + " (PGPASSWORD, PGPASSFILE or ~/.pgpass)",
                    e);
        }
    }

    /** Held by who writes: instances in parallel would otherwise be in each other's way. */
    Lock turn() {
        return turn;
    }

    /** Bounds a statement; the server is told to stop, so that nothing goes on there after we gave up. */
    void limit(Statement statement) throws SQLException {
        statement.setQueryTimeout(Math.toIntExact(config.queryTimeout().toSeconds()));
    }

    /** A session for reading, on a connection of {@link #open}. */
    CatalogSession reading(Connection connection) {
        return new CatalogSession(connection, config.queryTimeout());
    }

    /** A session for writing, on a connection of {@link #openForWriting}. */
    CatalogSession writing(Connection connection) {
        return new CatalogSession(connection, WRITE_TIMEOUT);
    }

    /** The exception for a statement that did not yield a whole answer. */
    ProviderException failure(String doing, SQLException e) {
        return failure(doing, config.queryTimeout(), e);
    }

    /** The exception for a transaction that changed nothing. */
    ProviderException writeFailure(String doing, SQLException e) {
        return failure("nothing was removed: " + doing, WRITE_TIMEOUT, e);
    }

    private ProviderException failure(String doing, Duration limit, SQLException e) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "");
        String at = " at " + config + ": ";
        if (isTimeout(e) || state.equals("57014")) {
            return new ProviderException(
                    Code.TIMEOUT,
                    doing + " took more than " + limit.toSeconds() + " s or was cancelled by the PostgreSQL catalog"
                            + at + reason(e) + "; look for locks and load on the server",
                    e);
        }
        if (isContention(e)) {
            return new ProviderException(
                    Code.BUSY,
                    doing + " found others at work on the same rows or tables for too long in the PostgreSQL catalog"
                            + at + reason(e) + "; the next run tries again; if this goes on, look for a VACUUM of table"
                            + " job or a long transaction on it",
                    e);
        }
        if (isBroken(e)) {
            return new ProviderException(
                    Code.UNREACHABLE,
                    doing + " stopped because the connection broke to the PostgreSQL catalog" + at + reason(e)
                            + "; look at the server's log",
                    e);
        }
        if (state.equals("42501")) {
            return new ProviderException(
                    Code.CONFIGURATION,
                    doing + " was refused by the PostgreSQL catalog" + at + reason(e)
                            + "; GRANT the right to it to the user in DB_USER",
                    e);
        }
        return new ProviderException(
                Code.BAD_ANSWER,
                doing + " failed in the PostgreSQL catalog" + at + reason(e) + "; look at the server's log",
                e);
    }

    @Override
    public String toString() {
        return config.toString();
    }

    String database() {
        return config.database();
    }

    String user() {
        return config.user();
    }

    PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {config.host().contains(":") ? "[" + config.host() + "]" : config.host()});
        source.setPortNumbers(new int[] {config.port()});
        source.setDatabaseName(config.database());
        source.setUser(config.user());
        // Never null: the driver would then look for a password file by itself, in the environment and with no regard
        // for the file's mode.
        source.setPassword(Objects.requireNonNullElse(config.password(), ""));
        source.setApplicationName("bacula-openstack-sync");
        source.setReadOnly(true);
        source.setReadOnlyMode("transaction");
        source.setTcpKeepAlive(true);
        int seconds = Math.toIntExact(config.connectTimeout().toSeconds());
        source.setConnectTimeout(seconds);
        // Until logged in; a server that accepts and then says nothing must not hold us for a query's time.
        source.setSocketTimeout(seconds);
        source.setSslResponseTimeout(Math.toIntExact(config.connectTimeout().toMillis()));
        source.setSslMode(sslMode(config.tls()));
        if (config.tls() == Tls.VERIFIED) {
            config.certificateAuthority()
                    .ifPresentOrElse(
                            file -> source.setSslRootCert(file.toString()),
                            () -> source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory"));
        }
        return source;
    }

    private static String sslMode(Tls tls) {
        return switch (tls) {
            case OFF -> "disable";
            case UNVERIFIED -> "require";
            case VERIFIED -> "verify-full";
        };
    }

    /** Whether a transaction had to give way to others, and may do better next time. */
    static boolean isContention(SQLException e) {
        return CONTENTION.contains(Objects.requireNonNullElse(e.getSQLState(), ""));
    }

    /** Whether the connection, and with it an open transaction, is gone. */
    static boolean isBroken(SQLException e) {
        String state = Objects.requireNonNullElse(e.getSQLState(), "");
        return state.startsWith("08") || state.startsWith("57P");
    }

    static boolean isTimeout(SQLException e) {
        for (@Nullable Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** The server's or the driver's own words on one line, without details that may quote rows. */
    static String reason(SQLException e) {
        ServerErrorMessage answer = e instanceof PSQLException answered ? answered.getServerErrorMessage() : null;
        String reason = answer == null ? null : answer.getMessage();
        if (reason == null) {
            reason = String.valueOf(e.getMessage());
            Throwable cause = e.getCause();
            if (cause != null && cause.getMessage() != null && !reason.contains(cause.getMessage())) {
                reason += " (" + cause.getClass().getSimpleName() + ": " + cause.getMessage() + ")";
            }
        }
        return reason.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    }
}
