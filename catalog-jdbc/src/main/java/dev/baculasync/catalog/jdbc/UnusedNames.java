package dev.baculasync.catalog.jdbc;

import static dev.baculasync.catalog.jdbc.CatalogSession.IDS;

import java.sql.SQLException;
import java.util.Collection;
import java.util.List;

/**
 * The Path and Filename rows among some that nothing names any more. A Path row is named by files, by what BVFS has noted
 * that a job shows, and, as a directory, by PathHierarchy rows; the directories that BVFS has added above a path that
 * goes are looked at as well. Rows that only look alike, but that nobody has named as candidates, are somebody else's.
 *
 * @param paths PathIds, a directory after all that is below it
 * @param hierarchy how many PathHierarchy rows go with them
 * @param filenames FilenameIds
 */
record UnusedNames(List<IdRanges.Range> paths, long hierarchy, IdRanges filenames) {
    static final UnusedNames NONE = new UnusedNames(List.of(), 0, IdRanges.NONE);

    /** Differs for any two databases that are not copies of one another, whatever they are called. */
    private static final String CATALOG = """
            SELECT (SELECT system_identifier FROM pg_catalog.pg_control_system()) || '/' || oid
              FROM pg_catalog.pg_database WHERE datname = current_database()
            """;

    private static final String WITH_DIRECTORIES = """
            WITH RECURSIVE up (id) AS (
                %s
                UNION
                SELECT h.ppathid FROM up JOIN pathhierarchy h ON h.pathid = up.id
            )
            SELECT pathid FROM path WHERE pathid IN (SELECT id FROM up)
            """.formatted(IDS);

    /** There is no index by what is named, so this is a pass over the table; over one row of it after the other, once. */
    private static final String NAMED =
            "SELECT DISTINCT %2$s FROM %1$s WHERE %2$s IN (" + IDS + ") AND jobid NOT IN (SELECT unnest(?::bigint[]))";

    /** Those of the ids below which there is something that is none of them. */
    private static final String DIRECTORIES_OF_OTHERS = """
            WITH RECURSIVE free (id) AS (
                %s
            ), kept (id) AS (
                SELECT h.ppathid FROM pathhierarchy h JOIN free ON free.id = h.ppathid
                 WHERE NOT EXISTS (SELECT 1 FROM free f WHERE f.id = h.pathid)
                UNION
                SELECT h.ppathid FROM kept JOIN pathhierarchy h ON h.pathid = kept.id JOIN free ON free.id = h.ppathid
            )
            SELECT id FROM kept
            """.formatted(IDS);

    /** A directory's path is shorter than all that is below it. */
    private static final String LONGEST_FIRST = """
            SELECT min(id), max(id)
              FROM (SELECT pathid AS id, octet_length(path) AS length,
                           pathid - row_number() OVER (PARTITION BY octet_length(path) ORDER BY pathid) AS island
                      FROM path WHERE pathid IN (%s)) AS islands
             GROUP BY length, island ORDER BY length DESC, 1
            """.formatted(IDS);

    /** What tells this catalog from any other one. */
    static String catalog(CatalogSession session) throws SQLException {
        return session.query(row -> row.getString(1), CATALOG).get(0);
    }

    /** All that rows of these runs name. */
    static FileNames ofRuns(CatalogSession session, CatalogSchema schema, Collection<Long> runs) throws SQLException {
        return new FileNames(
                catalog(session),
                namedBy(session, schema, "pathid", runs),
                schema.has("filename") ? namedBy(session, schema, "filenameid", runs) : IdRanges.NONE);
    }

    private static IdRanges namedBy(CatalogSession session, CatalogSchema schema, String column, Collection<Long> runs)
            throws SQLException {
        IdRanges named = IdRanges.NONE;
        for (String table : schema.naming(column)) {
            named = named.and(
                    session.ids("SELECT DISTINCT " + column + " FROM " + table + " WHERE jobid = ANY(?)", runs));
        }
        return named;
    }

    /**
     * @param among the rows that were named
     * @param removed what counts as removed
     */
    static UnusedNames among(CatalogSession session, CatalogSchema schema, FileNames among, RemovedInPreview removed)
            throws SQLException {
        // Rows that count as removed are still there, and a directory must not stay because of one of them.
        FileNames candidates = removed.names().map(among::and).orElse(among);
        IdRanges removedPaths = removed.names().map(FileNames::paths).orElse(IdRanges.NONE);
        IdRanges removedFilenames = removed.names().map(FileNames::filenames).orElse(IdRanges.NONE);
        boolean hasHierarchy = schema.has("pathhierarchy");
        IdRanges paths = session.ids(
                hasHierarchy ? WITH_DIRECTORIES : "SELECT pathid FROM path WHERE pathid IN (" + IDS + ")",
                candidates.paths());
        paths = withoutNamed(session, schema, "pathid", paths, removed.runs());
        if (hasHierarchy) {
            paths = paths.without(session.ids(DIRECTORIES_OF_OTHERS, paths));
        }
        paths = paths.without(removedPaths);
        long hierarchy = hasHierarchy
                ? session.count("SELECT count(*) FROM pathhierarchy WHERE pathid IN (" + IDS + ")", paths)
                : 0;
        IdRanges filenames = IdRanges.NONE;
        if (schema.has("filename")) {
            filenames = session.ids(
                    "SELECT filenameid FROM filename WHERE filenameid IN (" + IDS + ")", candidates.filenames());
            filenames = withoutNamed(session, schema, "filenameid", filenames, removed.runs())
                    .without(removedFilenames);
        }
        return new UnusedNames(session.query(CatalogSession::range, LONGEST_FIRST, paths), hierarchy, filenames);
    }

    private static IdRanges withoutNamed(
            CatalogSession session, CatalogSchema schema, String column, IdRanges ids, Collection<Long> removed)
            throws SQLException {
        IdRanges left = ids;
        for (String table : schema.naming(column)) {
            if (!left.isEmpty()) {
                left = left.without(session.ids(NAMED.formatted(table, column), left, removed));
            }
        }
        return left;
    }

    /** PathIds in ascending order. */
    IdRanges pathIds() {
        IdRanges ids = IdRanges.NONE;
        for (IdRanges.Range range : paths) {
            ids = ids.and(new IdRanges(List.of(range)));
        }
        return ids;
    }
}
