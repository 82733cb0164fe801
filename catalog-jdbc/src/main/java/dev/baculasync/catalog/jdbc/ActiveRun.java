package dev.baculasync.catalog.jdbc;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * A Job row that is waiting or running.
 *
 * @param run the run's own name, {@code Job.Job}
 * @param name the Job resource
 * @param type {@code Job.Type}
 * @param poolId the pool it writes to, or 0 when that is not decided yet
 * @param ofClient whether it belongs to the client that was asked for
 */
record ActiveRun(long jobId, String run, String name, String type, long poolId, boolean ofClient) {
    /**
     * What a run that is over may have: Terminated, Warnings, Differences, Error, error, fatal, Aborted, Incomplete.
     * Anything else counts as waiting or running, since Bacula has added such statuses with time (q, u, w).
     */
    static final String ENDED = "('T', 'W', 'D', 'E', 'e', 'f', 'A', 'I')";

    /** Admin (a run of ours may be one), Verify and Restore. */
    private static final Set<String> NEVER_WRITE = Set.of("D", "V", "R");

    /** Of all jobs, this is a pass over all Job rows: there is no index on the status. */
    private static final String ACTIVE = """
            SELECT jobid, convert_to(job, 'SQL_ASCII'), convert_to(name, 'SQL_ASCII'),
                   convert_to(type::text, 'SQL_ASCII'), coalesce(poolid, 0),
                   coalesce(clientid IN (SELECT clientid FROM client WHERE name = ?::text), false)
              FROM job WHERE jobstatus NOT IN %s AND %s ORDER BY jobid
            """;

    /** All of the catalog. */
    static List<ActiveRun> read(CatalogSession session, String client) throws SQLException {
        return query(session, ACTIVE.formatted(ENDED, "true"), client);
    }

    /** Those of some jobs. */
    static List<ActiveRun> read(CatalogSession session, String client, RecentJobs among) throws SQLException {
        return query(session, ACTIVE.formatted(ENDED, RecentJobs.CONDITION), client, among.after(), among.unfinished());
    }

    private static List<ActiveRun> query(CatalogSession session, String sql, Object... parameters) throws SQLException {
        return session.query(
                row -> new ActiveRun(
                        row.getLong(1),
                        CatalogSession.text(row, 2),
                        CatalogSession.text(row, 3),
                        CatalogSession.text(row, 4),
                        row.getLong(5),
                        row.getBoolean(6)),
                sql,
                parameters);
    }

    /** Whether it may write to a volume of this pool; one that has no pool yet may write to any. */
    boolean mayWriteTo(long pool) {
        return !NEVER_WRITE.contains(type) && (poolId == 0 || poolId == pool);
    }

    @Override
    public String toString() {
        return CatalogSession.quoted(run) + " (JobId " + jobId + ")";
    }
}
