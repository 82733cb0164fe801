package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.mockito.AdditionalAnswers;

class PublicationTest {
    private static final OpenStackInstance ONE = Fleets.instance(1);
    private static final LiveVm WEB = LiveVm.of("web", new UUID(1, 1));
    private static final LiveVm BAD = LiveVm.of("bad", new UUID(1, 2));
    private static final LiveVm WORSE = LiveVm.of("worse", new UUID(1, 3));
    private static final ConfigCheck ACCEPTED = new ConfigCheck(ConfigCheck.Kind.ACCEPTED, "");

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final InMemoryStore store = new InMemoryStore();
    private final InMemoryDirector director =
            new InMemoryDirector(store::jobNames).fileSets(store::fileSetNames).clients(Set.of(ONE.client()));
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));

    @Test
    void theOneVmThatTheCheckNamesIsPutBackAndTheRestIsKept() {
        director.checksEnd(() -> refusedWhileThereIs("bad"));
        inventory.set(ONE, WEB, BAD);
        SyncReport report = run();
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.CREATED, "bad", Outcome.QUARANTINED));
        assertThat(plan(report, "bad").reason()).contains("line 9 of file");
        assertThat(store.jobNames()).containsExactly("backup-dc1-os1-web");
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(report.hasProblem()).isTrue();
    }

    @Test
    void severalVmsThatTheCheckNamesOneByOneAreAllPutBack() {
        director.checksEnd(() -> {
            ConfigCheck first = refusedWhileThereIs("bad");
            return first.equals(ACCEPTED) ? refusedWhileThereIs("worse") : first;
        });
        inventory.set(ONE, WEB, BAD, WORSE);
        assertThat(outcomes(run()))
                .isEqualTo(Map.of("web", Outcome.CREATED, "bad", Outcome.QUARANTINED, "worse", Outcome.QUARANTINED));
    }

    @Test
    void aFaultThatIsNobodysPutsEverythingBackAndTheDirectorIsNotTold() {
        inventory.set(ONE, WEB);
        run();
        int reloads = director.reloads();
        director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.REFUSED, "line 1 of file /etc/bacula-dir.conf"));
        inventory.set(ONE, WEB, BAD);
        SyncReport report = run();
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.UNCHANGED, "bad", Outcome.FAILED));
        assertThat(store.jobNames()).containsExactly("backup-dc1-os1-web");
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail()).contains("bacula-dir.conf");
        assertThat(director.reloads()).isEqualTo(reloads);
    }

    @Test
    void anIncludeLineThatIsForgottenIsToldInEveryRunUntilItIsThere() {
        boolean[] included = {false};
        InMemoryDirector deaf =
                new InMemoryDirector(() -> included[0] ? store.jobNames() : Set.of()).clients(Set.of(ONE.client()));
        SyncEngine engine = engine().director(deaf).build();
        inventory.set(ONE, WEB);
        for (int run = 1; run <= 3; run++) {
            SyncReport report = engine.run(List.of(ONE));
            assertThat(report.reload()).as("run " + run).isEqualTo(SyncReport.Reload.FAILED);
            assertThat(report.reloadDetail()).contains("lacks 1 of the jobs").contains("include");
        }
        included[0] = true;
        assertThat(engine.run(List.of(ONE)).reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(engine.run(List.of(ONE)).reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
    }

    @Test
    void theCheckRunsOnlyWhenSomethingChanged() {
        inventory.set(ONE, WEB);
        run();
        director.checksEnd(() -> {
            throw new AssertionError("nothing changed, nothing to check");
        });
        assertThat(run().hasProblem()).isFalse();
    }

    @Test
    void aDirectorThatDidNotSayWhatItHasIsNotToldToReload() {
        inventory.set(ONE, WEB);
        SyncReport report = engine().director(new Mute(director)).build().run(List.of(ONE));
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.CREATED));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail()).contains("CommandACL").contains("DIRECTOR_CHECK");
        assertThat(director.reloads()).isZero();
        assertThat(run().reload()).as("as soon as it says so").isEqualTo(SyncReport.Reload.DONE);
    }

    @Test
    void aDirectorThatLacksWhatNewJobsNameIsNotToldToReload() {
        SyncPolicy wrong = SyncPolicy.builder().storage("NoSuch").build();
        inventory.set(ONE, WEB);
        engine().director(new Mute(director)).policy(wrong).build().run(List.of(ONE));
        SyncReport report = engine().policy(wrong).build().run(List.of(ONE));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail()).contains("NoSuch");
        assertThat(director.reloads()).isZero();
    }

    @Test
    void jobDefsThatTheDirectorTurnsOutNotToHaveStopTheReload() {
        SyncPolicy wrong = SyncPolicy.builder().jobDefs("NoSuch").build();
        inventory.set(ONE, WEB);
        engine().director(new Mute(director)).policy(wrong).build().run(List.of(ONE));
        SyncReport report = run();
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.UNCHANGED));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail()).contains("NoSuch").contains("backup-dc1-os1-web");
        assertThat(director.reloads()).isZero();
    }

    @Test
    void aNameThatNoJobUsesStopsNoReload() {
        OpenStackInstance misspelt = Fleets.instance(2);
        inventory.set(ONE, WEB).set(misspelt, BAD);
        SyncReport report = engine().build().run(List.of(ONE, misspelt));
        assertThat(report.instances().get(1).vms()).extracting(VmPlan::outcome).containsExactly(Outcome.FAILED);
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
    }

    @Test
    void anAcceptedCheckIsProofEnoughForAReload() {
        director.checksEnd(() -> ACCEPTED);
        inventory.set(ONE, WEB);
        assertThat(engine().director(new Mute(director))
                        .build()
                        .run(List.of(ONE))
                        .reload())
                .isEqualTo(SyncReport.Reload.DONE);
    }

    /** A Director whose console may not use {@code show}. */
    private record Mute(Director director) implements Director {
        @Override
        public SortedSet<Long> runsOf(String job) {
            return director.runsOf(job);
        }

        @Override
        public void purgeFiles(long jobId) {
            director.purgeFiles(jobId);
        }

        @Override
        public ClientState clientState(String client) {
            return director.clientState(client);
        }

        @Override
        public DirectorResources resources() {
            throw new ProviderException(ProviderException.Code.BAD_ANSWER, "refuses the command");
        }

        @Override
        public ReloadResult reload() {
            return director.reload();
        }

        @Override
        public ConfigCheck checkConfiguration() {
            return director.checkConfiguration();
        }

        @Override
        public Set<String> jobNames() {
            return director.jobNames();
        }
    }

    @Test
    void filesThatCannotBePublishedAreNoReloadThatWasNotNeeded() {
        ConfigStore blocked = access -> {
            StoreSession session = mock(StoreSession.class, AdditionalAnswers.delegatesTo(store.open(access)));
            doThrow(new ProviderException(ProviderException.Code.IO, "director.conf is a directory"))
                    .when(session)
                    .publish();
            return session;
        };
        inventory.set(ONE, WEB);
        SyncReport report = engine().store(blocked).build().run(List.of(ONE));
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.CREATED));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail()).contains("director.conf is a directory");
        assertThat(engine().store(blocked)
                        .reloadAfterSync(false)
                        .build()
                        .run(List.of(ONE))
                        .reload())
                .isEqualTo(SyncReport.Reload.OFF);
        assertThat(run().reload()).as("as soon as it can be").isEqualTo(SyncReport.Reload.DONE);
    }

    @Test
    void aReloadThatDidNotWorkIsTriedAgainByTheNextRun() {
        inventory.set(ONE, WEB);
        director.reloadsEnd(ReloadResult.Kind.UNCONFIRMED);
        assertThat(run().reload()).isEqualTo(SyncReport.Reload.FAILED);
        director.reloadsEnd(ReloadResult.Kind.DONE);
        assertThat(run().reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(run().reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
    }

    @Test
    void aRunThatDiedIsPutBackAndDoneAgainByTheNextOne() {
        inventory.set(ONE, WEB, BAD);
        SyncListener dying = new SyncListener() {
            @Override
            public void instanceFinished(InstanceReport report) {
                throw new PowerCut();
            }
        };
        try {
            engine().listener(dying).build().run(List.of(ONE));
        } catch (PowerCut e) {
            assertThat(store.jobNames()).hasSize(2);
        }
        director.reload();
        catalog.ran(ONE.client(), "backup-dc1-os1-web");
        SyncReport report = run();
        assertThat(report.notes()).isNotEmpty();
        assertThat(store.jobNames()).containsExactlyInAnyOrder("backup-dc1-os1-web", "backup-dc1-os1-bad");
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.CREATED, "bad", Outcome.CREATED));
    }

    @Test
    void timeInWhichDiscoveryDidNotWorkDoesNotCountTowardsTheGracePeriod() {
        inventory.set(ONE, WEB, BAD);
        run();
        inventory.set(ONE, BAD);
        run();
        for (int day = 1; day <= 13; day++) {
            clock.advance(Duration.ofDays(1));
            inventory.answer(ONE, Discovery.failed("down"));
            assertThat(state("web")).isEqualTo(LifecycleState.MISSING);
            run();
        }
        inventory.set(ONE, BAD);
        clock.advance(Duration.ofDays(5));
        assertThat(outcomes(run())).containsEntry("web", Outcome.IN_GRACE);
        clock.advance(Duration.ofDays(7));
        assertThat(outcomes(run())).containsEntry("web", Outcome.IN_GRACE);
        clock.advance(Duration.ofDays(2));
        assertThat(outcomes(run()))
                .as("one day, then seven, then two, and five of them blind")
                .containsEntry("web", Outcome.IN_GRACE);
        clock.advance(Duration.ofDays(5));
        assertThat(outcomes(run())).containsEntry("web", Outcome.DISABLED);
    }

    @Test
    void aCatalogThatCannotBeReadIsBlindnessToo() {
        inventory.set(ONE, WEB, BAD);
        run();
        inventory.set(ONE, BAD);
        run();
        catalog.failWith(new ProviderException(ProviderException.Code.UNREACHABLE, "down"));
        assertThat(outcomes(run())).isEqualTo(Map.of("web", Outcome.IN_GRACE, "bad", Outcome.UNCHANGED));
        catalog.failWith(null);
        clock.advance(Duration.ofDays(15));
        assertThat(outcomes(run())).containsEntry("web", Outcome.IN_GRACE);
        clock.advance(Duration.ofDays(15));
        assertThat(outcomes(run())).containsEntry("web", Outcome.DISABLED);
    }

    /** Ten thousand VMs are twenty thousand files. */
    @Test
    void whatIsPublishedIsReadOnceForTheReload() {
        inventory.set(ONE, WEB, BAD);
        run();
        List<StoreSession> sessions = new ArrayList<>();
        ConfigStore watched = access -> {
            sessions.add(mock(StoreSession.class, AdditionalAnswers.delegatesTo(store.open(access))));
            return sessions.get(0);
        };
        inventory.set(ONE, WEB);
        SyncReport report = engine().store(watched).build().run(List.of(ONE));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(sessions).hasSize(1);
        verify(sessions.get(0), times(1)).readAll();
    }

    /** The login may read some clients only, or one answer was cut: the others' is sound. */
    @Test
    void aCatalogThatFailsForOneInstanceIsItsBlindnessAndItsVmsAreToldOfAllTheSame() {
        OpenStackInstance other = Fleets.instance(2);
        director.clients(Set.of(ONE.client(), other.client()));
        inventory.set(ONE, WEB, BAD).set(other, WORSE);
        run();
        inventory.set(ONE, BAD);
        run();
        for (RuntimeException failure : List.of(
                new ProviderException(ProviderException.Code.BAD_ANSWER, "not whole"),
                new IllegalStateException("broken"))) {
            BackupCatalog failing = mock(BackupCatalog.class, AdditionalAnswers.delegatesTo(catalog));
            doThrow(failure).when(failing).jobNames(ONE);
            SyncReport report = engine().catalog(failing).build().run(List.of(ONE, other));
            assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.IN_GRACE, "bad", Outcome.UNCHANGED));
            assertThat(report.instances().get(0).error()).contains(failure.getMessage());
            assertThat(report.instances().get(1).error()).isNull();
            assertThat(plan(report, "web").reason()).contains(failure.getMessage());
            clock.advance(Duration.ofDays(15));
            assertThat(outcomes(run())).containsEntry("web", Outcome.IN_GRACE);
        }
        clock.advance(Duration.ofDays(15));
        assertThat(outcomes(run())).containsEntry("web", Outcome.DISABLED);
    }

    /** An error, not an exception: nothing that a run catches. */
    private static final class PowerCut extends Error {
        private static final long serialVersionUID = 1L;
    }

    private ConfigCheck refusedWhileThereIs(String vm) {
        return store.jobNames().contains("backup-dc1-os1-" + vm)
                ? new ConfigCheck(ConfigCheck.Kind.REFUSED, "bad thing: line 9 of file /base/dc/os/" + vm + "/job")
                : ACCEPTED;
    }

    private SyncEngine.Builder engine() {
        return SyncEngine.builder()
                .inventory(inventory)
                .catalog(catalog)
                .store(store)
                .director(director)
                .clock(clock)
                .reloadAfterSync(true);
    }

    private SyncReport run() {
        return engine().build().run(List.of(ONE));
    }

    private LifecycleState state(String vm) {
        return store.vms().stream()
                .filter(stored -> stored.vmPart().equals(vm))
                .map(LifecycleState::of)
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Outcome> outcomes(SyncReport report) {
        return report.instances().get(0).vms().stream().collect(Collectors.toMap(VmPlan::vm, VmPlan::outcome));
    }

    private static VmPlan plan(SyncReport report, String vm) {
        return report.instances().get(0).vms().stream()
                .filter(plan -> plan.vm().equals(vm))
                .findFirst()
                .orElseThrow();
    }
}
