package dev.baculasync.core.plan;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoredInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the live VMs of an instance with what is known, and decides what to do about each. Decides and never acts.
 * The same input, in whatever order, gives the same plan; a plan that was carried out gives, planned again, nothing to
 * do. Immutable.
 */
public final class ReconcilePlanner {
    private final SyncPolicy policy;

    public ReconcilePlanner(SyncPolicy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
    }

    /** One plan for each VM that is live or stored. */
    public InstancePlan plan(PlanInput input) {
        return new Reconciliation(policy, input).plan();
    }

    /** The absences that a backup can speak against; none while the list may be short. */
    public List<Absence> absences(PlanInput input) {
        return new Reconciliation(policy, input).absences();
    }

    /**
     * Since when VMs are absent whose grace period is over, but whose absence is suspect: whether jobs of the client have run
     * since then decides about them.
     */
    public Set<Instant> suspicions(PlanInput input) {
        return new Reconciliation(policy, input).suspicions();
    }

    /** What a backup can speak against in a VM that a plan disables or purges. */
    public static Optional<Absence> absence(ManagedVm vm) {
        return ManagedVmPlans.absence(vm);
    }

    /** A moment as plans tell it to a person: local, and written as in the job files. */
    public String localTime(Instant at) {
        return new TimeText(policy.zone()).of(at);
    }

    /** The most jobs of so many that one run may disable, purge or leave out of the Director's list. */
    public int mostJobs(int jobs) {
        return SafetyLimits.mostJobs(policy, jobs);
    }

    /** For how long a VM may be absent before its job is disabled. */
    public Duration grace() {
        return policy.grace();
    }

    /** Whether anything is ever purged. */
    public boolean cleansUp() {
        return policy.cleanupAfter().isPresent();
    }

    /**
     * Why a Director must not be told to load these jobs, as a sentence: it lacks a resource that one of them names, or it is
     * not known what it has. Empty when it may be told.
     *
     * @param jobs everything that the store holds
     */
    public Optional<String> objectionToReload(List<ManagedVm> jobs, Optional<DirectorResources> director) {
        if (director.isEmpty()) {
            return Optional.of(
                    "it did not list its resources, so it is not known whether those that new jobs name exist;"
                            + " allow \"show\" in the CommandACL of the Console that BCONSOLE_CONF names, or set DIRECTOR_CHECK");
        }
        return jobs.stream()
                .filter(vm -> vm.fileSet() != null)
                .sorted(Comparator.comparing(ManagedVm::job))
                .map(vm -> PolicyResolver.missingResource(vm, director.get()))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Why an instance must not be taken out of service as it is called: what the store holds says that its place, its
     * client and its prefix do not belong together, or cannot be trusted. Empty when it may be.
     *
     * @param here what the store holds about it
     * @param all what the store holds about all instances that ever were
     */
    public Optional<String> objectionToRetire(OpenStackInstance instance, StoredInstance here, List<ManagedVm> all) {
        return PurgePlans.objectionToRetire(instance, here, all);
    }

    /**
     * What is to be done to take an instance out of service to which there is no {@linkplain #objectionToRetire objection}:
     * everything that its job files and the catalog know of it goes. What is not ours stays, and a note says so.
     *
     * @param loadedJobs the names of the jobs that the Director has loaded: one of which there is no job file here is defined
     *     elsewhere
     */
    public InstancePlan retire(
            OpenStackInstance instance,
            StoredInstance stored,
            JobNames catalogJobs,
            Set<String> loadedJobs,
            Instant now) {
        return PurgePlans.retire(instance, stored, catalogJobs, loadedJobs, now);
    }

    /**
     * What of one VM's files is missing and can be written again.
     *
     * @param vm its display name, its UUID or the name of its job
     * @return plans for the VMs that are called so; empty when there is none
     */
    public InstancePlan repair(PlanInput input, String vm) {
        return new Reconciliation(policy, input).repair(vm);
    }
}
