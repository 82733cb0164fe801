package dev.baculasync.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A small site for planner tests: one instance with a store, live VMs and a Director. */
final class Site {
    static final OpenStackInstance INSTANCE = Fleets.instance(1);
    static final Instant NOW = Instant.parse("2026-05-18T19:00:00Z");
    /** Where the files of what is elsewhere are. */
    static final VmKey ELSEWHERE = new VmKey("datacenter9", "openstack9", "elsewhere");

    static final UUID A = UUID.fromString("0aaaaaaa-5efb-4efb-bd60-4e038800475d");
    static final UUID B = UUID.fromString("fbbbbbbb-5efb-4efb-bd60-4e038800475d");
    static final DirectorResources RESOURCES = new DirectorResources(
            Set.of("DefaultJob", "LinuxVMJob", "mysql-consistent"),
            Set.of("File1"),
            Set.of("Default"),
            Set.of("WeeklyCycle"),
            Set.of("Standard"),
            Set.of(INSTANCE.client()),
            Set.of(),
            Set.of());

    final InMemoryStore store = new InMemoryStore();
    final List<LiveVm> live = new ArrayList<>();
    final List<DoubtfulVm> doubtful = new ArrayList<>();
    final Set<UUID> mentioned = new HashSet<>();
    final Set<String> catalog = new HashSet<>();
    final Set<String> copiesOnly = new HashSet<>();
    final Set<String> elsewhere = new HashSet<>();
    final Set<String> managedElsewhere = new HashSet<>();
    final Set<String> rolledBack = new HashSet<>();
    SyncPolicy policy = SyncPolicy.builder().build();
    OpenStackInstance instance = INSTANCE;
    Optional<DirectorResources> director = Optional.of(RESOURCES);
    Supplier<Optional<DirectorResources>> asked = () -> director;
    Supplier<OtherResources> lookedUp = this::elsewhere;

    @Nullable
    String incomplete;

    boolean failed;

    /** The directory whose files cannot be read, or null. */
    @Nullable
    String damaged;

    @Nullable
    String repair;

    boolean retired;

    Instant now = NOW;

    Evidence evidence = Evidence.NONE;

    Site live(LiveVm... vms) {
        live.addAll(List.of(vms));
        return this;
    }

    Site stored(ManagedVm... vms) {
        for (ManagedVm vm : vms) {
            store.put(vm);
        }
        return this;
    }

    Site problem(StoreProblem problem) {
        damaged = problem.slug();
        store.put(instance, problem);
        return this;
    }

    private OtherResources elsewhere() {
        return new OtherResources(
                elsewhere.stream().collect(Collectors.toMap(name -> name, name -> ELSEWHERE)), managedElsewhere);
    }

    private JobNames jobNames() {
        return new JobNames(catalog, copiesOnly);
    }

    InstancePlan plan() {
        try (StoreSession session = store.open(ConfigStore.Access.READ)) {
            if (retired) {
                return new ReconcilePlanner(policy).retire(instance, session.read(instance), jobNames(), Set.of(), now);
            }
            PlanInput input = new PlanInput(
                    instance,
                    discovery(),
                    jobNames(),
                    session.read(instance),
                    lookedUp,
                    rolledBack,
                    asked,
                    evidence,
                    now);
            ReconcilePlanner planner = new ReconcilePlanner(policy);
            return repair == null ? planner.plan(input) : planner.repair(input, repair);
        }
    }

    /** Plans, and carries the plan out. */
    InstancePlan run() {
        InstancePlan plan = plan();
        try (StoreSession session = store.open(ConfigStore.Access.WRITE)) {
            session.apply(plan.edits()).forEach(result -> {
                if (result.error() != null) {
                    throw new AssertionError("an edit failed", result.error());
                }
            });
            session.commit();
        }
        return plan;
    }

    VmPlan only() {
        List<VmPlan> plans = plan().vms();
        if (plans.size() != 1) {
            throw new AssertionError("one plan expected, got " + plans);
        }
        return plans.get(0);
    }

