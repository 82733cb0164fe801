package dev.baculasync.catalog.jdbc;

import java.util.Objects;

/**
 * What a catalog has of a Pool, as far as it tells whether a backup can come from it. Bacula writes to a volume with status
 * Append, else recycles one with status Recycle or Purged, else takes one from the Scratch Pool, else labels a new one.
 *
 * @param type the Pool Type, {@code Backup} for backups; empty when there is none
 * @param labelFormat by which new volumes are named; empty when none are labelled without a person
 * @param mostVolumes how many volumes it may have; 0 for any number
 * @param volumes how many it has
 * @param ready how many of them can be written to, or recycled at once
 * @param later how many of them may be recycled when their retention has ended, or are at work
 * @param spare how many can be taken from the Scratch Pool: the one that it names, else the one called Scratch
 * @param returning how many volumes of other Pools come to this one when they are recycled
 */
public record PoolFacts(
        String type,
        String labelFormat,
        long mostVolumes,
        long volumes,
        long ready,
        long later,
        long spare,
        long returning) {
    public PoolFacts {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(labelFormat, "labelFormat");
    }

    /** Whether it may have one more volume. */
    public boolean hasRoom() {
        return mostVolumes == 0 || volumes < mostVolumes;
    }
}
