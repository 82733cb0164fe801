package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.VmKey;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import dev.baculasync.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What operators do to a tree between two runs, and what a site has grown to be before the first. */
class GrownSiteTest {
    private static final OpenStackInstance ONE = Fleets.instance(1);
    private static final OpenStackInstance TWO = Fleets.instance(2);

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final InMemoryStore store = new InMemoryStore();
    private final InMemoryDirector director =
            new InMemoryDirector(this::jobs).fileSets(store::fileSetNames).clients(Set.of(ONE.client(), TWO.client()));
    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-21T22:00:00Z"));
    private SyncPolicy policy = SyncPolicy.builder().build();

    private Set<String> handWritten = Set.of();

    private Set<String> jobs() {
        return Stream.concat(store.jobNames().stream(), handWritten.stream()).collect(Collectors.toSet());
    }

    private SyncReport run(OpenStackInstance... instances) {
        return run(Set.of(), instances);
    }

    private SyncReport run(Set<String> approvals, OpenStackInstance... instances) {
        return SyncEngine.builder()
                .inventory(inventory)
                .catalog(catalog)
                .store(store)
                .director(director)
                .clock(clock)
                .policy(policy)
                .reloadAfterSync(true)
                .build()
                .run(List.of(instances), approvals, report -> {});
    }

    private static LiveVm vm(int number) {
        return LiveVm.of("vm" + number, new UUID(1, number));
    }

    private static LiveVm[] vms(int count) {
        return IntStream.range(0, count).mapToObj(GrownSiteTest::vm).toArray(LiveVm[]::new);
    }

    private void change(OpenStackInstance instance, String slug, Consumer<ManagedVm.Builder> change) {
        for (ManagedVm vm : store.vms()) {
            if (vm.key().openstack().equals(instance.openstack()) && vm.slug().equals(slug)) {
                ManagedVm.Builder changed = vm.toBuilder();
                change.accept(changed);
                store.put(changed.build());
            }
        }
    }

