package dev.baculasync.catalog.jdbc;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When rows of Path and Filename that nothing names may be removed. Whoever writes files first adds the names that are not
 * there yet, in one transaction, and then, in another one, the files that bear them: a name that is taken away in between
 * costs that job files. So nobody may be at it, neither when it is looked what nothing names, nor when that is removed,
 * and nobody in between.
 *
 * <p>A job that is over writes no files any more, but bscan, which may write those of a job that has long been over, or
 * only after it has noted the job's end. The one sign of it is the same as of a Director: the temporary table that it
 * gathers files in until they are written. As the names are added with Path locked, a table that is not there while we
 * have that lock belongs to somebody who will look for the names after us.
 *
 * @param recent the jobs that can have come to work since
 * @param lastJob the highest JobId
 * @param lastFile the highest FileId
 */
record NamesFence(RecentJobs recent, long lastJob, long lastFile) {
    private static final String LAST =
            "SELECT coalesce((SELECT max(jobid) FROM job), 0)," + " coalesce((SELECT max(fileid) FROM file), 0)";

    private static final String GATHERED =
            "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'batch' AND relpersistence = 't'";

    /** An Admin job writes no files, and a run of ours may be one. */
    private static final String ADMIN = "D";

    private static final String NEW_JOBS = "SELECT count(*) FROM job WHERE jobid > ? AND type <> '" + ADMIN + "'";

    private static final String NEW_FILES = "SELECT count(*) FROM (SELECT 1 FROM file WHERE fileid > ? LIMIT 1) AS f";

    /** Before anything else is looked at, in the same state of the catalog. */
    static NamesFence read(CatalogSession session) throws SQLException {
        RecentJobs recent = RecentJobs.read(session);
        return session.query(row -> new NamesFence(recent, row.getLong(1), row.getLong(2)), LAST)
                .get(0);
    }

    /** Why what is found now could not be removed, as a phrase, or null. */
    static @Nullable String obstacle(CatalogSession session) throws SQLException {
        return obstacle(session, ActiveRun.read(session, ""));
    }

    /** The same with all tables locked that matter, or that somebody has been at work since. */
    @Nullable
    String obstacleNow(CatalogSession session) throws SQLException {
        String obstacle = obstacle(session, ActiveRun.read(session, "", recent));
        if (obstacle != null) {
            return obstacle;
        }
        if (session.count(NEW_JOBS, lastJob) > 0) {
            return "a job has run meanwhile";
        }
        return session.count(NEW_FILES, lastFile) > 0 ? "files have been added meanwhile" : null;
    }

    private static @Nullable String obstacle(CatalogSession session, List<ActiveRun> active) throws SQLException {
        for (ActiveRun run : active) {
            if (!run.type().equals(ADMIN)) {
                return "run " + run + " is waiting or running";
            }
        }
        return session.count(GATHERED) > 0 ? "somebody is adding files (there is a temporary table \"batch\")" : null;
    }
}
