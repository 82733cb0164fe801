package dev.baculasync.core;

import dev.baculasync.core.plan.ReconcilePlanner;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.InstanceConflict;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.PluginBaselines;
import dev.baculasync.spi.ProviderException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out runs: asks the providers, lets the {@link ReconcilePlanner} decide, and has the decisions written down.
 * It acts and never decides. Immutable and safe for use by several threads; of two runs over one store at the same time
 * the store refuses the second.
 *
 * <p>Made by {@link #builder()}. The engine starts no thread and has no clock of its own: both are given to it.
 */
public final class SyncEngine {
    private final EngineParts parts;

    private SyncEngine(EngineParts parts) {
        this.parts = parts;
    }

    /** A builder without providers and with the defaults of the command line. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Brings the store in step with the live VMs, and tells the Director if it is to be told.
     *
     * @param instances the instances to handle
     * @return what was done; a provider that fails takes down its instance, not the run
     * @throws IllegalArgumentException when two instances, of these and of those that are {@linkplain Builder#configured
     *     configured} as well, share a directory or a client, or the prefix of one begins with that of the other: nothing was
     *     done then
     * @throws ProviderException when the store cannot be opened: nothing was done then. Its code is
     *     {@link ProviderException.Code#LOCKED} when another run is at work.
     */
    public SyncReport run(List<OpenStackInstance> instances) {
        return run(instances, report -> {});
    }

    /**
     * The same, for who must not lose what the report leaves to a person: should the process die, or the reader throw,
     * before the reader has returned, the next run tells it once more.
     *
     * @param reader is given the report; what it throws is thrown
     * @throws ProviderException when the store cannot be opened: nothing was done then
     */
    public SyncReport run(List<OpenStackInstance> instances, Consumer<SyncReport> reader) {
        return run(instances, Set.of(), reader);
    }

    /**
     * The same with approvals: what an earlier run has held is done, once, as far as it still is what was shown then.
     *
     * @param approvals {@linkplain InstanceReport#digest digests} of what was held
     * @param reader as above
     * @throws ApprovalRefused when one of them is unknown, used, expired or about an instance that is not given: nothing was
     *     done
     * @throws ProviderException when the store cannot be opened: nothing was done then
     */
    public SyncReport run(List<OpenStackInstance> instances, Set<String> approvals, Consumer<SyncReport> reader) {
        return new SyncRun(parts, sound(instances), false, null, approvals).run(reader);
    }

    /**
     * Finds out what {@link #run(List, Set, Consumer)} would do, and changes nothing anywhere.
     *
     * @throws ApprovalRefused as above
     * @throws ProviderException when the store cannot be opened
     */
    public SyncReport dryRun(List<OpenStackInstance> instances, Set<String> approvals) {
        return new SyncRun(parts, sound(instances), true, null, approvals).run(report -> {});
    }

    /**
     * Finds out what {@link #run} would do, and changes nothing anywhere.
     *
     * @throws ProviderException when the store cannot be opened
     */
    public SyncReport dryRun(List<OpenStackInstance> instances) {
        return dryRun(instances, Set.of());
    }

    /**
     * Writes missing files of a VM again: its FileSet, or, when the catalog knows its job, both files. Touches nothing
     * else.
     *
     * @param vm display name, UUID or the name of its job
     * @param dryRun whether nothing is to be changed
     * @return a report about the VMs that are called so; none when no instance knows one
     * @throws ProviderException when the store cannot be opened: nothing was done then
     */
    public SyncReport repair(List<OpenStackInstance> instances, String vm, boolean dryRun) {
        return repair(instances, vm, dryRun, report -> {});
    }

    /**
     * The same, for who must not lose what an earlier run has left to a person.
     *
     * @param reader as in {@link #run(List, Consumer)}
     * @throws ProviderException when the store cannot be opened: nothing was done then
     */
    public SyncReport repair(
            List<OpenStackInstance> instances, String vm, boolean dryRun, Consumer<SyncReport> reader) {
        return new SyncRun(parts, sound(instances), dryRun, Objects.requireNonNull(vm, "vm"), Set.of()).run(reader);
    }

    /**
     * Takes an instance out of service for good: all its runs, jobs and files, the enabled ones too, and in the end its
     * Client in the catalog and its directory. Can be called again after it was interrupted.
     *
     * @param instance the instance, which must not be configured any more; its {@code proxyServer} does not matter
     * @param dryRun whether nothing is to be changed
     * @throws RetirementRefused when the store says that its parts do not belong together, or when its client answers, has a
     *     job at work, or that cannot be told: nothing was done
     * @throws ProviderException when the store cannot be opened: nothing was done then
     */
    public RetirementReport retire(OpenStackInstance instance, boolean dryRun) {
        return retire(instance, dryRun, report -> {});
    }

    /**
     * The same, for who must not lose what the report leaves to a person.
     *
     * @param reader as in {@link #run(List, Consumer)}
     * @throws RetirementRefused as above: nothing was done
     * @throws ProviderException when the store cannot be opened: nothing was done then
     */
    public RetirementReport retire(OpenStackInstance instance, boolean dryRun, Consumer<RetirementReport> reader) {
        return new Retirement(parts, instance, dryRun).carryOut(reader);
    }

    private List<OpenStackInstance> sound(List<OpenStackInstance> instances) {
        List<OpenStackInstance> all = new ArrayList<>(instances);
        parts.others().stream().filter(other -> !instances.contains(other)).forEach(all::add);
        List<String> conflicts =
                InstanceConflict.among(
                                all.stream().map(InstanceConflict.Identity::of).toList())
                        .stream()
                        .map(conflict -> all.get(conflict.index()) + ": "
                                + conflict.describe(String.valueOf(all.get(conflict.other()))))
                        .toList();
        if (!conflicts.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", conflicts));
        }
        return List.copyOf(instances);
    }

    /** Collects the parts of an engine. Not safe for use by several threads; copied when the engine is built. */
    public static final class Builder {
        private @Nullable LiveInventory inventory;
        private @Nullable BackupCatalog catalog;
        private @Nullable ConfigStore store;
        private @Nullable Director director;
        private @Nullable InstantSource clock;
        private SyncPolicy policy = SyncPolicy.builder().build();
        private Executor executor = Runnable::run;
        private SyncListener listener = new SyncListener() {};
        private PluginBaselines baselines = (instance, job) -> Optional.empty();
        private List<OpenStackInstance> others = List.of();
        private boolean reloadAfterSync;

        private Builder() {}

        public Builder inventory(LiveInventory value) {
            inventory = value;
            return this;
        }

        public Builder catalog(BackupCatalog value) {
            catalog = value;
            return this;
        }

        public Builder store(ConfigStore value) {
            store = value;
            return this;
        }

        public Builder director(Director value) {
            director = value;
            return this;
        }

        /** What tells the time, e.g. {@code InstantSource.system()}. */
        public Builder clock(InstantSource value) {
            clock = value;
            return this;
        }

        /** What the operator has decided; the defaults of the command line if not given. */
        public Builder policy(SyncPolicy value) {
            policy = Objects.requireNonNull(value, "policy");
            return this;
        }

        /** Handles instances, each as one task; the calling thread, one after the other, if not given. */
        public Builder executor(Executor value) {
            executor = Objects.requireNonNull(value, "executor");
            return this;
        }

        /** Where the plugin keeps files between backups; not to be seen from here if not given. */
        public Builder baselines(PluginBaselines value) {
            baselines = Objects.requireNonNull(value, "baselines");
            return this;
        }

        /** Is told how runs go on. */
        public Builder listener(SyncListener value) {
            listener = Objects.requireNonNull(value, "listener");
            return this;
        }

        /**
         * Instances that are configured as well, though runs may not handle them: what the store holds of them is nobody
         * else's. None if not given.
         */
        public Builder configured(List<OpenStackInstance> value) {
            others = List.copyOf(value);
            return this;
        }

        /** Whether the Director is told to reload after files have changed; not if not given. */
        public Builder reloadAfterSync(boolean value) {
            reloadAfterSync = value;
            return this;
        }

        /**
         * An engine made of what was given.
         *
         * @throws IllegalStateException when a provider or the clock is missing
         */
        public SyncEngine build() {
            return new SyncEngine(new EngineParts(
                    required(inventory, "inventory"),
                    required(catalog, "catalog"),
                    required(store, "store"),
                    required(director, "director"),
                    baselines,
                    required(clock, "clock"),
                    new ReconcilePlanner(policy),
                    executor,
                    listener,
                    others,
                    reloadAfterSync));
        }

        private static <T> T required(@Nullable T part, String name) {
            if (part == null) {
                throw new IllegalStateException("the engine needs: " + name);
            }
            return part;
        }
    }
}
