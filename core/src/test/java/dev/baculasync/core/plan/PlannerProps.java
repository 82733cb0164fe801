package dev.baculasync.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.testkit.Fleets;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

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
        for (ManagedVm vm : site.store.vms()) {
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
        for (VmEdit edit : plan.edits()) {
            assertThat(failed).isFalse();
            ManagedVm was = edit.before();
            ManagedVm after = edit.after();
            assertThat(after).isNotNull();
            if (was != null && after != null) {
                assertThat(after.enabled() || !was.enabled()).isTrue();
                assertThat(after.status() == JobStatus.ACTIVE || was.status() == JobStatus.DISABLED)
                        .isTrue();
                assertThat(after.uuid()).isEqualTo(was.uuid());
            }
        }
    }

    @Property(tries = 2000)
    void nothingLeavesDisabledButAVmThatIsBack(@ForAll("sites") Site site) {
        Map<String, ManagedVm> before = byPart(site);
        Set<UUID> live = site.live.stream().map(LiveVm::uuid).collect(Collectors.toSet());
        site.run();
        byPart(site).forEach((part, after) -> {
            ManagedVm vm = before.get(part);
            if (vm != null
                    && LifecycleState.of(vm) == LifecycleState.DISABLED
                    && LifecycleState.of(after) != LifecycleState.DISABLED) {
                assertThat(live).contains(after.uuid());
            }
        });
    }

    /** What keeps a VM from being protected is about that VM, and never about its site. */
    @Property(tries = 2000)
    void everyVmThatMayBeProtectedIsProtected(@ForAll("sites") Site site) {
        Map<UUID, Outcome> outcomes = new HashMap<>();
        site.plan().vms().forEach(plan -> outcomes.put(plan.uuid(), plan.outcome()));
        site.run();
        for (LiveVm vm : site.live) {
            boolean clean = site.live.stream()
                                    .filter(other -> other.uuid().equals(vm.uuid()))
                                    .count()
                            == 1
                    && site.doubtful.stream().noneMatch(other -> other.uuids().contains(vm.uuid()));
            if (!clean || vm.optedOut()) {
                continue;
            }
            List<ManagedVm> stored = site.store.vms().stream()
                    .filter(file -> file.uuid().equals(vm.uuid()))
                    .toList();
            if (stored.isEmpty()) {
                assertThat(outcomes.get(vm.uuid()))
                        .isNotNull()
                        .isIn(
                                isLost(site, vm) ? Outcome.FILE_MISSING : null,
                                mayBeDamaged(site, vm) ? Outcome.QUARANTINED : null);
            }
            for (ManagedVm file : stored) {
                String fileSet = Site.INSTANCE.fileSetPrefix() + file.slug();
                boolean taken = site.store.vms().stream()
                        .anyMatch(other -> other.fileSet() != null
                                && fileSet.equals(other.fileSet().name()));
                assertThat((file.fileSet() != null) || taken).isTrue();
            }
        }
    }

    @Property(tries = 2000)
    void noLiveVmWhoseJobBacksUpOthersIsPassedOver(@ForAll("sites") Site site) {
        Set<UUID> live = site.live.stream()
                .filter(vm -> !vm.optedOut())
                .map(LiveVm::uuid)
                .collect(Collectors.toSet());
        InstancePlan plan = site.run();
        boolean passedOver = site.store.vms().stream()
                .anyMatch(vm -> live.contains(vm.uuid()) && vm.enabled() && vm.backsUpOthersOnly());
        boolean needsAPerson = !plan.alarms().isEmpty()
                || plan.vms().stream().anyMatch(vm -> vm.outcome().isProblem());
        assertThat(!passedOver || needsAPerson).isTrue();
    }

    @Property(tries = 2000)
    void noVmGetsANameThatRunsBearWhichAreNotItsOwn(@ForAll("sites") Site site) {
        Set<String> kept = new HashSet<>(site.copiesOnly);
        Map<UUID, Outcome> with = new HashMap<>();
        for (VmPlan plan : site.plan().vms()) {
            if (plan.edit() != null && plan.edit().creates()) {
                assertThat(kept).doesNotContain(plan.job());
            }
            with.put(plan.uuid(), plan.outcome());
        }
        site.copiesOnly.clear();
        Map<UUID, Outcome> without = new HashMap<>();
        site.plan().vms().forEach(plan -> without.put(plan.uuid(), plan.outcome()));
        assertThat(with).as("they keep nobody from being protected").isEqualTo(without);
    }

    /** Whether the catalog knows a job by one of the two names that would be this VM's. */
    private static boolean isLost(Site site, LiveVm vm) {
        return partsOf(vm).anyMatch(part -> site.catalog.contains(Site.INSTANCE.jobPrefix() + part));
    }

    /** Whether a file that cannot be read stands where this VM's would. */
    private static boolean mayBeDamaged(Site site, LiveVm vm) {
        return partsOf(vm).anyMatch(part -> part.equals(site.damaged));
    }

    private static Stream<String> partsOf(LiveVm vm) {
        String own = new ResourceNames(Site.INSTANCE).suffixed(vm.name(), vm.uuid());
        return Stream.of(vm.name(), own);
    }

    /** Two resources of one name are an error of the Director's whole configuration. */
    @Property(tries = 3000)
    void noResourceIsEverDoubled(@ForAll("sites") Site site) {
        Set<String> before = byPart(site).keySet();
        site.run();
        List<ManagedVm> vms = site.store.vms();
        assertThat(vms).extracting(ManagedVm::job).doesNotHaveDuplicates();
        assertThat(vms)
                .extracting(ManagedVm::fileSet)
                .filteredOn(Objects::nonNull)
                .doesNotHaveDuplicates();
        Set<String> others = new HashSet<>(site.elsewhere);
        others.addAll(site.director.orElseThrow().jobs());
        others.addAll(site.director.orElseThrow().fileSets());
        for (ManagedVm vm : vms) {
            if (!before.contains(vm.slug())) {
                assertThat(others).doesNotContainAnyElementsOf(vm.resourceNames());
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
        return Arbitraries.frequencyOf(
                Tuple.of(4, Fleets.fleets(12).filter(fleet -> !fleet.isEmpty())), Tuple.of(1, Fleets.conspiracies()));
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
        Arbitrary<List<String>> taken =
                Arbitraries.of("web", "db", "a_b", "web-1").list().ofMaxSize(2);
        Arbitrary<Surroundings> surroundings = Combinators.combine(
                        catalogs,
                        catalogs,
                        Arbitraries.of("web", "db", "my_web-00000000").injectNull(0.5),
                        taken,
                        taken,
                        taken,
                        Arbitraries.of(Hand.class).list().ofSize(8))
                .as(Surroundings::new);
        return Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Fleets.fleets(8)),
                                Tuple.of(1, Fleets.conspiracies().map(vms -> vms.subList(0, Math.min(8, vms.size()))))),
                        Arbitraries.of(LifecycleState.ACTIVE, LifecycleState.MISSING, LifecycleState.DISABLED)
                                .list()
                                .ofSize(8),
                        Arbitraries.integers().between(0, 40).list().ofSize(8),
                        Arbitraries.frequencyOf(Tuple.of(4, lists), Tuple.of(1, Fleets.conspiracies())),
                        doubtful.list().ofMaxSize(2),
                        surroundings)
                .as(PlannerProps::site);
    }

    /** What an operator's hand has done to a VM's files. */
    private enum Hand {
        OFF,
        JOB_CALLED_DB,
        FILE_SET_CALLED_WEB,
        FILE_SET_REWRITTEN,
        FILE_SET_OF_ANOTHER,
        FILE_SET_GONE
    }

    /**
     * What else there is.
     *
     * @param copies names of which the catalog has copies, be it besides own runs
     * @param damaged a directory whose job file cannot be read, or null
     * @param jobs, fileSets what the Director has besides, without the prefix
     * @param elsewhere what other instances have
     * @param hands what was done to each VM's files
     */
    private record Surroundings(
            Set<String> catalog,
            Set<String> copies,
            @Nullable String damaged,
            List<String> jobs,
            List<String> fileSets,
            List<String> elsewhere,
            List<Hand> hands) {}

    private static Site site(
            List<LiveVm> past,
            List<LifecycleState> states,
            List<Integer> days,
            List<LiveVm> live,
            List<DoubtfulVm> doubtful,
            Surroundings around) {
        Site site = new Site();
        past.forEach(vm -> site.live(vm.withOptedOut(false)));
        if (!past.isEmpty()) {
            site.run();
        }
        List<ManagedVm> written = site.store.vms();
        for (int i = 0; i < written.size(); i++) {
            ManagedVm vm = written.get(i);
            ManagedVm aged =
                    Site.stored(vm.slug(), vm.displayName(), vm.uuid(), states.get(i), Duration.ofDays(days.get(i)));
            ManagedVm edited = edited(aged, around.hands().get(i));
            boolean doubled = site.store.vms().stream()
                    .filter(other -> !other.slug().equals(vm.slug()))
                    .anyMatch(other ->
                            other.job().equals(edited.job()) || Objects.equals(fileSet(other), fileSet(edited)));
            site.stored(doubled ? aged : edited);
        }
        if (around.damaged() != null) {
            site.store.remove(Site.INSTANCE, around.damaged());
            site.problem(new StoreProblem(StoreProblem.Kind.UNREADABLE, around.damaged(), null, "damaged"));
        }
        site.live.clear();
        site.live.addAll(live);
        site.doubtful.addAll(doubtful);
        site.catalog.addAll(around.catalog());
        around.copies().stream().filter(job -> !site.catalog.contains(job)).forEach(site.copiesOnly::add);
        around.elsewhere().forEach(part -> site.elsewhere.add(Site.INSTANCE.jobPrefix() + part));
        site.director = Optional.of(Site.loaded(
                around.jobs().stream()
                        .map(part -> Site.INSTANCE.jobPrefix() + part)
                        .collect(Collectors.toSet()),
                around.fileSets().stream()
                        .map(part -> Site.INSTANCE.fileSetPrefix() + part)
                        .collect(Collectors.toSet())));
        return site;
    }

    private static ManagedVm edited(ManagedVm vm, Hand hand) {
        String job = hand == Hand.JOB_CALLED_DB ? Site.INSTANCE.jobPrefix() + "db" : vm.job();
        ManagedVm.Builder edited = vm.toBuilder().job(job);
        ManagedVm.Builder byHand = switch (hand) {
            case FILE_SET_GONE -> edited.fileSet(null);
            case FILE_SET_CALLED_WEB -> edited.fileSetName(Site.INSTANCE.fileSetPrefix() + "web");
            case FILE_SET_REWRITTEN -> edited.backsUp(Set.of());
            case FILE_SET_OF_ANOTHER -> edited.backsUp(Set.of(new UUID(7, 7)));
            default -> edited;
        };
        return byHand.build();
    }

    private static @Nullable String fileSet(ManagedVm vm) {
        return vm.fileSet() == null ? null : vm.fileSet().name();
    }

    private static Map<String, ManagedVm> byPart(Site site) {
        Map<String, ManagedVm> map = new HashMap<>();
        site.store.vms().forEach(vm -> map.put(vm.slug(), vm));
        return map;
    }
}
