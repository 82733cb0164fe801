package dev.baculasync.core.ledger;

import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import java.util.List;

/**
 * The rows that purges may leave orphaned, from before the purge until they are removed: an entry for each purge that names
 * new ones, its subject the catalog. Safe for use by several threads.
 */
public final class OrphanedRowsLedger {
    static final String KIND = "orphaned";

    private final Ledger ledger;

    public OrphanedRowsLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * All that is written down, of whichever catalog, in the order in which it was.
     *
     * @throws ProviderException when it cannot be read, or an entry names no catalog; nothing may be purged then
     */
    public List<OrphanedRows> all() {
        try {
            return ledger.entries(KIND).stream()
                    .map(entry -> new OrphanedRows(entry.subject(), entry.text()))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new ProviderException(
                    ProviderException.Code.IO, "an entry about orphaned rows is not understood: " + e.getMessage(), e);
        }
    }

    /**
     * Writes rows down; durable on return.
     *
     * @throws ProviderException when that could not be done; nothing may be purged then
     */
    public void note(OrphanedRows rows) {
        ledger.update(KIND, entry -> false, List.of(new Ledger.Entry(rows.catalog(), rows.rows())));
    }

    /**
     * Forgets the rows of a catalog: those of them that nothing uses are removed.
     *
     * @throws ProviderException when that could not be done; they stay written down
     */
    public void forget(String catalog) {
        ledger.update(KIND, entry -> entry.subject().equals(catalog), List.of());
    }
}
