package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.ProviderException;
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
 * The body of the transaction that removes a job's runs. All that takes long comes first, while the Director can work on:
 * finding out what goes, in passes over whole tables, and deleting the many rows, which nobody else has to do with. Only
 * then is the table of jobs closed to it, what can have changed looked at again, and the few rows that others might refer
 * to removed. No lock is ever waited for.
 */
final class JobRemoval {
    private final CatalogSession session;
    private final CatalogSchema schema;
    private final JobsLock jobs;
    private final JobHolding looked;
    private final SortedMap<String, Long> rows = new TreeMap<>();

    /** What was found before the lock. */
    private record Found(RecentJobs recent, JobRuns runs, SortedSet<Long> ids, Set<Long> fileSets, Set<Long> volumes) {}

    JobRemoval(CatalogSession session, CatalogSchema schema, JobsLock jobs, JobHolding looked) {
        this.session = session;
        this.schema = schema;
        this.jobs = jobs;
        this.looked = looked;
    }

    /** What is done, as a phrase. */
    static String doing(JobHolding looked) {
        return "removing job " + looked.job() + " of client " + looked.client();
    }

    /** Removes, or rolls back and says why. */
    JobHolding run() throws SQLException {
        // Before all else: what comes after it is seen, or looked at again.
        RecentJobs recent = RecentJobs.read(session);
        JobRuns runs = JobRuns.read(session, looked.client(), looked.job(), Set.of());
        String obstacle = obstacle(runs);
        if (obstacle != null) {
            return nothing(runs, obstacle);
        }
        requirePurged(runs);
        SortedSet<Long> ids = runs.ids();
        Set<Long> touched = EmptiedVolumes.of(session, schema, ids);
        Found found = new Found(
                recent,
                runs,
                ids,
                UnusedFileSets.read(session, runs.fileSets(), looked.fileSet(), ids, Set.of()),
                EmptiedVolumes.emptied(session, schema, touched, ids, Set.of()));
        for (Map.Entry<String, String> table : schema.ofJob().entrySet()) {
            delete(table.getKey(), table.getValue(), ids);
        }
        if (schema.has("snapshot")) {
            session.update("UPDATE snapshot SET jobid = 0 WHERE jobid = ANY(?)", ids);
        }
        return jobs.holding(session, doing(looked), locked -> finish(found));
    }

    /** With the jobs locked; may be called again after all it did was undone. */
    private JobHolding finish(Found found) throws SQLException {
        SortedSet<Long> ids = found.ids();
        JobRuns now = found.runs().again(session, looked.client(), looked.job(), found.recent());
        String obstacle = obstacle(now);
        if (obstacle == null && !now.ids().equals(ids)) {
            obstacle = "its runs have been changed meanwhile";
        }
        if (obstacle != null) {
            return nothing(now, obstacle);
        }
        session.query(
                row -> row.getLong(1),
                "SELECT jobid FROM job WHERE jobid = ANY(?) ORDER BY jobid FOR UPDATE NOWAIT",
                ids);
        delete("job", "jobid = ANY(?)", ids);
        delete("fileset", "filesetid = ANY(?)", UnusedFileSets.again(session, found.fileSets(), ids, found.recent()));
        // What was at work when the volumes were looked at may have written until now.
        List<ActiveRun> active = new ArrayList<>(now.active());
        active.addAll(found.runs().active());
        EmptiedVolumes volumes = EmptiedVolumes.lock(
                session,
                schema,
                EmptiedVolumes.again(session, schema, found.volumes(), ids, found.recent()),
                active,
                looked.volumes().stream().map(CatalogVolume::name).collect(Collectors.toSet()));
        for (String table : schema.ofVolume()) {
            delete(table, "mediaid = ANY(?)", volumes.ids());
        }
        delete("media", "mediaid = ANY(?)", volumes.ids());
        return holding(now, ids, volumes.volumes(), volumes.kept(), null);
    }

    /** A Director notes what it has purged in its own catalog, but not in a copy of it, where the JobIds are the same. */
    private void requirePurged(JobRuns runs) {
        SortedSet<Long> unpurged = runs.unpurged();
        unpurged.removeAll(looked.unpurged());
        if (!unpurged.isEmpty()) {
            throw new ProviderException(
                    ProviderException.Code.CONFIGURATION,
                    "nothing was removed: " + doing(looked)
                            + " stopped because the Director was told to purge the files"
                            + " of JobId " + unpurged.first()
                            + ", and the catalog in DB_HOST, DB_PORT and DB_NAME does not"
                            + " have them as purged; look whether that is the Director's own catalog, or a copy of it, and at"
                            + " the Director's messages");
        }
    }

    private @Nullable String obstacle(JobRuns runs) {
        String obstacle = runs.obstacle(looked.job());
        return obstacle == null ? unseen(looked, runs.ids()) : obstacle;
    }

    /** Why a job may not be removed that has these runs now, as a phrase, or null. */
    static @Nullable String unseen(JobHolding looked, SortedSet<Long> runs) {
        SortedSet<Long> unseen = new TreeSet<>(runs);
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
        } else {
            // Of an attempt that was undone.
            rows.remove(table);
        }
    }
}
