package dev.baculasync.catalog.jdbc;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of removing {@link FileNames} that nothing uses any more, or would. Immutable.
 *
 * @param rows how many rows were removed, by table; tables without any are left out
 * @param obstacle why the rest, or all of it, stays for now, as a phrase; null when it was done
 */
record NamesRemoval(SortedMap<String, Long> rows, @Nullable String obstacle) {
    public NamesRemoval {
        Objects.requireNonNull(rows, "rows");
        rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
    }
}
