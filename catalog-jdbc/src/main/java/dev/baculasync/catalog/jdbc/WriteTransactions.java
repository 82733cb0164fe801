package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a piece of work in one transaction, all or nothing: again when it had to give way to others or its connection
 * broke, and with certainty about its end when the answer to the commit was lost.
 */
final class WriteTransactions {
    /** What is done in a transaction; done anew with each attempt. */
    interface Work<T> {
        /** May roll back, and then must change nothing more. */
        T in(CatalogSession session) throws SQLException;
    }

    private static final Logger log = LoggerFactory.getLogger(WriteTransactions.class);

    static final int ATTEMPTS = 8;

    /** How often the server is asked what became of a commit. */
    static final int ASKINGS = 8;

    /**
     * The shortest wait that can be set where NOWAIT cannot be said: who gives up at once is part of no deadlock, in which
     * PostgreSQL might cancel the Director's statement instead of ours. The commit must outlive a crash of
     * the server even where Bacula's own commits need not, because what the caller does next cannot be taken back.
     */
    private static final List<String> SETTINGS = List.of(
            // The driver's own way to say this, and READ ONLY, is for the session, which may be a pooler's.
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
            "SET LOCAL lock_timeout = '1ms'",
            "SET LOCAL synchronous_commit = on");

    private final CatalogServer server;
    private final Supplier<Connection> connections;
    private final Pause pause;

    WriteTransactions(CatalogServer server, Supplier<Connection> connections, Pause pause) {
        this.server = server;
        this.connections = connections;
        this.pause = pause;
    }

    /**
     * Does the work and commits.
     *
     * @param doing what it is, as a phrase for messages
     * @throws ProviderException when nothing was changed, or with {@code OUTCOME_UNKNOWN}
     */
    <T> T run(String doing, Work<T> work) {
        try {
            server.turn().lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted(doing, e);
        }
        try {
            return again(doing, work);
        } finally {
            server.turn().unlock();
        }
    }

    private <T> T again(String doing, Work<T> work) {
        for (int attempt = 1; ; attempt++) {
            Connection connection = connections.get();
            try {
                return once(doing, connection, work);
            } catch (SQLException e) {
                boolean again =
                        CatalogServer.isContention(e) || (CatalogServer.isBroken(e) && !CatalogServer.isTimeout(e));
                if (!again || attempt == ATTEMPTS) {
                    throw server.writeFailure(doing, e);
                }
                log.info("{} is tried again: {}", doing, CatalogServer.reason(e));
            } finally {
                close(connection);
            }
            rest(pause, attempt, doing);
        }
    }

    /** Lets time pass while nothing is committed. */
    static void rest(Pause pause, int attempts, String doing) {
        try {
            pause.after(attempts);
        } catch (InterruptedException e) {
            throw interrupted(doing, e);
        }
    }

    private static ProviderException interrupted(String doing, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ProviderException(Code.INTERRUPTED, "nothing was removed: " + doing + " was interrupted", e);
    }

    private <T> T once(String doing, Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        CatalogSession session = server.writing(connection);
        for (String setting : SETTINGS) {
            session.execute(setting);
        }
        long transaction = session.count("SELECT txid_current()");
        T result = work.in(session);
        try {
            connection.commit();
        } catch (SQLException e) {
            // If the server is still waiting for it, this makes the server give up.
            close(connection);
            if (!isCommitted(doing, transaction, e)) {
                throw e;
            }
        }
        return result;
    }

    /** What the server says became of a transaction whose commit was not answered; the same whoever asks. */
    private boolean isCommitted(String doing, long transaction, SQLException lost) {
        for (int asking = 1; asking <= ASKINGS; asking++) {
            try {
                String status = status(transaction);
                if ("committed".equals(status)) {
                    return true;
                }
                if ("aborted".equals(status)) {
                    return false;
                }
                if (!"in progress".equals(status)) {
                    break;
                }
            } catch (SQLException | ProviderException e) {
                lost.addSuppressed(e);
            }
            if (asking < ASKINGS) {
                try {
                    pause.after(asking);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
        }
        throw new ProviderException(
                Code.OUTCOME_UNKNOWN,
                "it is not known whether " + doing
                        + " has happened: the answer to the commit was lost by the PostgreSQL"
                        + " catalog at " + server + " (" + CatalogServer.reason(lost)
                        + "); the next run looks again and finishes it",
                lost);
    }

    /** Null when the server no longer remembers. */
    private @Nullable String status(long transaction) throws SQLException {
        Connection connection = connections.get();
        try {
            return server.writing(connection)
                    .query(row -> row.getString(1), "SELECT txid_status(?::bigint)", String.valueOf(transaction))
                    .get(0);
        } finally {
            close(connection);
        }
    }

    /** By then all is decided, so that trouble with closing must not pass for trouble with the work. */
    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            log.debug("closing a connection to the catalog failed", e);
        }
    }
}
