package dev.baculasync.core.plan;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Observation;
import dev.baculasync.core.lifecycle.Signal;
import dev.baculasync.core.lifecycle.VmLifecycle;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Plans that destroy, which only an operator's own word leads to: {@code CLEANUP_AFTER_DAYS}, or retiring an instance.
 * Whatever is odd about a VM keeps it.
 */
final class PurgePlans {
    private final SyncPolicy policy;
    private final PlanInput input;
    private final TimeText time;

    /** How many job files bear the name of a job. */
    private final Map<String, Integer> files = new HashMap<>();

    PurgePlans(SyncPolicy policy, PlanInput input) {
        this.policy = policy;
        this.input = input;
        this.time = new TimeText(policy.zone());
        for (ManagedVm vm : input.stored().vms()) {
            files.merge(vm.job(), 1, Integer::sum);
        }
    }

    /** Whether an absent VM was disabled for so long that an operator wants it purged. */
    boolean isOutlived(ManagedVm vm) {
        return isDue(vm) && oddity(vm).isEmpty();
    }

    /** Why an absent VM that is due, or of which that cannot be told, is kept. */
    Optional<String> warning(ManagedVm vm) {
        if (policy.cleanupAfter().isEmpty()) {
            return Optional.empty();
        }
        Optional<String> reason = disabledFor(vm).isEmpty()
                ? Optional.of("#@disabled: is missing, cannot be read or lies in the future")
                : isDue(vm) ? oddity(vm) : Optional.empty();
        return reason.map(why -> "CLEANUP_AFTER_DAYS does not purge it: " + why);
    }

    private boolean isDue(ManagedVm vm) {
        Optional<Duration> longest = policy.cleanupAfter();
        return LifecycleState.of(vm) == LifecycleState.DISABLED
                && longest.isPresent()
                && disabledFor(vm)
                        .filter(age -> age.compareTo(longest.get()) >= 0)
                        .isPresent();
    }

    private Optional<String> oddity(ManagedVm vm) {
        if (vm.enabled()) {
            return Optional.of("its job says Enabled = yes");
        }
        if (!vm.job().startsWith(input.instance().jobPrefix())) {
            return Optional.of("the name of its job does not begin with "
                    + input.instance().jobPrefix());
        }
        if (files.getOrDefault(vm.job(), 0) > 1 || input.otherResources().get().contains(vm.job())) {
            return Optional.of("another job file has a job of the same name");
        }
        return Optional.empty();
    }

    /** Empty for a stamp that cannot be read or lies ahead. */
    private Optional<Duration> disabledFor(ManagedVm vm) {
        Stamp stamp = vm.disabledAt();
        @Nullable Instant since = stamp == null ? null : stamp.at();
        return since == null || since.isAfter(input.now())
                ? Optional.empty()
                : Optional.of(Duration.between(since, input.now()));
    }

    /** It was disabled for so long that an operator wants it purged. */
    VmPlan outlived(ManagedVm vm) {
        long days = policy.cleanupAfter().map(Duration::toDays).orElse(0L);
        return plan(
                vm,
                Signal.OUTLIVED,
                "absent, and disabled since " + time.of(vm.disabledAt()) + ", for at least " + days + " day(s)",
                input.now());
    }

    /** It is to be purged, but too many would be at once. */
    VmPlan held(ManagedVm vm) {
        return plan(
                vm,
                Signal.OUTLIVED_BUT_HELD,
                "not purged: the safety limit (MAX_DISABLE_PERCENT, MAX_DISABLE_MIN); see the note about its instance",
                input.now());
    }

    /** Why what the store holds says that an instance is called by wrong names, or that files of it cannot be trusted. */
    static Optional<String> objectionToRetire(OpenStackInstance instance, StoredInstance here, List<ManagedVm> all) {
        for (ManagedVm vm : all) {
            String place = vm.key().datacenter() + "/" + vm.key().openstack();
            String file = "the job file of " + place + "/" + vm.slug();
            if (place.equals(instance.toString())) {
                if (!vm.client().equals(instance.client())) {
                    return Optional.of(file + " belongs to client " + vm.client() + ", not to " + instance.client());
                }
                if (!vm.job().startsWith(instance.jobPrefix())) {
                    return Optional.of(file + " has the job " + vm.job() + ", whose name does not begin with "
                            + instance.jobPrefix() + "; if the prefix is right, remove or mend this file first");
                }
                if (vm.job().endsWith(vm.slug()) && !vm.job().equals(instance.jobPrefix() + vm.slug())) {
                    return Optional.of(file + " has the job " + vm.job() + ", so that the prefix is "
                            + vm.job()
                                    .substring(0, vm.job().length() - vm.slug().length()) + ", not "
                            + instance.jobPrefix());
                }
            } else if (vm.client().equals(instance.client()) || vm.job().startsWith(instance.jobPrefix())) {
                return Optional.of(file + " belongs to client " + vm.client() + " and has the job " + vm.job()
                        + ", but it is not below " + instance + "; look at datacenter and openstack again");
            }
        }
        for (StoreProblem problem : here.problems()) {
            if (problem.kind() == StoreProblem.Kind.UNREADABLE) {
                return Optional.of(
                        "a file cannot be trusted: " + problem.reason() + "; mend it, or remove it and its directory");
            }
        }
        return Optional.empty();
    }

    /**
     * Everything of an instance to whose retirement there is no objection: what has a job file, and what the catalog knows. A
     * job without a job file here that the Director has loaded is somebody else's, although its name begins like ours.
     */
    static InstancePlan retire(
            OpenStackInstance instance,
            StoredInstance stored,
            JobNames catalogJobs,
            Set<String> loadedJobs,
            Instant now) {
        List<VmPlan> plans = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        Set<String> handled = new HashSet<>();
        for (ManagedVm vm : stored.vms()) {
            handled.add(vm.job());
            plans.add(plan(vm, Signal.RETIRED, "its OpenStack instance is retired", now));
        }
        stored.problems().forEach(problem -> notes.add(problem.reason()));
        for (String job : new TreeSet<>(catalogJobs.all())) {
            if (handled.contains(job)) {
                continue;
            }
            if (loadedJobs.contains(job)) {
                notes.add("job " + job + " stays with all its runs: the Director has it, and no job file of " + instance
                        + " defines it; if it was one of ours, let the Director reload, and give this command again");
            } else {
                plans.add(new VmPlan(
                        job.substring(instance.jobPrefix().length()),
                        null,
                        job,
                        VmLifecycle.standard()
                                .apply(null, Signal.RETIRED, Observation.at(now))
                                .outcome(),
                        "its OpenStack instance is retired; only the catalog knows its job",
                        List.of(),
                        null));
            }
        }
        return InstancePlan.withoutList(plans, notes);
    }

    private static VmPlan plan(ManagedVm vm, Signal signal, String reason, Instant now) {
        VmLifecycle.Step step = VmLifecycle.standard().apply(vm, signal, Observation.at(now));
        VmEdit edit = step.after() == null ? VmEdit.remove(vm) : null;
        return new VmPlan(vm.displayName(), vm.uuid(), vm.job(), step.outcome(), reason, List.of(), edit);
    }
}
