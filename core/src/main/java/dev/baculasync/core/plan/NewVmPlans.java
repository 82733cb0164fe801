package dev.baculasync.core.plan;

import dev.baculasync.core.lifecycle.Observation;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.lifecycle.Signal;
import dev.baculasync.core.lifecycle.VmLifecycle;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.JobDirectives;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Plans for live VMs that have no job file: which name each gets, whether the catalog knows it already, and what is to
 * be written. Plain names are given out first, in the order of the UUIDs, then those with a suffix.
 */
final class NewVmPlans {
    private final SyncPolicy policy;
    private final PlanInput input;
    private final PolicyResolver resolver;
    private final ResourceNames names;
    private final DoubleBackups doubleBackups;
    private final boolean repair;
    private final Set<String> onDisk = new HashSet<>();
    /** Slugs of the managed VMs, by the names of their resources. */
    private final Map<String, String> resourcesOnDisk = new HashMap<>();

    private final Map<String, StoreProblem> unreadable = new HashMap<>();
    private final Set<String> given = new HashSet<>();
    private final Set<String> told = new HashSet<>();

    /** @param repair whether job files that were lost are written again */
    NewVmPlans(SyncPolicy policy, PlanInput input, PolicyResolver resolver, boolean repair) {
        this.repair = repair;
        this.policy = policy;
        this.input = input;
        this.resolver = resolver;
        this.names = new ResourceNames(input.instance());
        this.doubleBackups = new DoubleBackups(input);
        for (ManagedVm vm : input.stored().vms()) {
            onDisk.add(vm.slug());
            vm.resourceNames().forEach(name -> resourcesOnDisk.put(name, vm.slug()));
        }
        for (StoreProblem problem : input.stored().problems()) {
            onDisk.add(problem.slug());
            if (problem.kind() == StoreProblem.Kind.UNREADABLE) {
                unreadable.put(problem.slug(), problem);
            }
        }
    }

    /**
     * @param claims what is said about UUIDs without a job file, sorted by UUID
     */
    List<VmPlan> plan(List<LiveClaims.Claim> claims) {
        List<VmPlan> plans = new ArrayList<>();
        List<Candidate> suffixed = new ArrayList<>();
        for (LiveClaims.Claim claim : claims) {
            Candidate candidate = new Candidate(claim);
            guarded(candidate, () -> withoutSuffix(candidate))
                    .ifPresentOrElse(plans::add, () -> suffixed.add(candidate));
        }
        for (Candidate candidate : suffixed) {
            guarded(
                            candidate,
                            () -> Optional.of(createOrLost(
                                    candidate, names.suffixed(candidate.name, candidate.uuid, this::isFree))))
                    .ifPresent(plans::add);
        }
        return plans;
    }

    /** A defect that one VM brings to light is that VM's: the others are planned all the same. */
    private static Optional<VmPlan> guarded(Candidate vm, Supplier<Optional<VmPlan>> planning) {
        try {
            return planning.get();
        } catch (RuntimeException e) {
            return Optional.of(VmPlan.ofDefect(vm.name, vm.uuid, null, e));
        }
    }

    /** Empty for a VM that has to wait until the plain names have been given out. */
    private Optional<VmPlan> withoutSuffix(Candidate vm) {
        Optional<VmPlan> settled = withoutWriting(vm);
        if (settled.isPresent()) {
            return settled;
        }
        String ownName = names.suffixed(vm.name, vm.uuid);
        if (isKnown(ownName) && isFree(ownName)) {
            return Optional.of(createOrLost(vm, ownName));
        }
        return names.fits(vm.name) && isFree(vm.name) ? Optional.of(createOrLost(vm, vm.name)) : Optional.empty();
    }

    /** The unreadable entries that may belong to a VM of these plans, and that its plan tells of. */
    Set<String> unreadableTold() {
        return told;
    }

    /** One VM that may get a job. */
    private static final class Candidate {
        private final UUID uuid;
        private final String name;
        private final @Nullable LiveVm certain;
        private final String doubt;
        private final boolean identified;

        /** What a record asks for that may have been cut is not followed. */
        private @Nullable String tag() {
            return certain == null || certain.partial() ? null : certain.tag();
        }

        private Candidate(LiveClaims.Claim claim) {
            this.uuid = claim.uuid();
            this.certain = claim.certain().orElse(null);
            this.identified = claim.name().isPresent();
            this.name = claim.name().orElse("");
            this.doubt = certain == null ? claim.doubt() : "";
        }
    }

