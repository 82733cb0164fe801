package dev.baculasync.spi;

import java.util.Objects;

/**
 * Rows that some runs use and that are orphaned once these are purged, as far as nothing else uses them; such as the names
 * that a catalog keeps apart from files. Only the catalog itself understands which rows they are. Immutable.
 *
 * @param catalog tells the catalog that they are in from any other one; not blank
 * @param rows which rows they are, of any length; printable, on one line
 */
public record OrphanedRows(String catalog, String rows) {
    public OrphanedRows {
        Objects.requireNonNull(rows, "rows");
        if (catalog.isBlank()) {
            throw new IllegalArgumentException("the catalog of orphaned rows is not named");
        }
    }
}
