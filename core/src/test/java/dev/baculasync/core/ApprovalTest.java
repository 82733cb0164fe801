package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.InstancePlan;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import dev.baculasync.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs that hold what they should not do unasked, the catalog as a witness, and what an operator approves. */
class ApprovalTest {
    private static final OpenStackInstance SITE = Fleets.instance(1);
    private static final LiveVm[] FLEET = IntStream.range(0, 12)
            .mapToObj(i -> LiveVm.of("vm" + i, new UUID(1, i)))
            .toArray(LiveVm[]::new);

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final InMemoryStore store = new InMemoryStore();
    private final InMemoryDirector director =
            new InMemoryDirector(store::jobNames).fileSets(store::fileSetNames).clients(Set.of(SITE.client()));
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));

    private SyncEngine engine() {
        return SyncEngine.builder()
                .inventory(inventory)
                .catalog(catalog)
                .store(store)
                .director(director)
                .clock(clock)
                .policy(SyncPolicy.builder()
                        .maxDisableMin(1)
                        .maxDisablePercent(0)
                        .build())
                .build();
    }

    private SyncReport run(String... approvals) {
        return engine().run(List.of(SITE), Set.of(approvals), report -> {});
    }

    private void days(int days) {
        clock.advance(Duration.ofDays(days));
    }

    private static LiveVm[] first(int count) {
        return Stream.of(FLEET).limit(count).toArray(LiveVm[]::new);
    }

    private void good(int vm, Instant begun) {
        catalog.ran(SITE.client(), SITE.jobPrefix() + "vm" + vm, begun, BackupRun.Result.GOOD, null);
    }

    private static long count(SyncReport report, Outcome outcome) {
        return report.instances().get(0).count(outcome);
    }

    private static String digest(SyncReport report) {
        return Objects.requireNonNull(report.instances().get(0).digest());
    }

    @BeforeEach
    void start() {
        inventory.set(SITE, FLEET);
        run();
    }

    @Test
    void whatIsHeldIsLetThroughByItsDigestOnce() {
        inventory.set(SITE, first(9));
        run();
        days(15);
        SyncReport held = run();
        assertThat(count(held, Outcome.HELD)).isEqualTo(3);
        assertThat(held.instances().get(0).alarms())
                .singleElement()
                .asString()
                .contains("3 of 12", "may disable 1", "--approve " + digest(held));
        assertThat(digest(run())).as("the same is held, so it is the same").isEqualTo(digest(held));

        SyncReport let = run(digest(held));
        assertThat(count(let, Outcome.DISABLED)).isEqualTo(3);
        assertThat(let.hasProblem()).isFalse();
        assertThatThrownBy(() -> run(digest(held)))
                .isInstanceOf(ApprovalRefused.class)
                .hasMessageContaining("used");
    }

    @Test
    void anUnknownDigestStopsTheRunBeforeAnythingIsDone() {
        inventory.set(SITE, first(11));
        assertThatThrownBy(() -> run("0123456789abcdef")).isInstanceOf(ApprovalRefused.class);
        assertThat(store.vms()).allMatch(vm -> LifecycleState.of(vm) == LifecycleState.ACTIVE);
        assertThat(count(run(), Outcome.GRACE_STARTED)).isOne();
    }

    @Test
    void aVmThatWasBackAndGoneAgainIsNotCovered() {
        inventory.set(SITE, first(9));
        run();
        days(15);
        String digest = digest(run());
        inventory.set(
                SITE, Stream.concat(Stream.of(first(9)), Stream.of(FLEET[11])).toArray(LiveVm[]::new));
        run();
        inventory.set(SITE, first(9));
        run();
        days(1);
        SyncReport let = run(digest);
        assertThat(count(let, Outcome.DISABLED)).isEqualTo(2);
        assertThat(count(let, Outcome.IN_GRACE)).isOne();
    }

    @Test
    void anApprovalIsNotUsedUpByARunThatCouldNotActOnIt() {
        inventory.set(SITE, first(9));
        run();
        days(15);
        String digest = digest(run());
        inventory.answer(SITE, Discovery.failed("down"));
        run(digest);
        inventory.set(SITE, first(9));
        assertThat(count(run(digest), Outcome.DISABLED)).isEqualTo(3);
    }

    @Test
    void aDryRunWithAnApprovalShowsWhatItWouldDoAndUsesNothingUp() {
        inventory.set(SITE, first(9));
        run();
        days(15);
        String digest = digest(run());
        SyncReport dry = engine().dryRun(List.of(SITE), Set.of(digest));
        assertThat(count(dry, Outcome.DISABLED)).isEqualTo(3);
        assertThat(store.vms()).allMatch(ManagedVm::enabled);
        assertThat(count(run(digest), Outcome.DISABLED)).isEqualTo(3);
    }

    @Test
    void aListThatWasCutDisablesNobodyWhoIsBackedUp() {
        inventory.set(SITE, first(11));
        run();
        good(11, clock.instant().plus(Duration.ofDays(14)));
        days(15);
        SyncReport report = run();
        assertThat(report.hasProblem()).isTrue();
        assertThat(report.instances().get(0).discovery()).isEqualTo(Discovery.Verdict.INCOMPLETE);
        assertThat(report.instances().get(0).error()).contains("vm11 (JobId");
        assertThat(store.vms()).allMatch(ManagedVm::enabled);
        assertThat(count(report, Outcome.IN_GRACE)).isOne();
    }

    @Test
    void theMissingTailIsHeldUntilItsJobFailsWhileAnotherIsGood() {
        inventory.set(SITE, first(11));
        SyncReport first = run();
        assertThat(store.vms()).filteredOn(ManagedVm::suspect).hasSize(1);
        assertThat(first.hasProblem()).isFalse();
        good(3, clock.instant().plus(Duration.ofDays(1)));
        days(15);
        SyncReport held = run();
        assertThat(count(held, Outcome.HELD)).isOne();
        assertThat(held.hasProblem()).isTrue();
        assertThat(held.instances().get(0).alarms())
                .singleElement()
                .asString()
                .startsWith("held: ")
                .endsWith("sync --approve " + digest(held));
        catalog.ran(SITE.client(), SITE.jobPrefix() + "vm11", clock.instant(), BackupRun.Result.FAILED, null);
        assertThat(count(run(), Outcome.DISABLED)).isOne();
        assertThat(store.vms()).noneMatch(ManagedVm::suspect);
    }

    @Test
    void aTailThatCouldNotBeNotedIsFoundAgain() {
        inventory.set(SITE, first(11));
        store.failOn(edit -> edit.slug().equals("vm11"));
        run();
        store.failOn(edit -> false);
        run();
        assertThat(store.vms())
                .filteredOn(ManagedVm::suspect)
                .extracting(ManagedVm::slug)
                .containsExactly("vm11");
    }

    @Test
    void aListThatEndsWithAPageMakesAllNewAbsencesSuspect() {
        LiveVm[] page = IntStream.range(0, 1000)
                .mapToObj(i -> LiveVm.of("p" + i, new UUID(2, i)))
                .toArray(LiveVm[]::new);
        inventory.set(SITE, Stream.concat(Stream.of(FLEET), Stream.of(page)).toArray(LiveVm[]::new));
        run();
        inventory.set(SITE, page);
        run();
        assertThat(store.vms()).filteredOn(ManagedVm::suspect).hasSize(12);
    }

    @Test
    void aCatalogThatCannotTellOfBackupsAgesNobody() {
        inventory.set(SITE, first(11));
        run();
        days(13);
        catalog.failHistoryWith(new ProviderException(ProviderException.Code.TIMEOUT, "slow"));
        SyncReport report = run();
        assertThat(report.instances().get(0).discovery()).isEqualTo(Discovery.Verdict.INCOMPLETE);
        assertThat(report.instances().get(0).error()).contains("slow");
        assertThat(store.vms()).allMatch(ManagedVm::enabled);
        catalog.failHistoryWith(null);
        days(3);
        assertThat(count(run(), Outcome.IN_GRACE))
                .as("that time does not count")
                .isOne();
    }

    @Test
    void aBackupMadeWhileTheRunGoesOnStopsTheDisable() {
        inventory.set(SITE, first(10));
        run();
        days(15);
        SyncListener backupMeanwhile = new SyncListener() {
            @Override
            public void planned(OpenStackInstance instance, InstancePlan plan) {
                assertThat(plan.vms()).extracting(VmPlan::outcome).contains(Outcome.DISABLED);
                good(11, clock.instant());
            }
        };
        SyncReport report = SyncEngine.builder()
                .inventory(inventory)
                .catalog(catalog)
                .store(store)
                .director(director)
                .clock(clock)
                .listener(backupMeanwhile)
                .build()
                .run(List.of(SITE));
        assertThat(store.vms()).allMatch(ManagedVm::enabled);
        assertThat(report.instances().get(0).discovery()).isEqualTo(Discovery.Verdict.INCOMPLETE);
        assertThat(report.hasProblem()).isTrue();
    }

    @Test
    void anApprovalThatLetsNothingThroughIsTold() {
        inventory.set(SITE, first(9));
        run();
        days(15);
        String digest = digest(run());
        inventory.set(SITE, FLEET);
        assertThat(run(digest).instances().get(0).notes())
                .singleElement()
                .asString()
                .startsWith("approval " + digest + " lets 0 VM(s) through");
    }

    @Test
    void aListIsRememberedOnlyOnceWhatWasMadeOfItIsFinal() {
        inventory.set(SITE, first(11));
        store.failCommitWith(new ProviderException(ProviderException.Code.IO, "disk full"));
        SyncReport report = run();
        assertThat(report.hasProblem()).isTrue();
        assertThat(report.instances().get(0).error()).contains("disk full");
        store.failCommitWith(null);
        run();
        assertThat(store.vms())
                .filteredOn(ManagedVm::suspect)
                .extracting(ManagedVm::slug)
                .containsExactly("vm11");
    }
}
