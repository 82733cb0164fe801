package dev.baculasync.catalog.jdbc;

import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The jobs of which anything can have changed since this was read, so that whoever has looked at all of the catalog after
 * reading this need look only at these again. They are those that have been made since, and those that were not over: a
 * Director writes FileSetId, PoolId, JobStatus, BaseFiles, JobMedia and FileMedia only for a run that is at work, and takes
 * up none that is over but an incomplete one. What becomes of the rows of a job's own name is another matter; the index on
 * the name finds them.
 *
 * @param after JobIds above this one are recent
 * @param afterMedia JobMediaIds above this one are recent, whatever their job; nobody but a Director has to keep to its ways
 * @param unfinished JobIds of older runs that are recent
 */
record RecentJobs(long after, long afterMedia, Set<Long> unfinished) {
    /** Takes {@link #after} and {@link #unfinished}; in any table whose index begins with the JobId, this is quick. */
    static final String CONDITION = "(jobid > ? OR jobid = ANY(?))";

    /**
     * Ids are dealt out before rows can be seen, so that one below the highest may still appear; but a Director adds these
     * rows one by one, and so at most as many as it has connections.
     */
    static final long IN_FLIGHT = 1000;

    private static final String HIGHEST =
            "SELECT coalesce((SELECT max(jobid) FROM job), 0), coalesce((SELECT max(jobmediaid) FROM jobmedia), 0)";

    private static final String UNFINISHED =
            "SELECT jobid FROM job WHERE jobstatus NOT IN %s OR jobstatus = 'I'".formatted(ActiveRun.ENDED);

    static RecentJobs read(CatalogSession session) throws SQLException {
        RecentJobs highest = session.query(
                        row -> new RecentJobs(row.getLong(1) - IN_FLIGHT, row.getLong(2) - IN_FLIGHT, new TreeSet<>()),
                        HIGHEST)
                .get(0);
        highest.unfinished().addAll(session.query(row -> row.getLong(1), UNFINISHED));
        return highest;
    }
}
