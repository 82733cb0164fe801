package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.FleetModel.Day;
import dev.baculasync.core.FleetModel.Death;
import dev.baculasync.core.FleetModel.Held;
import dev.baculasync.core.FleetModel.Sight;
import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
import org.jspecify.annotations.Nullable;

/**
 * The whole life of a fleet, day by day, against the {@link FleetModel}: VMs come, go, come back, opt out, are renamed, bear
 * the same names and hostile ones, and take one another's place; records are broken, lists fail and come back short, edits and
 * reloads fail, the catalog is down, and runs die.
 */
class FleetModelProps {
    private static final OpenStackInstance SITE = Fleets.instance(1);
    private static final int GRACE_DAYS = 3;
    private static final LiveVm KEEPER = LiveVm.of("the keeper", new UUID(9, 9));

    /** As much of a name as is kept. */
    private static final int KEPT = 1024;

    @Property(tries = 1000, afterFailure = AfterFailureMode.SAMPLE_FIRST)
    void theFleetIsAsTheModelSays(@ForAll("names") List<String> names, @ForAll("histories") List<Day> history) {
        Life life = new Life(names);
        history.forEach(life::day);
        life.day(quiet());
        assertThat(life.director.jobNames()).isEqualTo(life.store.jobNames());
        assertThat(life.director.resources().fileSets()).isEqualTo(life.store.fileSetNames());
        Set<Outcome> seen = life.seen;
        for (Outcome outcome : List.of(Outcome.REPLACED, Outcome.RENAMED, Outcome.RESTORED, Outcome.QUARANTINED)) {
            Statistics.label(outcome.word())
                    .collect(seen.contains(outcome))
                    .coverage(coverage -> coverage.check(true).percentage(share -> share > 2));
        }
    }

    /** A day on which nothing goes wrong. */
    private static Day quiet() {
        return new Day(List.of(0, 1, 2, 3, 0, 1), Sight.CLEAR, Set.of(), Set.of(), Set.of(), -1, false, Death.NONE);
    }

    /** The real thing and the model, side by side. */
    private static final class Life {
        private final InMemoryInventory inventory = new InMemoryInventory();
        private final InMemoryStore store = new InMemoryStore();
        /** What backups say against lists has properties of its own. */
        private final InMemoryCatalog catalog = new InMemoryCatalog().withoutHistory();

