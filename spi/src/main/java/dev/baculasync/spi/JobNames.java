package dev.baculasync.spi;

import java.util.HashSet;
import java.util.Set;

/**
 * The names under which the catalog has runs of an instance's jobs: those of its client that start with its job prefix,
 * literally ({@code _} and {@code %} are ordinary characters). Immutable; no name is in both sets.
 *
 * @param known names of jobs that have run themselves: at least one run is a backup that is neither a copy nor came of a
 *     migration nor is a base of other backups, waiting and running ones included. A VM whose job has such a name is known.
 * @param copiesOnly names that nothing bears but copies, migrated runs and what came of them, and bases: what a purge
 *     leaves. No VM is known by such a name, and no other VM's job may be given it, because the runs would then count as
 *     that VM's.
 */
public record JobNames(Set<String> known, Set<String> copiesOnly) {
    /** Of an instance no job of which has ever run. */
    public static final JobNames NONE = new JobNames(Set.of(), Set.of());

    public JobNames {
        known = Set.copyOf(known);
        copiesOnly = Set.copyOf(copiesOnly);
        for (String name : copiesOnly) {
            if (known.contains(name)) {
                throw new IllegalArgumentException(name + " has runs of its own, and copies only");
            }
        }
    }

    /** All names that a run bears. */
    public Set<String> all() {
        Set<String> all = new HashSet<>(known);
        all.addAll(copiesOnly);
        return Set.copyOf(all);
    }
}
