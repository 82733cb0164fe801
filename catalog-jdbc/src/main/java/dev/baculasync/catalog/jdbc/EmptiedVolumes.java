package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.CatalogVolume;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The volumes that hold nothing once some runs are gone.
 *
 * @param ids MediaIds of those that go
 * @param volumes the same as values
 * @param kept those that stay all the same, each as a sentence
 */
record EmptiedVolumes(Set<Long> ids, List<CatalogVolume> volumes, List<String> kept) {
    /** The statuses of volumes that an operator or the Director has not set apart; any other one may mean that. */
    private static final Set<String> ORDINARY =
            Set.of("Append", "Full", "Used", "Recycle", "Purged", "Error", "Scratch");

    private static final String OF_OTHERS = " AND jobid NOT IN (SELECT unnest(?::bigint[]))";

    private record Row(long id, long pool, String status, int enabled, boolean isProtected, CatalogVolume volume) {}

    /** MediaIds of the volumes that runs are on. */
    static Set<Long> of(CatalogSession session, CatalogSchema schema, Collection<Long> runs) throws SQLException {
        Set<Long> ids = new TreeSet<>();
        for (String table : schema.contents()) {
            ids.addAll(session.query(
                    row -> row.getLong(1), "SELECT DISTINCT mediaid FROM " + table + " WHERE jobid = ANY(?)", runs));
        }
        return ids;
    }

    /** MediaIds of those of these volumes that hold nothing but these runs and some that count as removed. */
    static Set<Long> emptied(
            CatalogSession session,
            CatalogSchema schema,
            Collection<Long> candidates,
            Collection<Long> runs,
            Collection<Long> removed)
            throws SQLException {
        Set<Long> emptied = new TreeSet<>(candidates);
        for (String table : schema.contents()) {
            // One pass, because versions before 13.0 have no index on MediaId.
            emptied.removeAll(session.query(
                    row -> row.getLong(1),
                    "SELECT DISTINCT mediaid FROM " + table + " WHERE mediaid IN (SELECT unnest(?::bigint[]))"
                            + OF_OTHERS + " AND jobid NOT IN (SELECT unnest(?::bigint[]))",
                    candidates,
                    runs,
                    removed));
        }
        return emptied;
    }

    /** Those of these volumes to which no other job has been written since. */
    static Set<Long> again(
            CatalogSession session,
            CatalogSchema schema,
            Collection<Long> emptied,
            Collection<Long> runs,
            RecentJobs recent)
            throws SQLException {
        Set<Long> still = new TreeSet<>(emptied);
        for (String table : schema.contents()) {
            still.removeAll(session.query(
                    row -> row.getLong(1),
                    "SELECT DISTINCT mediaid FROM " + table + " WHERE mediaid = ANY(?)" + OF_OTHERS + " AND "
                            + RecentJobs.CONDITION,
                    emptied,
                    runs,
                    recent.after(),
                    recent.unfinished()));
        }
        still.removeAll(session.query(
                row -> row.getLong(1),
                "SELECT DISTINCT mediaid FROM jobmedia WHERE mediaid = ANY(?)" + OF_OTHERS + " AND jobmediaid > ?",
                emptied,
                runs,
                recent.afterMedia()));
        return still;
    }

    /**
     * Tells those that go from those that stay all the same.
     *
     * @param active what is waiting or running
     */
    static EmptiedVolumes read(
            CatalogSession session, CatalogSchema schema, Set<Long> emptied, Collection<ActiveRun> active)
            throws SQLException {
        return sorted(rows(session, schema, emptied, ""), row -> reasonToKeep(row, active));
    }

    /**
     * The same, and keeps others from changing the rows until the transaction ends.
     *
     * @param expected names of volumes; any other has become empty only since they were found
     */
    static EmptiedVolumes lock(
            CatalogSession session,
            CatalogSchema schema,
            Set<Long> emptied,
            Collection<ActiveRun> active,
            Set<String> expected)
            throws SQLException {
        return sorted(rows(session, schema, emptied, "FOR UPDATE OF m NOWAIT"), row -> {
            String reason = reasonToKeep(row, active);
            // Nobody has been told yet of the file that would be left on the Storage Daemon.
            return reason != null || expected.contains(row.volume().name())
                    ? reason
                    : "it has become empty only since it was looked at";
        });
    }

    private static EmptiedVolumes sorted(List<Row> rows, Function<Row, @Nullable String> reasonToKeep) {
        Set<Long> ids = new TreeSet<>();
        List<CatalogVolume> volumes = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        for (Row row : rows) {
            String reason = reasonToKeep.apply(row);
            if (reason == null) {
                ids.add(row.id());
                volumes.add(row.volume());
            } else {
                String name = CatalogSession.quoted(row.volume().name());
                kept.add("volume " + name + " holds nothing else, but stays: " + reason
                        + "; if it may go, run in bconsole: delete volume=" + name + " yes");
            }
        }
        return new EmptiedVolumes(ids, List.copyOf(volumes), List.copyOf(kept));
    }

    private static List<Row> rows(CatalogSession session, CatalogSchema schema, Set<Long> ids, String locking)
            throws SQLException {
        return session.query(
                row -> new Row(
                        row.getLong(1),
                        row.getLong(2),
                        CatalogSession.text(row, 3),
                        row.getInt(4),
                        row.getBoolean(5),
                        new CatalogVolume(
                                CatalogSession.text(row, 6),
                                CatalogSession.text(row, 7),
                                row.getBytes(8) == null ? null : CatalogSession.text(row, 8),
                                Math.max(0, row.getLong(9)))),
                """
                SELECT m.mediaid, coalesce(m.poolid, 0), convert_to(m.volstatus, 'SQL_ASCII'),
                       coalesce(m.enabled, 0), %s,
                       convert_to(m.volumename, 'SQL_ASCII'), convert_to(m.mediatype, 'SQL_ASCII'),
                       convert_to(s.name, 'SQL_ASCII'), coalesce(m.volbytes, 0)
                  FROM media m LEFT JOIN storage s ON s.storageid = m.storageid
                 WHERE m.mediaid = ANY(?) ORDER BY m.mediaid %s
                """.formatted(schema.has("media", "protected") ? "coalesce(m.protected, 0) <> 0" : "false", locking),
                ids);
    }

    private static @Nullable String reasonToKeep(Row row, Collection<ActiveRun> active) {
        if (!ORDINARY.contains(row.status())) {
            return "its VolStatus is " + CatalogSession.quoted(row.status());
        }
        if (row.enabled() != 1) {
            return "it is not enabled";
        }
        if (row.isProtected()) {
            return "it is protected";
        }
        return active.stream()
                .filter(run -> run.mayWriteTo(row.pool()))
                .findFirst()
                .map(run -> "run " + run + " may be writing to it")
                .orElse(null);
    }
}
