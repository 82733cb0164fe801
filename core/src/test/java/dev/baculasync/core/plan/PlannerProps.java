package dev.baculasync.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoredVm;
import dev.baculasync.testkit.Fleets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PlannerProps {
    private static final Set<Outcome> AGING = EnumSet.of(Outcome.GRACE_STARTED, Outcome.DISABLED, Outcome.HELD);

    @Property(tries = 2000)
    void everyVmHasExactlyOneOutcome(@ForAll("sites") Site site) {
        List<VmPlan> plans = site.plan().vms();
        Set<UUID> mentioned = new HashSet<>();
        site.live.forEach(vm -> mentioned.add(vm.uuid()));
        site.doubtful.forEach(vm -> mentioned.addAll(vm.uuids()));
        Map<UUID, Long> counts = plans.stream()
                .filter(plan -> plan.uuid() != null)
                .collect(Collectors.groupingBy(VmPlan::uuid, Collectors.counting()));
        assertThat(counts.keySet()).containsAll(mentioned);
        for (StoredVm vm : site.store.vms()) {
            assertThat(plans).filteredOn(plan -> vm.job().equals(plan.job())).hasSize(1);
        }
        assertThat(plans)
                .filteredOn(plan -> plan.job() != null)
                .extracting(VmPlan::job)
                .doesNotHaveDuplicates();
        assertThat(counts.values()).allMatch(count -> count == 1);
    }

    @Property(tries = 2000)
    void aPlanThatWasCarriedOutLeavesNothingToDo(@ForAll("sites") Site site) {
        site.run();
        assertThat(site.plan().edits()).isEmpty();
    }

    @Property(tries = 1000)
    void theOrderOfTheInputDoesNotMatter(@ForAll("sites") Site site, @ForAll Random random) {
        InstancePlan plan = site.plan();
        Collections.shuffle(site.live, random);
        Collections.shuffle(site.doubtful, random);
        assertThat(site.plan()).isEqualTo(plan);
    }

    @Property(tries = 2000)
    void aListThatIsNotCompleteNeverAgesAVm(@ForAll("sites") Site site, @ForAll boolean failed) {
        site.incomplete = "short";
        site.failed = failed;
        site.now = Site.NOW.plus(Duration.ofDays(4000));
        InstancePlan plan = site.plan();
        assertThat(plan.vms()).extracting(VmPlan::outcome).doesNotContainAnyElementsOf(AGING);
        for (ConfigEdit edit : plan.edits()) {
            assertThat(failed).isFalse();
            if (edit instanceof ConfigEdit.Change change) {
                assertThat(change.enabled()).isNotEqualTo(false);
                assertThat(change.status()).isNotEqualTo(JobStatus.DISABLED);
                assertThat(change.uuid()).isNull();
            }
        }
    }

    @Property(tries = 2000)
    void nothingLeavesDisabledButAVmThatIsBack(@ForAll("sites") Site site) {
        Map<String, StoredVm> before = byPart(site);
        Set<UUID> live = site.live.stream().map(LiveVm::uuid).collect(Collectors.toSet());
        site.run();
        byPart(site).forEach((part, after) -> {
            StoredVm vm = before.get(part);
            if (vm != null
                    && LifecycleState.of(vm) == LifecycleState.DISABLED
                    && LifecycleState.of(after) != LifecycleState.DISABLED) {
                assertThat(live).contains(after.uuid());
            }
        });
    }

    @Property(tries = 2000)
    void everyVmThatMayBeProtectedIsProtected(@ForAll("sites") Site site) {
        site.run();
        for (LiveVm vm : site.live) {
            boolean clean = site.live.stream()
                                    .filter(other -> other.uuid().equals(vm.uuid()))
                                    .count()
                            == 1
                    && site.doubtful.stream().noneMatch(other -> other.uuids().contains(vm.uuid()));
            boolean known = site.catalog.stream().anyMatch(job -> job.startsWith(Site.INSTANCE.jobPrefix()));
            if (clean && !vm.optedOut() && !known && !site.damaged) {
                assertThat(site.store.vms())
                        .filteredOn(stored -> stored.uuid().equals(vm.uuid()))
                        .isNotEmpty()
                        .allSatisfy(
                                stored -> assertThat(stored.fileSetPresent()).isTrue());
            }
        }
    }

    @Property(tries = 2000)
    void whatIsPresentIsNeverAged(@ForAll("sites") Site site) {
        site.now = Site.NOW.plus(Duration.ofDays(4000));
        Set<UUID> present = new HashSet<>();
        site.live.forEach(vm -> present.add(vm.uuid()));
        site.doubtful.forEach(vm -> present.addAll(vm.uuids()));
        for (VmPlan plan : site.plan().vms()) {
            if (AGING.contains(plan.outcome())) {
                assertThat(present).doesNotContain(plan.uuid());
            }
        }
    }

    @Property(tries = 5000)
    void everyNameIsLegalAndSafe(@ForAll("names") String name, @ForAll("uuids") UUID uuid) {
        ResourceNames names = new ResourceNames(Site.INSTANCE);
        String part = names.fits(name) ? name : names.suffixed(name, uuid);
        assertThat(BaculaName.isLegal(names.job(part))).isTrue();
        assertThat(BaculaName.isLegal(names.fileSet(part))).isTrue();
        assertThat(part)
                .doesNotContain(" ", "/")
                .doesNotStartWith(".")
                .doesNotStartWith("-")
                .isNotEmpty();
        assertThat(names.suffixed(name, uuid)).isEqualTo(names.suffixed(name, uuid));
    }

    @Property(tries = 2000)
    void twoVmsNeverShareAName(@ForAll("fleets") List<LiveVm> fleet) {
        Site site = new Site();
        fleet.forEach(vm -> site.live(vm.withOptedOut(false)));
        assertThat(site.plan().vms())
                .hasSize(fleet.size())
                .extracting(VmPlan::job)
                .doesNotHaveDuplicates();
    }

    @Provide
    Arbitrary<String> names() {
        return Fleets.names();
    }

    @Provide
    Arbitrary<UUID> uuids() {
        return Fleets.uuids();
    }

    @Provide
    Arbitrary<List<LiveVm>> fleets() {
        return Fleets.fleets(12).filter(fleet -> !fleet.isEmpty());
    }

    /** Sites with a history: what an earlier run wrote for other VMs, in all states, and a list of any kind. */
    @Provide
    Arbitrary<Site> sites() {
        Arbitrary<DoubtfulVm> doubtful = Combinators.combine(
                        Fleets.names().injectNull(0.5), Fleets.uuids().set().ofMaxSize(2))
                .as((name, uuids) -> new DoubtfulVm("told so", name, uuids));
        Arbitrary<List<LiveVm>> lists = Fleets.vms().list().ofMinSize(1).ofMaxSize(8);
        Arbitrary<Set<String>> catalogs = Arbitraries.of("web", "db", "web-1", "cache_2")
                .map(name -> Site.INSTANCE.jobPrefix() + name)
                .set()
                .ofMaxSize(2)
                .injectNull(0.7)
                .map(set -> set == null ? Set.of() : set);
        return Combinators.combine(
                        Fleets.fleets(8),
                        Arbitraries.of(LifecycleState.ACTIVE, LifecycleState.MISSING, LifecycleState.DISABLED)
                                .list()
                                .ofSize(8),
                        Arbitraries.integers().between(0, 40).list().ofSize(8),
                        lists,
                        doubtful.list().ofMaxSize(2),
                        catalogs,
                        Arbitraries.of("web", "db", "my_web-00000000").list().ofMaxSize(1))
                .as(PlannerProps::site);
    }

    private static Site site(
            List<LiveVm> past,
            List<LifecycleState> states,
            List<Integer> days,
            List<LiveVm> live,
            List<DoubtfulVm> doubtful,
            Set<String> catalog,
            List<String> damaged) {
        Site site = new Site();
        past.forEach(vm -> site.live(vm.withOptedOut(false)));
        if (!past.isEmpty()) {
            site.run();
        }
        List<StoredVm> written = new ArrayList<>(site.store.vms());
        for (int i = 0; i < written.size(); i++) {
            StoredVm vm = written.get(i);
            site.stored(
                    Site.stored(vm.vmPart(), vm.displayName(), vm.uuid(), states.get(i), Duration.ofDays(days.get(i))));
        }
        if (!damaged.isEmpty()) {
            String part = damaged.get(0);
            site.store.remove(Site.INSTANCE, part);
            site.problem(new StoreProblem(StoreProblem.Kind.UNREADABLE, part, null, "damaged"));
        }
        site.live.clear();
        site.live.addAll(live);
        site.doubtful.addAll(doubtful);
        site.catalog.addAll(catalog);
        return site;
    }

    private static Map<String, StoredVm> byPart(Site site) {
        Map<String, StoredVm> map = new HashMap<>();
        site.store.vms().forEach(vm -> map.put(vm.vmPart(), vm));
        return map;
    }
}
