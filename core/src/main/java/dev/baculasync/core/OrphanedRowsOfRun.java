package dev.baculasync.core;

import dev.baculasync.core.ledger.OrphanedRowsLedger;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rows that purges leave orphaned in the catalog. They are written down before the files are purged, and removed once for
 * all purges at the end of a run, or of a later one if a job is at work then. Instances may be purged by several threads.
 */
final class OrphanedRowsOfRun {
    private final CleanupOfRun cleanup;
    private final OrphanedRowsLedger ledger;
    private final Consumer<String> notes;

    /** In a dry run, what would be written down. */
    private final List<OrphanedRows> previewed = new ArrayList<>();

    OrphanedRowsOfRun(CleanupOfRun cleanup, StoreSession session, Consumer<String> notes) {
        this.cleanup = cleanup;
        this.ledger = new OrphanedRowsLedger(session.ledger());
        this.notes = notes;
    }

    /**
     * To be called before the files of these runs are purged.
     *
     * @throws ProviderException when nothing may be purged
     */
    synchronized void note(Set<Long> runs) {
        cleanup.open().usedBy(runs, known()).ifPresent(cleanup.isPreview() ? previewed::add : ledger::note);
    }

    private List<OrphanedRows> known() {
        List<OrphanedRows> known = new ArrayList<>(ledger.all());
        known.addAll(previewed);
        return known;
    }

    /** Removes them, or in a dry run finds out which would be removed; what went wrong, or null. */
    @Nullable
    synchronized String carryOut() {
        try {
            Map<String, List<OrphanedRows>> byCatalog = known().stream()
                    .collect(Collectors.groupingBy(OrphanedRows::catalog, TreeMap::new, Collectors.toList()));
            byCatalog.forEach(this::carryOut);
            return null;
        } catch (ProviderException e) {
            return "not all orphaned rows that purges have left are removed from the catalog, and a later run tries again: "
                    + e.getMessage();
        }
    }

    private void carryOut(String catalog, List<OrphanedRows> rows) {
        OrphanRemoval removal = cleanup.open().removeOrphaned(rows);
        if (!removal.rows().isEmpty()) {
            notes.accept("orphaned rows that purges have left " + (cleanup.isPreview() ? "would be" : "are")
                    + " removed from the catalog as well: " + counts(removal.rows()));
        }
        if (removal.remaining() != null) {
            notes.accept(removal.remaining());
        } else if (!cleanup.isPreview()) {
            ledger.forget(catalog);
        }
    }

    private static String counts(Map<String, Long> rows) {
        return rows.entrySet().stream()
                .map(table -> table.getKey() + " " + table.getValue())
                .collect(Collectors.joining(", "));
    }
}
