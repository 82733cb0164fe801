package dev.baculasync.core;

import dev.baculasync.core.ledger.ManualActions;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the runs of an instance's jobs out of the catalog, job by job, before their files go. A job whose rows are gone
 * already is no error: whatever stopped an earlier run, this one finishes it. Used by one thread.
 */
final class CatalogPurge {
    /** So many VMs are looked at before the first of them is purged: what is written down of them is one write then. */
    private static final int BATCH = 50;

    /** So much of a job's name is in the names of its runs. */
    private static final int LONGEST_IN_RUN = 104;
    /** As a shell's pattern: without it, the files of a job whose name only begins with this one would be meant as well. */
    private static final String DATE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";

    private final EngineParts parts;
    private final StoreSession session;
    private final ManualActions actions;
    private final GuardedListener listener;
    private final OpenStackInstance instance;
    private final Outcome keptAs;
    private final UnaryOperator<VmPlan> lastWord;
    private final OrphanedRowsOfRun orphans;

    /** What the decision to purge was made on, by slug. */
    private final Map<String, ManagedVm> decidedOn = new HashMap<>();

    private final List<String> actionRequired = new ArrayList<>();
    private final CleanupOfRun cleanup;
    private @Nullable String stopped;

    /**
     * @param keptAs the outcome of a VM that cannot be purged yet because a job of it is at work
     * @param lastWord is asked immediately before each purge; a plan with another outcome is not carried out
     */
    CatalogPurge(
            EngineParts parts,
            StoreSession session,
            GuardedListener listener,
            OpenStackInstance instance,
            StoredInstance stored,
            CleanupOfRun cleanup,
            OrphanedRowsOfRun orphans,
            Outcome keptAs,
            UnaryOperator<VmPlan> lastWord) {
        this.lastWord = lastWord;
        this.cleanup = cleanup;
        this.orphans = orphans;
        this.session = session;
        this.actions = new ManualActions(session.ledger());
        stored.vms().forEach(vm -> decidedOn.put(vm.slug(), vm));
        this.parts = parts;
        this.listener = listener;
        this.instance = instance;
        this.keptAs = keptAs;
    }

    /** What is left to a person, after everything else. */
    List<String> actionRequired() {
        return List.copyOf(actionRequired);
    }

    /**
     * Purges, or in a dry run finds out what purging would take.
     *
     * @param plans plans of VMs that are to be purged
     * @return a plan for each, in the same order: still to be purged from the store, kept, or failed
     */
    List<VmPlan> carryOut(List<VmPlan> plans) {
        List<VmPlan> done = new ArrayList<>();
        for (int from = 0; from < plans.size(); from += BATCH) {
            int before = from;
            listener.tell(to -> to.purging(instance, before, plans.size()));
            done.addAll(batch(plans.subList(from, Math.min(from + BATCH, plans.size()))));
        }
        if (!plans.isEmpty()) {
            listener.tell(to -> to.purging(instance, plans.size(), plans.size()));
        }
        return done;
    }

    /** One VM of a batch: its plan so far, and what is to be taken while that is not settled. */
    private static final class OfBatch {
        private VmPlan plan;
        private @Nullable JobHolding looked;
        /** Whose files the Director was told to purge. */
        private final SortedSet<Long> told = new TreeSet<>();

        OfBatch(VmPlan plan) {
            this.plan = plan;
        }

        private void settle(VmPlan last) {
            plan = last;
            looked = null;
        }
    }

    private List<VmPlan> batch(List<VmPlan> plans) {
        List<OfBatch> batch = plans.stream().map(OfBatch::new).toList();
        look(batch);
        writeDown(batch);
        batch.forEach(this::purge);
        return batch.stream().map(vm -> vm.plan).toList();
    }

