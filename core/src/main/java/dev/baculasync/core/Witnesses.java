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
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.StoredVm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the catalog about the VMs of one instance that a list lacks: once for the plan, and once more immediately before a
 * job is disabled or purged, because backups go on meanwhile. Used by one thread.
 */
final class Witnesses {
    private final ReconcilePlanner planner;
    private final OpenStackInstance instance;
    private final BackupCatalog catalog;
    private final Map<String, StoredVm> decidedOn = new HashMap<>();
    private @Nullable String objection;

    Witnesses(EngineParts parts, OpenStackInstance instance, StoredInstance stored) {
        this.planner = parts.planner();
        this.instance = instance;
        this.catalog = parts.catalog();
        stored.vms().forEach(vm -> decidedOn.put(vm.vmPart(), vm));
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
     * Plans that disable or purge, but for VMs that were backed up meanwhile.
     *
     * @param instead the outcome of those
     */
    List<VmPlan> unlessBackedUp(List<VmPlan> plans, Outcome instead) {
        if (plans.isEmpty()) {
            return plans;
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
            String why = "not done, because the catalog could not be asked once more whether it was backed up: "
                    + e.getMessage();
            objection = "some of its jobs were left as they are: " + why;
            return plans.stream()
                    .map(plan -> plan.kept(instead, plan.reason() + "; " + why))
                    .toList();
        }
        List<VmPlan> confirmed = new ArrayList<>();
        for (VmPlan plan : plans) {
            Optional<BackupRun> run = absence(plan).flatMap(testimony::witness);
            run.ifPresent(
                    proof -> objection = "the list was short: job " + proof.job() + " has made a good backup (JobId "
                            + proof.jobId() + ") of a VM that it lacks, while this run went on");
            confirmed.add(run.map(proof -> plan.kept(
                            instead,
                            plan.reason() + "; left as it is, because its job has made a good backup meanwhile (JobId "
                                    + proof.jobId() + ")"))
                    .orElse(plan));
        }
        return confirmed;
    }

    /** Tells why the list turned out to be short after the plan was made, if it did. */
    void objection(Consumer<String> to) {
        if (objection != null) {
            to.accept(objection);
        }
    }

    private Optional<Absence> absence(VmPlan plan) {
        StoredVm vm = plan.edit() == null ? null : decidedOn.get(plan.edit().vmPart());
        return vm == null ? Optional.empty() : ReconcilePlanner.absence(vm);
    }
}
