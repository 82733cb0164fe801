package dev.baculasync.spi;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a catalog holds of one job of one client, as far as a removal takes it. Copies, migrated runs and base jobs that
 * others need do not belong to it.
 *
 * @param client name of the Client resource
 * @param job name of the Job resource
 * @param fileSet name of the FileSet resource
 * @param runs the JobIds that a removal takes
 * @param unpurged those of them whose files the Director has not purged yet
 * @param bytes what these runs have backed up, in bytes
 * @param rows how many rows a removal takes, by table; tables without any are left out
 * @param volumes the volumes that hold nothing else and go as well
 * @param kept what stays in the catalog although it belongs to the job or to its volumes, each as a sentence
 * @param obstacle why nothing of it may be removed now, as a phrase, or null
 */
public record JobHolding(
        String client,
        String job,
        String fileSet,
        SortedSet<Long> runs,
        SortedSet<Long> unpurged,
        long bytes,
        SortedMap<String, Long> rows,
        List<CatalogVolume> volumes,
        List<String> kept,
        @Nullable String obstacle) {
    public JobHolding {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(fileSet, "fileSet");
        runs = Collections.unmodifiableSortedSet(new TreeSet<>(runs));
        unpurged = Collections.unmodifiableSortedSet(new TreeSet<>(unpurged));
        rows = Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(rows)));
        volumes = List.copyOf(volumes);
        kept = List.copyOf(kept);
    }

    /** The same, after the Director was told to purge the files of all these runs. */
    public JobHolding purged() {
        return new JobHolding(
                client, job, fileSet, runs, Collections.emptySortedSet(), bytes, rows, volumes, kept, obstacle);
    }

    /**
     * Of the same job, nothing, because of an obstacle.
     *
     * @param because a phrase
     */
    public JobHolding without(String because) {
        return new JobHolding(
                client,
                job,
                fileSet,
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                0,
                Collections.emptySortedMap(),
                List.of(),
                kept,
                because);
    }

    /** All rows of all tables. */
    public long allRows() {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }
}
