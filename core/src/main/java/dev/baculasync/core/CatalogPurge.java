package dev.baculasync.core;

import dev.baculasync.core.ledger.ManualActions;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BaculaName;
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
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes the runs of an instance's jobs out of the catalog, job by job, before their files go. A job whose rows are gone
 * already is no error: whatever stopped an earlier run, this one finishes it. Used by one thread.
 */
final class CatalogPurge {
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
        for (VmPlan plan : plans) {
            int before = done.size();
            listener.tell(to -> to.purging(instance, before, plans.size()));
            done.add(stopped == null ? one(plan) : plan.failed("not tried, because this stopped: " + stopped));
        }
        if (!plans.isEmpty()) {
            listener.tell(to -> to.purging(instance, plans.size(), plans.size()));
        }
        return done;
    }

    private VmPlan one(VmPlan plan) {
        List<String> ifItHappened = new ArrayList<>();
        SortedSet<Long> told = new TreeSet<>();
        if (!cleanup.isPreview()
                && plan.edit() != null
                && hasChanged(plan.edit().slug())) {
            return plan.kept(keptAs, plan.reason() + "; not purged, because somebody has changed its files meanwhile");
        }
        VmPlan confirmed = lastWord.apply(plan);
        if (confirmed.outcome() != plan.outcome()) {
            return confirmed;
        }
        try {
            JobHolding looked = look(plan);
            ifItHappened.addAll(actionsOf(looked));
            JobHolding taken = looked.obstacle() != null ? looked : purge(looked, told);
            if (taken.obstacle() != null) {
                return plan.kept(
                        keptAs,
                        plan.reason() + "; not purged now, because " + taken.obstacle() + "; try again later"
                                + begun(told));
            }
            actionRequired.addAll(actionsOf(taken));
            return plan.withDetail(summary(taken), taken.kept());
        } catch (ProviderException e) {
            switch (e.code()) {
                // What is wrong with one VM of these is wrong with all.
                case UNREACHABLE, TIMEOUT, BUSY, CONFIGURATION, INTERRUPTED -> stopped = e.getMessage();
                case OUTCOME_UNKNOWN ->
                    ifItHappened.forEach(action ->
                            actionRequired.add("if " + plan.job() + " is not in the catalog any more: " + action));
                default -> {}
            }
            return plan.failed("not purged: " + e.getMessage() + begun(told));
        }
    }

    /** What is not undone when a purge is; as a Director sees it, the next Incremental may still build on these runs. */
    private static String begun(SortedSet<Long> told) {
        return told.isEmpty()
                ? ""
                : "; but the Director was told to purge the files of " + told.size() + " run(s) already, e.g. of JobId "
                        + told.first() + ": should the VM come back, let its next backup be a Full";
    }

    /** Purging many VMs takes long; an operator may want one of them back by then. */
    private boolean hasChanged(String slug) {
        ManagedVm before = Objects.requireNonNull(decidedOn.get(slug));
        return session.apply(List.of(VmEdit.change(before, before))).get(0).error() != null;
    }

    private JobHolding look(VmPlan plan) {
        String job = plan.job();
        if (job == null || !job.startsWith(instance.jobPrefix())) {
            throw new IllegalArgumentException("a job of " + instance + " is expected, not " + job);
        }
        String slug = plan.edit() == null
                ? job.substring(instance.jobPrefix().length())
                : plan.edit().slug();
        return cleanup.open().look(instance.client(), job, instance.fileSetPrefix() + slug);
    }

    /** @param told is given the runs whose files the Director was told to purge */
    private JobHolding purge(JobHolding looked, SortedSet<Long> told) {
        if (!looked.runs().isEmpty()) {
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
        orphans.note(looked.runs());
        if (!cleanup.isPreview()) {
            for (long jobId : looked.unpurged()) {
                told.add(jobId);
                parts.director().purgeFiles(jobId);
            }
            actions.note(looked.job(), actionsOf(looked));
        }
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
