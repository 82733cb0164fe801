package dev.baculasync.core.plan;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.lifecycle.Signal;
import dev.baculasync.core.lifecycle.VmLifecycle;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoredVm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One instance's reconciliation while it is being made: matches live VMs with stored ones, finds out for each pair what
 * the {@link VmLifecycle} should be told, and lets {@link StoredVmPlans} and {@link NewVmPlans} put it into edits.
 */
final class Reconciliation {
    private static final Comparator<VmPlan> BY_NAME = Comparator.comparing(VmPlan::vm)
            .thenComparing(plan -> plan.uuid() == null ? "" : plan.uuid().toString())
            .thenComparing(plan -> plan.job() == null ? "" : plan.job());
    /** Canonical text, not {@link UUID#compareTo}, which takes the halves for signed numbers. */
    static final Comparator<UUID> BY_TEXT = Comparator.comparing(UUID::toString);

    private final SyncPolicy policy;
    private final PlanInput input;
    private final LiveClaims live;
    private final Map<UUID, Integer> jobFiles = new HashMap<>();
    private final Set<UUID> unreadableUuids = new HashSet<>();
    private final PurgePlans purgePlans;
    private final StoredVmPlans storedPlans;
    private final PolicyResolver resolver;
    private final List<VmPlan> plans = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Reconciliation(SyncPolicy policy, PlanInput input) {
        this.policy = policy;
        this.input = input;
        this.live = new LiveClaims(input.discovery());
        for (StoredVm vm : input.stored().vms()) {
            jobFiles.merge(vm.uuid(), 1, Integer::sum);
        }
        for (StoreProblem problem : input.stored().problems()) {
            if (problem.uuid() != null) {
                unreadableUuids.add(problem.uuid());
            }
        }
        this.resolver = new PolicyResolver(policy, input.instance(), input.director());
        this.purgePlans = new PurgePlans(policy, input);
        this.storedPlans = new StoredVmPlans(policy, input, resolver, purgePlans);
    }

    InstancePlan plan() {
        Map<StoredVm, LiveVm> replacements = findReplacements();
        planStored(replacements);
        NewVmPlans newPlans = new NewVmPlans(policy, input, resolver, false);
        plans.addAll(newPlans.plan(newClaims(replacements)));
        planUnreadable(newPlans.unreadableTold());
        planAnonymous();
        noteJobsWithoutVm();
        plans.sort(BY_NAME);
        return new InstancePlan(plans, notes);
    }

    /** Records without a UUID, but for those that keep a stored VM of their name from aging. */
    private void planAnonymous() {
        Set<String> names = new HashSet<>();
        for (StoredVm vm : input.stored().vms()) {
            if (!live.mentions(vm.uuid())) {
                names.add(vm.displayName());
            }
        }
        Outcome outcome =
                VmLifecycle.standard().next(LifecycleState.NEW, Signal.DOUBTFUL).outcome();
        for (DoubtfulVm vm : live.anonymous()) {
            if (vm.name() == null || !names.contains(vm.name())) {
                plans.add(new VmPlan(
                        vm.name() == null ? "" : vm.name(),
                        null,
                        null,
                        outcome,
                        "its record names no UUID: " + vm.reason(),
                        List.of(),
                        null));
            }
        }
    }

    /** What of one VM is missing and can be written again; nothing else is touched. */
    InstancePlan repair(String vm) {
        for (StoredVm stored : input.stored().vms()) {
            if (isCalled(vm, stored.displayName(), stored.uuid(), stored.job())) {
                plans.add(storedPlans.repaired(stored));
            }
        }
        for (VmPlan plan : new NewVmPlans(policy, input, resolver, true).plan(newClaims(Map.of()))) {
            if (isCalled(vm, plan.vm(), plan.uuid(), plan.job())) {
                plans.add(
                        plan.outcome() == Outcome.CREATED
                                ? new VmPlan(
                                        plan.vm(),
                                        plan.uuid(),
                                        plan.job(),
                                        Outcome.UNCHANGED,
                                        "it never had a job; sync makes one",
                                        List.of(),
                                        null)
                                : plan);
            }
        }
        plans.sort(BY_NAME);
        return new InstancePlan(plans, notes);
    }

