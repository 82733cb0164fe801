package dev.baculasync.catalog.jdbc;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** The FileSet rows that no Job row uses once some runs are gone. There is one for each content a FileSet has had. */
final class UnusedFileSets {
    private static final String UNUSED = """
            SELECT f.filesetid FROM fileset f
             WHERE (f.filesetid = ANY(?)
                    AND NOT EXISTS (SELECT 1 FROM job j WHERE j.filesetid = f.filesetid
                                       AND j.jobid NOT IN (SELECT unnest(?::bigint[]))
                                       AND j.jobid NOT IN (SELECT unnest(?::bigint[]))))
                OR (f.fileset = ?::text
                    AND NOT EXISTS (SELECT 1 FROM job j WHERE j.filesetid = f.filesetid
                                       AND j.jobid NOT IN (SELECT unnest(?::bigint[]))))
            """;

    private static final String NEWLY_USED = "SELECT filesetid FROM job WHERE filesetid = ANY(?)"
            + " AND jobid NOT IN (SELECT unnest(?::bigint[])) AND " + RecentJobs.CONDITION;

    private UnusedFileSets() {}

    /**
     * FileSetIds; a pass over all Job rows, as there is no index on their FileSetId.
     *
     * @param used those that the runs have used
     * @param name all of this name are looked at as well
     * @param removed runs that count as removed, and with them the FileSets that nothing else used
     */
    static Set<Long> read(
            CatalogSession session, Collection<Long> used, String name, Collection<Long> runs, Collection<Long> removed)
            throws SQLException {
        return new TreeSet<>(session.query(row -> row.getLong(1), UNUSED, used, runs, removed, name, runs));
    }

    /** Those of these FileSetIds that no other job has begun to use. */
    static Set<Long> again(CatalogSession session, Collection<Long> ids, Collection<Long> runs, RecentJobs recent)
            throws SQLException {
        Set<Long> unused = new TreeSet<>(ids);
        unused.removeAll(
                session.query(row -> row.getLong(1), NEWLY_USED, ids, runs, recent.after(), recent.unfinished()));
        return unused;
    }
}
