package dev.baculasync.spi;

import java.util.Optional;

/**
 * What the Bacula catalog knows about jobs, and, as far as it has those parts, what removes and what knows of backups. Safe
 * for use by several threads.
 */
public interface BackupCatalog {
    /**
     * Proves, once at the start of a run, that the catalog can be read.
     *
     * @throws ProviderException when it cannot be reached, refuses the login or is not a Bacula catalog
     */
    void check();

    /**
     * The names of all jobs that have ever run for an instance: jobs of its client whose names start with its prefix.
     *
     * @return {@link JobNames#NONE} when no job has run yet
     * @throws ProviderException when the answer is not whole
     */
    JobNames jobNames(OpenStackInstance instance);

    /** The part of the catalog that removes; empty when this catalog has none, and so no VM can be purged. */
    default Optional<CatalogCleanup> cleanup() {
        return Optional.empty();
    }

    /** The part of the catalog that knows of backups; empty when this catalog has none, and so no VM has a witness. */
    default Optional<BackupHistory> history() {
        return Optional.empty();
    }

    /** A catalog that is always there and in which no job has ever run, for who has none to ask. */
    static BackupCatalog none() {
        return new BackupCatalog() {
            @Override
            public void check() {
                // There is nothing that could be out of reach.
            }

            @Override
            public JobNames jobNames(OpenStackInstance instance) {
                return JobNames.NONE;
            }
        };
    }
}
