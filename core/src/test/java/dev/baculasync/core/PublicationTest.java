package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import dev.baculasync.core.ledger.LastGoodConfiguration;
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
        director.checksEnd(() -> refused("line 1 of file /etc/bacula-dir.conf"));
        inventory.set(ONE, WEB, BAD);
        SyncReport report = run();
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.UNCHANGED, "bad", Outcome.FAILED));
        assertThat(store.jobNames()).containsExactly("backup-dc1-os1-web");
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail())
                .contains("even without what this run changed, all of which was put back")
                .endsWith(": line 1 of file /etc/bacula-dir.conf");
        assertThat(plan(report, "bad").reason()).contains("with or without this");
        assertThat(director.reloads()).isEqualTo(reloads);
    }

    @Test
    void aRunThatHasNothingOfItsOwnToPutBackSaysSo() {
        inventory.set(ONE, WEB);
        director.reloadsEnd(ReloadResult.Kind.UNCONFIRMED);
        run();
        director.checksEnd(() -> refused("line 9 of file /base/dc/os/web/job"));
        SyncReport report = run();
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.UNCHANGED));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.FAILED);
        assertThat(report.reloadDetail())
                .contains("though this run changed nothing")
                .contains("line 9");
        assertThat(store.jobNames()).hasSize(1);
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
    void aRunWithoutChangesChecksAsWellAndTellsWhenTheConfigurationWasLastFoundGood() {
        director.checksEnd(() -> ACCEPTED);
        inventory.set(ONE, WEB);
        SyncReport good = run();
        assertThat(good.hasProblem()).isFalse();
        assertThat(good.remarks())
                .containsExactly("the Director's configuration was last found good at 2026-05-18 19:00:00");
        clock.advance(Duration.ofHours(1));
        assertThat(run().remarks())
                .containsExactly("the Director's configuration was last found good at 2026-05-18 20:00:00");

        director.checksEnd(() -> refused("line 1 of file /etc/bacula-dir.conf"));
        for (int day = 1; day <= 2; day++) {
            clock.advance(Duration.ofDays(1));
            SyncReport bad = run();
            assertThat(outcomes(bad)).isEqualTo(Map.of("web", Outcome.UNCHANGED));
            assertThat(bad.hasProblem()).isTrue();
            assertThat(bad.reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
            assertThat(bad.configurationProblem())
                    .isEqualTo("the Director's configuration would not be accepted; this run changed nothing that a"
                            + " Director reads, and it was last found good at 2026-05-18 20:00:00: line 1 of file"
                            + " /etc/bacula-dir.conf");
            assertThat(bad.remarks())
                    .containsExactly("the Director's configuration was last found good at 2026-05-18 20:00:00");
            assertThat(store.jobNames()).hasSize(1);
        }
        director.checksEnd(() -> ACCEPTED);
        assertThat(run().configurationProblem()).isNull();
        assertThat(run().remarks())
                .containsExactly("the Director's configuration was last found good at 2026-05-20 20:00:00");
    }

    @Test
    void aConfigurationThatWasNeverFoundGoodIsToldSo() {
        director.checksEnd(() -> refused("bad"));
        inventory.answer(ONE, Discovery.failed("down"));
        SyncReport report = run();
        assertThat(report.configurationProblem()).endsWith("it has not been found good by any run yet: bad");
        assertThat(report.about(List.of()).hasProblem()).isTrue();
        assertThat(report.remarks())
                .containsExactly("the Director's configuration has not been found good by any run yet");
    }

    @Test
    void withoutACheckNothingIsSaidOfTheConfiguration() {
        inventory.set(ONE, WEB);
        assertThat(run().notes()).isEmpty();
        SyncReport report = run();
        assertThat(report.notes()).isEmpty();
        assertThat(report.configurationProblem()).isNull();
    }

    @Test
    void aDryRunChecksNothing() {
        director.checksEnd(() -> {
            throw new AssertionError("what is on disk is not what would be");
        });
        inventory.set(ONE, WEB);
        assertThat(engine().build().dryRun(List.of(ONE)).hasProblem()).isFalse();
    }

    @Test
    void aCheckThatWasInterruptedIsNoGoodNews() {
        inventory.set(ONE, WEB);
        run();
        director.checksEnd(() -> {
            throw new ProviderException(ProviderException.Code.INTERRUPTED, "the check was interrupted");
        });
        assertThat(run().configurationProblem()).contains("the check was interrupted");
    }

    @Test
    void aLedgerThatCannotBeReadCostsOnlyWhatIsSaid() {
        director.checksEnd(() -> ACCEPTED);
        store.damageLedger(LastGoodConfiguration.KIND);
        inventory.set(ONE, WEB);
        SyncReport report = run();
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.CREATED));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(report.hasProblem()).isFalse();
        assertThat(report.notes())
                .anyMatch(note -> note.contains("cannot be remembered") && note.contains("is damaged"));
        assertThat(report.remarks())
                .containsExactly("the Director's configuration was last found good at 2026-05-18 19:00:00");
        director.checksEnd(() -> refused("bad"));
        SyncReport bad = run();
        assertThat(bad.configurationProblem()).contains("good at a time that cannot be read");
        assertThat(bad.notes()).anyMatch(note -> note.contains("is not known") && note.contains("is damaged"));
    }

    @Test
    void aChangeOfHeadersAloneIsNoReasonToReload() {
        inventory.set(ONE, WEB, BAD);
        run();
        int reloads = director.reloads();
        inventory.set(ONE, WEB);
        SyncReport report = run();
        assertThat(outcomes(report)).containsEntry("bad", Outcome.GRACE_STARTED);
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
        inventory.set(ONE, WEB, BAD);
        assertThat(outcomes(run())).containsEntry("bad", Outcome.RETURNED);
        assertThat(director.reloads()).isEqualTo(reloads);
        assertThat(state("bad")).isEqualTo(LifecycleState.ACTIVE);
    }

    @Test
    void aChangeOfHeadersAloneStaysWhateverTheCheckSays() {
        inventory.set(ONE, WEB, BAD);
        run();
        director.checksEnd(() -> refused("bad thing: line 9 of file /base/dc/os/bad/job"));
        inventory.set(ONE, WEB);
        SyncReport report = run();
        assertThat(outcomes(report)).containsEntry("bad", Outcome.GRACE_STARTED);
        assertThat(report.configurationProblem())
                .contains("changed nothing that a Director reads")
                .contains("line 9");
        assertThat(state("bad")).isEqualTo(LifecycleState.MISSING);
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
        ConfigStore blocked = access -> unpublishable(store.open(access));
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

    /** What no check has seen is not final, and no VM is said to be protected by it. */
    @Test
    void filesThatCouldBeNeitherPublishedNorCheckedAreRolledBackByTheNextRun() {
        director.checksEnd(() -> ACCEPTED);
        inventory.set(ONE, WEB);
        SyncReport report = engine().store(access -> unpublishable(store.open(access)))
                .build()
                .run(List.of(ONE));
        assertThat(outcomes(report)).isEqualTo(Map.of("web", Outcome.FAILED));
        assertThat(report.instances().get(0).vms().get(0).reason()).contains("the next run rolls them back first");
        assertThat(report.hasProblem()).isTrue();
        try (StoreSession next = store.open(ConfigStore.Access.WRITE)) {
            assertThat(next.readAll().vms()).isEmpty();
        }
        assertThat(outcomes(run())).isEqualTo(Map.of("web", Outcome.CREATED));
    }

    private static StoreSession unpublishable(StoreSession open) {
        StoreSession session = mock(StoreSession.class, AdditionalAnswers.delegatesTo(open));
        doThrow(new ProviderException(ProviderException.Code.IO, "director.conf is a directory"))
                .when(session)
                .publish(any());
        return session;
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
            assertThat(store.vms()).hasSize(2);
        }
        // A Director that finds the files by itself.
        store.list(store.vms().stream().map(ManagedVm::key).collect(Collectors.toSet()));
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
        inventory.set(ONE, WEB);
        run();
        clock.advance(Duration.ofDays(15));
        List<StoreSession> sessions = new ArrayList<>();
        ConfigStore watched = access -> {
            sessions.add(mock(StoreSession.class, AdditionalAnswers.delegatesTo(store.open(access))));
            return sessions.get(0);
        };
        SyncReport report = engine().store(watched).build().run(List.of(ONE));
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(sessions).hasSize(1);
        // Once for what is told of it before, and once more for all that it is after.
        verify(sessions.get(0), times(2)).readAll();
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

    private static ConfigCheck refused(String words) {
        return new ConfigCheck(ConfigCheck.Kind.REFUSED, words);
    }

    private ConfigCheck refusedWhileThereIs(String vm) {
        return store.jobNames().contains("backup-dc1-os1-" + vm)
                ? refused("bad thing: line 9 of file /base/dc/os/" + vm + "/job")
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
                .filter(stored -> stored.slug().equals(vm))
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
