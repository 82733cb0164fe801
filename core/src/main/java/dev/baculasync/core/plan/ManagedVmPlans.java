package dev.baculasync.core.plan;

import dev.baculasync.core.ledger.DiscoveryOutages;
import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Observation;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.lifecycle.Signal;
import dev.baculasync.core.lifecycle.VmLifecycle;
import dev.baculasync.core.plan.SyncPolicy.PolicyDrift;
import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plans for VMs that have a job file: what each lifecycle transition means for it, and how that is told to a person. */
final class ManagedVmPlans {
    /** Outcomes that change nothing; where something had to be mended all the same, {@code repaired} says so. */
    private static final Set<Outcome> QUIET = EnumSet.of(Outcome.UNCHANGED, Outcome.IN_GRACE, Outcome.STILL_DISABLED);

    private final SyncPolicy policy;
    private final PlanInput input;
    private final PolicyResolver resolver;
    private final PurgePlans purges;
    private final ResourceNames names;
    private final TimeText time;
    private final Drift drift;
    private final DoubleBackups doubleBackups;
    /** A signal that comes with nothing but its moment. */
    private final Observation now;

    private final List<ManagedVm> backingUpOthers = new ArrayList<>();

    ManagedVmPlans(SyncPolicy policy, PlanInput input, PolicyResolver resolver, PurgePlans purges) {
        this.purges = purges;
        this.policy = policy;
        this.input = input;
        this.resolver = resolver;
        this.names = new ResourceNames(input.instance());
        this.time = new TimeText(policy.zone());
        this.drift = new Drift(policy, input.instance(), input.stored().vms());
        this.doubleBackups = new DoubleBackups(input);
        this.now = Observation.at(input.now());
    }

    /** The live VMs whose jobs are to run, but back up others. */
    List<ManagedVm> backingUpOthers() {
        return backingUpOthers;
    }

    /** What many jobs have in common that is not what it should be. */
    List<String> driftNotes() {
        return drift.notes();
    }

    /** The VM is there, beyond doubt. */
    VmPlan present(ManagedVm vm, LiveVm live) {
        List<String> warnings = new ArrayList<>(live.warnings());
        if (live.optedOut()) {
            return finish(
                    vm,
                    nameOf(vm, live),
                    Signal.OPTED_OUT,
                    "backup=false; its job " + vm.job() + " exists and is " + (vm.enabled() ? "enabled" : "not enabled")
                            + ", and is left as it is",
                    warnings);
        }
        if (backsUpOthers(vm)) {
            backingUpOthers.add(vm);
            warnings.add("write instance=" + vm.uuid() + " into the Plugin line of " + path(vm)
                    + "/fileset: it names "
                    + vm.backsUp().stream()
                            .map(uuid -> "instance=" + uuid)
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ", so its job does not back up this VM");
            if (LifecycleState.of(vm) == LifecycleState.ACTIVE) {
                doubleBackups.warning(vm.uuid(), vm.job()).ifPresent(warnings::add);
                return finish(
                        vm,
                        nameOf(vm, live),
                        Signal.DOUBTFUL,
                        "its job and its fileset are about different VMs",
                        warnings);
            }
        }
        boolean renamed = live.isNamed() && !live.partial() && !live.name().equals(vm.displayName());
        Signal signal = renamed ? Signal.PRESENT_RENAMED : Signal.PRESENT;
        Observation seen = now.withName(renamed ? live.name() : null);
        String reason = presentReason(vm, renamed);
        if (live.partial()) {
            warnings.add("something of its record may be missing, so its job keeps its policy and its name");
        }
        if (live.partial() || !live.isNamed()) {
            // A cell that is down knows neither name nor metadata.
            return finish(vm, vm.displayName(), signal, reason, warnings, seen);
        }
        return followPolicy(vm, live, signal, reason, warnings, seen);
    }

    /** A name that is none, or may have been cut, does not take the place of the one it had. */
    private static String nameOf(ManagedVm vm, LiveVm live) {
        return live.isNamed() && !live.partial() ? live.name() : vm.displayName();
    }

