package dev.baculasync.core;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.PlanInput;
import dev.baculasync.core.plan.ReconcilePlanner;
import dev.baculasync.core.plan.Testimony;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoredInstance;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks the catalog about the VMs of one instance that a list lacks: once for the plan, and once more immediately before a
 * job is disabled or purged, because backups go on meanwhile. Used by one thread.
 */
final class Witnesses {
    /** So many backups are named in a message. */
    private static final int NAMED = 5;

    private final ReconcilePlanner planner;
    private final OpenStackInstance instance;
    private final BackupCatalog catalog;
    private final Map<String, ManagedVm> decidedOn = new HashMap<>();
    private @Nullable String objection;

    Witnesses(EngineParts parts, OpenStackInstance instance, StoredInstance stored) {
        this.planner = parts.planner();
        this.instance = instance;
        this.catalog = parts.catalog();
        stored.vms().forEach(vm -> decidedOn.put(vm.slug(), vm));
    }

    /**
     * The same input with what the catalog says. Where it cannot be asked, absence cannot be told.
     *
     * @param newlyAbsent whether a VM is held to be absent that was not before
     */
    PlanInput heard(PlanInput input, boolean newlyAbsent) {
        try {
            List<Absence> absences = planner.absences(input);
            if (absences.isEmpty() && !newlyAbsent) {
                return input;
            }
            BackupHistory history = catalog.history().orElse(null);
            if (history == null) {
                return input;
            }
            List<BackupRun> runs = absences.isEmpty() ? List.of() : history.runsSince(instance.client(), absences);
            Map<Instant, Map<String, Boolean>> others = new HashMap<>();
            for (Instant since : planner.suspicions(input)) {
                others.put(since, history.jobsRunSince(instance.client(), since));
            }
            return input.withEvidence(input.evidence().with(Testimony.of(runs, others)));
        } catch (ProviderException e) {
            return input.withDiscovery(input.discovery()
                    .butIncomplete("whether VMs that it lacks were backed up all the same could not be told: "
                            + e.getMessage()));
        }
    }

    /**
     * Plans that disable or purge, unless one of their VMs was backed up meanwhile: then the list is short, and none of them is
     * carried out, nor any that comes later.
     *
     * @param instead the outcome of what is not carried out
     */
    List<VmPlan> unlessBackedUp(List<VmPlan> plans, Outcome instead) {
        if (plans.isEmpty()) {
            return plans;
        }
        if (objection != null) {
            return kept(plans, instead, "left as it is, because " + objection);
        }
        Testimony testimony;
        try {
            BackupHistory history = catalog.history().orElse(null);
            if (history == null) {
                return plans;
            }
            List<Absence> absences =
                    plans.stream().map(this::absence).flatMap(Optional::stream).toList();
            testimony = Testimony.of(history.runsSince(instance.client(), absences), Map.of());
        } catch (ProviderException e) {
            objection = "the catalog could not be asked once more which VMs were backed up: " + e.getMessage();
            return kept(plans, instead, "left as it is, because " + objection);
        }
        String proofs = plans.stream()
                .map(this::absence)
                .flatMap(Optional::stream)
                .map(testimony::witness)
                .flatMap(Optional::stream)
                .map(run -> run.job() + " (JobId " + run.jobId() + ")")
                .limit(NAMED)
                .collect(Collectors.joining(", "));
        if (proofs.isEmpty()) {
            return plans;
        }
        // One backup shows that the list is short, whoever else it lacks.
        objection = "the list is short: while this run went on, jobs of VMs that it lacks have made good backups: "
                + proofs;
        return kept(plans, instead, "left as it is, because " + objection);
    }

    private static List<VmPlan> kept(List<VmPlan> plans, Outcome instead, String why) {
        return plans.stream()
                .map(plan -> plan.kept(instead, plan.reason() + "; " + why))
                .toList();
    }

    /** Tells why the list turned out to be short after the plan was made, if it did. */
    void objection(Consumer<String> to) {
        if (objection != null) {
            to.accept(objection);
        }
    }

    private Optional<Absence> absence(VmPlan plan) {
        ManagedVm vm = plan.edit() == null ? null : decidedOn.get(plan.edit().slug());
        return vm == null ? Optional.empty() : ReconcilePlanner.absence(vm);
    }
}