    private static boolean isCalled(String vm, String name, @Nullable UUID uuid, @Nullable String job) {
        return vm.equals(name) || vm.equals(job) || (uuid != null && vm.equalsIgnoreCase(uuid.toString()));
    }

    /**
     * A job file of ours that cannot be read: nothing is known of its VM, so nothing of it is touched.
     *
     * @param told the entries that a live VM's plan tells of already
     */
    private void planUnreadable(Set<String> told) {
        for (StoreProblem problem : input.stored().problems()) {
            if (problem.kind() == StoreProblem.Kind.FOREIGN) {
                notes.add(problem.reason());
            } else if (!told.contains(problem.vmPart())) {
                plans.add(untrusted(problem));
            }
        }
    }

    /** A job file of ours about which nothing certain is known. */
    private static VmPlan untrusted(StoreProblem problem) {
        return new VmPlan(
                problem.vmPart(),
                problem.uuid(),
                null,
                Outcome.QUARANTINED,
                "its files cannot be trusted: " + problem.reason(),
                List.of(),
                null);
    }

    /** New VMs that take the place of a vanished one of the same name; only a complete list proves that one is gone. */
    private Map<StoredVm, LiveVm> findReplacements() {
        Map<StoredVm, LiveVm> replacements = new HashMap<>();
        if (input.discovery().verdict() != Discovery.Verdict.COMPLETE) {
            return replacements;
        }
        Map<String, StoredVm> goneByName = new HashMap<>();
        for (StoredVm vm : input.stored().vms()) {
            if (isGone(vm) && !hasSeveralJobFiles(vm) && storedPlans.canBackUpAnother(vm)) {
                goneByName.merge(vm.displayName(), vm, Reconciliation::plainNameFirst);
            }
        }
        if (goneByName.isEmpty()) {
            return replacements;
        }
        for (LiveClaims.Claim claim : live.all()) {
            claim.certain().filter(vm -> !vm.optedOut() && isNew(vm.uuid())).ifPresent(vm -> {
                StoredVm gone = goneByName.get(vm.name());
                if (gone != null) {
                    replacements.merge(gone, vm, Reconciliation::smallestUuid);
                }
            });
        }
        return replacements;
    }

    private void planStored(Map<StoredVm, LiveVm> replacements) {
        List<StoredVm> expired = new ArrayList<>();
        List<StoredVm> outlived = new ArrayList<>();
        int enabled = 0;
        for (StoredVm vm : input.stored().vms()) {
            if (vm.enabled() && LifecycleState.of(vm) != LifecycleState.DISABLED) {
                enabled++;
            }
            try {
                planStored(vm, replacements.get(vm), expired, outlived);
            } catch (RuntimeException e) {
                plans.add(VmPlan.ofDefect(vm.displayName(), vm.uuid(), vm.job(), e));
            }
        }
        int most = SafetyLimits.mostJobs(policy, enabled);
        boolean held = expired.size() > most;
        if (held) {
            notes.add("held: " + expired.size() + " of " + enabled + " enabled jobs would be disabled, and one run may"
                    + " disable " + most + " (MAX_DISABLE_PERCENT is " + policy.maxDisablePercent()
                    + ", MAX_DISABLE_MIN is " + policy.maxDisableMin() + "); raise one of them to let them through");
        }
        for (StoredVm vm : expired) {
            plans.add(held ? storedPlans.held(vm) : storedPlans.expired(vm));
        }
        boolean purgeHeld = outlived.size() > most;
        if (purgeHeld) {
            notes.add("held: " + outlived.size() + " disabled jobs would be purged, and with " + enabled
                    + " enabled jobs one run may purge " + most
                    + "; raise MAX_DISABLE_PERCENT or MAX_DISABLE_MIN to let them through");
        }
        for (StoredVm vm : outlived) {
            plans.add(purgeHeld ? purgePlans.held(vm) : purgePlans.outlived(vm));
        }
    }

