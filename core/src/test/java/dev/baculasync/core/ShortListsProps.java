package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Stamp;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import dev.baculasync.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/**
 * Lists that are cut anywhere, on any nights, and look complete all the same, while backups go on, VMs come and go, and an
 * operator approves what is held, also with digests from earlier nights.
 */
class ShortListsProps {
    private static final OpenStackInstance SITE = Fleets.instance(1);
    private static final int VMS = 14;
    private static final int GRACE = 3;
    private static final int CLEANUP = 4;

    /** What happens to the list of a night. */
    private enum Sight {
        WHOLE,
        CUT,
        INCOMPLETE,
        FAILED
    }

    /**
     * A night.
     *
     * @param kept of 100, how much of a cut list is left
     * @param born, dead numbers of VMs that come, or go for good, before it
     * @param jobsRun whether the Director runs jobs after it
     * @param failing the VM whose job fails although it is there, or -1
     * @param approves whether the operator approves what is held and truly gone
     * @param replays which of the digests seen so far is tried once more, or -1
     */
    private record Night(
            Sight sight,
            int kept,
            Set<Integer> born,
            Set<Integer> dead,
            boolean jobsRun,
            int failing,
            boolean approves,
            int replays) {}

    @Property(tries = 600, afterFailure = AfterFailureMode.SAMPLE_FIRST)
    void noVmThatIsBackedUpIsLostAndNoneThatIsGoneStays(@ForAll("nights") List<Night> nights) {
        World world = new World();
        nights.forEach(world::night);
        for (int i = 0; i < GRACE + CLEANUP + 8; i++) {
            world.night(new Night(Sight.WHOLE, 100, Set.of(), Set.of(), true, -1, true, -1));
        }
        assertThat(world.store.vms())
                .as("every VM that is gone is purged in time, and every other one is protected")
                .extracting(ManagedVm::uuid)
                .containsExactlyInAnyOrderElementsOf(
                        world.alive.stream().map(ShortListsProps::uuid).toList());
        assertThat(world.store.vms()).allMatch(ManagedVm::enabled);
        for (Outcome outcome : List.of(Outcome.HELD, Outcome.DISABLED, Outcome.PURGED, Outcome.RESTORED)) {
            Statistics.label(outcome.word()).collect(world.seen.contains(outcome));
        }
        Statistics.label("witness")
                .collect(world.witnessed)
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
        Statistics.label("held")
                .collect(world.seen.contains(Outcome.HELD))
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 10));
        Statistics.label("approved")
                .collect(world.approved)
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 5));
    }

    private static UUID uuid(int vm) {
        return new UUID(3, vm);
    }

    private static final class World {
        private final InMemoryInventory inventory = new InMemoryInventory();
        private final InMemoryCatalog catalog = new InMemoryCatalog();
        private final InMemoryStore store = new InMemoryStore();
        private final InMemoryDirector director = new InMemoryDirector(store::jobNames)
                .fileSets(store::fileSetNames)
                .clients(Set.of(SITE.client()))
                .writesTo(catalog);
        private final ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));
        private final List<Integer> alive = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));
        private final Set<Integer> ever = new HashSet<>(alive);
        /** By job, when its last good backup began. */
        private final Map<String, Instant> backedUp = new HashMap<>();

        /** The members of each digest that was shown. */
        private final Map<String, Set<UUID>> digests = new LinkedHashMap<>();

        private final Set<String> used = new HashSet<>();
        private final Set<Outcome> seen = new HashSet<>();
        private boolean witnessed;
        private boolean approved;

        private SyncEngine engine() {
            return SyncEngine.builder()
                    .inventory(inventory)
                    .catalog(catalog)
                    .store(store)
                    .director(director)
                    .clock(clock)
                    .policy(SyncPolicy.builder()
                            .grace(Duration.ofDays(GRACE))
                            .cleanupAfter(Duration.ofDays(CLEANUP))
                            .maxDisableMin(2)
                            .maxDisablePercent(0)
                            .build())
                    .reloadAfterSync(true)
                    .build();
        }

        private void night(Night night) {
            night.born().stream().filter(ever::add).forEach(alive::add);
            // One VM stays, or no list would have any.
            alive.removeIf(vm -> vm != 0 && night.dead().contains(vm));
            inventory.answer(SITE, list(night));
            replay(night.replays());
            SyncReport report = run(Set.of());
            if (night.approves()) {
                approve(report);
            }
            if (night.jobsRun()) {
                runJobs(night);
            }
            clock.advance(Duration.ofDays(1));
        }

        private Discovery list(Night night) {
            List<LiveVm> vms = new ArrayList<>();
            alive.forEach(vm -> vms.add(LiveVm.of("vm" + vm, uuid(vm))));
            int left = Math.max(1, vms.size() * night.kept() / 100);
            return switch (night.sight()) {
                case WHOLE -> Discovery.complete(vms);
                case CUT -> Discovery.complete(vms.subList(0, left));
                case INCOMPLETE -> Discovery.incomplete(vms.subList(0, left), List.of(), "seen to be cut");
                case FAILED -> Discovery.failed("down");
            };
        }

        private SyncReport run(Set<String> approvals) {
            Map<UUID, ManagedVm> before =
                    store.vms().stream().collect(Collectors.toMap(ManagedVm::uuid, Function.identity()));
            SyncReport report = engine().run(List.of(SITE), approvals, done -> {});
            InstanceReport instance = report.instances().get(0);
            witnessed |= instance.error() != null && instance.error().contains("were backed up after");
            Set<UUID> held = new HashSet<>();
            for (VmPlan vm : instance.vms()) {
                seen.add(vm.outcome());
                UUID uuid = Objects.requireNonNull(vm.uuid());
                ManagedVm was = before.get(uuid);
                if (vm.outcome() == Outcome.DISABLED || vm.outcome() == Outcome.PURGED) {
                    assertNoBackupSince(was);
                }
                if (vm.outcome() == Outcome.HELD) {
                    held.add(uuid);
                    assertThat(report.hasProblem()).isTrue();
                }
            }
            if (instance.digest() != null) {
                digests.put(instance.digest(), held);
            }
            return report;
        }

        private void assertNoBackupSince(ManagedVm was) {
            Stamp since = was.missingSince() == null ? was.disabledAt() : was.missingSince();
            Instant backup = backedUp.get(was.job());
            assertThat(backup == null || !backup.isAfter(Objects.requireNonNull(since.at())))
                    .as("%s was backed up at %s, after %s", was.slug(), backup, since.at())
                    .isTrue();
        }

        /** Only what is truly gone. */
        private void approve(SyncReport report) {
            String digest = report.instances().get(0).digest();
            if (digest == null || !isTrulyGone(digests.get(digest))) {
                return;
            }
            Set<UUID> members = digests.get(digest);
            SyncReport done = run(Set.of(digest));
            used.add(digest);
            approved = true;
            assertThat(done.instances().get(0).vms())
                    .filteredOn(vm -> members.contains(vm.uuid()))
                    .extracting(VmPlan::outcome)
                    .allMatch(outcome -> outcome == Outcome.DISABLED || outcome == Outcome.PURGED);
        }

        private boolean isTrulyGone(Set<UUID> members) {
            return alive.stream().map(ShortListsProps::uuid).noneMatch(members::contains);
        }

        /** A digest from the operator's old mail: refused, or good for just its members. */
        private void replay(int which) {
            List<String> all = List.copyOf(digests.keySet());
            if (which < 0 || which >= all.size()) {
                return;
            }
            String digest = all.get(which);
            if (used.contains(digest)) {
                assertThatThrownBy(() -> run(Set.of(digest))).isInstanceOf(ApprovalRefused.class);
                return;
            }
            Set<UUID> members = digests.get(digest);
            if (!isTrulyGone(members)) {
                return;
            }
            Set<UUID> enabled = enabled();
            try {
                run(Set.of(digest));
            } catch (ApprovalRefused e) {
                return;
            }
            enabled.removeAll(enabled());
            if (enabled.stream().anyMatch(members::contains)) {
                used.add(digest);
            }
            assertThat(enabled.stream().filter(vm -> !members.contains(vm)))
                    .as("no more than the limit beside what is approved")
                    .hasSizeLessThanOrEqualTo(2);
        }

        private Set<UUID> enabled() {
            return store.vms().stream()
                    .filter(ManagedVm::enabled)
                    .map(ManagedVm::uuid)
                    .collect(Collectors.toCollection(HashSet::new));
        }

        private void runJobs(Night night) {
            Instant begun = clock.instant().plus(Duration.ofHours(3));
            Set<UUID> there = alive.stream().map(ShortListsProps::uuid).collect(Collectors.toSet());
            for (ManagedVm vm : store.vms()) {
                if (!vm.enabled()) {
                    continue;
                }
                boolean good = there.contains(vm.uuid()) && !vm.uuid().equals(uuid(night.failing()));
                catalog.ran(
                        SITE.client(),
                        vm.job(),
                        begun,
                        good ? BackupRun.Result.GOOD : BackupRun.Result.FAILED,
                        good ? vm.uuid() : null);
                if (good) {
                    backedUp.put(vm.job(), begun);
                }
            }
        }
    }

    @Provide
    Arbitrary<List<Night>> nights() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(4, Sight.WHOLE),
                                Tuple.of(4, Sight.CUT),
                                Tuple.of(1, Sight.INCOMPLETE),
                                Tuple.of(1, Sight.FAILED)),
                        Arbitraries.integers().between(0, 99),
                        few(),
                        few(),
                        Arbitraries.of(true, true, true, false),
                        Arbitraries.integers().between(-10, VMS - 1),
                        Arbitraries.of(true, false, false),
                        Arbitraries.integers().between(-3, 4))
                .as(Night::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(25);
    }

    private static Arbitrary<Set<Integer>> few() {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Set.of())),
                Tuple.of(
                        1,
                        Arbitraries.integers()
                                .between(0, VMS - 1)
                                .set()
                                .ofMinSize(1)
                                .ofMaxSize(4)));
    }
}
