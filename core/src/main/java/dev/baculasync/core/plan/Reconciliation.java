package dev.baculasync.core.plan;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Observation;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.lifecycle.Signal;
import dev.baculasync.core.lifecycle.VmLifecycle;
import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.StoreProblem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One instance's reconciliation while it is being made: matches live VMs with stored ones, finds out for each pair what
 * the {@link VmLifecycle} should be told, and lets {@link ManagedVmPlans} and {@link NewVmPlans} put it into edits.
 */
final class Reconciliation {
    private static final Comparator<VmPlan> BY_NAME = Comparator.comparing(VmPlan::vm)
            .thenComparing(plan -> plan.uuid() == null ? "" : plan.uuid().toString())
            .thenComparing(plan -> plan.job() == null ? "" : plan.job());
    /** Canonical text, not {@link UUID#compareTo}, which takes the halves for signed numbers. */
    static final Comparator<UUID> BY_TEXT = Comparator.comparing(UUID::toString);

    /** So many VMs are named in a message. */
    private static final int NAMED = 5;

    private static final Comparator<ManagedVm> PLAIN_NAME_FIRST = Comparator.<ManagedVm, Boolean>comparing(
                    vm -> !vm.slug().equals(vm.displayName()))
            .thenComparing(ManagedVm::slug);

    private final SyncPolicy policy;
    private final PlanInput input;
    private final LiveClaims live;
    private final Map<UUID, Integer> jobFiles = new HashMap<>();
    private final Set<UUID> unreadableUuids = new HashSet<>();
    private final PurgePlans purgePlans;
    private final ManagedVmPlans storedPlans;
    private final PolicyResolver resolver;
    private final List<VmPlan> plans = new ArrayList<>();
    private final List<String> alarms = new ArrayList<>();
    private final List<String> announcements = new ArrayList<>();
    private final List<String> heldBecause = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();
    private final Set<Held> approved = new HashSet<>();
    private final Set<UUID> newSuspects = new HashSet<>();
    private final Map<ManagedVm, BackupRun> witnesses;
    private final MissingTail tail;

    Reconciliation(SyncPolicy policy, PlanInput input) {
        this.policy = policy;
        this.live = new LiveClaims(input.discovery());
        this.witnesses = findWitnesses(input);
        this.input = witnesses.isEmpty()
                ? input
                : input.withDiscovery(input.discovery().butIncomplete(told(witnesses, new TimeText(policy.zone()))));
        this.tail =
                new MissingTail(input.evidence().lastList(), input.evidence().unplaced(), live::mentions);
        for (ManagedVm vm : input.stored().vms()) {
            jobFiles.merge(vm.uuid(), 1, Integer::sum);
        }
        for (StoreProblem problem : input.stored().problems()) {
            if (problem.uuid() != null) {
                unreadableUuids.add(problem.uuid());
            }
        }
        this.resolver = new PolicyResolver(policy, input.instance(), input.director());
        this.purgePlans = new PurgePlans(policy, this.input);
        this.storedPlans = new ManagedVmPlans(policy, this.input, resolver, purgePlans);
    }

    InstancePlan plan() {
        Map<ManagedVm, LiveVm> replacements = findReplacements();
        planStored(replacements);
        NewVmPlans newPlans = new NewVmPlans(policy, input, resolver, false);
        plans.addAll(newPlans.plan(newClaims(replacements)));
        planUnreadable(newPlans.unreadableTold());
        planAnonymous();
        alarmAboutAbsences();
        alarmAboutLostFiles();
        alarmAboutOthersFileSets();
        alarmAboutUntrustedFiles();
        alarmAboutDedup();
        announceCreations();
        noteJobsWithoutVm();
        notes.addAll(storedPlans.driftNotes());
        return asPlan();
    }

    private InstancePlan asPlan() {
        plans.sort(BY_NAME);
        return new InstancePlan(
                input.discovery().verdict(),
                input.discovery().problem(),
                plans,
                alarms,
                heldBecause,
                announcements,
                notes,
                held,
                approved,
                newSuspects);
    }

