package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.JobHolding;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The body of the transaction that removes a job's runs. The many rows go first, while the Director can work on; only then
 * is the table of jobs closed to it, everything looked at again, and the few rows that others might refer to removed.
 */
final class JobRemoval {
    /**
     * Stops all writing of Job rows, ours alone excepted: no run can begin, end or change its pool until the transaction is
     * over, while reading goes on. Taken before the first Job row is changed: two removals that each had changed some would
     * wait for each other here.
     */
    static final String LOCK_JOBS = "LOCK TABLE job IN SHARE ROW EXCLUSIVE MODE";

    private final CatalogSession session;
    private final CatalogSchema schema;
    private final JobHolding looked;
    private final SortedMap<String, Long> rows = new TreeMap<>();

    JobRemoval(CatalogSession session, CatalogSchema schema, JobHolding looked) {
        this.session = session;
        this.schema = schema;
        this.looked = looked;
    }

    /** Removes, or rolls back and says why. */
    JobHolding run() throws SQLException {
        JobRuns runs = JobRuns.read(session, looked.client(), looked.job());
        String obstacle = obstacle(runs);
        if (obstacle != null) {
            return nothing(runs, obstacle);
        }
        SortedSet<Long> ids = runs.ids();
        session.query(
                row -> row.getLong(1), "SELECT jobid FROM job WHERE jobid = ANY(?) ORDER BY jobid FOR UPDATE", ids);
        // While the rows still tell.
        Set<Long> touched = EmptiedVolumes.of(session, schema, ids);
        for (Map.Entry<String, String> table : schema.ofJob().entrySet()) {
            delete(table.getKey(), table.getValue(), ids);
        }
        if (schema.has("snapshot")) {
            session.update("UPDATE snapshot SET jobid = 0 WHERE jobid = ANY(?)", ids);
        }

        session.execute(LOCK_JOBS);
        JobRuns now = JobRuns.read(session, looked.client(), looked.job());
        obstacle = obstacle(now);
        if (obstacle == null && !now.ids().equals(ids)) {
            obstacle = "its runs have been changed meanwhile";
        }
        if (obstacle != null) {
            return nothing(now, obstacle);
        }
        delete("job", "jobid = ANY(?)", ids);
        Set<Long> fileSets = UnusedFileSets.read(session, now.fileSets(), looked.fileSet(), ids);
        delete("fileset", "filesetid = ANY(?)", fileSets);
        EmptiedVolumes volumes = EmptiedVolumes.read(session, schema, touched, ids, now.active(), true);
        for (String table : schema.ofVolume()) {
            delete(table, "mediaid = ANY(?)", volumes.ids());
        }
        delete("media", "mediaid = ANY(?)", volumes.ids());
        return holding(now, ids, volumes.volumes(), volumes.kept(), null);
    }

    private @Nullable String obstacle(JobRuns runs) {
        String obstacle = runs.obstacle(looked.job());
        if (obstacle != null) {
            return obstacle;
        }
        SortedSet<Long> unseen = runs.ids();
        unseen.removeAll(looked.runs());
        if (unseen.isEmpty()) {
            return null;
        }
        return "a run has been made meanwhile (JobId "
                + unseen.stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")";
    }

    private JobHolding nothing(JobRuns runs, String obstacle) throws SQLException {
        session.rollback();
        rows.clear();
        return holding(runs, new TreeSet<>(), List.of(), List.of(), obstacle);
    }

    private JobHolding holding(
            JobRuns runs,
            SortedSet<Long> removed,
            List<CatalogVolume> volumes,
            List<String> keptVolumes,
            @Nullable String obstacle) {
        List<String> kept = new ArrayList<>(runs.kept());
        kept.addAll(keptVolumes);
        SortedSet<Long> unpurged = runs.unpurged();
        unpurged.retainAll(removed);
        return new JobHolding(
                looked.client(),
                looked.job(),
                looked.fileSet(),
                removed,
                unpurged,
                removed.isEmpty() ? 0 : runs.bytes(),
                rows,
                volumes,
                kept,
                obstacle);
    }

    private void delete(String table, String condition, Collection<Long> ids) throws SQLException {
        long count = session.update("DELETE FROM " + table + " WHERE " + condition, ids);
        if (count > 0) {
            rows.put(table, count);
        }
    }
}