    /** A VM that is to be disabled or purged is only put on the list for that: they are counted first. */
    private void planStored(
            StoredVm vm, @Nullable LiveVm replacement, List<StoredVm> expired, List<StoredVm> outlived) {
        Optional<LiveClaims.Claim> claim = live.about(vm.uuid());
        if (claim.isPresent() && hasSeveralJobFiles(vm)) {
            plans.add(storedPlans.doubtful(vm, "several job files bear its UUID"));
        } else if (claim.isPresent()) {
            Optional<LiveVm> certain = claim.get().certain();
            plans.add(
                    certain.isPresent()
                            ? storedPlans.present(vm, certain.get())
                            : storedPlans.doubtful(vm, claim.get().doubt()));
        } else if (!isGone(vm)) {
            plans.add(storedPlans.doubtful(
                    vm, live.anonymousDoubt(vm.displayName()).orElseThrow()));
        } else if (replacement != null) {
            plans.add(storedPlans.replaced(vm, replacement));
        } else if (input.discovery().verdict() != Discovery.Verdict.COMPLETE) {
            plans.add(storedPlans.unseen(vm));
        } else if (storedPlans.isExpired(vm)) {
            expired.add(vm);
        } else if (purgePlans.isOutlived(vm)) {
            outlived.add(vm);
        } else {
            plans.add(storedPlans.absent(vm));
        }
    }

    private List<LiveClaims.Claim> newClaims(Map<StoredVm, LiveVm> replacements) {
        Set<UUID> replacing = new HashSet<>();
        replacements.values().forEach(vm -> replacing.add(vm.uuid()));
        List<LiveClaims.Claim> claims = new ArrayList<>();
        for (LiveClaims.Claim claim : live.all()) {
            if (isNew(claim.uuid()) && !replacing.contains(claim.uuid())) {
                claims.add(claim);
            }
        }
        claims.sort(Comparator.comparing(LiveClaims.Claim::uuid, BY_TEXT));
        return claims;
    }

    /** Whether nothing in the list can be this VM: neither its UUID nor, in a record without one, its name. */
    private boolean isGone(StoredVm vm) {
        return !live.mentions(vm.uuid())
                && live.anonymousDoubt(vm.displayName()).isEmpty();
    }

    private boolean hasSeveralJobFiles(StoredVm vm) {
        return jobFiles.getOrDefault(vm.uuid(), 0) > 1;
    }

    /** Whether neither a readable nor an unreadable job file is known to belong to this UUID. */
    private boolean isNew(UUID uuid) {
        return !jobFiles.containsKey(uuid) && !unreadableUuids.contains(uuid);
    }

    private void noteJobsWithoutVm() {
        Set<String> handled = new HashSet<>();
        plans.forEach(plan -> {
            if (plan.job() != null) {
                handled.add(plan.job());
            }
        });
        long left = input.catalogJobs().stream()
                .filter(job -> !handled.contains(job))
                .count();
        if (left > 0) {
            notes.add(left + " job(s) of " + input.instance()
                    + " are known to the catalog only: they have neither a job file nor a live VM; nothing is done"
                    + " about them");
        }
    }

    private static StoredVm plainNameFirst(StoredVm one, StoredVm other) {
        Comparator<StoredVm> order = Comparator.<StoredVm, Boolean>comparing(
                        vm -> !vm.vmPart().equals(vm.displayName()))
                .thenComparing(StoredVm::vmPart);
        return order.compare(one, other) <= 0 ? one : other;
    }

    private static LiveVm smallestUuid(LiveVm one, LiveVm other) {
        return BY_TEXT.compare(one.uuid(), other.uuid()) <= 0 ? one : other;
    }
}
