package dev.baculasync.spi;

import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of removing {@link OrphanedRows}, or would. Immutable.
 *
 * @param rows how many rows were removed, by table; tables without any are left out
 * @param remaining what stays for now, why, and what it takes to remove it, as a sentence; null when nothing has to be done
 *     any more
 */
public record OrphanRemoval(
        SortedMap<String, Long> rows, @Nullable String remaining) {
    public OrphanRemoval {
        Objects.requireNonNull(rows, "rows");
        rows = Collections.unmodifiableSortedMap(new TreeMap<>(rows));
    }
}
