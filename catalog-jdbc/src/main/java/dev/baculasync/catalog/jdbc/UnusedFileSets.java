package dev.baculasync.catalog.jdbc;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** The FileSet rows that no Job row uses once some runs are gone. There is one for each content a FileSet has had. */
final class UnusedFileSets {
    private static final String UNUSED = """
            SELECT f.filesetid FROM fileset f
             WHERE (f.filesetid = ANY(?) OR f.fileset = ?::text)
               AND NOT EXISTS (SELECT 1 FROM job j
                                WHERE j.filesetid = f.filesetid AND j.jobid NOT IN (SELECT unnest(?)))
            """;

    private UnusedFileSets() {}

    /**
     * FileSetIds.
     *
     * @param ids some to look at
     * @param name all of this name are looked at as well
     */
    static Set<Long> read(CatalogSession session, Collection<Long> ids, String name, Collection<Long> runs)
            throws SQLException {
        return new TreeSet<>(session.query(row -> row.getLong(1), UNUSED, ids, name, runs));
    }
}