    /** Whether the job of a live VM runs, or does so again now, and backs up other VMs, and not this one. */
    private static boolean backsUpOthers(ManagedVm vm) {
        return vm.backsUpOthersOnly()
                && (vm.enabled() || (vm.status() == JobStatus.DISABLED && !vm.disabledByOperator()));
    }

    private static String path(ManagedVm vm) {
        return ResourceNames.path(vm.key());
    }

    /** What a console has told the Director outlives a reload, whatever the file says. */
    private Optional<String> consoleSays(ManagedVm vm) {
        boolean disabledThere = input.director()
                .get()
                .filter(has -> has.disabledJobs().contains(vm.job()))
                .isPresent();
        return vm.enabled() && disabledThere
                ? Optional.of(
                        "its job says Enabled = yes, but a console has disabled it in the Director, so it does not run:"
                                + " enable job=\"" + vm.job() + "\" in bconsole takes that back")
                : Optional.empty();
    }

    /**
     * Whether the job can be made to back up another VM: a FileSet that an operator has rewritten stays as it is, and one
     * that is missing may be impossible to write again. A new VM of that name then gets a job of its own.
     */
    boolean canBackUpAnother(ManagedVm vm) {
        return vm.fileSet() != null
                ? vm.backsUpItself()
                : objectionToFileSet(vm).isEmpty();
    }

    /** The VM is gone, and a new one bears its name. */
    VmPlan replaced(ManagedVm vm, LiveVm live) {
        String reason = "a new VM bears the name of " + vm.uuid()
                + ", which is gone: the same job is now the new one's"
                + (staysDisabled(vm) ? becauseOfAnOperator(vm) : ", and backs it up");
        return followPolicy(
                vm, live, Signal.REPLACED, reason, new ArrayList<>(live.warnings()), now.withUuid(live.uuid()));
    }

    /** The records about the VM contradict each other. */
    VmPlan doubtful(ManagedVm vm, String doubt) {
        return finish(
                vm, vm.displayName(), Signal.DOUBTFUL, "what is said about it cannot be trusted: " + doubt, List.of());
    }

    /** The job belongs to another client, whose list is not the one that lacks the VM. */
    VmPlan ofAnotherClient(ManagedVm vm) {
        return finish(
                vm,
                vm.displayName(),
                Signal.DOUBTFUL,
                "its job belongs to client " + vm.client() + ", and the list of "
                        + input.instance().client()
                        + ", which clients.conf names now, lacks the VM, which proves nothing",
                List.of());
    }

    /** The VM is not in a list that may be short. */
    VmPlan unseen(ManagedVm vm) {
        return finish(
                vm,
                vm.displayName(),
                Signal.UNSEEN,
                "not seen, but absence cannot be told: " + input.discovery().problem(),
                List.of());
    }

    /** The list has no record of the VM, but names it. */
    VmPlan mentioned(ManagedVm vm) {
        return finish(
                vm,
                vm.displayName(),
                Signal.UNSEEN,
                "the list has no record of it, but its UUID stands in the list, so it is not held to be absent",
                List.of());
    }

    /** The list lacks the VM, but it was backed up after its absence was noted, so that it was there. */
    VmPlan backedUp(ManagedVm vm, BackupRun run) {
        String proof = "the list lacks it, but its job made a good backup: JobId " + run.jobId() + " of "
                + time.of(run.startedAt());
        if (LifecycleState.of(vm) == LifecycleState.DISABLED) {
            return finish(
                    vm,
                    vm.displayName(),
                    Signal.BACKED_UP,
                    proof + ", after the job was disabled " + time.of(vm.disabledAt())
                            + (staysDisabled(vm) ? becauseOfAnOperator(vm) : "; enabled again"),
                    List.of());
        }
        return finish(
                vm,
                vm.displayName(),
                Signal.BACKED_UP,
                proof + ", after it was missing since " + time.of(vm.missingSince())
                        + "; its absence counts from that backup on",
                List.of(),
                now.withBackedUpAt(run.startedAt()));
    }

    /** What a backup can speak against; empty when nothing is known of when the VM's absence began. */
    static Optional<Absence> absence(ManagedVm vm) {
        Stamp stamp = LifecycleState.of(vm) == LifecycleState.DISABLED ? vm.disabledAt() : vm.missingSince();
        Instant since = stamp == null ? null : stamp.at();
        return since == null ? Optional.empty() : Optional.of(new Absence(vm.job(), vm.uuid(), since));
    }