    private ManagedVm stored(String slug) {
        return store.vms().stream()
                .filter(vm -> vm.slug().equals(slug))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Outcome> outcomes(SyncReport report) {
        return report.instances().get(0).vms().stream().collect(Collectors.toMap(VmPlan::vm, VmPlan::outcome));
    }

    private static VmPlan plan(SyncReport report, String vm) {
        return report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .filter(plan -> plan.vm().equals(vm))
                .findFirst()
                .orElseThrow();
    }

    private static VmKey place(ManagedVm vm) {
        return new VmKey(vm.key().datacenter(), vm.key().openstack(), vm.slug());
    }

    @Test
    void aDirectoryThatIsNotThereAnyMoreChangesNothing() {
        inventory.set(ONE, vms(30));
        run(ONE);
        List<ManagedVm> before = store.vms();
        Set<VmKey> listed = store.listed();
        before.forEach(vm -> catalog.ran(ONE.client(), vm.job()));
        before.forEach(vm -> store.remove(ONE, vm.slug()));
        int reloads = director.reloads();

        SyncReport report = run(ONE);
        assertThat(report.hasProblem()).isTrue();
        assertThat(report.listProblems().get(0)).contains("do not reload or restart the Director", "30 VM(s)");
        assertThat(report.listProblems().get(1)).contains("no file is left in " + ONE, "--approve " + report.digest());
        assertThat(director.reloads()).isEqualTo(reloads);
        assertThat(store.listed()).isEqualTo(listed);
        assertThat(store.vms()).as("nothing is made in its place").isEmpty();

        before.forEach(store::put);
        assertThat(run(ONE).hasProblem()).as("mounted again").isFalse();
        assertThat(store.listed()).isEqualTo(listed);
    }

    @Test
    void whatTheListMayLoseIsApprovedOnceAndIsTheNextBaseline() {
        inventory.set(ONE, vms(30));
        run(ONE);
        inventory.set(ONE, vms(1));
        List<ManagedVm> gone =
                store.vms().stream().filter(vm -> !vm.slug().equals("vm0")).toList();
        gone.forEach(vm -> store.remove(ONE, vm.slug()));
        SyncReport refused = run(ONE);
        assertThat(refused.listProblems()).last().asString().contains("29 of 30");
        assertThat(store.listed()).hasSize(30);

        SyncReport approved = run(Set.of(String.valueOf(refused.digest())), ONE);
        assertThat(approved.listProblems()).isEmpty();
        assertThat(store.listed()).hasSize(1);
        assertThat(run(ONE).listProblems()).isEmpty();
    }

    @Test
    void aFewDirectoriesThatWereRemovedLeaveTheListWithinTheLimit() {
        inventory.set(ONE, vms(30));
        run(ONE);
        inventory.set(ONE, vms(25));
        IntStream.range(25, 30).forEach(number -> store.remove(ONE, "vm" + number));
        SyncReport report = run(ONE);
        assertThat(report.listProblems()).isEmpty();
        assertThat(store.listed()).hasSize(25);
    }

    @Test
    void aCopiedDirectoryCostsNobodyHisProtection() {
        inventory.set(ONE, vms(2));
        run(ONE);
        ManagedVm copy = copyOf(stored("vm0"), "vm0.bak");
        store.put(copy);
        inventory.set(ONE, vms(3));
        SyncReport report = run(ONE);
        assertThat(store.listed())
                .contains(place(stored("vm0")), place(stored("vm2")))
                .doesNotContain(place(copy));
        assertThat(outcomes(report))
                .containsEntry("vm0", Outcome.UNCHANGED)
                .containsEntry("vm2", Outcome.CREATED)
                .containsEntry("vm0.bak", Outcome.QUARANTINED);
        assertThat(plan(report, "vm0.bak").reason()).contains("vm0 does", "move it out of the tree");
        assertThat(report.hasProblem()).isTrue();
    }

    private static ManagedVm copyOf(ManagedVm vm, String slug) {
        ManagedVm at = Fleets.vm(
                        new OpenStackInstance(
                                vm.key().datacenter(), vm.key().openstack(), vm.client(), "p", "backup-x-", null),
                        slug,
                        vm.uuid())
                .job(vm.job())
                .fileSet(vm.fileSet())
                .build();
        return at;
    }

    @Test
    void aProxyThatWasReplacedIsToldWithTheCountAndChangedWhenThatIsWanted() {
        inventory.set(ONE, vms(4));
        run(ONE);
        OpenStackInstance moved = new OpenStackInstance(
                ONE.datacenter(), ONE.openstack(), ONE.client(), "proxy-2", ONE.jobPrefix(), ONE.jobDefs());
        inventory.set(moved, vms(4));
        SyncReport report = run(moved);
        assertThat(report.instances().get(0).notes())
                .anySatisfy(note -> assertThat(note)
                        .startsWith("4 job(s): proxy_server is " + ONE.proxyServer())
                        .contains("proxy-2", "POLICY_DRIFT=update", "Full"));
        assertThat(plan(report, "vm0").warnings()).anyMatch(warning -> warning.contains("proxy-2"));
        assertThat(plan(report, "vm0").outcome()).isEqualTo(Outcome.UNCHANGED);

        policy = SyncPolicy.builder().policyDrift(SyncPolicy.PolicyDrift.UPDATE).build();
        assertThat(outcomes(run(moved)).values()).containsOnly(Outcome.REPAIRED);
        assertThat(store.vms()).extracting(ManagedVm::proxyServer).containsOnly("proxy-2");
        assertThat(outcomes(run(moved)).values()).containsOnly(Outcome.UNCHANGED);
    }

    @Test
    void onlyAsManyJobsAsTheSafetyLimitAllowsAreUpdatedInOneRun() {
        inventory.set(ONE, vms(60));
        run(ONE);
        OpenStackInstance moved = new OpenStackInstance(
                ONE.datacenter(), ONE.openstack(), ONE.client(), "proxy-2", ONE.jobPrefix(), ONE.jobDefs());
        inventory.set(moved, vms(60));
        policy = SyncPolicy.builder().policyDrift(SyncPolicy.PolicyDrift.UPDATE).build();
        List<Long> updated = new ArrayList<>();
        for (int night = 0; night < 4; night++) {
            run(moved);
            updated.add(store.vms().stream()
                    .filter(vm -> "proxy-2".equals(vm.proxyServer()))
                    .count());
        }
        assertThat(updated).containsExactly(18L, 36L, 54L, 60L);
    }

    @Test
    void aProxyThatAnOperatorChoseForOneVmStays() {
        inventory.set(ONE, vms(4));
        run(ONE);
        change(ONE, "vm1", vm -> vm.proxyServer("special"));
        policy = SyncPolicy.builder().policyDrift(SyncPolicy.PolicyDrift.UPDATE).build();
        SyncReport report = run(ONE);
        assertThat(stored("vm1").proxyServer()).isEqualTo("special");
        assertThat(report.instances().get(0).notes()).anyMatch(note -> note.contains("seems to have chosen"));
    }

    @Test
    void aClientThatWasReplacedIsDriftForVmsThatAreThereAndNoProofForOthers() {
        inventory.set(ONE, vms(3));
        run(ONE);
        OpenStackInstance moved = new OpenStackInstance(
                ONE.datacenter(), ONE.openstack(), TWO.client(), ONE.proxyServer(), ONE.jobPrefix(), ONE.jobDefs());
        inventory.set(moved, vms(2));
        policy = SyncPolicy.builder().policyDrift(SyncPolicy.PolicyDrift.UPDATE).build();
        SyncReport report = run(moved);
        assertThat(outcomes(report))
                .isEqualTo(Map.of("vm0", Outcome.REPAIRED, "vm1", Outcome.REPAIRED, "vm2", Outcome.QUARANTINED));
        assertThat(stored("vm0").client()).isEqualTo(TWO.client());
        assertThat(stored("vm2").missingSince()).as("does not age").isNull();
        assertThat(stored("vm2").client()).isEqualTo(ONE.client());
    }

    @Test
    void aTreeWithoutALineIsToldInEveryRunAndStaysListed() {
        inventory.set(ONE, vms(3));
        run(ONE);
        OpenStackInstance renamed = new OpenStackInstance(
                "vienna", ONE.openstack(), ONE.client(), ONE.proxyServer(), ONE.jobPrefix(), ONE.jobDefs());
        inventory.set(renamed, vms(3));
        for (int night = 0; night < 2; night++) {
            SyncReport report = run(renamed);
            assertThat(report.notes())
                    .anyMatch(note -> note.contains("no line of clients.conf is about " + ONE)
                            && note.contains("3 job(s) of ours, 3 of them enabled"))
                    .anyMatch(note -> note.contains("3 VM(s) have jobs in two places"));
            assertThat(plan(report, "vm1").warnings()).anyMatch(warning -> warning.contains("two places"));
        }
        assertThat(store.listed()).hasSize(6);
    }

    @Test
    void oneUuidInTwoInstancesIsToldInBothInTheFirstRunAlready() {
        inventory.set(ONE, vm(1));
        inventory.set(TWO, vm(1));
        SyncReport report = run(ONE, TWO);
        assertThat(report.instances())
                .allSatisfy(instance -> assertThat(instance.vms())
                        .singleElement()
                        .satisfies(plan -> assertThat(plan.warnings())
                                .anyMatch(warning -> warning.contains("jobs in two places"))));
    }

    @Test
    void anOperatorsNoOutlivesTheAbsenceOfItsVm() {
        inventory.set(ONE, vms(12));
        run(ONE);
        change(ONE, "vm3", vm -> vm.enabled(false));
        assertThat(plan(run(ONE), "vm3").reason()).contains("Enabled = no, which is left as it is");
        inventory.set(
                ONE,
                IntStream.range(0, 12)
                        .filter(number -> number != 3 && number != 4)
                        .mapToObj(GrownSiteTest::vm)
                        .toArray(LiveVm[]::new));
        for (int night = 0; night < 16; night++) {
            run(ONE);
            clock.advance(Duration.ofDays(1));
        }
        assertThat(stored("vm3").disabledByOperator()).isTrue();
        assertThat(stored("vm4").disabledByOperator()).isFalse();
        assertThat(store.vms().stream().filter(ManagedVm::enabled)).hasSize(10);

        inventory.set(ONE, vms(12));
        SyncReport back = run(ONE);
        assertThat(outcomes(back)).containsEntry("vm3", Outcome.RESTORED).containsEntry("vm4", Outcome.RESTORED);
        assertThat(plan(back, "vm3").reason()).contains("an operator had disabled it before");
        assertThat(stored("vm3").enabled()).isFalse();
        assertThat(stored("vm4").enabled()).isTrue();

        change(ONE, "vm3", vm -> vm.enabled(true));
        run(ONE);
        assertThat(stored("vm3").disabledByOperator())
                .as("the operator has changed his mind")
                .isFalse();
    }

    @Test
    void whatTheDirectorsConsoleHasDisabledIsTold() {
        inventory.set(ONE, vms(2));
        run(ONE);
        director.disabledJobs(Set.of(stored("vm0").job()));
        SyncReport report = run(ONE);
        assertThat(plan(report, "vm0").warnings()).anyMatch(warning -> warning.contains("a console has disabled it"));
        assertThat(plan(report, "vm1").warnings()).isEmpty();
        assertThat(report.hasProblem()).isFalse();
    }

    @Test
    void whatGoesOnThoughTheRunHasDisabledItIsToldAtOnce() {
        for (boolean goesOn : new boolean[] {true, false}) {
            inventory.set(ONE, vms(3));
            run(ONE);
            inventory.set(ONE, vm(0), vm(2));
            run(ONE);
            clock.advance(Duration.ofDays(15));
            director.disabledJobs(goesOn ? Set.of() : Set.of(stored("vm1").job()));
            SyncReport report = run(ONE);
            assertThat(outcomes(report)).containsEntry("vm1", Outcome.DISABLED);
            assertThat(plan(report, "vm1").warnings())
                    .hasSize(goesOn ? 1 : 0)
                    .allMatch(warning -> warning.contains("a console has enabled it in the Director, so it runs"));
        }
    }

    @Test
    void aHandWrittenJobForALiveVmIsTold() {
        handWritten = Set.of("nightly-x");
        director.reload();
        director.vmsOfJobs(Map.of("nightly-x", Set.of(vm(1).uuid())));
        inventory.set(ONE, vms(2));
        for (int night = 0; night < 2; night++) {
            SyncReport report = run(ONE);
            assertThat(plan(report, "vm1").warnings()).anyMatch(warning -> warning.contains("nightly-x"));
            assertThat(plan(report, "vm0").warnings()).isEmpty();
        }
    }

    /** A Director that loads it by the find line of the tool before, or by lines of its own, backs the VM up twice. */
    @Test
    void aHandWrittenJobInsideTheTreeIsTold() {
        store.put(
                ONE,
                new StoreProblem(StoreProblem.Kind.FOREIGN, "manual", null, "manual/job has no #@ headers"),
                Set.of(
                        new BaculaResource(BaculaResource.JOB, "nightly-x"),
                        new BaculaResource(BaculaResource.FILE_SET, "nightly-x-set")));
        handWritten = Set.of("nightly-x");
        director.reload();
        director.vmsOfJobs(Map.of("nightly-x", Set.of(vm(1).uuid())));
        inventory.set(ONE, vms(2));
        for (int night = 0; night < 2; night++) {
            SyncReport report = run(ONE);
            assertThat(plan(report, "vm1").warnings())
                    .singleElement()
                    .asString()
                    .contains("nightly-x in " + ONE + "/manual", "backs up this VM as well");
            assertThat(plan(report, "vm0").warnings()).isEmpty();
        }
    }

    /** The job of a tree without a line of clients.conf is told as such, and not as one that nobody manages. */
    @Test
    void aManagedJobOfAnotherTreeIsNoHandWrittenOne() {
        inventory.set(ONE, vms(1));
        run(ONE);
        director.vmsOfJobs(Map.of(stored("vm0").job(), Set.of(vm(0).uuid())));
        inventory.set(TWO, vms(1));
        assertThat(plan(run(TWO), "vm0").warnings()).singleElement().asString().contains("two places");
        assertThat(plan(run(TWO), "vm0").warnings()).singleElement().asString().contains("two places");
    }

    @Test
    void filesThatAreOnTheListAndCannotBeTrustedStayOnIt() {
        inventory.set(ONE, vms(3));
        run(ONE);
        ManagedVm broken = stored("vm0");
        store.remove(ONE, "vm0");
        store.put(ONE, new StoreProblem(StoreProblem.Kind.UNREADABLE, "vm0", broken.uuid(), "a test broke it"));
        SyncReport report = run(ONE);
        assertThat(outcomes(report)).containsEntry("vm0", Outcome.QUARANTINED);
        assertThat(store.listed()).hasSize(3);
    }

    @Test
    void aRefusedListNeverLosesMoreJobsThanTheLimit() {
        inventory.set(ONE, vms(30));
        run(ONE);
        for (ManagedVm vm : store.vms()) {
            store.remove(ONE, vm.slug());
            store.put(movedTo("aside", vm));
        }
        director.checksEnd(() -> new ConfigCheck(
                store.listed().stream()
                                .anyMatch(vm -> vm.slug().equals("vm3")
                                        && vm.openstack().equals("aside"))
                        ? ConfigCheck.Kind.REFUSED
                        : ConfigCheck.Kind.ACCEPTED,
                "something is wrong"));
        inventory.set(TWO, vm(99));
        int reloads = director.reloads();
        SyncReport report = run(ONE, TWO);
        assertThat(report.hasProblem()).isTrue();
        assertThat(store.listed().size()).isGreaterThanOrEqualTo(29);
        assertThat(director.reloads()).isLessThanOrEqualTo(reloads + 1);
        assertThat(director.jobNames().size()).isGreaterThanOrEqualTo(29);
    }

    private static ManagedVm movedTo(String openstack, ManagedVm vm) {
        OpenStackInstance there =
                new OpenStackInstance(vm.key().datacenter(), openstack, vm.client(), "p", "backup-x-", null);
        return Fleets.vm(there, vm.slug(), vm.uuid())
                .job(vm.job())
                .fileSet(vm.fileSet())
                .build();
    }

    /** BASE_DIR was not mounted, somebody let its jobs go, and now it is back as it was. */
    @Test
    void aDirectorThatLacksWhatIsListedIsNoSuccess() {
        inventory.set(ONE, vms(3));
        run(ONE);
        Set<VmKey> listed = store.listed();
        store.list(Set.of());
        director.reload();
        store.list(listed);
        SyncReport report = run(ONE);
        assertThat(report.hasProblem()).isTrue();
        assertThat(report.configurationProblem()).contains("lacks 3 of the jobs that its list names", "reload");
    }

    @Test
    void anInstanceWhoseFilesWereMovedAwayIsLeftAlone() {
        inventory.set(ONE, vms(3));
        run(ONE);
        OpenStackInstance aside =
                new OpenStackInstance(ONE.datacenter(), "aside", ONE.client(), "p", "backup-x-", null);
        for (ManagedVm vm : store.vms()) {
            store.remove(ONE, vm.slug());
            // Their headers say where they belong.
            store.put(
                    aside,
                    new StoreProblem(StoreProblem.Kind.UNREADABLE, vm.slug(), vm.uuid(), "it belongs elsewhere"),
                    Set.of(
                            new BaculaResource(BaculaResource.JOB, vm.job()),
                            new BaculaResource(
                                    BaculaResource.FILE_SET, vm.fileSet().name())));
        }
        SyncReport report = run(ONE);
        assertThat(report.listProblems()).as("nothing is lost").isEmpty();
        for (int night = 0; night < 2; night++) {
            assertThat(report.hasProblem()).isTrue();
            assertThat(report.instances().get(0).error()).contains("no file of it is left in its place");
            assertThat(report.notes()).anyMatch(note -> note.contains("aside, which holds 3 job(s) of ours"));
            assertThat(store.vms()).as("nothing is made in their place").isEmpty();
            assertThat(store.listed()).hasSize(3).allMatch(vm -> vm.openstack().equals("aside"));
            report = run(ONE);
        }
    }

    @Test
    void aJobThatLeavesTheListIsToldAlsoWhenItsInstanceIsNotHandled() {
        inventory.set(ONE, vms(30));
        inventory.set(TWO, vm(99));
        run(ONE, TWO);
        IntStream.range(21, 30).forEach(number -> store.remove(ONE, "vm" + number));
        SyncReport report = run(TWO);
        assertThat(report.hasProblem()).isTrue();
        assertThat(report.listProblems()).singleElement().asString().contains("9 job(s) leave", ONE + "/vm21");
    }

    /** Its directory was renamed, or the VM. */
    @Test
    void whoseListedFilesHaveLostTheirHeadersIsKnownByWhatTheirFileSetNames() {
        inventory.set(ONE, vms(3));
        run(ONE);
        ManagedVm vm = stored("vm0");
        store.remove(ONE, "vm0");
        store.list(Set.of(
                place(stored("vm1")),
                place(stored("vm2")),
                new VmKey(vm.key().datacenter(), vm.key().openstack(), "old")));
        store.put(
                ONE,
                new StoreProblem(StoreProblem.Kind.FOREIGN, "old", null, "a test took its headers away"),
                Set.of(
                        new BaculaResource(BaculaResource.JOB, ONE.jobPrefix() + "old"),
                        new BaculaResource(BaculaResource.FILE_SET, ONE.fileSetPrefix() + "old")),
                Set.of(vm.uuid()));
        SyncReport report = run(ONE);
        assertThat(outcomes(report).values()).doesNotContain(Outcome.CREATED).contains(Outcome.QUARANTINED);
        assertThat(store.vms()).hasSize(2);
    }

    /** Their names begin as ours would, and they are in bacula-dir.conf. */
    @Test
    void jobsOfAnOperatorsOwnDoNotHoldTheFirstRunUp() {
        handWritten = Set.of(ONE.jobPrefix() + "erp", ONE.jobPrefix() + "mail");
        director.reload();
        director.vmsOfJobs(Map.of(
                ONE.jobPrefix() + "erp", Set.of(new UUID(9, 1)), ONE.jobPrefix() + "mail", Set.of(new UUID(9, 2))));
        inventory.set(ONE, vms(3));
        SyncReport report = run(ONE);
        assertThat(report.hasProblem()).isFalse();
        assertThat(outcomes(report).values()).containsOnly(Outcome.CREATED);
        assertThat(report.notes()).noneMatch(note -> note.contains("leave the Director's list"));
    }

    /** A Director that is started once the operator has mended his error would refuse a list that names them. */
    @Test
    void aListThatNamesFilesThatAreGoneIsNotRestoredAfterARefusedCheck() {
        inventory.set(ONE, vms(30));
        run(ONE);
        int reloads = director.reloads();
        store.remove(ONE, "vm5");
        inventory.set(
                ONE,
                IntStream.range(0, 30)
                        .filter(number -> number != 5)
                        .mapToObj(GrownSiteTest::vm)
                        .toArray(LiveVm[]::new));
        director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.REFUSED, "an error in bacula-dir.conf"));
        SyncReport report = run(ONE);
        assertThat(report.hasProblem()).isTrue();
        assertThat(store.listed()).hasSize(29);
        assertThat(director.reloads()).isEqualTo(reloads);
    }

    @Test
    void filesThatAreListedAndHaveLostTheirHeadersGetNoSecondJob() {
        inventory.set(ONE, vms(3));
        run(ONE);
        catalog.ran(ONE.client(), stored("vm0").job());
        store.remove(ONE, "vm0");
        store.put(ONE, new StoreProblem(StoreProblem.Kind.FOREIGN, "vm0", null, "a test took its headers away"));
        SyncReport report = run(ONE);
        assertThat(report.hasProblem()).isTrue();
        assertThat(outcomes(report)).containsEntry("vm0", Outcome.QUARANTINED).hasSize(3);
        assertThat(plan(report, "vm0").reason()).contains("their #@ headers are gone", "goes on to name them");
        assertThat(store.listed()).hasSize(3);
    }
}
