package dev.baculasync.core;

import dev.baculasync.core.plan.ReconcilePlanner;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.PluginBaselines;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;

/** Everything an engine was built from. */
record EngineParts(
        LiveInventory inventory,
        BackupCatalog catalog,
        ConfigStore store,
        Director director,
        PluginBaselines baselines,
        InstantSource clock,
        ReconcilePlanner planner,
        Executor executor,
        SyncListener listener,
        List<OpenStackInstance> others,
        boolean reloadAfterSync) {}