    /** Whether an absent VM's grace period is over. A timestamp that cannot be read, or lies ahead, never says so. */
    boolean isExpired(ManagedVm vm) {
        Instant since = missingSince(vm);
        return LifecycleState.of(vm) == LifecycleState.MISSING
                && since != null
                && Duration.between(since, input.now())
                                .minus(outagesSince(since))
                                .compareTo(policy.grace())
                        > 0;
    }

    /** For how long since then discovery did not work: ignorance is never a reason to disable. */
    private Duration outagesSince(Instant since) {
        Duration sum = Duration.ZERO;
        for (DiscoveryOutages.Outage outage : input.evidence().outages()) {
            Instant from = outage.from().isAfter(since) ? outage.from() : since;
            Instant until =
                    outage.until() != null && outage.until().isBefore(input.now()) ? outage.until() : input.now();
            if (until.isAfter(from)) {
                sum = sum.plus(Duration.between(from, until));
            }
        }
        return sum;
    }

    /** The VM is absent, and its grace period has just begun, goes on, or ended in an earlier run. */
    VmPlan absent(ManagedVm vm, boolean suspect) {
        List<String> warnings = new ArrayList<>();
        return switch (LifecycleState.of(vm)) {
            case DISABLED -> {
                if (vm.enabled()) {
                    warnings.add("its status is disabled, but its job says Enabled = yes");
                } else if (isEnabledThere(vm)) {
                    warnings.add(VmPlan.goesOn(vm.job()));
                }
                purges.warning(vm).ifPresent(warnings::add);
                yield finish(
                        vm, vm.displayName(), Signal.ABSENT, "absent; disabled " + time.of(vm.disabledAt()), warnings);
            }
            case MISSING -> finish(vm, vm.displayName(), Signal.ABSENT, graceReason(vm, warnings), warnings);
            case ACTIVE, NEW, PURGED ->
                finish(
                        vm,
                        vm.displayName(),
                        Signal.ABSENT,
                        "absent for the first time; disabled after "
                                + time.of(input.now().plus(policy.grace())) + " if it does not come back"
                                + (suspect
                                        ? "; the list lacks all that stood after it as well, and may have been cut, so the"
                                                + " catalog must confirm it before that"
                                        : ""),
                        warnings,
                        now.withSuspect(suspect));
        };
    }

    private boolean isEnabledThere(ManagedVm vm) {
        return input.director()
                .get()
                .filter(has ->
                        has.jobs().contains(vm.job()) && !has.disabledJobs().contains(vm.job()))
                .isPresent();
    }

    /** The grace period is over. */
    VmPlan expired(ManagedVm vm) {
        return finish(
                vm,
                vm.displayName(),
                Signal.EXPIRED,
                "absent since " + time.of(vm.missingSince()) + ", longer than " + days(policy.grace()),
                List.of());
    }

    /** The grace period is over, but the list may have been cut where the VM stood. */
    VmPlan heldAsSuspect(ManagedVm vm) {
        return finish(
                vm,
                vm.displayName(),
                Signal.EXPIRED_BUT_SUSPECT,
                "absent since " + time.of(vm.missingSince())
                        + ", but a list that was cut would look the same, and no run of"
                        + " its job has failed since while another job of "
                        + input.instance().client() + " was good",
                List.of());
    }

    /** The grace period is over, but too many would be disabled at once. */
    VmPlan held(ManagedVm vm) {
        return finish(
                vm,
                vm.displayName(),
                Signal.EXPIRED_BUT_HELD,
                "the safety limit (MAX_DISABLE_PERCENT, MAX_DISABLE_MIN); see the note about its instance",
                List.of());
    }

    /** Its FileSet is written again if it is missing; nothing else is touched. */
    VmPlan repaired(ManagedVm vm) {
        if (vm.fileSet() != null) {
            return new VmPlan(
                    vm.displayName(),
                    vm.uuid(),
                    vm.job(),
                    Outcome.UNCHANGED,
                    "nothing of it is missing",
                    List.of(),
                    null);
        }
        Optional<String> objection = objectionToFileSet(vm);
        if (objection.isPresent()) {
            return withoutFileSet(vm, objection.get(), List.of());
        }
        return new VmPlan(
                vm.displayName(),
                vm.uuid(),
                vm.job(),
                Outcome.REPAIRED,
                "its fileset file was missing and is written again",
                List.of(),
                VmEdit.change(vm, withFileSet(vm)));
    }

