package dev.baculasync.catalog.jdbc;

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

/** Counts what a {@link JobRemoval} would take. */
final class JobLook {
    private final CatalogSession session;
    private final CatalogSchema schema;
    private final RemovedInPreview removed;
    private final SortedMap<String, Long> rows = new TreeMap<>();

    /** What was found, and which FileSet rows are among it. */
    record Found(JobHolding holding, Set<Long> fileSets) {}

    /** @param removed what counts as removed */
    JobLook(CatalogSession session, CatalogSchema schema, RemovedInPreview removed) {
        this.session = session;
        this.schema = schema;
        this.removed = removed;
    }

    Found at(String client, String job, String fileSet) throws SQLException {
        JobRuns runs = JobRuns.read(session, client, job, removed.runs());
        SortedSet<Long> ids = runs.ids();
        for (Map.Entry<String, String> table : schema.ofJob().entrySet()) {
            count(table.getKey(), table.getValue(), ids);
        }
        put("job", ids.size());
        Set<Long> fileSets = UnusedFileSets.read(session, runs.fileSets(), fileSet, ids, removed.runs());
        fileSets.removeAll(removed.fileSets());
        put("fileset", fileSets.size());
        Set<Long> touched = EmptiedVolumes.of(session, schema, ids);
        Set<Long> emptied = EmptiedVolumes.emptied(session, schema, touched, ids, removed.runs());
        EmptiedVolumes volumes = EmptiedVolumes.read(session, schema, emptied, runs.active());
        for (String table : schema.ofVolume()) {
            count(table, "mediaid = ANY(?)", volumes.ids());
        }
        put("media", volumes.ids().size());
        List<String> kept = new ArrayList<>(runs.kept());
        kept.addAll(volumes.kept());
        JobHolding holding = new JobHolding(
                client,
                job,
                fileSet,
                ids,
                runs.unpurged(),
                runs.bytes(),
                rows,
                volumes.volumes(),
                kept,
                runs.obstacle(job));
        return new Found(holding, fileSets);
    }

    private void count(String table, String condition, Collection<Long> ids) throws SQLException {
        put(table, session.count("SELECT count(*) FROM " + table + " WHERE " + condition, ids));
    }

    private void put(String table, long count) {
        if (count > 0) {
            rows.put(table, count);
        }
    }
}