    /** VMs that get no job: opted out, in doubt, or perhaps the owner of a file that cannot be read. */
    private Optional<VmPlan> withoutWriting(Candidate vm) {
        if (vm.certain != null && vm.certain.optedOut()) {
            String job = names.job(vm.name);
            return Optional.of(nothing(
                    vm,
                    Signal.OPTED_OUT,
                    null,
                    "backup=false; it has no job" + (input.catalogJobs().known().contains(job) ? " file" : "")));
        }
        if (!vm.identified) {
            return Optional.of(nothing(
                    vm,
                    Signal.DOUBTFUL,
                    null,
                    "its name is in doubt: " + vm.doubt + "; it has no job, and cannot get one until that is settled"));
        }
        StoreProblem problem = unreadable.getOrDefault(vm.name, unreadable.get(names.suffixed(vm.name, vm.uuid)));
        if (problem != null && problem.uuid() == null) {
            told.add(problem.slug());
            return Optional.of(nothing(
                    vm,
                    Signal.DOUBTFUL,
                    null,
                    "a job file that may be its own cannot be trusted: " + problem.reason()));
        }
        return Optional.empty();
    }

    private VmPlan createOrLost(Candidate vm, String part) {
        given.add(part);
        boolean lost = isKnown(part);
        if (lost && !repair) {
            return nothing(
                    vm,
                    Signal.FILE_LOST,
                    names.job(part),
                    "known to catalog but job file missing: find out who removed it, then run repair to write it again");
        }
        PolicyResolver.Resolved resolved = resolver.resolve(vm.tag(), null);
        List<String> warnings = new ArrayList<>(vm.certain == null ? List.of() : vm.certain.warnings());
        if (vm.certain != null && vm.certain.partial()) {
            warnings.add("something of its record may be missing, so it is protected with the default policy");
        }
        warnings.addAll(resolved.warnings());
        if (!part.equals(vm.name) && names.fits(vm.name)) {
            whoHasName(vm.name)
                    .map(taken -> taken + ", so this VM's job is called " + names.job(part))
                    .ifPresent(warnings::add);
        }
        if (!part.equals(vm.name) && names.fits(vm.name) && hasCopiesOnly(vm.name)) {
            warnings.add("the catalog still has copies or migrated runs under " + names.job(vm.name)
                    + ", which another VM has left, so this VM's job is called " + names.job(part));
        }
        doubleBackups.warning(vm.uuid, names.job(part)).ifPresent(warnings::add);
        String jobDefs = resolved.jobDefs();
        if (jobDefs == null) {
            return failed(vm, part, resolver.withoutJobDefs(), warnings);
        }
        Optional<String> missing = resolver.missingResource();
        if (missing.isPresent()) {
            return failed(vm, part, missing.get(), warnings);
        }
        if (DedupWord.objection(policy, input.director().get()).isPresent()) {
            return failed(vm, part, DedupWord.SEE_ALARM, warnings);
        }
        if (lost) {
            Optional<String> objection = objectionToRepair(part);
            if (objection.isPresent()) {
                return failed(vm, part, objection.get(), warnings);
            }
            return create(
                    vm,
                    part,
                    Signal.FILE_LOST_AND_WANTED,
                    jobDefs,
                    "its files are written again, with JobDefs " + jobDefs,
                    warnings);
        }
        Signal signal = vm.certain == null ? Signal.DOUBTFUL_BUT_IDENTIFIED : Signal.PRESENT;
        String reason = vm.certain == null
                ? "its records contradict each other (" + vm.doubt + "), so it is protected with the default policy "
                        + jobDefs
                : "new; protected with JobDefs " + jobDefs;
        return create(vm, part, signal, jobDefs, reason, warnings);
    }

    private ManagedVm record(Candidate vm, String part, String jobDefs) {
        return new ManagedVm(
                VmKey.of(input.instance(), part),
                input.instance().client(),
                vm.name,
                vm.uuid,
                JobStatus.ACTIVE,
                null,
                false,
                null,
                null,
                List.of(),
                false,
                Stamp.of(input.now()),
                new JobDirectives(
                        names.job(part),
                        true,
                        jobDefs,
                        input.instance().client(),
                        names.fileSet(part),
                        policy.storage(),
                        policy.pool(),
                        policy.schedule(),
                        policy.messages()),
                new FileSetFacts(names.fileSet(part), input.instance().proxyServer(), policy.dedup(), Set.of(vm.uuid)));
    }