    /** Why the missing FileSet of a VM cannot be written again, as what follows "is missing, and"; empty when it can. */
    private Optional<String> objectionToFileSet(ManagedVm vm) {
        String name = names.fileSet(vm.slug());
        Optional<String> taken = whoHasFileSet(vm)
                .map(place -> "cannot be written again, as FileSet " + name + " belongs to the files in " + place
                        + "; give that one another name, or take those files out of the tree");
        return taken.or(() -> otherFileSet(vm)
                        .map(other -> "writing " + name + " again would not help, as the job names "
                                + other + "; write that one, or rename the directory to what follows "
                                + input.instance().fileSetPrefix() + " in it"))
                .or(() -> DedupWord.objection(policy, input.director().get())
                        .map(objection -> "is not written again: " + DedupWord.SEE_ALARM));
    }

    /** The FileSet of ours, but for its own, that the job names; any other may be defined where several jobs share it. */
    private Optional<String> otherFileSet(ManagedVm vm) {
        return Optional.ofNullable(vm.directives().fileSet())
                .filter(name -> name.startsWith(input.instance().fileSetPrefix()))
                .filter(name -> !name.equals(names.fileSet(vm.slug())));
    }

    /** The place of another file that holds what the VM's missing FileSet would be called: a second one would be refused. */
    private Optional<String> whoHasFileSet(ManagedVm vm) {
        String name = names.fileSet(vm.slug());
        VmKey elsewhere = input.otherResources().get().places().get(name);
        return elsewhere != null
                ? Optional.of(ResourceNames.path(elsewhere))
                : input.stored().vms().stream()
                        .filter(other -> !other.slug().equals(vm.slug())
                                && other.fileSet() != null
                                && name.equals(other.fileSet().name()))
                        .map(ManagedVmPlans::path)
                        .findFirst();
    }

    private static VmPlan withoutFileSet(ManagedVm vm, String objection, List<String> warnings) {
        return new VmPlan(
                vm.displayName(),
                vm.uuid(),
                vm.job(),
                Outcome.FAILED,
                "its fileset file is missing, and " + objection,
                warnings,
                null);
    }

    private ManagedVm withFileSet(ManagedVm vm) {
        return vm.toBuilder()
                .fileSet(new FileSetFacts(
                        names.fileSet(vm.slug()), input.instance().proxyServer(), policy.dedup(), Set.of(vm.uuid())))
                .build();
    }

    private VmPlan followPolicy(
            ManagedVm vm, LiveVm live, Signal signal, String why, List<String> warnings, Observation seen) {
        VmLifecycle.Step step = VmLifecycle.standard().apply(vm, signal, seen);
        Drift.Found drifted = drift.of(vm, Objects.requireNonNull(step.after()));
        warnings.addAll(drifted.warnings());
        step = new VmLifecycle.Step(step.outcome(), drifted.after());
        String reason = drifted.updated().isEmpty() ? why : why + "; " + String.join("; ", drifted.updated());
        doubleBackups.warning(vm.uuid(), vm.job()).ifPresent(warnings::add);
        consoleSays(vm).ifPresent(warnings::add);
        PolicyResolver.Resolved resolved = resolver.resolve(live.tag(), vm.jobDefs());
        warnings.addAll(resolved.warnings());
        String wanted = resolved.jobDefs();
        if (wanted == null || vm.jobDefs() == null || wanted.equals(vm.jobDefs())) {
            return finish(vm, nameOf(vm, live), step, reason, warnings);
        }
        if (input.director().get().isEmpty()) {
            warnings.add("whether its JobDefs " + vm.jobDefs()
                    + " still follow the policy could not be told: the Director" + " did not list its JobDefs");
            return finish(vm, nameOf(vm, live), step, reason, warnings);
        }
        String drift = "JobDefs of the job are " + vm.jobDefs() + ", of the policy " + wanted;
        if (policy.policyDrift() == PolicyDrift.UPDATE) {
            ManagedVm updated = drifted.after().toBuilder().jobDefs(wanted).build();
            return finish(
                    vm,
                    nameOf(vm, live),
                    new VmLifecycle.Step(step.outcome(), updated),
                    reason + "; " + drift + ": updated",
                    warnings);
        }
        warnings.add(drift + "; POLICY_DRIFT=update would change the job");
        return finish(vm, nameOf(vm, live), step, reason, warnings);
    }

