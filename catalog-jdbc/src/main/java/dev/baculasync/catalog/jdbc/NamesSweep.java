package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows of Path and Filename that nothing names. What takes long, finding out which these are, is done in one state
 * of the catalog and locks nothing. Then they go in portions, each in a short transaction of its own that looks again at
 * the {@link NamesFence}; so nobody waits for us for long, and each portion is right by itself.
 */
final class NamesSweep {
    /** So many rows are deleted by index in a fraction of a second. */
    static final int PORTION = 10_000;

    /** What is done, as a phrase. */
    private static final String DOING = "removing orphaned rows";

    private final CatalogServer server;
    private final Supplier<Connection> connections;
    private final WriteTransactions transactions;
    private final JobsLock jobs;

    /** What was found in one state of the catalog. */
    private record Found(
            NamesFence fence, UnusedNames unused, @Nullable String obstacle) {}

    /** Rows that go at once. */
    private interface Portion {
        NamesRemoval in(CatalogSession session, CatalogSchema schema, Collection<Long> ids) throws SQLException;
    }

    NamesSweep(CatalogServer server, Supplier<Connection> connections, WriteTransactions transactions, JobsLock jobs) {
        this.server = server;
        this.connections = connections;
        this.transactions = transactions;
        this.jobs = jobs;
    }

    /** What would go if no job were at work; from then on it counts as removed. */
    NamesRemoval preview(FileNames candidates, RemovedInPreview removed) {
        return inOneState(session -> {
            String obstacle = otherCatalog(session, candidates);
            SortedMap<String, Long> rows = new TreeMap<>();
            if (obstacle == null) {
                UnusedNames unused =
                        UnusedNames.among(session, CatalogSchema.read(session, server), candidates, removed);
                FileNames ids = new FileNames(candidates.catalog(), unused.pathIds(), unused.filenames());
                add(rows, "path", ids.paths().count());
                add(rows, "pathhierarchy", unused.hierarchy());
                add(rows, "filename", ids.filenames().count());
                removed.add(ids);
            }
            return new NamesRemoval(rows, obstacle);
        });
    }

    NamesRemoval remove(FileNames candidates) {
        Found found = inOneState(session -> find(session, candidates));
        SortedMap<String, Long> rows = new TreeMap<>();
        String obstacle = found.obstacle();
        if (obstacle == null) {
            obstacle = remove(found.unused().paths(), found.fence(), NamesSweep::paths, rows);
        }
        if (obstacle == null) {
            obstacle = remove(found.unused().filenames().ranges(), found.fence(), NamesSweep::filenames, rows);
        }
        return new NamesRemoval(rows, obstacle);
    }

    private Found find(CatalogSession session, FileNames candidates) throws SQLException {
        NamesFence fence = NamesFence.read(session);
        String obstacle = otherCatalog(session, candidates);
        if (obstacle == null) {
            obstacle = NamesFence.obstacle(session);
        }
        UnusedNames unused = obstacle == null
                ? UnusedNames.among(session, CatalogSchema.read(session, server), candidates, new RemovedInPreview())
                : UnusedNames.NONE;
        return new Found(fence, unused, obstacle);
    }

    /** An id means nothing in another catalog. */
    private @Nullable String otherCatalog(CatalogSession session, FileNames candidates) throws SQLException {
        return UnusedNames.catalog(session).equals(candidates.catalog())
                ? null
                : "they belong to another catalog than the one in " + server
                        + "; look at DB_HOST, DB_PORT and DB_NAME; if that catalog does not exist any more, as after a dump"
                        + " was loaded or PostgreSQL was upgraded, remove the ledger file of orphaned rows below BASE_DIR,"
                        + " and leave them to dbcheck";
    }

    /** Portion by portion, until one finds an obstacle. */
    private @Nullable String remove(
            List<IdRanges.Range> ranges, NamesFence fence, Portion portion, SortedMap<String, Long> rows) {
        List<Long> ids = new ArrayList<>();
        for (IdRanges.Range range : ranges) {
            for (long id = range.low(); id <= range.high(); id++) {
                ids.add(id);
                if (ids.size() == PORTION) {
                    String obstacle = remove(ids, fence, portion, rows);
                    if (obstacle != null) {
                        return obstacle;
                    }
                    ids.clear();
                }
            }
        }
        return ids.isEmpty() ? null : remove(ids, fence, portion, rows);
    }

    private @Nullable String remove(
            Collection<Long> ids, NamesFence fence, Portion portion, SortedMap<String, Long> rows) {
        NamesRemoval removed;
        try {
            removed = transactions.run(DOING, session -> {
                CatalogSchema schema = CatalogSchema.read(session, server);
                return jobs.holding(session, DOING, locked -> {
                    locked.execute("LOCK TABLE " + String.join(", ", schema.ofNames())
                            + " IN SHARE ROW EXCLUSIVE MODE NOWAIT");
                    String obstacle = fence.obstacleNow(locked);
                    return obstacle == null ? portion.in(locked, schema, ids) : nothing(locked, obstacle);
                });
            });
        } catch (ProviderException e) {
            if (e.code() != ProviderException.Code.BUSY) {
                throw e;
            }
            return e.getMessage();
        }
        removed.rows().forEach((table, count) -> add(rows, table, count));
        return removed.obstacle();
    }

    private static NamesRemoval paths(CatalogSession session, CatalogSchema schema, Collection<Long> ids)
            throws SQLException {
        SortedMap<String, Long> rows = new TreeMap<>();
        if (schema.has("pathhierarchy")) {
            add(rows, "pathhierarchy", session.update("DELETE FROM pathhierarchy WHERE pathid = ANY(?)", ids));
            // What jobs show needs no second look: BVFS notes it from their files, and the directories from this table.
            if (session.count("SELECT count(*) FROM pathhierarchy WHERE ppathid = ANY(?)", ids) > 0) {
                return nothing(session, "BVFS has added directories meanwhile");
            }
        }
        add(rows, "path", session.update("DELETE FROM path WHERE pathid = ANY(?)", ids));
        return new NamesRemoval(rows, null);
    }

    private static NamesRemoval filenames(CatalogSession session, CatalogSchema schema, Collection<Long> ids)
            throws SQLException {
        SortedMap<String, Long> rows = new TreeMap<>();
        add(rows, "filename", session.update("DELETE FROM filename WHERE filenameid = ANY(?)", ids));
        return new NamesRemoval(rows, null);
    }

    private static NamesRemoval nothing(CatalogSession session, String obstacle) throws SQLException {
        session.rollback();
        return new NamesRemoval(new TreeMap<>(), obstacle);
    }

    private static void add(SortedMap<String, Long> rows, String table, long count) {
        if (count > 0) {
            rows.merge(table, count, Long::sum);
        }
    }

    private <T> T inOneState(WriteTransactions.Work<T> work) {
        try (Connection connection = connections.get()) {
            connection.setAutoCommit(false);
            CatalogSession session = server.writing(connection);
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return work.in(session);
        } catch (SQLException e) {
            throw server.writeFailure("looking which names of files nothing uses", e);
        }
    }
}