    /** Changes nothing. Each job is looked at as if those before it had been removed, so that a volume they share goes. */
    private void look(List<OfBatch> batch) {
        CatalogCleanup ahead = null;
        for (OfBatch vm : batch) {
            if (mayNotGo(vm)) {
                continue;
            }
            try {
                if (ahead == null) {
                    ahead = cleanup.isPreview()
                            ? cleanup.open()
                            : cleanup.open().preview();
                }
                JobHolding looked = look(ahead, vm.plan);
                if (looked.obstacle() == null) {
                    requireDirectorsOwn(looked);
                }
                JobHolding previewed = looked.obstacle() == null ? ahead.remove(looked) : looked;
                if (previewed.obstacle() == null) {
                    vm.looked = looked;
                } else {
                    putOff(vm, previewed.obstacle());
                }
            } catch (ProviderException e) {
                fail(vm, e);
            }
        }
    }

    /** Before the Director purges any files. */
    private void writeDown(List<OfBatch> batch) {
        Set<Long> runs = new TreeSet<>();
        batch.stream().map(vm -> vm.looked).flatMap(Stream::ofNullable).forEach(looked -> runs.addAll(looked.runs()));
        if (runs.isEmpty()) {
            return;
        }
        try {
            orphans.note(runs);
        } catch (ProviderException e) {
            batch.stream().filter(vm -> vm.looked != null).forEach(vm -> fail(vm, e));
        }
    }

    private void purge(OfBatch vm) {
        JobHolding looked = vm.looked;
        if (looked == null || mayNotGo(vm)) {
            return;
        }
        try {
            JobHolding taken = cleanup.isPreview() ? looked : purge(looked, vm.told);
            if (taken.obstacle() == null) {
                actionRequired.addAll(actionsOf(taken));
                vm.settle(vm.plan.withDetail(summary(taken), taken.kept()));
            } else {
                putOff(vm, taken.obstacle());
            }
        } catch (ProviderException e) {
            if (e.code() == ProviderException.Code.OUTCOME_UNKNOWN) {
                actionsOf(looked)
                        .forEach(action -> actionRequired.add(
                                "if " + vm.plan.job() + " is not in the catalog any more: " + action));
            }
            fail(vm, e);
        }
    }

    /** Settles a VM that has nothing to do with a purge any more. Purging many takes long; somebody may want one back. */
    private boolean mayNotGo(OfBatch vm) {
        if (stopped != null) {
            vm.settle(vm.plan.failed("not tried, because this stopped: " + stopped));
            return true;
        }
        if (!cleanup.isPreview()
                && vm.plan.edit() != null
                && hasChanged(vm.plan.edit().slug())) {
            vm.settle(vm.plan.kept(
                    keptAs, vm.plan.reason() + "; not purged, because somebody has changed its files meanwhile"));
            return true;
        }
        VmPlan confirmed = lastWord.apply(vm.plan);
        if (confirmed.outcome() != vm.plan.outcome()) {
            vm.settle(confirmed);
            return true;
        }
        return false;
    }

    private void putOff(OfBatch vm, String obstacle) {
        vm.settle(vm.plan.kept(
                keptAs,
                vm.plan.reason() + "; not purged now, because " + obstacle + "; try again later" + begun(vm.told)));
    }

    private void fail(OfBatch vm, ProviderException e) {
        switch (e.code()) {
            // What is wrong with one VM of these is wrong with all.
            case UNREACHABLE, TIMEOUT, BUSY, CONFIGURATION, INTERRUPTED -> stopped = e.getMessage();
            default -> {}
        }
        vm.settle(vm.plan.failed("not purged: " + e.getMessage() + begun(vm.told)));
    }

    /** What is not undone when a purge is; as a Director sees it, the next Incremental may still build on these runs. */
    private static String begun(SortedSet<Long> told) {
        return told.isEmpty()
                ? ""
                : "; but the Director was told to purge the files of " + told.size() + " run(s) already, e.g. of JobId "
                        + told.first() + ": should the VM come back, let its next backup be a Full";
    }

    private boolean hasChanged(String slug) {
        ManagedVm before = Objects.requireNonNull(decidedOn.get(slug));
        return session.apply(List.of(VmEdit.change(before, before))).get(0).error() != null;
    }

    private JobHolding look(CatalogCleanup ahead, VmPlan plan) {
        String job = plan.job();
        if (job == null || !job.startsWith(instance.jobPrefix())) {
            throw new IllegalArgumentException("a job of " + instance + " is expected, not " + job);
        }
        String slug = plan.edit() == null
                ? job.substring(instance.jobPrefix().length())
                : plan.edit().slug();
        return ahead.look(instance.client(), job, instance.fileSetPrefix() + slug);
    }