    private VmPlan create(
            Candidate vm, String part, Signal signal, String jobDefs, String reason, List<String> warnings) {
        VmLifecycle.Step step = VmLifecycle.standard()
                .apply(null, signal, Observation.at(input.now()).withCreated(record(vm, part, jobDefs)));
        return new VmPlan(
                vm.name,
                vm.uuid,
                names.job(part),
                step.outcome(),
                reason,
                warnings,
                VmEdit.create(Objects.requireNonNull(step.after())));
    }

    private boolean isKnown(String part) {
        return input.catalogJobs().known().contains(names.job(part))
                && !input.rolledBack().contains(part);
    }

    /** Whether no directory, no other VM of this run, no resource and no run that a purge has left has the name. */
    private boolean isFree(String part) {
        return !(onDisk.contains(part)
                || given.contains(part)
                || isTaken(names.job(part))
                || isTaken(names.fileSet(part))
                || hasCopiesOnly(part)
                || isDirectorsOwn(part));
    }

    /** Whether all runs of that name are what a purge leaves; with a job of that name they would count as this VM's. */
    private boolean hasCopiesOnly(String part) {
        return input.catalogJobs().copiesOnly().contains(names.job(part));
    }

    /**
     * Whether the Director has a resource of this name that is not from files of ours which are gone. What the catalog knows, or
     * a run that died has written, may be a job of ours whose files are gone since the Director loaded them, but then it has loaded the FileSet
     * that comes with each of ours, too.
     */
    private boolean isDirectorsOwn(String part) {
        Optional<DirectorResources> director = input.director().get();
        boolean job = director.isPresent() && director.get().jobs().contains(names.job(part));
        boolean fileSet = director.isPresent() && director.get().fileSets().contains(names.fileSet(part));
        boolean mayBeOurs = isKnown(part) || input.rolledBack().contains(part);
        return mayBeOurs ? job && !fileSet : job || fileSet;
    }

    /**
     * Who has a name already, as a sentence. Empty for a name that is free, and for one that another VM of the instance has by
     * right, because it is called so, too.
     */
    private Optional<String> whoHasName(String part) {
        for (String resource : List.of(names.job(part), names.fileSet(part))) {
            VmKey elsewhere = input.otherResources().get().places().get(resource);
            if (elsewhere != null) {
                return Optional.of(resource + " belongs to the files in " + ResourceNames.path(elsewhere));
            }
            String here = resourcesOnDisk.get(resource);
            if (here != null && !here.equals(part)) {
                return Optional.of(resource + " belongs to the files in " + input.instance() + "/" + here);
            }
        }
        return !onDisk.contains(part) && isDirectorsOwn(part)
                ? Optional.of("the Director has " + names.job(part) + " or " + names.fileSet(part) + " from elsewhere")
                : Optional.empty();
    }

    /** Why a lost job file cannot be written again now, as a sentence; empty when it can. */
    private Optional<String> objectionToRepair(String part) {
        Optional<DirectorResources> director = input.director().get();
        if (director.isEmpty()) {
            return Optional.of("the Director did not list its resources, so it may have job " + names.job(part)
                    + " from elsewhere, and a second one of that name would make it refuse its configuration; allow"
                    + " \"show\" in the CommandACL of the Console that BCONSOLE_CONF names");
        }
        if (director.get().jobs().contains(names.job(part))
                || director.get().fileSets().contains(names.fileSet(part))) {
            return Optional.of("the Director still has job " + names.job(part) + " or FileSet " + names.fileSet(part)
                    + " loaded, and a second one of that name would make it refuse its configuration; if that is from"
                    + " the files that were lost, run sync and have the Director reload, then repair again; if it is the"
                    + " Director's own, the VM has its job there");
        }
        return Optional.empty();
    }

    /** Whether any file of ours has a resource of this name, be it by an operator's hand. */
    private boolean isTaken(String resource) {
        return resourcesOnDisk.containsKey(resource)
                || input.otherResources().get().contains(resource);
    }

    private VmPlan nothing(Candidate vm, Signal signal, @Nullable String job, String reason) {
        List<String> warnings = vm.certain == null ? List.of() : vm.certain.warnings();
        Outcome outcome = VmLifecycle.standard()
                .apply(null, signal, Observation.at(input.now()))
                .outcome();
        return new VmPlan(vm.name, vm.uuid, job, outcome, reason, warnings, null);
    }

    private VmPlan failed(Candidate vm, String part, String reason, List<String> warnings) {
        return new VmPlan(vm.name, vm.uuid, names.job(part), Outcome.FAILED, reason, warnings, null);
    }
}
