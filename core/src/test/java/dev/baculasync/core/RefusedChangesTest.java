package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import dev.baculasync.testkit.ManualClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Of what a run changes, exactly that is put back which the check refuses, whatever it says about it. */
class RefusedChangesTest {
    private static final OpenStackInstance ONE = Fleets.instance(1);
    private static final OpenStackInstance TWO = Fleets.instance(2);
    private static final ConfigCheck ACCEPTED = new ConfigCheck(ConfigCheck.Kind.ACCEPTED, "");

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final InMemoryStore store = new InMemoryStore();
    private final InMemoryDirector director = new InMemoryDirector(store::jobNames)
            .fileSets(store::fileSetNames)
            .clients(Set.of(ONE.client(), TWO.client()))
            .writesTo(catalog);
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));
    private int checks;

    /** What the check says of the first of the VMs that it refuses. */
    private enum Words {
        /** As {@code bacula-dir -t} does. */
        FILE(vm -> "Config error: line 9 of file /base/dc/os/" + vm + "/job"),
        NOTHING(vm -> "something is wrong"),
        /** It is always the same one that is named, at fault or not. */
        ANOTHER(vm -> "see /base/dc/os/vm000/job");

        private final Function<String, String> of;

        Words(Function<String, String> of) {
            this.of = of;
        }
    }

    private static String name(int number) {
        return "vm%03d".formatted(number);
    }

    private static LiveVm vm(int number) {
        return LiveVm.of(name(number), new UUID(1, number));
    }

    private static LiveVm[] vms(int count) {
        return IntStream.range(0, count).mapToObj(RefusedChangesTest::vm).toArray(LiveVm[]::new);
    }

    /** From now on no configuration is accepted in which these have a job. */
    private void refuse(Collection<String> bad, Words words) {
        director.checksEnd(() -> {
            checks++;
            return protectedVms().stream()
                    .filter(bad::contains)
                    .findFirst()
                    .map(vm -> new ConfigCheck(ConfigCheck.Kind.REFUSED, words.of.apply(vm)))
                    .orElse(ACCEPTED);
        });
    }

    private Set<String> protectedVms() {
        return store.jobNames().stream()
                .map(job -> job.substring(job.indexOf("vm")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private SyncEngine.Builder engine() {
        return SyncEngine.builder()
                .inventory(inventory)
                .catalog(catalog)
                .store(store)
                .director(director)
                .clock(clock)
                .policy(SyncPolicy.builder().cleanupAfter(Duration.ofDays(90)).build())
                .reloadAfterSync(true);
    }

    private SyncReport run() {
        return engine().build().run(List.of(ONE));
    }

    private static Set<String> with(SyncReport report, Outcome outcome) {
        return plans(report).stream()
                .filter(plan -> plan.outcome() == outcome)
                .map(VmPlan::vm)
                .collect(Collectors.toSet());
    }

    private static List<VmPlan> plans(SyncReport report) {
        return report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .toList();
    }

    private static VmPlan plan(SyncReport report, String vm) {
        return plans(report).stream()
                .filter(plan -> plan.vm().equals(vm))
                .findAny()
                .orElseThrow();
    }

    private static Set<String> every(int step, int count) {
        return IntStream.iterate(step - 1, number -> number < count, number -> number + step)
                .mapToObj(RefusedChangesTest::name)
                .collect(Collectors.toSet());
    }

    /** All and only the good ones are protected, and each of the others has its own words. */
    private void assertSorted(SyncReport report, int count, Set<String> bad, Words words) {
        Set<String> good = IntStream.range(0, count)
                .mapToObj(RefusedChangesTest::name)
                .filter(name -> !bad.contains(name))
                .collect(Collectors.toSet());
        assertThat(protectedVms()).isEqualTo(good);
        assertThat(with(report, Outcome.CREATED)).isEqualTo(good);
        assertThat(with(report, Outcome.QUARANTINED)).isEqualTo(bad);
        bad.forEach(vm -> assertThat(plan(report, vm).reason())
                .startsWith("the check of the Director's configuration refused its files")
                .endsWith(words.of.apply(vm)));
        assertThat(director.checkConfiguration()).isEqualTo(ACCEPTED);
        assertThat(report.reload()).isEqualTo(count == 0 ? SyncReport.Reload.NOT_NEEDED : SyncReport.Reload.DONE);
        assertThat(report.hasProblem()).isEqualTo(!bad.isEmpty());
        assertThat(director.jobNames()).isEqualTo(store.jobNames());
    }

    private void assertSorted(int count, Set<String> bad, Words words, int mostChecks) {
        refuse(bad, words);
        inventory.set(ONE, vms(count));
        SyncReport report = run();
        assertThat(checks).isLessThanOrEqualTo(mostChecks);
        assertSorted(report, count, bad, words);
        assertThat(report.notes()).noneMatch(note -> note.contains("not known"));
    }

    @Test
    void oneOfManyThatIsNamedCostsOneCheckMore() {
        assertSorted(300, every(200, 300), Words.FILE, 2);
    }

    @Test
    void oneOfManyThatIsNotNamedIsFoundByHalving() {
        assertSorted(300, every(200, 300), Words.NOTHING, 22);
    }

    @Test
    void twentyOfManyThatAreNamed() {
        assertSorted(300, every(15, 300), Words.FILE, 180);
    }

    @Test
    void twentyOfManyThatAreNotNamed() {
        assertSorted(300, every(15, 300), Words.NOTHING, 250);
    }

    @Test
    void allOfManyThatAreNamed() {
        assertSorted(300, every(1, 300), Words.FILE, 620);
    }

    @Test
    void allOfManyThatAreNotNamed() {
        assertSorted(300, every(1, 300), Words.NOTHING, 620);
    }

    @Test
    void whoIsNamedWithoutBeingAtFaultIsProtectedAllTheSame() {
        assertSorted(300, every(100, 300), Words.ANOTHER, 70);
    }

    @Property(tries = 300)
    void anyOfThem(
            @ForAll @IntRange(min = 1, max = 40) int count,
            @ForAll @Size(max = 30) Set<@IntRange(max = 39) Integer> numbers,
            @ForAll Words words) {
        Set<String> bad = numbers.stream()
                .filter(number -> number < count)
                .map(RefusedChangesTest::name)
                .collect(Collectors.toSet());
        RefusedChangesTest fresh = new RefusedChangesTest();
        fresh.assertSorted(count, bad, words, 12 + 2 * count + 1);
    }

    @Test
    void aFaultThatWasThereBeforePutsEverythingBackAndIsSaidToBeNobodys() {
        inventory.set(ONE, vms(1));
        run();
        for (String words : List.of("line 1 of file /etc/bacula-dir.conf", "Config error: /base/dc/os/vm000/job")) {
            checks = 0;
            director.checksEnd(() -> {
                checks++;
                return new ConfigCheck(ConfigCheck.Kind.REFUSED, words);
            });
            inventory.set(ONE, vms(300));
            SyncReport report = run();
            assertThat(protectedVms()).containsExactly("vm000");
            assertThat(with(report, Outcome.FAILED)).hasSize(299);
            assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
            assertThat(report.reloadDetail())
                    .isEqualTo(
                            "the check of the Director's configuration refuses it even without what this run changed,"
                                    + " all of which was put back; the Director was not told: " + words);
            assertThat(plan(report, "vm007").reason()).contains("put back").endsWith(words);
            assertThat(checks).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void theNumberOfChecksHasABoundAndWhatWasNotTriedIsToldSo() {
        int count = 1200;
        refuse(every(1, count), Words.NOTHING);
        inventory.set(ONE, vms(count));
        SyncReport report = run();
        assertThat(checks).isBetween(RefusedChanges.MOST_CHECKS, RefusedChanges.MOST_CHECKS + 1);
        assertThat(protectedVms()).isEmpty();
        Set<String> untried = with(report, Outcome.FAILED);
        assertThat(untried).hasSizeBetween(100, 1100);
        assertThat(with(report, Outcome.QUARANTINED)).hasSize(count - untried.size());
        assertThat(plan(report, untried.iterator().next()).reason())
                .contains("together with others; it was not tried by itself");
        assertThat(report.notes())
                .anyMatch(note -> note.contains(" of " + untried.size() + " VM(s)") && note.contains("the next run"));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(director.checkConfiguration()).isEqualTo(ACCEPTED);
    }

    /** Two that cannot be told apart by what a check says of both, but either could stay. */
    @Test
    void ofTwoThatDoNotGoTogetherOneStays() {
        director.checksEnd(() -> protectedVms().containsAll(List.of("vm003", "vm017"))
                ? new ConfigCheck(ConfigCheck.Kind.REFUSED, "twice")
                : ACCEPTED);
        inventory.set(ONE, vms(20));
        SyncReport report = run();
        assertThat(with(report, Outcome.QUARANTINED)).containsExactly("vm017");
        assertThat(protectedVms()).hasSize(19);
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
    }

    @Test
    void everyKindOfChangeOfEveryInstanceIsSortedAndEveryOtherIsDone() {
        inventory.set(ONE, vms(6)).set(TWO, LiveVm.of("vm100", new UUID(2, 1)), LiveVm.of("vm101", new UUID(2, 2)));
        engine().build().run(List.of(ONE, TWO));
        inventory.set(ONE, vm(0), vm(1), vm(2), vm(3));
        run();
        clock.advance(Duration.ofDays(15));
        run();
        store.remove(ONE, "vm001");
        inventory
                .set(ONE, LiveVm.of("vm000", new UUID(9, 9)), vm(2), vm(4), vm(6), vm(7))
                .set(TWO, LiveVm.of("vm101", new UUID(2, 2)), LiveVm.of("vm102", new UUID(2, 3)));
        refuse(Set.of("vm007"), Words.NOTHING);
        SyncReport report = engine().build().run(List.of(ONE, TWO));
        assertThat(plan(report, "vm007").outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(plan(report, "vm000").outcome()).isEqualTo(Outcome.REPLACED);
        assertThat(plan(report, "vm004").outcome()).isEqualTo(Outcome.RESTORED);
        assertThat(plan(report, "vm003").outcome()).as("headers alone").isEqualTo(Outcome.GRACE_STARTED);
        assertThat(plan(report, "vm006").outcome()).isEqualTo(Outcome.CREATED);
        assertThat(plan(report, "vm102").outcome()).isEqualTo(Outcome.CREATED);
        assertThat(protectedVms()).contains("vm000", "vm004", "vm006", "vm102").doesNotContain("vm007");
        assertThat(store.vms().stream().filter(vm -> vm.slug().equals("vm003")).toList())
                .singleElement()
                .satisfies(vm -> assertThat(vm.missingSince()).isNotNull());
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        SyncReport next = engine().build().run(List.of(ONE, TWO));
        assertThat(with(next, Outcome.QUARANTINED)).containsExactly("vm007");
        assertThat(with(next, Outcome.CREATED)).isEmpty();
    }

    /** Somebody's own resource needs the job of a VM that was purged. */
    @Test
    void aRemovalThatIsRefusedIsPutBackAndSaysThatTheCatalogHasForgottenIt() {
        inventory.set(ONE, vms(2));
        run();
        inventory.set(ONE, vm(1));
        run();
        clock.advance(Duration.ofDays(15));
        run();
        clock.advance(Duration.ofDays(90));
        director.checksEnd(() -> protectedVms().contains("vm000")
                ? ACCEPTED
                : new ConfigCheck(ConfigCheck.Kind.REFUSED, "what is needed is not there"));
        inventory.set(ONE, vm(1), vm(2), vm(3));
        SyncReport report = run();
        assertThat(with(report, Outcome.CREATED)).containsExactlyInAnyOrder("vm002", "vm003");
        assertThat(plan(report, "vm000").outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(plan(report, "vm000").reason())
                .contains("it has been purged from the catalog")
                .endsWith("what is needed is not there");
        assertThat(protectedVms()).containsExactly("vm000", "vm001", "vm002", "vm003");
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);

        director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.REFUSED, "nobody's"));
        SyncReport all = run();
        assertThat(plan(all, "vm000").outcome()).isEqualTo(Outcome.FAILED);
        assertThat(plan(all, "vm000").reason())
                .contains("it has been purged from the catalog")
                .endsWith("nobody's");
        assertThat(protectedVms()).hasSize(4);

        director.checksEnd(() -> ACCEPTED);
        assertThat(plan(run(), "vm000").outcome()).isEqualTo(Outcome.PURGED);
        assertThat(protectedVms()).hasSize(3);
    }

    @Test
    void whatCannotBeAppliedAgainHasFailedAndCostsNoOther() {
        Set<String> tried = new HashSet<>();
        store.failOn(edit -> edit.creates() && edit.slug().equals("vm005") && !tried.add(edit.slug()));
        refuse(Set.of("vm011"), Words.NOTHING);
        inventory.set(ONE, vms(20));
        SyncReport report = run();
        assertThat(with(report, Outcome.FAILED)).containsExactly("vm005");
        assertThat(plan(report, "vm005").reason()).contains("told to fail");
        assertThat(with(report, Outcome.QUARANTINED)).containsExactly("vm011");
        assertThat(protectedVms()).hasSize(18);
    }

    /** An operator who breaks his configuration meanwhile is told, and what was found sound stays. */
    @Test
    void aFaultThatComesMeanwhileIsTold() {
        director.checksEnd(() -> {
            checks++;
            return checks == 1 || checks > 5 ? new ConfigCheck(ConfigCheck.Kind.REFUSED, "check " + checks) : ACCEPTED;
        });
        inventory.set(ONE, vms(64));
        SyncReport report = run();
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail()).contains("refuses it now").endsWith("check " + checks);
        assertThat(protectedVms()).isEqualTo(with(report, Outcome.CREATED)).isNotEmpty();
        assertThat(report.hasProblem()).isTrue();
        assertThat(director.reloads()).isZero();
    }

    /** An error, not an exception: nothing that a run catches. */
    private static final class PowerCut extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** A session whose process dies before or after one of the calls that change something. */
    private static final class Mortal {
        private static final Set<String> STEPS = Set.of("apply", "publish", "rollback", "commit", "loaded");

        private final int death;
        private int step;

        Mortal(int death) {
            this.death = death;
        }

        boolean died() {
            return step > death;
        }

        StoreSession of(StoreSession session) {
            return (StoreSession) Proxy.newProxyInstance(
                    StoreSession.class.getClassLoader(),
                    new Class<?>[] {StoreSession.class},
                    (proxy, method, arguments) -> call(session, method, arguments));
        }

        private @Nullable Object call(
                StoreSession session, java.lang.reflect.Method method, @Nullable Object[] arguments) throws Throwable {
            boolean counts = STEPS.contains(method.getName());
            if (counts && step++ == death) {
                throw new PowerCut();
            }
            try {
                Object result = method.invoke(session, arguments);
                if (counts && step++ == death) {
                    throw new PowerCut();
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    @Test
    void whereverARunDiesTheNextOneComesToTheSameEnd() {
        List<Integer> deaths = new ArrayList<>();
        for (int death = 0; ; death++) {
            RefusedChangesTest fresh = new RefusedChangesTest();
            Mortal mortal = new Mortal(death);
            fresh.refuse(Set.of("vm002", "vm005", "vm006"), death % 2 == 0 ? Words.NOTHING : Words.ANOTHER);
            fresh.inventory.set(ONE, vms(8));
            try {
                fresh.engine()
                        .store(access -> mortal.of(fresh.store.open(access)))
                        .build()
                        .run(List.of(ONE));
            } catch (PowerCut e) {
                deaths.add(death);
            }
            SyncReport report = fresh.run();
            assertThat(fresh.protectedVms())
                    .as("dead at " + death)
                    .containsExactly("vm000", "vm001", "vm003", "vm004", "vm007");
            assertThat(with(report, Outcome.QUARANTINED)).containsExactlyInAnyOrder("vm002", "vm005", "vm006");
            assertThat(fresh.director.checkConfiguration()).isEqualTo(ACCEPTED);
            assertThat(fresh.director.jobNames()).as("dead at " + death).isEqualTo(fresh.store.jobNames());
            if (!mortal.died()) {
                break;
            }
        }
        assertThat(deaths).hasSizeGreaterThan(40);
    }
}
