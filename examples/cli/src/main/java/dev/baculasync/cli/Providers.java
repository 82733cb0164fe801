package dev.baculasync.cli;

import dev.baculasync.spi.BackupCatalogProvider;
import dev.baculasync.spi.ConfigStoreProvider;
import dev.baculasync.spi.DirectorProvider;
import dev.baculasync.spi.LiveInventoryProvider;

/** What the command line works with. Only {@link Main} names the real ones. */
record Providers(
        LiveInventoryProvider inventory,
        BackupCatalogProvider catalog,
        ConfigStoreProvider store,
        DirectorProvider director,
        Probes probes) {}
