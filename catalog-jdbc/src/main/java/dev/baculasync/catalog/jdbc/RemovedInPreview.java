package dev.baculasync.catalog.jdbc;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What counts as removed although it is still there; nothing at first. Not safe for use by several threads. */
final class RemovedInPreview {
    private final Set<Long> runs = new TreeSet<>();
    private final Set<Long> fileSets = new TreeSet<>();
    private @Nullable FileNames names;

    /** Runs with all that goes with them. */
    void add(Collection<Long> moreRuns, Collection<Long> moreFileSets) {
        runs.addAll(moreRuns);
        fileSets.addAll(moreFileSets);
    }

    /** Path and Filename rows, all of one catalog. */
    void add(FileNames more) {
        names = names == null ? more : names.and(more);
    }

    /** JobIds. */
    Set<Long> runs() {
        return Collections.unmodifiableSet(runs);
    }

    /** FileSetIds. */
    Set<Long> fileSets() {
        return Collections.unmodifiableSet(fileSets);
    }

    /** Empty when there are none. */
    Optional<FileNames> names() {
        return Optional.ofNullable(names);
    }
}