    /** Records without a UUID, but for those that keep a stored VM of their name from aging. */
    private void planAnonymous() {
        Set<String> names = new HashSet<>();
        for (ManagedVm vm : input.stored().vms()) {
            if (!live.mentions(vm.uuid())) {
                names.add(vm.displayName());
            }
        }
        Outcome outcome = VmLifecycle.standard()
                .apply(null, Signal.DOUBTFUL, Observation.at(input.now()))
                .outcome();
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
        for (ManagedVm stored : input.stored().vms()) {
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
        return asPlan();
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
            } else if (!told.contains(problem.slug())) {
                plans.add(untrusted(problem));
            }
        }
    }

    /** A job file of ours about which nothing certain is known. */
    private static VmPlan untrusted(StoreProblem problem) {
        return new VmPlan(
                problem.slug(),
                problem.uuid(),
                null,
                Outcome.QUARANTINED,
                problem.kind() == StoreProblem.Kind.COPY
                        ? problem.reason()
                        : "its files cannot be trusted: " + problem.reason(),
                List.of(),
                null);
    }

    /**
     * New VMs that take the place of vanished ones of the same name; only a complete list proves that one is gone. Where the
     * list may have been cut, a VM that a tenant has given the name of one behind the cut would take its job: so nobody in a
     * missing tail is replaced unless all of the tail are.
     */
    private Map<ManagedVm, LiveVm> findReplacements() {
        Map<ManagedVm, LiveVm> replacements = new HashMap<>();
        if (input.discovery().verdict() != Discovery.Verdict.COMPLETE) {
            return replacements;
        }
        Map<String, List<ManagedVm>> goneByName = new HashMap<>();
        for (ManagedVm vm : input.stored().vms()) {
            if (isGone(vm) && !isOfAnotherClient(vm) && !hasSeveralJobFiles(vm) && storedPlans.canBackUpAnother(vm)) {
                goneByName
                        .computeIfAbsent(vm.displayName(), name -> new ArrayList<>())
                        .add(vm);
            }
        }
        if (goneByName.isEmpty()) {
            return replacements;
        }
        Map<String, List<LiveVm>> newByName = new HashMap<>();
        for (LiveClaims.Claim claim : live.all()) {
            claim.certain()
                    .filter(this::mayTakeAPlace)
                    .ifPresent(vm -> newByName
                            .computeIfAbsent(vm.name(), name -> new ArrayList<>())
                            .add(vm));
        }
        newByName.forEach((name, vms) -> {
            vms.sort(Comparator.comparing(LiveVm::uuid, BY_TEXT));
            List<ManagedVm> gone = new ArrayList<>(goneByName.getOrDefault(name, List.of()));
            gone.sort(PLAIN_NAME_FIRST);
            for (int i = 0; i < Math.min(gone.size(), vms.size()); i++) {
                replacements.put(gone.get(i), vms.get(i));
            }
        });
        if (input.stored().vms().stream()
                .anyMatch(vm -> isGone(vm) && isInMissingTail(vm) && !replacements.containsKey(vm))) {
            replacements.keySet().removeIf(this::isInMissingTail);
        }
        return replacements;
    }

    /** Whether an absent VM is suspect, from today on or since an earlier run, and the catalog does not confirm it. */
    private boolean isInMissingTail(ManagedVm vm) {
        return switch (LifecycleState.of(vm)) {
            case ACTIVE -> isSuspect(vm);
            case MISSING -> vm.suspect() && !isConfirmed(vm);
            case NEW, DISABLED, PURGED -> false;
        };
    }

    /** A place-holder is nobody's name. */
    private boolean mayTakeAPlace(LiveVm vm) {
        return !vm.optedOut() && !vm.partial() && vm.isNamed() && isNew(vm.uuid());
    }

    /** What is due, but must be counted, or confirmed, before it is done. */
    private static final class Due {
        final List<ManagedVm> expired = new ArrayList<>();
        final List<ManagedVm> suspect = new ArrayList<>();
        final List<ManagedVm> outlived = new ArrayList<>();
    }

    private void planStored(Map<ManagedVm, LiveVm> replacements) {
        Due due = new Due();
        for (ManagedVm vm : input.stored().vms()) {
            try {
                planStored(vm, replacements.get(vm), due);
            } catch (RuntimeException e) {
                plans.add(VmPlan.ofDefect(vm.displayName(), vm.uuid(), vm.job(), e));
            }
        }
        int enabled = enabledJobs();
        int most = SafetyLimits.mostJobs(policy, enabled);
        boolean tooMany = due.expired.size() > most;
        if (tooMany) {
            heldBecause.add("held: " + due.expired.size() + " of " + enabled
                    + " enabled jobs would be disabled, and one run may"
                    + " disable " + most + " (MAX_DISABLE_PERCENT is " + policy.maxDisablePercent()
                    + ", MAX_DISABLE_MIN is " + policy.maxDisableMin() + ")");
        }
        for (ManagedVm vm : due.expired) {
            plans.add(tooMany ? held(Held.Kind.DISABLE, vm, storedPlans.held(vm)) : storedPlans.expired(vm));
        }
        if (!due.suspect.isEmpty()) {
            heldBecause.add(
                    "held: the grace period of " + due.suspect.size() + " VM(s) is over, but a list that was cut would"
                            + " lack them as well, and the catalog does not confirm that they are gone");
        }
        for (ManagedVm vm : due.suspect) {
            plans.add(held(Held.Kind.SUSPECT, vm, storedPlans.heldAsSuspect(vm)));
        }
        boolean tooManyPurges = due.outlived.size() > most;
        if (tooManyPurges) {
            heldBecause.add("held: " + due.outlived.size() + " disabled jobs would be purged, and with " + enabled
                    + " enabled jobs one run may purge " + most + " (MAX_DISABLE_PERCENT is "
                    + policy.maxDisablePercent() + ", MAX_DISABLE_MIN is " + policy.maxDisableMin() + ")");
        }
        for (ManagedVm vm : due.outlived) {
            plans.add(tooManyPurges ? held(Held.Kind.PURGE, vm, purgePlans.held(vm)) : purgePlans.outlived(vm));
        }
    }

    private int enabledJobs() {
        return (int) input.stored().vms().stream()
                .filter(vm -> vm.enabled() && LifecycleState.of(vm) != LifecycleState.DISABLED)
                .count();
    }

    private VmPlan held(Held.Kind kind, ManagedVm vm, VmPlan plan) {
        asHeld(kind, vm).ifPresent(held::add);
        return plan;
    }

    private Optional<Held> asHeld(Held.Kind kind, ManagedVm vm) {
        return ManagedVmPlans.absence(vm).map(absence -> new Held(kind, vm.slug(), vm.uuid(), absence.since()));
    }

    /** Whether an operator has approved just this. */
    private boolean isApproved(Held.Kind kind, ManagedVm vm) {
        Optional<Held> asked = asHeld(kind, vm).filter(input.evidence().approved()::contains);
        asked.ifPresent(approved::add);
        return asked.isPresent();
    }

    /** A VM that is to be disabled or purged is only put on a list for that: they are counted first. */
    private void planStored(ManagedVm vm, @Nullable LiveVm replacement, Due due) {
        Optional<LiveClaims.Claim> claim = live.about(vm.uuid());
        if (claim.isPresent() && hasSeveralJobFiles(vm)) {
            plans.add(storedPlans.doubtful(vm, "several job files bear its UUID"));
        } else if (claim.isPresent()) {
            Optional<LiveVm> certain = claim.get().certain();
            plans.add(
                    certain.isPresent()
                            ? storedPlans.present(vm, certain.get())
                            : storedPlans.doubtful(vm, claim.get().doubt()));
        } else if (isGone(vm) && isOfAnotherClient(vm)) {
            plans.add(storedPlans.ofAnotherClient(vm));
        } else if (!isGone(vm)) {
            plans.add(live.anonymousDoubt(vm.displayName())
                    .map(doubt -> storedPlans.doubtful(vm, doubt))
                    .orElseGet(() -> storedPlans.mentioned(vm)));
        } else if (witnesses.containsKey(vm)) {
            plans.add(storedPlans.backedUp(vm, witnesses.get(vm)));
        } else if (replacement != null) {
            plans.add(storedPlans.replaced(vm, replacement));
        } else if (input.discovery().verdict() != Discovery.Verdict.COMPLETE) {
            plans.add(storedPlans.unseen(vm));
        } else if (storedPlans.isExpired(vm)) {
            planExpired(vm, due);
        } else if (purgePlans.isOutlived(vm)) {
            if (isApproved(Held.Kind.PURGE, vm)) {
                plans.add(purgePlans.outlived(vm));
            } else {
                due.outlived.add(vm);
            }
        } else {
            boolean suspect = LifecycleState.of(vm) == LifecycleState.ACTIVE && isSuspect(vm);
            if (suspect) {
                newSuspects.add(vm.uuid());
            }
            plans.add(storedPlans.absent(vm, suspect));
        }
    }

    private void planExpired(ManagedVm vm, Due due) {
        if (vm.suspect() && isApproved(Held.Kind.SUSPECT, vm)) {
            plans.add(storedPlans.expired(vm));
        } else if (vm.suspect() && !isConfirmed(vm)) {
            due.suspect.add(vm);
        } else if (isApproved(Held.Kind.DISABLE, vm)) {
            plans.add(storedPlans.expired(vm));
        } else {
            due.expired.add(vm);
        }
    }

    /** Whether the list may have been cut where a VM stood that it lacks; only a catalog that can speak says more later. */
    private boolean isSuspect(ManagedVm vm) {
        return input.evidence().testimony().isPossible()
                && (input.evidence().everyNewAbsenceSuspect() || tail.mayContain(vm.uuid()));
    }

    /** Whether a suspect VM is gone all the same, or the catalog is not to be expected to tell. */
    private boolean isConfirmed(ManagedVm vm) {
        Testimony testimony = input.evidence().testimony();
        return ManagedVmPlans.absence(vm)
                .filter(absence -> !testimony.isPossible()
                        || testimony.isSilentSince(absence.since())
                        || testimony.confirms(absence))
                .isPresent();
    }

    /** The absences that a backup can speak against; none while the list may be short. */
    List<Absence> absences() {
        if (input.discovery().verdict() != Discovery.Verdict.COMPLETE) {
            return List.of();
        }
        return input.stored().vms().stream()
                .filter(vm -> isGone(vm) && !isOfAnotherClient(vm))
                .map(ManagedVmPlans::absence)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Since when VMs are absent that are to be disabled if the catalog confirms it. */
    Set<Instant> suspicions() {
        Set<Instant> since = new TreeSet<>();
        if (input.discovery().verdict() != Discovery.Verdict.COMPLETE) {
            return since;
        }
        for (ManagedVm vm : input.stored().vms()) {
            if (vm.suspect() && isGone(vm) && !isOfAnotherClient(vm) && storedPlans.isExpired(vm)) {
                ManagedVmPlans.absence(vm).ifPresent(absence -> since.add(absence.since()));
            }
        }
        return since;
    }

    private Map<ManagedVm, BackupRun> findWitnesses(PlanInput given) {
        Map<ManagedVm, BackupRun> found = new LinkedHashMap<>();
        if (given.discovery().verdict() == Discovery.Verdict.COMPLETE) {
            for (ManagedVm vm : given.stored().vms()) {
                if (isGone(vm) && vm.client().equals(given.instance().client())) {
                    ManagedVmPlans.absence(vm)
                            .flatMap(given.evidence().testimony()::witness)
                            .ifPresent(run -> found.put(vm, run));
                }
            }
        }
        return found;
    }

    /** Why the list is short although it looked complete. */
    private static String told(Map<ManagedVm, BackupRun> witnesses, TimeText time) {
        String few = witnesses.entrySet().stream()
                .limit(NAMED)
                .map(entry -> entry.getKey().displayName() + " (JobId "
                        + entry.getValue().jobId() + " of "
                        + time.of(entry.getValue().startedAt()) + ")")
                .collect(Collectors.joining(", "));
        return "the list lacks " + witnesses.size()
                + " VM(s) that were backed up after their absence was noted, so it is"
                + " short: " + few + (witnesses.size() > NAMED ? ", …" : "")
                + "; if such a VM is gone and its job ends well all the same, write Enabled = no into that job";
    }

    private void alarmAboutAbsences() {
        long absent = count(Outcome.GRACE_STARTED);
        int enabled = enabledJobs();
        int most = SafetyLimits.mostJobs(policy, enabled);
        if (absent > most) {
            alarms.add(
                    0,
                    absent + " VMs are absent at once that were there before, of " + enabled
                            + " with an enabled job; one run"
                            + " may disable " + most
                            + ". Their grace period begins, and their jobs go on: look whether"
                            + " they are gone from OpenStack, or its list is short");
        }
    }

    private void alarmAboutLostFiles() {
        List<String> lost = plans.stream()
                .filter(plan -> plan.outcome() == Outcome.FILE_MISSING)
                .map(plan -> plan.vm().isEmpty() ? String.valueOf(plan.uuid()) : plan.vm())
                .sorted()
                .toList();
        if (!lost.isEmpty()) {
            alarms.add(lost.size()
                    + " live VM(s) have no job file, though the catalog knows their jobs, so nothing backs them up: "
                    + lost.stream().limit(NAMED).collect(Collectors.joining(", ")) + (lost.size() > NAMED ? ", …" : "")
                    + "; find out who removed the files, then run repair for each");
        }
    }

    private void alarmAboutOthersFileSets() {
        List<String> unprotected = storedPlans.backingUpOthers().stream()
                .map(ManagedVm::displayName)
                .sorted()
                .toList();
        if (!unprotected.isEmpty()) {
            alarms.add(unprotected.size()
                    + " live VM(s) have a FileSet that names other VMs, so their own jobs do not back them up: "
                    + unprotected.stream().limit(NAMED).collect(Collectors.joining(", "))
                    + (unprotected.size() > NAMED ? ", …" : "")
                    + "; write the UUID of each into the Plugin line of its fileset (instance=)");
        }
    }

    /** Files of ours that are left alone need a person, and so they are told first. */
    private void alarmAboutUntrustedFiles() {
        List<StoreProblem> untrusted = input.stored().problems().stream()
                .filter(problem -> problem.kind() != StoreProblem.Kind.FOREIGN)
                .sorted(Comparator.comparing(StoreProblem::slug))
                .toList();
        if (!untrusted.isEmpty()) {
            alarms.add("the files of " + untrusted.size()
                    + " VM(s) cannot be trusted, so nothing of them is changed, and what"
                    + " the Director's list names of them it goes on to name as long as it can be loaded: "
                    + untrusted.stream().limit(NAMED).map(StoreProblem::slug).collect(Collectors.joining(", "))
                    + (untrusted.size() > NAMED ? ", …" : "") + "; e.g. "
                    + untrusted.get(0).reason());
        }
    }

    private void alarmAboutDedup() {
        if (plans.stream().anyMatch(plan -> plan.reason().endsWith(DedupWord.SEE_ALARM))) {
            DedupWord.objection(policy, input.director().get()).ifPresent(alarms::add);
        }
    }

    private void announceCreations() {
        long created = plans.stream()
                .filter(plan -> plan.edit() != null && plan.edit().creates())
                .count();
        int most = SafetyLimits.mostJobs(policy, enabledJobs());
        if (created > most && !input.stored().vms().isEmpty()) {
            announcements.add(created + " new VMs are to get a job in one run, more than the safety limit of " + most
                    + "; look whether they are all real, since a line end in a tag can forge a record");
        }
    }

    private long count(Outcome outcome) {
        return plans.stream().filter(plan -> plan.outcome() == outcome).count();
    }

    private List<LiveClaims.Claim> newClaims(Map<ManagedVm, LiveVm> replacements) {
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
    private boolean isGone(ManagedVm vm) {
        return !live.mentions(vm.uuid())
                && live.anonymousDoubt(vm.displayName()).isEmpty();
    }

    private boolean isOfAnotherClient(ManagedVm vm) {
        return !vm.client().equals(input.instance().client());
    }

    private boolean hasSeveralJobFiles(ManagedVm vm) {
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
        long left = input.catalogJobs().known().stream()
                .filter(job -> !handled.contains(job))
                .count();
        if (left > 0) {
            notes.add(left + " job(s) of " + input.instance()
                    + " are known to the catalog only: they have neither a job file nor a live VM; nothing is done"
                    + " about them");
        }
    }
}
