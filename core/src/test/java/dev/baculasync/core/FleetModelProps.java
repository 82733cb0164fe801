package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoredVm;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The whole life of a fleet, day by day, against a small model that knows nothing of planner or engine: it counts, for
 * each VM, the days on which it was provably absent. Lists fail and come back short, edits fail, VMs opt out.
 */
class FleetModelProps {
    private static final OpenStackInstance SITE = Fleets.instance(1);
    private static final int GRACE_DAYS = 3;
    private static final LiveVm KEEPER = LiveVm.of("keeper", new UUID(9, 9));

    /** How the discovery of a day went. */
    private enum Sight {
        CLEAR,
        SHORT,
        NONE
    }

    /**
     * One day.
     *
     * @param live which of the VMs 0 to 5 are there
     * @param failing the VM whose edits fail on this day, or -1
     */
    record Day(Set<Integer> live, Sight sight, int failing, Set<Integer> optedOut) {}

    /** What the model knows of one VM. */
    private static final class Model {
        private LifecycleState state = LifecycleState.NEW;
        private int daysAbsent;
    }

    @Property(tries = 1000)
    void theFleetIsAsTheModelSays(@ForAll("histories") List<Day> history) {
        InMemoryInventory inventory = new InMemoryInventory();
        InMemoryStore store = new InMemoryStore();
        ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));
        SyncEngine engine = SyncEngine.builder()
                .inventory(inventory)
                .catalog(new InMemoryCatalog())
                .store(store)
                .director(new InMemoryDirector(store::jobNames).clients(Set.of(SITE.client())))
                .clock(clock)
                .policy(SyncPolicy.builder()
                        .grace(Duration.ofDays(GRACE_DAYS))
                        .maxDisableMin(100)
                        .build())
                .build();
        Map<Integer, Model> models = new HashMap<>();
        boolean wasBlind = false;
        for (Day day : history) {
            inventory.answer(SITE, list(day));
            store.failOn(edit -> edit.vmPart().equals("vm" + day.failing()));
            Map<String, Outcome> outcomes = engine.run(List.of(SITE)).instances().get(0).vms().stream()
                    .collect(Collectors.toMap(VmPlan::vm, VmPlan::outcome));
            for (int vm = 0; vm < 6; vm++) {
                Model model = models.computeIfAbsent(vm, n -> new Model());
                boolean failed = outcomes.get("vm" + vm) == Outcome.FAILED;
                assertThat(failed).as("only edits that were made to fail do").isIn(false, vm == day.failing());
                live(model, vm, day, wasBlind, failed);
            }
            wasBlind = day.sight() != Sight.CLEAR;
            assertThat(states(store)).isEqualTo(states(models));
            clock.advance(Duration.ofDays(1));
        }
    }

    /** The rules of the seed, in the words of the model. */
    private static void live(Model model, int vm, Day day, boolean wasBlind, boolean failed) {
        if (model.state == LifecycleState.MISSING && !wasBlind) {
            model.daysAbsent++;
        }
        if (day.sight() == Sight.NONE || failed) {
            return;
        }
        boolean there = day.live().contains(vm);
        if (there) {
            if (!day.optedOut().contains(vm)) {
                model.state = LifecycleState.ACTIVE;
            }
        } else if (day.sight() == Sight.CLEAR) {
            if (model.state == LifecycleState.ACTIVE) {
                model.state = LifecycleState.MISSING;
                model.daysAbsent = 0;
            } else if (model.state == LifecycleState.MISSING && model.daysAbsent > GRACE_DAYS) {
                model.state = LifecycleState.DISABLED;
            }
        }
    }

    private static Discovery list(Day day) {
        List<LiveVm> vms = new ArrayList<>();
        vms.add(KEEPER);
        for (int vm : day.live()) {
            vms.add(LiveVm.of("vm" + vm, new UUID(1, vm))
                    .withOptedOut(day.optedOut().contains(vm)));
        }
        return switch (day.sight()) {
            case CLEAR -> Discovery.complete(vms);
            case SHORT -> Discovery.incomplete(vms, List.of(), "short");
            case NONE -> Discovery.failed("down");
        };
    }

    private static Map<String, LifecycleState> states(InMemoryStore store) {
        return store.vms().stream()
                .filter(vm -> !vm.displayName().equals("keeper"))
                .peek(vm -> assertThat(vm.enabled()).isEqualTo(LifecycleState.of(vm) != LifecycleState.DISABLED))
                .collect(Collectors.toMap(StoredVm::displayName, LifecycleState::of));
    }

    private static Map<String, LifecycleState> states(Map<Integer, Model> models) {
        Map<String, LifecycleState> states = new HashMap<>();
        models.forEach((vm, model) -> {
            if (model.state != LifecycleState.NEW) {
                states.put("vm" + vm, model.state);
            }
        });
        return states;
    }

    @Provide
    Arbitrary<List<Day>> histories() {
        Arbitrary<Set<Integer>> some =
                Arbitraries.integers().between(0, 5).set().ofMaxSize(6).map(TreeSet::new);
        Arbitrary<Set<Integer>> few =
                Arbitraries.integers().between(0, 5).set().ofMaxSize(1).map(TreeSet::new);
        Arbitrary<Sight> sights =
                Arbitraries.of(Sight.CLEAR, Sight.CLEAR, Sight.CLEAR, Sight.CLEAR, Sight.SHORT, Sight.NONE);
        Arbitrary<Integer> failing = Arbitraries.integers().between(-6, 5).map(n -> Math.max(n, -1));
        return Combinators.combine(some, sights, failing, few)
                .as(Day::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(40);
    }
}
