package dev.baculasync.core;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.ProviderException;
import org.jspecify.annotations.Nullable;

/**
 * What takes rows out of the catalog for one run, in a dry run its preview. It is opened and checked when it is first needed,
 * so that a run that purges nothing needs no right to. Safe for use by several threads.
 */
final class CleanupOfRun {
    private final EngineParts parts;
    private final boolean dryRun;
    private @Nullable CatalogCleanup opened;

    CleanupOfRun(EngineParts parts, boolean dryRun) {
        this.parts = parts;
        this.dryRun = dryRun;
    }

    /** Whether nothing is removed. */
    boolean isPreview() {
        return dryRun;
    }

    /**
     * The facet of the catalog.
     *
     * @throws ProviderException when rows cannot be removed at all
     */
    synchronized CatalogCleanup open() {
        if (opened == null) {
            CatalogCleanup facet = parts.catalog()
                    .cleanup()
                    .orElseThrow(
                            () -> new ProviderException(
                                    ProviderException.Code.CONFIGURATION,
                                    "this catalog has no part that removes rows, so no VM can be purged and no instance retired"));
            facet.check();
            opened = dryRun ? facet.preview() : facet;
        }
        return opened;
    }
}
