package dev.baculasync.core;

import dev.baculasync.spi.FileNames;
import dev.baculasync.spi.NamesRemoval;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names of files that purges leave in the catalog. They are written down before the files are purged, and removed
 * once for all purges at the end of a run, or of a later one if a job is at work then. Instances may be purged by several
 * threads.
 */
final class LeftoverNames {
    private final CleanupOfRun cleanup;
    private final StoreSession session;
    private final Consumer<String> notes;

    /** In a dry run, what purges would leave, by catalog. */
    private final SortedMap<String, FileNames> left = new TreeMap<>();

    LeftoverNames(CleanupOfRun cleanup, StoreSession session, Consumer<String> notes) {
        this.cleanup = cleanup;
        this.session = session;
        this.notes = notes;
    }

    /**
     * To be called before the files of these runs are purged.
     *
     * @throws ProviderException when nothing may be purged
     */
    void of(Set<Long> runs) {
        FileNames names = cleanup.open().fileNames(runs);
        if (cleanup.isPreview()) {
            synchronized (this) {
                left.merge(names.catalog(), names, FileNames::and);
            }
        } else if (!names.isEmpty()) {
            session.rememberNames(names);
        }
    }

    /** Removes them, or finds out which would be removed; what went wrong, or null. */
    @Nullable
    synchronized String carryOut() {
        try {
            session.rememberedNames().forEach(names -> left.merge(names.catalog(), names, FileNames::and));
            left.values().removeIf(FileNames::isEmpty);
            if (left.isEmpty()) {
                return null;
            }
            left.values().forEach(this::carryOut);
            return null;
        } catch (ProviderException e) {
            return "not all names of files that only purged runs used are removed from the catalog, and a later run tries"
                    + " again: " + e.getMessage();
        }
    }

    private void carryOut(FileNames names) {
        NamesRemoval removal = cleanup.open().removeNames(names);
        if (!removal.rows().isEmpty()) {
            notes.accept("names of files that only purged runs used " + (cleanup.isPreview() ? "would go" : "are gone")
                    + " from the catalog as well; rows: " + counts(removal.rows()));
        }
        if (removal.obstacle() != null) {
            notes.accept(
                    names.paths().count() + " Path and " + names.filenames().count()
                            + " Filename rows that purged runs used wait for a sync with CLEANUP_AFTER_DAYS, or a delete-client,"
                            + " at a moment without running jobs; Bacula's dbcheck counts those that nothing else uses as orphaned until then: "
                            + removal.obstacle());
        } else if (!cleanup.isPreview()) {
            session.forgetNames(names.catalog());
        }
    }

    private static String counts(Map<String, Long> rows) {
        return rows.entrySet().stream()
                .map(table -> table.getKey() + " " + table.getValue())
                .collect(Collectors.joining(", "));
    }
}