    private VmPlan finish(ManagedVm vm, String name, Signal signal, String reason, List<String> warnings) {
        return finish(vm, name, signal, reason, warnings, now);
    }

    private VmPlan finish(
            ManagedVm vm, String name, Signal signal, String reason, List<String> warnings, Observation seen) {
        return finish(vm, name, VmLifecycle.standard().apply(vm, signal, seen), reason, warnings);
    }

    private VmPlan finish(ManagedVm vm, String name, VmLifecycle.Step step, String reason, List<String> warnings) {
        ManagedVm after = Objects.requireNonNull(step.after());
        String why = reason;
        if (vm.fileSet() == null && input.discovery().verdict() != Discovery.Verdict.FAILED) {
            Optional<String> objection = objectionToFileSet(vm);
            if (objection.isPresent()) {
                return withoutFileSet(vm, objection.get(), warnings);
            }
            after = withFileSet(after);
            why = reason + "; its fileset file was missing and is written again";
        }
        @Nullable VmEdit edit = after.equals(vm) ? null : VmEdit.change(vm, after);
        Outcome outcome = step.outcome();
        if (outcome == Outcome.QUARANTINED) {
            why += edit == null ? "; nothing of it is touched" : "; nothing else of it is touched";
        }
        if (QUIET.contains(outcome) && edit != null && edit.concernsDirector()) {
            outcome = Outcome.REPAIRED;
        }
        return new VmPlan(name, after.uuid(), vm.job(), outcome, why, warnings, edit);
    }

    private String presentReason(ManagedVm vm, boolean renamed) {
        String was = switch (LifecycleState.of(vm)) {
            case MISSING -> "back after it was missing since " + time.of(vm.missingSince());
            case DISABLED ->
                "back after its job was disabled " + time.of(vm.disabledAt())
                        + (staysDisabled(vm) ? "" : "; enabled again");
            case ACTIVE, NEW, PURGED -> "live";
        };
        String name = renamed ? "; its name was " + vm.displayName() + ", its job keeps name and history" : "";
        return was + name + (staysDisabled(vm) ? becauseOfAnOperator(vm) : "");
    }

    /** Whether the job of a VM that is in service again does not run all the same, by an operator's word. */
    private static boolean staysDisabled(ManagedVm vm) {
        return !vm.enabled() && (vm.status() == JobStatus.ACTIVE || vm.disabledByOperator());
    }

    private static String becauseOfAnOperator(ManagedVm vm) {
        return vm.status() == JobStatus.ACTIVE
                ? "; its job says Enabled = no, which is left as it is"
                : "; an operator had disabled it before (#@enabled-by:), so it says Enabled = no as then";
    }

    private String graceReason(ManagedVm vm, List<String> warnings) {
        Instant since = missingSince(vm);
        if (since == null) {
            warnings.add("#@missing-since: cannot be read (" + time.of(vm.missingSince())
                    + "); it never leads to a disable");
            return "absent; since when cannot be read";
        }
        if (since.isAfter(input.now())) {
            warnings.add("#@missing-since: lies in the future (" + time.of(since) + "); it does not lead to a disable");
        }
        Duration outages = outagesSince(since);
        return "absent since " + time.of(since) + "; disabled after "
                + time.of(since.plus(policy.grace()).plus(outages)) + " if it does not come back"
                + (outages.isZero()
                        ? ""
                        : ", as the time in which discovery did not work (" + TimeText.of(outages)
                                + ") does not count");
    }

    private static @Nullable Instant missingSince(ManagedVm vm) {
        return vm.missingSince() == null ? null : vm.missingSince().at();
    }

    private static String days(Duration length) {
        return length.toDays() + " day(s)";
    }
}
