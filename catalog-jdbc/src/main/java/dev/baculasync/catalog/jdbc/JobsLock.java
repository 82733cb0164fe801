package dev.baculasync.catalog.jdbc;

import java.sql.SQLException;
import java.sql.Savepoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last part of a transaction, for which nobody else may write Job rows. It never waits for a lock, because whoever
 * waits can be part of a deadlock, and then it may be the Director whose statement is cancelled: a lock that cannot be had
 * at once gives all those back that this part has taken, and after a while it begins anew, while the parts before it
 * stay done.
 */
final class JobsLock {
    /**
     * Stops all writing of Job rows, ours alone excepted: no run can begin, end or change its pool until the transaction is
     * over, while reading goes on. A VACUUM of the table, or whoever has written to it and not committed yet, is in the way.
     */
    static final String LOCK_JOBS = "LOCK TABLE job IN SHARE ROW EXCLUSIVE MODE NOWAIT";

    /** With {@link #EVERY_MILLIS}, for a minute: most VACUUMs are over by then. */
    static final int ATTEMPTS = 240;

    static final int EVERY_MILLIS = 250;

    private static final Logger log = LoggerFactory.getLogger(JobsLock.class);

    private final CatalogServer server;
    private final Pause pause;

    JobsLock(CatalogServer server, Pause pause) {
        this.server = server;
        this.pause = pause;
    }

    /**
     * Does the work under the lock, which the end of the transaction releases.
     *
     * @param doing what it is, as a phrase for messages
     * @throws dev.baculasync.spi.ProviderException with {@code BUSY} when no attempt got all the locks
     */
    <T> T holding(CatalogSession session, String doing, WriteTransactions.Work<T> work) throws SQLException {
        Savepoint before = session.savepoint();
        for (int attempt = 1; ; attempt++) {
            try {
                session.execute(LOCK_JOBS);
                return work.in(session);
            } catch (SQLException e) {
                if (!CatalogServer.isContention(e)) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    throw server.writeFailure(doing, e);
                }
                session.rollback(before);
                if (attempt == 1) {
                    log.info("{} waits for its turn: {}", doing, CatalogServer.reason(e));
                }
            }
            WriteTransactions.rest(pause, attempt, doing);
        }
    }
}
