package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.InstancePlan;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import dev.baculasync.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.mockito.AdditionalAnswers;

class SyncEngineTest {
    private static final OpenStackInstance ONE = Fleets.instance(1);
    private static final OpenStackInstance TWO = Fleets.instance(2);
    private static final LiveVm WEB = LiveVm.of("web", new UUID(1, 1));
    private static final LiveVm DB = LiveVm.of("db", new UUID(1, 2));

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final InMemoryStore store = new InMemoryStore();
    private final InMemoryDirector director = new InMemoryDirector(store::jobNames)
            .fileSets(store::fileSetNames)
            .clients(Set.of(ONE.client(), TWO.client()));
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));

    private SyncEngine.Builder engine() {
        return SyncEngine.builder()
                .inventory(inventory)
                .catalog(catalog)
                .store(store)
                .director(director)
                .clock(clock)
                .reloadAfterSync(true);
    }

    @Test
    void theLifeOfAVm() {
        SyncEngine engine = engine().build();
        inventory.set(ONE, WEB, DB);
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.CREATED);
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.UNCHANGED);
        inventory.set(ONE, DB);
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.GRACE_STARTED);
        clock.advance(Duration.ofDays(14));
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.IN_GRACE);
        inventory.set(ONE, WEB, DB);
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.RETURNED);
        inventory.set(ONE, DB);
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.GRACE_STARTED);
        clock.advance(Duration.ofDays(15));
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.DISABLED);
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.STILL_DISABLED);
        inventory.set(ONE, WEB, DB);
        assertThat(outcome(engine.run(List.of(ONE)), WEB)).isEqualTo(Outcome.RESTORED);
        SyncReport last = engine.run(List.of(ONE));
        assertThat(outcome(last, WEB)).isEqualTo(Outcome.UNCHANGED);
        assertThat(last.reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
        assertThat(last.hasProblem()).isFalse();
    }

    @Test
    void anInstanceThatFailsDoesNotStopTheOthers() {
        inventory.answer(ONE, Discovery.failed("down")).set(TWO, WEB);
        SyncReport report = engine().build().run(List.of(ONE, TWO));
        assertThat(report.instances().get(0).discovery()).isEqualTo(Discovery.Verdict.FAILED);
        assertThat(report.instances().get(0).error()).isEqualTo("down");
        assertThat(outcome(report, WEB)).isEqualTo(Outcome.CREATED);
        assertThat(report.hasProblem()).isTrue();
    }

    @Test
    void aProviderThatThrowsIsAnInstanceThatFails() {
        LiveInventory broken = instance -> {
            if (instance.equals(ONE)) {
                throw new IllegalStateException("broken");
            }
            return Discovery.complete(List.of(WEB));
        };
        SyncReport report = engine().inventory(broken).build().run(List.of(ONE, TWO));
        assertThat(report.instances().get(0).error()).contains("internal error").contains("broken");
        assertThat(outcome(report, WEB)).isEqualTo(Outcome.CREATED);
    }

    @Test
    void aVmThatOnlyTheSecondLookFindsIsNotAbsent() {
        inventory.set(ONE, WEB, DB);
        engine().build().run(List.of(ONE));
        inventory.answer(ONE, Discovery.complete(List.of(DB)), Discovery.complete(List.of(WEB, DB)));
        assertThat(outcome(engine().build().run(List.of(ONE)), WEB)).isEqualTo(Outcome.UNCHANGED);
    }

    @Test
    void aSecondLookThatIsNotCompleteMakesTheWholeIncomplete() {
        inventory.set(ONE, WEB, DB);
        engine().build().run(List.of(ONE));
        for (Discovery second :
                List.of(Discovery.failed("gone"), Discovery.incomplete(List.of(DB), List.of(), "restarted"))) {
            inventory.answer(ONE, Discovery.complete(List.of(DB)), second);
            SyncReport report = engine().build().run(List.of(ONE));
            assertThat(outcome(report, WEB)).isEqualTo(Outcome.UNCHANGED);
            assertThat(report.instances().get(0).discovery()).isEqualTo(Discovery.Verdict.INCOMPLETE);
        }
    }

    @Test
    void aCatalogThatCannotBeReadChangesNothing() {
        inventory.set(ONE, WEB);
        catalog.failWith(new ProviderException(ProviderException.Code.UNREACHABLE, "cannot connect"));
        SyncReport report = engine().build().run(List.of(ONE));
        assertThat(report.instances().get(0).error()).isEqualTo("cannot connect");
        assertThat(report.instances().get(0).vms()).isEmpty();
        assertThat(store.vms()).isEmpty();
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
        assertThat(director.reloads()).isZero();
        assertThat(report.hasProblem()).isTrue();
    }

    @Test
    void aDryRunReportsTheSameAndChangesNothing() {
        inventory.set(ONE, WEB);
        SyncReport dry = engine().build().dryRun(List.of(ONE));
        assertThat(dry.dryRun()).isTrue();
        assertThat(store.vms()).isEmpty();
        assertThat(director.reloads()).isZero();
        SyncReport real = engine().build().run(List.of(ONE));
        assertThat(real.instances().get(0).vms())
                .isEqualTo(dry.instances().get(0).vms());
    }

    @Test
    void aPrefixThatAnotherInstanceTakesOverDoublesNoName() {
        inventory.set(ONE, WEB);
        engine().build().run(List.of(ONE));
        OpenStackInstance moved = new OpenStackInstance(
                ONE.datacenter(), ONE.openstack(), ONE.client(), ONE.proxyServer(), "moved-", null);
        OpenStackInstance heir = new OpenStackInstance(
                TWO.datacenter(), TWO.openstack(), TWO.client(), TWO.proxyServer(), ONE.jobPrefix(), null);
        OpenStackInstance otherClient = new OpenStackInstance(
                ONE.datacenter(), ONE.openstack(), "bacula-new-fd", ONE.proxyServer(), "moved-", null);
        director.clients(Set.of(ONE.client(), TWO.client(), "bacula-new-fd"));
        LiveVm namesake = LiveVm.of("web", new UUID(1, 9));
        inventory.set(moved, WEB).set(otherClient, WEB).set(heir, namesake);
        for (OpenStackInstance first : List.of(otherClient, moved)) {
            SyncReport report = engine().build().run(List.of(first, heir));
            assertThat(outcome(report, namesake)).isIn(Outcome.CREATED, Outcome.UNCHANGED);
            assertThat(store.vms()).extracting(ManagedVm::job).hasSize(2).doesNotHaveDuplicates();
        }
    }

    @Test
    void aVmWhoseEditFailsIsFailedAndTheOthersAreDone() {
        inventory.set(ONE, WEB, DB);
        store.failOn(edit -> edit.slug().equals("web"));
        SyncReport report = engine().build().run(List.of(ONE));
        assertThat(outcome(report, WEB)).isEqualTo(Outcome.FAILED);
        assertThat(outcome(report, DB)).isEqualTo(Outcome.CREATED);
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(report.hasProblem()).isTrue();
    }

    @Test
    void aDirectorThatRefusedDiedOrLacksAJobIsAProblem() {
        for (ReloadResult.Kind kind : ReloadResult.Kind.values()) {
            if (kind == ReloadResult.Kind.DONE) {
                continue;
            }
            InMemoryDirector bad = new InMemoryDirector(Set::of).clients(Set.of(ONE.client()));
            SyncReport report = fresh(bad.reloadsEnd(kind));
            assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
            assertThat(report.reloadDetail()).contains(kind.name());
            assertThat(report.hasProblem()).isTrue();
        }
        SyncReport lacking = fresh(new InMemoryDirector(Set::of).clients(Set.of(ONE.client())));
        assertThat(lacking.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(lacking.reloadDetail()).contains("backup-dc1-os1-web");
    }

    @Test
    void noReloadUnlessItIsWantedAndFilesChanged() {
        inventory.set(ONE, WEB);
        SyncReport off = engine().reloadAfterSync(false).build().run(List.of(ONE));
        assertThat(off.reload()).isEqualTo(SyncReport.Reload.OFF);
        assertThat(director.reloads()).isZero();
        assertThat(engine().build().run(List.of(ONE)).reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
        assertThat(director.reloads()).isZero();
    }

    @Test
    void aSecondRunAtTheSameTimeIsRefusedBeforeAnythingIsAsked() {
        try (StoreSession other = store.open(Access.WRITE)) {
            assertThat(other.readAll().vms()).isEmpty();
            assertThatThrownBy(() -> engine().build().run(List.of(ONE)))
                    .isInstanceOfSatisfying(
                            ProviderException.class,
                            e -> assertThat(e.code()).isEqualTo(ProviderException.Code.LOCKED));
        }
        inventory.set(ONE, WEB);
        assertThat(engine().build().run(List.of(ONE)).hasProblem()).isFalse();
    }

    @Test
    void aListenerThatThrowsDoesNotDisturbTheRun() {
        inventory.set(ONE, WEB);
        SyncReport report = engine().listener(new SyncListener() {
                    @Override
                    public void discovered(OpenStackInstance instance, Discovery discovery) {
                        throw new IllegalStateException("listener broke");
                    }
                })
                .build()
                .run(List.of(ONE));
        assertThat(outcome(report, WEB)).isEqualTo(Outcome.CREATED);
        assertThat(report.notes()).singleElement().asString().contains("listener broke");
    }

    @Test
    void aListenerHearsOfEachStep() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        inventory.set(ONE, WEB);
        engine().listener(new RecordingListener(heard)).build().run(List.of(ONE));
        assertThat(heard)
                .containsExactly("run", "instance", "discovered", "planned", "finished", "reloading", "report");
    }

    @Test
    void instancesAreHandledByTheGivenExecutorAndReportedInOrder() {
        List<OpenStackInstance> many = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            many.add(Fleets.instance(i));
            inventory.set(Fleets.instance(i), LiveVm.of("vm" + i, new UUID(2, i)));
        }
        director.failWith(new ProviderException(ProviderException.Code.BAD_ANSWER, "no show command"));
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            SyncReport report =
                    engine().reloadAfterSync(false).executor(pool).build().run(many);
            assertThat(report.instances()).extracting(InstanceReport::instance).isEqualTo(many);
            assertThat(store.vms()).hasSize(20);
            assertThat(report.notes()).hasSize(1);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void aRunWithNothingNewAsksEachProviderOnceAndChangesNothingOfTheDirector() {
        inventory.set(ONE, WEB, DB);
        engine().build().run(List.of(ONE));
        LiveInventory live = mock(LiveInventory.class, AdditionalAnswers.delegatesTo(inventory));
        BackupCatalog known = mock(BackupCatalog.class, AdditionalAnswers.delegatesTo(catalog));
        Director untouched = mock(Director.class);
        when(untouched.resources()).thenReturn(director.resources());
        when(untouched.checkConfiguration()).thenReturn(new ConfigCheck(ConfigCheck.Kind.ACCEPTED, ""));
        engine().inventory(live).catalog(known).director(untouched).build().run(List.of(ONE));
        verify(live).discover(ONE);
        verify(known).check();
        verify(known).jobNames(ONE);
        verify(untouched).checkConfiguration();
        verify(untouched).resources();
        verifyNoMoreInteractions(live, known, untouched);
    }

    @Test
    void theGracePeriodIsThePolicys() {
        SyncPolicy policy = SyncPolicy.builder().grace(Duration.ZERO).build();
        inventory.set(ONE, WEB, DB);
        engine().policy(policy).build().run(List.of(ONE));
        inventory.set(ONE, DB);
        engine().policy(policy).build().run(List.of(ONE));
        clock.advance(Duration.ofSeconds(1));
        assertThat(outcome(engine().policy(policy).build().run(List.of(ONE)), WEB))
                .isEqualTo(Outcome.DISABLED);
    }

    @Test
    void anEngineWithoutAProviderIsNotBuilt() {
        assertThatThrownBy(() -> SyncEngine.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inventory");
    }

    @Test
    void anInstanceThatIsGivenTwiceIsRefused() {
        assertThatThrownBy(() -> engine().build().run(List.of(ONE, ONE))).isInstanceOf(IllegalArgumentException.class);
    }

    private SyncReport fresh(InMemoryDirector bad) {
        InMemoryInventory one = new InMemoryInventory().set(ONE, WEB);
        return engine().inventory(one)
                .store(new InMemoryStore())
                .director(bad)
                .build()
                .run(List.of(ONE));
    }

    private static Outcome outcome(SyncReport report, LiveVm vm) {
        return report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .filter(plan -> vm.uuid().equals(plan.uuid()))
                .map(VmPlan::outcome)
                .findFirst()
                .orElseThrow();
    }

    private static final class RecordingListener implements SyncListener {
        private final List<String> heard;

        private RecordingListener(List<String> heard) {
            this.heard = heard;
        }

        @Override
        public void runStarted(List<OpenStackInstance> instances) {
            heard.add("run");
        }

        @Override
        public void instanceStarted(OpenStackInstance instance) {
            heard.add("instance");
        }

        @Override
        public void discovered(OpenStackInstance instance, Discovery discovery) {
            heard.add("discovered");
        }

        @Override
        public void planned(OpenStackInstance instance, InstancePlan plan) {
            heard.add("planned");
        }

        @Override
        public void instanceFinished(InstanceReport report) {
            heard.add("finished");
        }

        @Override
        public void reloading() {
            heard.add("reloading");
        }

        @Override
        public void runFinished(SyncReport report) {
            heard.add("report");
        }
    }

    /** Whoever embeds the engine has no clients.conf that would have said so. */
    @Test
    void instancesThatOneDirectorCannotHaveSideBySideAreRefusedBeforeAnything() {
        inventory.set(ONE, WEB);
        for (OpenStackInstance other : List.of(
                new OpenStackInstance("datacenter2", "openstack1", ONE.client(), "p", "backup-dc2-os1-", null),
                new OpenStackInstance("datacenter2", "openstack1", "another-fd", "p", ONE.jobPrefix(), null),
                new OpenStackInstance("datacenter2", "openstack1", "another-fd", "p", "backup-dc1-", null),
                new OpenStackInstance("datacenter1", "openstack1-b", "another-fd", "p", "backup-b-", null))) {
            for (SyncEngine engine : List.of(
                    engine().build(), engine().configured(List.of(ONE, other)).build())) {
                List<OpenStackInstance> handled = List.of(ONE, other);
                assertThatThrownBy(() -> engine.run(handled)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> engine.dryRun(handled)).isInstanceOf(IllegalArgumentException.class);
            }
            SyncEngine configured = engine().configured(List.of(other)).build();
            assertThatThrownBy(() -> configured.run(List.of(ONE)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(ONE.toString())
                    .hasMessageContaining(other.toString());
        }
        assertThat(store.vms()).isEmpty();
    }
}