    /** A catalog that belongs to another Director would otherwise make this one purge a stranger's runs. */
    private void requireDirectorsOwn(JobHolding looked) {
        if (looked.runs().isEmpty()) {
            return;
        }
        SortedSet<Long> unknown = new TreeSet<>(looked.runs());
        unknown.removeAll(parts.director().runsOf(looked.job()));
        if (!unknown.isEmpty()) {
            throw new ProviderException(
                    ProviderException.Code.CONFIGURATION,
                    "the Director does not list JobId " + unknown.first() + " as a run of " + looked.job()
                            + ", but the catalog in DB_HOST, DB_PORT and DB_NAME has it; look whether that is the"
                            + " Director's own catalog, and whether the Console's JobACL allows all jobs");
        }
    }

    /** @param told is given the runs whose files the Director was told to purge */
    private JobHolding purge(JobHolding looked, SortedSet<Long> told) {
        for (long jobId : looked.unpurged()) {
            told.add(jobId);
            parts.director().purgeFiles(jobId);
        }
        // Not before: what a person then removes by hand must be about to go.
        actions.note(looked.job(), actionsOf(looked));
        return cleanup.open().remove(looked.purged());
    }

    private static String summary(JobHolding taken) {
        if (taken.allRows() == 0) {
            return "the catalog holds nothing of it";
        }
        String rows = taken.rows().entrySet().stream()
                .map(table -> table.getKey() + " " + table.getValue())
                .collect(Collectors.joining(", "));
        String volumes = taken.volumes().isEmpty()
                ? ""
                : "; volumes that held nothing else: "
                        + taken.volumes().stream().map(CatalogVolume::name).collect(Collectors.joining(", "));
        return "runs: " + taken.runs().size() + ", bytes backed up: " + taken.bytes() + "; rows of the catalog: " + rows
                + volumes;
    }

    /** What is left to a person once this is taken. */
    private List<String> actionsOf(JobHolding taken) {
        List<String> actions = new ArrayList<>();
        for (CatalogVolume volume : taken.volumes()) {
            actions.add(volumeLeft(volume));
        }
        if (taken.runs().isEmpty()) {
            return actions;
        }
        baselinesLeft(taken.job()).ifPresent(actions::add);
        return actions;
    }

    private Optional<String> baselinesLeft(String job) {
        String what = "the plugin keeps baseline files of job " + job + " that nothing needs any more: ";
        Optional<List<String>> files = parts.baselines().of(instance, job);
        if (files.isPresent()) {
            return files.get().isEmpty()
                    ? Optional.empty()
                    : Optional.of(what + "rm -- "
                            + files.get().stream().map(CatalogPurge::quoted).collect(Collectors.joining(" ")));
        }
        String where = " in its working directory on the proxy host of client " + instance.client()
                + ", by default /opt/bacula/working/openstack";
        // A run's name begins with so much of its job's name; longer ones may begin alike.
        return Optional.of(
                job.length() < LONGEST_IN_RUN
                        ? what + "remove openstack-" + job + "." + DATE + "_*.bmp and .sha" + where
                        : what + "look for them by hand" + where + "; other jobs' files may begin with the same name");
    }

    private static String volumeLeft(CatalogVolume volume) {
        String storage = volume.storage() == null ? "of an unknown Storage" : "on Storage " + volume.storage();
        String left = "volume " + volume.name() + " " + storage + " (MediaType " + volume.mediaType() + ", "
                + volume.bytes() + " bytes) is no longer in the catalog, but still on the Storage Daemon: ";
        // A Director that names volumes by itself may give the name again, and then writes to the file that is still
        // there.
        return BaculaName.isLegal(volume.name())
                ? left + "unless \"list volume=" + volume.name()
                        + "\" in bconsole shows that the Director has used its name again, for a disk volume, there: rm --"
                        + " '<Archive Device>/" + volume.name() + "'"
                : left + "its name is not a legal one, so look for it by hand";
    }

    private static String quoted(String path) {
        return "'" + path.replace("'", "'\\''") + "'";
    }
}