        private final InMemoryDirector director = new InMemoryDirector(store::jobNames)
                .fileSets(store::fileSetNames)
                .clients(Set.of(SITE.client()));
        private final ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));
        private final List<String> names;
        private final FleetModel model;
        private final Set<String> ran = new HashSet<>();
        private final Set<Outcome> seen = new HashSet<>();

        /** As the last run left them that was not undone. */
        private Map<Integer, String> jobs = Map.of();

        private Map<String, UUID> owners = Map.of();

        private Life(List<String> names) {
            this.names = names;
            this.model = new FleetModel(names, GRACE_DAYS);
        }

        private void day(Day day) {
            inventory.answer(SITE, list(day));
            catalog.failWith(
                    day.sight() == Sight.CATALOG_DOWN
                            ? new ProviderException(ProviderException.Code.UNREACHABLE, "down")
                            : null);
            director.reloadsEnd(day.reloadFails() ? ReloadResult.Kind.UNCONFIRMED : ReloadResult.Kind.DONE);
            store.failOn(edit -> uuid(day.failing())
                    .equals(edit.before() == null ? edit.after().uuid() : owners.get(edit.slug())));
            model.age();
            SyncReport report = run(day.death());
            if (report == null && day.death() == Death.BEFORE_IT_SETTLED) {
                director.reloadsEnd(ReloadResult.Kind.DONE).reload();
                model.undone(day);
            } else {
                model.run(day, inherited(day));
                assertThat(states()).isEqualTo(modelled());
                assertNamesAndJobs();
                jobs = jobs();
                owners = store.vms().stream().collect(Collectors.toMap(ManagedVm::slug, ManagedVm::uuid));
                director.jobNames().stream().filter(ran::add).forEach(job -> catalog.ran(SITE.client(), job));
            }
            if (report != null) {
                assertOneOutcomeEach(day, report);
            }
            clock.advance(Duration.ofDays(1));
        }

        /** The report, or null when the run died. */
        private @Nullable SyncReport run(Death death) {
            SyncListener dying = new SyncListener() {
                @Override
                public void instanceFinished(InstanceReport report) {
                    dieIf(death == Death.BEFORE_IT_SETTLED);
                }

                @Override
                public void reloading() {
                    dieIf(death == Death.BEFORE_THE_RELOAD);
                }
            };
            try {
                return SyncEngine.builder()
                        .inventory(inventory)
                        .catalog(catalog)
                        .store(store)
                        .director(director)
                        .clock(clock)
                        .listener(dying)
                        .policy(SyncPolicy.builder()
                                .grace(Duration.ofDays(GRACE_DAYS))
                                .maxDisableMin(100)
                                .build())
                        .reloadAfterSync(true)
                        .build()
                        .run(List.of(SITE));
            } catch (PowerCut e) {
                return null;
            }
        }

        private static void dieIf(boolean now) {
            if (now) {
                throw new PowerCut();
            }
        }

        /** Which of the VMs that are gone each heir has taken the job of: one of its name, unless just that one failed. */
        private Map<Integer, Integer> inherited(Day day) {
            Map<Integer, String> jobsNow = jobs();
            Map<Integer, Integer> inherited = new HashMap<>();
            if (day.isBlind()) {
                return inherited;
            }
            model.heirs(day).forEach((name, heirs) -> {
                List<Integer> gone = model.gone(day, name);
                List<String> jobsOfGone = gone.stream().map(jobs::get).toList();
                for (int heir : heirs) {
                    String job = jobsNow.get(heir);
                    if (job == null) {
                        assertThat(gone)
                                .as("%s took no job, so that edit failed", heir)
                                .contains(day.failing());
                    } else {
                        assertThat(jobsOfGone).contains(job);
                        inherited.put(heir, gone.get(jobsOfGone.indexOf(job)));
                    }
                }
            });
            return inherited;
        }

        private void assertNamesAndJobs() {
            jobs().forEach((vm, job) -> {
                if (jobs.containsKey(vm)) {
                    assertThat(job)
                            .as("a job keeps its name and so its history")
                            .isEqualTo(jobs.get(vm));
                }
            });
            assertThat(store.vms()).extracting(ManagedVm::job).doesNotHaveDuplicates();
            assertThat(store.vms()).extracting(ManagedVm::fileSet).doesNotHaveDuplicates();
            byNumber().forEach((vm, file) -> {
                Held held = Objects.requireNonNull(model.held().get(vm));
                assertThat(file.displayName()).isEqualTo(held.name);
            });
        }

        private void assertOneOutcomeEach(Day day, SyncReport report) {
            List<VmPlan> plans = report.instances().get(0).vms();
            plans.forEach(plan -> seen.add(plan.outcome()));
            assertThat(plans)
                    .filteredOn(plan -> plan.uuid() != null)
                    .extracting(VmPlan::uuid)
                    .doesNotHaveDuplicates();
            Set<UUID> told = plans.stream().map(VmPlan::uuid).collect(Collectors.toSet());
            for (int vm = 0; vm < FleetModel.VMS; vm++) {
                if (day.isLive(vm) && !isUnseen(day)) {
                    assertThat(told).contains(uuid(vm));
                }
            }
            assertThat(plans)
                    .extracting(VmPlan::job)
                    .filteredOn(Objects::nonNull)
                    .containsAll(jobs().values())
                    .doesNotHaveDuplicates();
            assertThat(plans)
                    .filteredOn(plan -> plan.outcome() == Outcome.FAILED)
                    .hasSizeLessThanOrEqualTo(day.failing() >= 0 ? 1 : 0);
            assertThat(plans).extracting(VmPlan::outcome).doesNotContain(Outcome.FILE_MISSING);
        }

        private static boolean isUnseen(Day day) {
            return day.sight() == Sight.NONE || day.sight() == Sight.CATALOG_DOWN;
        }

        private Discovery list(Day day) {
            List<LiveVm> vms = new ArrayList<>();
            List<DoubtfulVm> doubtful = new ArrayList<>();
            vms.add(KEEPER);
            for (int vm = 0; vm < FleetModel.VMS; vm++) {
                if (day.isLive(vm)) {
                    String name = model.name(day, vm);
                    vms.add(LiveVm.of(name, uuid(vm))
                            .withOptedOut(day.optedOut().contains(vm)));
                    if (day.doubtful().contains(vm)) {
                        doubtful.add(new DoubtfulVm("twice", name, Set.of(uuid(vm))));
                    }
                }
            }
            day.anonymous().forEach(index -> doubtful.add(new DoubtfulVm("no uuid", names.get(index), Set.of())));
            return switch (day.sight()) {
                case CLEAR, CATALOG_DOWN -> Discovery.complete(vms, doubtful);
                case SHORT -> Discovery.incomplete(vms, doubtful, "short");
                case NONE -> Discovery.failed("down");
            };
        }

        private Map<Integer, ManagedVm> byNumber() {
            return store.vms().stream()
                    .filter(vm -> !vm.uuid().equals(KEEPER.uuid()))
                    .collect(Collectors.toMap(vm -> (int) vm.uuid().getLeastSignificantBits(), Function.identity()));
        }

        private Map<Integer, String> jobs() {
            return byNumber().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().job()));
        }

        private Map<Integer, LifecycleState> states() {
            Map<Integer, LifecycleState> states = new HashMap<>();
            byNumber().forEach((number, vm) -> {
                LifecycleState state = LifecycleState.of(vm);
                assertThat(vm.enabled()).isEqualTo(state != LifecycleState.DISABLED);
                states.put(number, state);
            });
            return states;
        }

        private Map<Integer, LifecycleState> modelled() {
            Map<Integer, LifecycleState> states = new HashMap<>();
            model.held().forEach((vm, held) -> states.put(vm, held.state));
            return states;
        }
    }

    private static UUID uuid(int vm) {
        return new UUID(1, vm);
    }

    /** An error, not an exception: nothing that a run catches. */
    private static final class PowerCut extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Four names; twice the same one now and then. What stands where a name is not known is another matter. */
    @Provide
    Arbitrary<List<String>> names() {
        return Fleets.names()
                .map(name -> name.length() > KEPT ? name.substring(0, KEPT) : name)
                .filter(name -> LiveVm.of(name, KEEPER.uuid()).isNamed())
                .list()
                .ofSize(4);
    }

    @Provide
    Arbitrary<List<Day>> histories() {
        // Most VMs keep the name they have; 4 stands for that.
        Arbitrary<Integer> name = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.just(4)),
                Tuple.of(4, Arbitraries.just(-1)),
                Tuple.of(1, Arbitraries.integers().between(0, 3)));
        Arbitrary<List<Integer>> live = name.list().ofSize(FleetModel.VMS).map(list -> {
            List<Integer> names = new ArrayList<>();
            for (int vm = 0; vm < list.size(); vm++) {
                names.add(list.get(vm) == 4 ? vm % 4 : list.get(vm));
            }
            return names;
        });
        Arbitrary<Integer> failing =
                Arbitraries.integers().between(-6, FleetModel.VMS - 1).map(n -> Math.max(n, -1));
        return Combinators.combine(
                        live,
                        Arbitraries.frequency(
                                Tuple.of(7, Sight.CLEAR),
                                Tuple.of(1, Sight.SHORT),
                                Tuple.of(1, Sight.NONE),
                                Tuple.of(1, Sight.CATALOG_DOWN)),
                        few(FleetModel.VMS),
                        few(FleetModel.VMS),
                        few(4),
                        failing,
                        Arbitraries.of(true, false, false, false),
                        Arbitraries.frequency(
                                Tuple.of(8, Death.NONE),
                                Tuple.of(1, Death.BEFORE_IT_SETTLED),
                                Tuple.of(1, Death.BEFORE_THE_RELOAD)))
                .as(Day::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(30);
    }

    /** Mostly none. */
    private static Arbitrary<Set<Integer>> few(int below) {
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(Set.of())),
                Tuple.of(
                        1,
                        Arbitraries.integers()
                                .between(0, below - 1)
                                .set()
                                .ofMinSize(1)
                                .ofMaxSize(2)
                                .map(TreeSet::new)));
    }
}