    VmPlan planOf(UUID uuid) {
        return plan().vms().stream()
                .filter(plan -> uuid.equals(plan.uuid()))
                .findFirst()
                .orElseThrow();
    }

    Map<UUID, Outcome> outcomes() {
        return plan().vms().stream().collect(Collectors.toMap(VmPlan::uuid, VmPlan::outcome));
    }

    /** The VM's job has made a good backup an hour after the VM's absence was noted. */
    Site backedUp(UUID vm) {
        Absence absence = absence(vm);
        evidence = evidence.with(Testimony.of(
                List.of(new BackupRun(
                        7,
                        absence.job(),
                        BackupRun.Result.GOOD,
                        absence.since().plusSeconds(3600),
                        BackupRun.Contents.UNKNOWN)),
                Map.of()));
        return this;
    }

    /** Since the VM's absence was noted, another job of its client was good, and its own has not run. */
    Site otherJobRan(ManagedVm vm) {
        evidence = evidence.with(
                Testimony.of(List.of(), Map.of(absence(vm.uuid()).since(), Map.of("backup-dc1-os1-else", true))));
        return this;
    }

    Absence absence(UUID vm) {
        return store.vms().stream()
                .filter(stored -> stored.uuid().equals(vm))
                .findFirst()
                .flatMap(ReconcilePlanner::absence)
                .orElseThrow();
    }

    /** For a property that fails: what it failed with. */
    @Override
    public String toString() {
        return "live " + live + "\ndoubtful " + doubtful + "\ncatalog " + jobNames() + "\nelsewhere " + elsewhere
                + "\ndamaged " + damaged + "\nstored " + store.vms() + "\nDirector " + director;
    }

    private Discovery discovery() {
        if (failed) {
            return Discovery.failed("told to fail");
        }
        Discovery discovery = incomplete == null
                ? Discovery.complete(live, doubtful)
                : Discovery.incomplete(live, doubtful, incomplete);
        return discovery.mentioning(mentioned);
    }

    /** A Director that has these Jobs and FileSets. */
    static DirectorResources loaded(Set<String> jobs, Set<String> fileSets) {
        return new DirectorResources(
                RESOURCES.jobDefs(),
                RESOURCES.storages(),
                RESOURCES.pools(),
                RESOURCES.schedules(),
                RESOURCES.messages(),
                RESOURCES.clients(),
                jobs,
                fileSets);
    }

    /** A VM that keeps a complete list from being empty, and its job. */
    Site somebodyElse() {
        UUID uuid = UUID.fromString("11111111-5efb-4efb-bd60-4e038800475d");
        return live(LiveVm.of("else", uuid)).stored(stored("else", uuid, LifecycleState.ACTIVE));
    }

    static ManagedVm stored(String name, UUID uuid, LifecycleState state) {
        return stored(name, name, uuid, state, Duration.ofDays(3));
    }

    static ManagedVm stored(String slug, String name, UUID uuid, LifecycleState state, Duration missing) {
        boolean disabled = state == LifecycleState.DISABLED;
        return Fleets.vm(INSTANCE, slug, uuid)
                .displayName(name)
                .status(disabled ? JobStatus.DISABLED : JobStatus.ACTIVE)
                .missingSince(state == LifecycleState.MISSING ? Stamp.of(NOW.minus(missing)) : null)
                .disabledAt(disabled ? Stamp.of(NOW.minus(missing)) : null)
                .enabled(!disabled)
                .build();
    }

    static VmEdit edit(VmPlan plan) {
        return Objects.requireNonNull(plan.edit());
    }

    static ManagedVm after(VmPlan plan) {
        return Objects.requireNonNull(edit(plan).after());
    }

    /** The record of a VM that had none. */
    static ManagedVm create(VmPlan plan) {
        assertThat(edit(plan).creates()).isTrue();
        return after(plan);
    }
}
