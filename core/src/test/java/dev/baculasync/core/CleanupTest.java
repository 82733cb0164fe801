package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.core.ledger.ManualActions;
import dev.baculasync.core.ledger.OrphanedRowsLedger;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import dev.baculasync.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Purging and retiring, from the decision to the catalog, the store and the Director. */
class CleanupTest {
    private static final OpenStackInstance ONE = Fleets.instance(1);
    private static final OpenStackInstance TWO = Fleets.instance(2);
    private static final LiveVm WEB = LiveVm.of("web", new UUID(1, 1));
    private static final LiveVm DB = LiveVm.of("db", new UUID(1, 2));
    private static final String WEB_JOB = ONE.jobPrefix() + "web";
    private static final String DB_JOB = ONE.jobPrefix() + "db";

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final InMemoryStore store = new InMemoryStore();
    private final InMemoryDirector director = new InMemoryDirector(store::jobNames)
            .clients(Set.of(ONE.client(), TWO.client()))
            .writesTo(catalog);
    private final ManualClock clock = new ManualClock(Instant.parse("2026-05-18T19:00:00Z"));
    private final List<String> progress = new ArrayList<>();

    private SyncEngine.Builder engine() {
        return SyncEngine.builder()
                .inventory(inventory)
                .catalog(catalog)
                .store(store)
                .director(director)
                .clock(clock)
                .listener(new SyncListener() {
                    @Override
                    public void purging(OpenStackInstance instance, int done, int all) {
                        progress.add(done + "/" + all);
                    }
                })
                .policy(SyncPolicy.builder().cleanupAfter(Duration.ofDays(90)).build())
                .reloadAfterSync(true);
    }

    private SyncReport run() {
        return engine().build().run(List.of(ONE));
    }

    /** web is disabled for 90 days and has three runs, db is there. */
    @BeforeEach
    void aVmThatIsLongGone() {
        inventory.set(ONE, WEB, DB);
        run();
        catalog.ran(ONE.client(), WEB_JOB).ran(ONE.client(), WEB_JOB).ran(ONE.client(), WEB_JOB);
        catalog.ran(ONE.client(), DB_JOB).ran(TWO.client(), WEB_JOB);
        inventory.set(ONE, DB);
        run();
        clock.advance(Duration.ofDays(15));
        run();
        clock.advance(Duration.ofDays(90));
        assertThat(store.vms()).hasSize(2);
    }

    private static VmPlan plan(SyncReport report, LiveVm vm) {
        return report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .filter(plan -> vm.uuid().equals(plan.uuid()))
                .findAny()
                .orElseThrow();
    }

    @Test
    void itsRunsThenItsFilesGoAndTheDirectorIsTold() {
        SyncReport report = run();
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(plan(report, WEB).reason()).contains("job 3");
        assertThat(report.hasProblem()).isFalse();
        assertThat(report.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(store.jobNames()).containsExactly(DB_JOB);
        assertThat(director.jobNames()).containsExactly(DB_JOB);
        assertThat(catalog.jobNames(ONE).known()).containsExactly(DB_JOB);
        assertThat(catalog.runsOf(WEB_JOB)).as("of another client").hasSize(1);
        assertThat(progress).containsExactly("0/1", "1/1");
        SyncReport next = run();
        assertThat(next.instances().get(0).vms()).extracting(VmPlan::vm).containsExactly("db");
        assertThat(next.reload()).isEqualTo(SyncReport.Reload.NOT_NEEDED);
    }

    @Test
    void aDryRunSaysWhatWouldGoAndTouchesNothing() {
        SyncReport report = engine().build().dryRun(List.of(ONE));
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(plan(report, WEB).reason()).contains("runs: 3").contains("job 3");
        assertThat(store.vms()).hasSize(2);
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
        assertThat(catalog.cleanup()
                        .orElseThrow()
                        .look(ONE.client(), WEB_JOB, "fs")
                        .unpurged())
                .hasSize(3);
    }

    @Test
    void aVmThatOnlyTheSecondLookFindsIsNotPurged() {
        inventory.answer(
                ONE,
                dev.baculasync.spi.Discovery.complete(List.of(DB)),
                dev.baculasync.spi.Discovery.complete(List.of(WEB, DB)));
        assertThat(plan(run(), WEB).outcome()).isEqualTo(Outcome.RESTORED);
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
    }

    @Test
    void aJobAtWorkKeepsItsVm() {
        catalog.runs(ONE.client(), WEB_JOB);
        SyncReport report = run();
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.STILL_DISABLED);
        assertThat(plan(report, WEB).reason()).contains("not purged now").contains("waiting or running");
        assertThat(report.hasProblem()).isFalse();
        assertThat(store.vms()).hasSize(2);
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(5);
    }

    @Test
    void aDirectorThatDoesNotKnowTheRunsIsNotToldToPurgeThem() {
        director.writesTo(new InMemoryCatalog());
        SyncReport report = run();
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(plan(report, WEB).reason()).contains("does not list JobId").contains("DB_NAME");
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
        assertThat(store.vms()).hasSize(2);
    }

    /** Such as the server that the catalog was moved away from: the JobIds are the same, and the real rows would stay. */
    @Test
    void aCopyOfTheDirectorsCatalogIsNotTakenForIt() {
        InMemoryCatalog own = new InMemoryCatalog();
        catalog.runsOf(WEB_JOB).forEach(run -> own.ran(ONE.client(), WEB_JOB));
        own.ran(TWO.client(), WEB_JOB);
        director.writesTo(own);
        for (int run = 1; run <= 2; run++) {
            SyncReport report = run();
            assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.FAILED);
            assertThat(plan(report, WEB).reason()).contains("are not purged");
            assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
            assertThat(store.vms()).hasSize(2);
        }
    }

    /** Rows that stay do not say that nothing has happened. */
    @Test
    void aPurgeThatStopsAfterItHasBegunSaysSo() {
        catalog.failRemovalsWith(new ProviderException(ProviderException.Code.BUSY, "others are at work"));
        assertThat(plan(run(), WEB).reason())
                .isEqualTo("not purged: others are at work; but the Director was told to purge the files of 3 run(s)"
                        + " already, e.g. of JobId 1: should the VM come back, let its next backup be a Full");
        catalog.failRemovalsWith(null);

        catalog.ran(ONE.client(), WEB_JOB);
        BackupCatalog busy = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public JobHolding remove(JobHolding looked) {
                catalog.runs(ONE.client(), WEB_JOB);
                return super.remove(looked);
            }
        });
        VmPlan kept = plan(engine().catalog(busy).build().run(List.of(ONE)), WEB);
        assertThat(kept.outcome()).isEqualTo(Outcome.STILL_DISABLED);
        assertThat(kept.reason())
                .contains("try again later; but the Director was told")
                .contains("of 1 run(s)");
        catalog.ended();
        assertThat(plan(run(), WEB).outcome()).isEqualTo(Outcome.PURGED);
    }

    @Test
    void aRemovalThatFailsIsFinishedByTheNextRun() {
        catalog.failRemovalsWith(new ProviderException(ProviderException.Code.OUTCOME_UNKNOWN, "the answer was lost"));
        SyncReport failed = run();
        assertThat(plan(failed, WEB).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(plan(failed, WEB).reason()).contains("the answer was lost");
        assertThat(failed.hasProblem()).isTrue();
        assertThat(store.vms()).hasSize(2);
        catalog.failRemovalsWith(null);
        assertThat(plan(run(), WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(store.vms()).hasSize(1);
    }

    @Test
    void whatIsLeftToAPersonIsToldEvenWhenTheRunDiesBeforeItsReport() {
        BackupCatalog deadly = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public JobHolding remove(JobHolding looked) {
                super.remove(looked);
                throw new PowerCut();
            }
        });
        assertThatThrownBy(() -> engine().catalog(deadly).build().run(List.of(ONE)))
                .isInstanceOf(PowerCut.class);
        assertThat(run().notes())
                .anySatisfy(note ->
                        assertThat(note).contains("perhaps still to be done").contains(WEB_JOB));
        assertThat(run().notes()).isEmpty();
    }

    @Test
    void aPurgeWhoseOutcomeIsUnknownSaysWhatIsToDoIfItHappened() {
        catalog.failRemovalsWith(new ProviderException(ProviderException.Code.OUTCOME_UNKNOWN, "the answer was lost"));
        assertThat(run().instances().get(0).actionRequired())
                .singleElement()
                .asString()
                .startsWith("if " + WEB_JOB + " is not in the catalog any more: the plugin keeps baseline files");
    }

    @Test
    void rowsThatOnlyPurgedRunsUsedGoOnceForAllAndADryRunSaysSo() {
        SyncReport dry = engine().build().dryRun(List.of(ONE));
        // A job of another client has the same directory.
        assertThat(dry.notes()).isEmpty();
        catalog.removeRuns(TWO.client(), WEB_JOB);
        dry = engine().build().dryRun(List.of(ONE));
        assertThat(dry.notes())
                .containsExactly(
                        "orphaned rows that purges have left would be removed from the catalog as well: path 1");
        assertThat(catalog.paths()).contains(WEB_JOB);
        assertThat(run().notes())
                .containsExactly("orphaned rows that purges have left are removed from the catalog as well: path 1");
        assertThat(catalog.paths()).doesNotContain(WEB_JOB).contains(DB_JOB);
        assertThat(run().notes()).isEmpty();
    }

    @Test
    void orphanedRowsWaitForAMomentWithoutRunningJobsInALaterRun() {
        catalog.removeRuns(TWO.client(), WEB_JOB).runs(TWO.client(), "something else");
        SyncReport report = run();
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(report.hasProblem()).isFalse();
        assertThat(report.notes()).containsExactly("1 orphaned row(s) stay for now: a run is waiting or running");
        assertThat(catalog.paths()).contains(WEB_JOB);
        catalog.ended();
        engine().policy(SyncPolicy.builder().build()).build().run(List.of(ONE));
        engine().build().repair(List.of(ONE), "db", false);
        assertThat(catalog.paths()).as("only a run that cleans up takes them").contains(WEB_JOB);
        assertThat(run().notes()).hasSize(1);
        assertThat(catalog.paths()).doesNotContain(WEB_JOB);
    }

    @Test
    void orphanedRowsAreWrittenDownBeforeTheFilesArePurged() {
        catalog.removeRuns(TWO.client(), WEB_JOB);
        BackupCatalog deadly = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public JobHolding remove(JobHolding looked) {
                assertThat(looked.runs())
                        .allMatch(run -> catalog.cleanup()
                                .orElseThrow()
                                .usedBy(Set.of(run), List.of())
                                .isEmpty());
                throw new PowerCut();
            }
        });
        assertThatThrownBy(() -> engine().catalog(deadly).build().run(List.of(ONE)))
                .isInstanceOf(PowerCut.class);
        assertThat(plan(run(), WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(catalog.paths()).doesNotContain(WEB_JOB);
    }

    @Test
    void orphanedRowsThatCannotBeRemovedAreAProblemButThePurgeIsNot() {
        catalog.removeRuns(TWO.client(), WEB_JOB);
        BackupCatalog failing = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
                throw new ProviderException(ProviderException.Code.UNREACHABLE, "the connection broke");
            }
        });
        SyncReport report = engine().catalog(failing).build().run(List.of(ONE));
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(report.instances().get(0).actionRequired()).isNotEmpty();
        assertThat(report.instances().get(0).error()).contains("a later run tries again: the connection broke");
        assertThat(run().hasProblem()).isFalse();
        assertThat(catalog.paths()).doesNotContain(WEB_JOB);
    }

    @Test
    void orphanedRowsOfAnotherCatalogStayAndANoteSaysSo() {
        OrphanedRows elsewhere = new OrphanedRows("elsewhere/1", "path 1-2");
        try (StoreSession session = store.open(Access.WRITE)) {
            new OrphanedRowsLedger(session.ledger()).note(elsewhere);
        }
        assertThat(run().notes()).contains("1 orphaned row(s) stay for now: they belong to another catalog");
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(new OrphanedRowsLedger(session.ledger()).all()).containsExactly(elsewhere);
        }
    }

    @Test
    void whatIsWrittenDownOfOrphanedRowsMustBeReadBeforeAnythingIsPurged() {
        store.damageLedger("orphaned");
        for (SyncReport report : List.of(engine().build().dryRun(List.of(ONE)), run())) {
            assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.FAILED);
            assertThat(plan(report, WEB).reason()).startsWith("not purged: ").doesNotContain("was told");
        }
        assertThat(catalog.cleanup()
                        .orElseThrow()
                        .look(ONE.client(), WEB_JOB, "fs")
                        .unpurged())
                .hasSize(3);
        assertThat(store.vms()).hasSize(2);
    }

    @Test
    void orphanedRowsThatAreNotUnderstoodStopPurges() {
        try (StoreSession session = store.open(Access.WRITE)) {
            new OrphanedRowsLedger(session.ledger()).note(new OrphanedRows(InMemoryCatalog.MARK, "anything"));
        }
        assertThat(plan(run(), WEB).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
    }

    /** Purges may name the same rows for months. */
    @Test
    void whatIsWrittenDownAlreadyIsNotWrittenAgain() {
        catalog.removeRuns(TWO.client(), WEB_JOB)
                .failRemovalsWith(new ProviderException(ProviderException.Code.BUSY, "others are at work"));
        catalog.runs(TWO.client(), "something else");
        for (int night = 0; night < 3; night++) {
            run();
            catalog.ran(ONE.client(), WEB_JOB);
        }
        try (StoreSession session = store.open(Access.READ)) {
            assertThat(new OrphanedRowsLedger(session.ledger()).all()).hasSize(1);
        }
    }

    @Test
    void retiringLeavesNoOrphanedRows() {
        director.clientsAre(ClientState.Kind.SILENT);
        catalog.removeRuns(TWO.client(), WEB_JOB);
        assertThat(engine().build().retire(ONE, true).report().notes())
                .containsExactly(
                        "orphaned rows that purges have left would be removed from the catalog as well: path 2");
        assertThat(engine().policy(SyncPolicy.builder().build())
                        .build()
                        .retire(ONE, false)
                        .hasProblem())
                .isFalse();
        assertThat(catalog.paths()).isEmpty();
    }

    @Test
    void whatIsLeftToAPersonIsToldOnceMoreIfNobodyHasReadTheReport() {
        SyncEngine engine = engine().build();
        assertThatThrownBy(() -> engine.run(List.of(ONE), report -> {
                    assertThat(report.instances().get(0).actionRequired()).isNotEmpty();
                    throw new PowerCut();
                }))
                .isInstanceOf(PowerCut.class);
        List<SyncReport> read = new ArrayList<>();
        SyncReport next = engine.run(List.of(ONE), read::add);
        assertThat(read).containsExactly(next);
        assertThat(next.notes()).anySatisfy(note -> assertThat(note).contains("perhaps still to be done"));
        assertThat(run().notes()).isEmpty();

        director.clientsAre(ClientState.Kind.SILENT);
        assertThatThrownBy(() -> engine.retire(ONE, false, report -> {
                    throw new PowerCut();
                }))
                .isInstanceOf(PowerCut.class);
        assertThat(engine.repair(List.of(TWO), "web", false, read::add).notes())
                .anySatisfy(note ->
                        assertThat(note).contains("perhaps still to be done").contains(DB_JOB));
        assertThat(run().notes()).noneMatch(note -> note.contains("perhaps still to be done"));
    }

    /** Everything else a run does needs no such part. */
    @Test
    void aCatalogThatCannotRemoveKeepsWhatIsDueAndSaysSo() {
        BackupCatalog reading = new BackupCatalog() {
            @Override
            public void check() {
                catalog.check();
            }

            @Override
            public JobNames jobNames(OpenStackInstance instance) {
                return catalog.jobNames(instance);
            }
        };
        for (SyncReport report : List.of(
                engine().catalog(reading).build().dryRun(List.of(ONE)),
                engine().catalog(reading).build().run(List.of(ONE)))) {
            assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.FAILED);
            assertThat(plan(report, WEB).reason())
                    .isEqualTo("not purged: this catalog has no part that removes rows, so no VM can be purged and no"
                            + " instance retired");
            assertThat(plan(report, DB).outcome()).isEqualTo(Outcome.UNCHANGED);
        }
        assertThat(store.vms()).hasSize(2);
        director.clientsAre(ClientState.Kind.SILENT);
        assertThatThrownBy(() -> engine().catalog(BackupCatalog.none()).build().retire(ONE, false))
                .isInstanceOf(RetirementRefused.class)
                .hasMessageContaining("no part that removes rows");
        assertThat(engine().catalog(BackupCatalog.none())
                        .policy(SyncPolicy.builder().build())
                        .build()
                        .run(List.of(ONE))
                        .hasProblem())
                .isFalse();
    }

    /** Whoever did something else first might lose what nothing else knows. */
    @Test
    void manualActionsThatCannotBeReadStopARunThatWritesBeforeAnythingElse() {
        store.damageLedger("actions");
        director.clientsAre(ClientState.Kind.SILENT);
        inventory.set(ONE, WEB, DB);
        SyncEngine engine = engine().build();
        assertThatThrownBy(this::run)
                .isInstanceOf(ProviderException.class)
                .hasMessageStartingWith("an earlier run did not come to its end, and the manual actions");
        assertThatThrownBy(() -> engine.repair(List.of(ONE), "web", false)).isInstanceOf(ProviderException.class);
        assertThatThrownBy(() -> engine.retire(ONE, false)).isInstanceOf(ProviderException.class);
        assertThat(store.vms()).noneMatch(vm -> vm.slug().equals("web") && vm.enabled());
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
        assertThat(plan(engine.dryRun(List.of(ONE)), WEB).outcome()).isEqualTo(Outcome.RESTORED);
    }

    @Test
    void manualActionsAreWrittenDownBeforeTheCatalogForgets() {
        BackupCatalog watched = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public JobHolding remove(JobHolding looked) {
                try (StoreSession session = store.open(Access.READ)) {
                    assertThat(new ManualActions(session.ledger()).earlier())
                            .singleElement()
                            .asString()
                            .contains(WEB_JOB);
                }
                return super.remove(looked);
            }
        });
        SyncReport report = engine().catalog(watched).build().run(List.of(ONE));
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(engine().build().dryRun(List.of(ONE)).notes()).isEmpty();
    }

    private static final class PowerCut extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void filesThatCannotBeRemovedAreRemovedByTheNextRun() {
        store.failOn(VmEdit::removes);
        VmPlan failed = plan(run(), WEB);
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(failed.reason())
                .startsWith("it has been purged from the catalog (absent, and disabled since ")
                .contains("runs: 3", "), but its files have not been removed: ");
        assertThat(catalog.jobNames(ONE).known()).containsExactly(DB_JOB);
        store.failOn(edit -> false);
        SyncReport report = run();
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.PURGED);
        assertThat(plan(report, WEB).reason()).contains("the catalog holds nothing of it");
        assertThat(store.vms()).hasSize(1);
    }

    @Test
    void aCatalogThatMayNotBeWrittenIsAskedOnceAndFailsAllPurges() {
        int[] checks = {0};
        BackupCatalog unknown = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public void check() {
                checks[0]++;
                throw new ProviderException(ProviderException.Code.CONFIGURATION, "version 4711 is unknown");
            }
        });
        SyncReport report = engine().catalog(unknown).build().run(List.of(ONE));
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(plan(report, WEB).reason()).contains("4711");
        assertThat(plan(report, DB).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(checks[0]).isEqualTo(1);
    }

    @Test
    void volumesAndBaselinesAreLeftToAPerson() {
        BackupCatalog withVolume = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public JobHolding remove(JobHolding looked) {
                JobHolding taken = super.remove(looked);
                return new JobHolding(
                        taken.client(),
                        taken.job(),
                        taken.fileSet(),
                        taken.runs(),
                        taken.unpurged(),
                        taken.bytes(),
                        taken.rows(),
                        List.of(new CatalogVolume("Vol-0001", "File1", "File1", 69392101)),
                        List.of("copy JobId 9 stays"),
                        null);
            }
        });
        SyncReport report = engine().catalog(withVolume)
                .baselines((instance, job) -> Optional.of(List.of("/w/openstack-" + job + ".2026_1_a.bmp")))
                .build()
                .run(List.of(ONE));
        assertThat(report.instances().get(0).actionRequired())
                .satisfiesExactly(
                        volume -> assertThat(volume).contains("Vol-0001", "Storage File1", "69392101 bytes", "rm -- "),
                        files -> assertThat(files).contains("rm -- '/w/openstack-" + WEB_JOB + ".2026_1_a.bmp'"));
        assertThat(plan(report, WEB).warnings()).containsExactly("copy JobId 9 stays");
    }

    @Test
    void aCheckThatRefusesTheConfigurationPutsTheFilesBack() {
        director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.REFUSED, "something is wrong"));
        SyncReport report = run();
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(plan(report, WEB).reason())
                .contains("purged from the catalog (absent", "runs: 3", "have not been removed: put back, because");
        assertThat(store.vms()).hasSize(2);
        director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.ACCEPTED, ""));
        assertThat(plan(run(), WEB).outcome()).isEqualTo(Outcome.PURGED);
    }

    @Test
    void aVmThatTheCheckBlamesHasItsFilesAgainButNotItsBackups() {
        Iterator<ConfigCheck> answers = List.of(
                        new ConfigCheck(ConfigCheck.Kind.REFUSED, "what is in /web/fileset is needed"),
                        new ConfigCheck(ConfigCheck.Kind.ACCEPTED, ""))
                .iterator();
        director.checksEnd(answers::next);
        VmPlan plan = plan(run(), WEB);
        assertThat(plan.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(plan.reason()).contains("purged from the catalog (absent", "which were put back: what is in /web/");
        assertThat(store.vms()).hasSize(2);
        assertThat(catalog.jobNames(ONE).known()).containsExactly(DB_JOB);
    }

    @Test
    void retiringTakesEverythingOfTheInstanceAndNothingElse() {
        director.clientsAre(ClientState.Kind.SILENT);
        inventory.set(TWO, WEB);
        engine().build().run(List.of(TWO));
        catalog.ran(ONE.client(), ONE.jobPrefix() + "older");
        RetirementReport dry = engine().build().retire(ONE, true);
        assertThat(dry.report().instances().get(0).vms()).hasSize(3);
        assertThat(dry.clientRemoved()).isTrue();
        assertThat(dry.hasProblem()).isFalse();
        assertThat(catalog.clientsRemoved()).isEmpty();
        assertThat(store.vms()).hasSize(3);
        RetirementReport report = engine().build().retire(ONE, false);
        assertThat(report.hasProblem()).isFalse();
        assertThat(report.clientRemoved()).isTrue();
        assertThat(report.directoryRemoved()).isTrue();
        assertThat(catalog.clientsRemoved()).containsExactly(ONE.client());
        assertThat(catalog.jobNames(ONE).known()).isEmpty();
        assertThat(catalog.runsOf(WEB_JOB)).as("of another client").hasSize(1);
        assertThat(store.jobNames()).containsExactly(TWO.jobPrefix() + "web");
        assertThat(director.jobNames()).containsExactly(TWO.jobPrefix() + "web");
    }

    @Test
    void aClientThatAnswersOrIsAtWorkIsNotRetired() {
        assertRefused("still answers");
        director.clientsAre(ClientState.Kind.SILENT);
        catalog.runs(ONE.client(), "any job at all");
        assertRefused("waiting or running");
        director.failWith(new ProviderException(ProviderException.Code.UNREACHABLE, "bconsole cannot connect"));
        assertRefused("cannot be told: bconsole cannot connect");
    }

    @Test
    void anInstanceThatIsCalledByWrongNamesIsNotRetired() {
        director.clientsAre(ClientState.Kind.SILENT);
        assertRefused(named(ONE.datacenter(), "elsewhere", ONE.client(), ONE.jobPrefix()), "is not below");
        assertRefused(named(ONE.datacenter(), "elsewhere", "another-fd", ONE.jobPrefix()), "is not below");
        assertRefused(named(ONE.datacenter(), ONE.openstack(), "another-fd", ONE.jobPrefix()), "belongs to client");
        assertRefused(named(ONE.datacenter(), ONE.openstack(), ONE.client(), "another-"), "does not begin with");
        for (String nearly : List.of(ONE.jobPrefix().replaceFirst("-$", ""), ONE.jobPrefix() + "d")) {
            assertRefused(
                    named(ONE.datacenter(), ONE.openstack(), ONE.client(), nearly),
                    "the prefix is " + ONE.jobPrefix() + ", not " + nearly);
        }
    }

    private static OpenStackInstance named(String datacenter, String openstack, String client, String prefix) {
        return new OpenStackInstance(datacenter, openstack, client, client, prefix, null);
    }

    @Test
    void anInstanceWithAFileThatCannotBeTrustedIsNotRetired() {
        director.clientsAre(ClientState.Kind.SILENT);
        store.put(ONE, new StoreProblem(StoreProblem.Kind.UNREADABLE, "broken", null, "broken/job has no #@uuid:"));
        assertRefused(ONE, "broken/job has no #@uuid:");
    }

    @Test
    void aVmThatSomebodyChangesWhileOthersArePurgedIsKept() {
        BackupCatalog slow = catalogWith(new CleanupOf(catalog.cleanup().orElseThrow()) {
            @Override
            public void check() {
                throw new AssertionError("nothing is to be purged");
            }
        });
        SyncListener operator = new SyncListener() {
            @Override
            public void purging(OpenStackInstance instance, int done, int all) {
                store.remove(ONE, "web");
            }
        };
        SyncReport report = engine().catalog(slow).listener(operator).build().run(List.of(ONE));
        assertThat(plan(report, WEB).outcome()).isEqualTo(Outcome.STILL_DISABLED);
        assertThat(plan(report, WEB).reason()).contains("changed its files meanwhile");
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
    }

    @Test
    void aClientThatTheDirectorDoesNotKnowCanBeRetired() {
        director.clientsAre(ClientState.Kind.UNKNOWN_TO_DIRECTOR);
        RetirementReport report = engine().build().retire(ONE, false);
        assertThat(report.clientRemoved()).isTrue();
        assertThat(report.report().notes())
                .anySatisfy(note -> assertThat(note).contains("no client " + ONE.client()))
                .noneMatch(note -> note.contains("take it out of its configuration"));
    }

    /** Whether it was told to reload or not: it makes rows of all Clients that it has whenever it reads them. */
    @Test
    void aClientThatTheDirectorStillHasIsLeftToAPerson() {
        director.clientsAre(ClientState.Kind.SILENT);
        String note = "the Director still has the Client " + ONE.client() + ": take it out of its configuration, or it"
                + " makes its row in the catalog again when it next reads that";
        assertThat(engine().build().retire(ONE, false).report().notes()).contains(note);
        assertThat(engine().reloadAfterSync(false)
                        .build()
                        .retire(ONE, false)
                        .report()
                        .notes())
                .containsExactly("the Director still has the jobs of " + ONE + ": give it the command reload", note);
    }

    @Test
    void aClientWithOtherJobsKeepsItsRow() {
        director.clientsAre(ClientState.Kind.SILENT);
        catalog.ran(ONE.client(), "Restore");
        RetirementReport dry = engine().build().retire(ONE, true);
        assertThat(dry.clientRemoved()).isFalse();
        assertThat(dry.hasProblem()).as("as the real one").isTrue();
        assertThat(dry.report().notes()).anySatisfy(note -> assertThat(note).endsWith("its Client row would stay"));
        RetirementReport report = engine().build().retire(ONE, false);
        assertThat(report.clientRemoved()).isFalse();
        assertThat(report.hasProblem()).isTrue();
        assertThat(report.report().notes())
                .anySatisfy(note -> assertThat(note)
                        .endsWith("its Client row stays until they are pruned: give this command again then"))
                .noneMatch(note -> note.contains("take it out of its configuration"));
        assertThat(catalog.runsOf("Restore")).hasSize(1);
    }

    /** Its name begins with the prefix, and that is all that it has to do with the instance. */
    @Test
    void aJobThatTheDirectorDefinesElsewhereKeepsItsRuns() {
        director.clientsAre(ClientState.Kind.SILENT);
        String theirs = ONE.jobPrefix() + "hand-written";
        InMemoryDirector another = new InMemoryDirector(() -> {
                    Set<String> jobs = new HashSet<>(store.jobNames());
                    jobs.add(theirs);
                    return jobs;
                })
                .clients(Set.of(ONE.client(), TWO.client()))
                .clientsAre(ClientState.Kind.SILENT)
                .writesTo(catalog);
        another.reload();
        catalog.ran(ONE.client(), theirs).ran(ONE.client(), ONE.jobPrefix() + "older");
        RetirementReport dry = engine().director(another).build().retire(ONE, true);
        RetirementReport report = engine().director(another).build().retire(ONE, false);
        assertThat(List.of(dry, report)).allSatisfy(done -> {
            assertThat(done.report().instances().get(0).notes())
                    .anySatisfy(note -> assertThat(note).startsWith("job " + theirs + " stays with all its runs"));
            assertThat(done.clientRemoved()).isFalse();
            assertThat(done.hasProblem()).isTrue();
        });
        assertThat(catalog.jobNames(ONE).known()).containsExactly(theirs);
        assertThat(store.vms()).isEmpty();
    }

    @Test
    void aDryRunOfARetirementEndsAsTheRetirementWould() {
        director.clientsAre(ClientState.Kind.SILENT);
        store.put(ONE, new StoreProblem(StoreProblem.Kind.FOREIGN, "by-hand", null, "by-hand is not ours"));
        RetirementReport dry = engine().build().retire(ONE, true);
        RetirementReport report = engine().build().retire(ONE, false);
        assertThat(List.of(dry, report)).allSatisfy(done -> {
            assertThat(done.clientRemoved()).isTrue();
            assertThat(done.directoryRemoved()).isFalse();
            assertThat(done.hasProblem()).isTrue();
        });
    }

    @Test
    void whatStoppedARetirementIsFinishedByTheNext() {
        director.clientsAre(ClientState.Kind.SILENT);
        store.failOn(edit -> edit.slug().equals("db"));
        RetirementReport stopped = engine().build().retire(ONE, false);
        assertThat(stopped.hasProblem()).isTrue();
        assertThat(stopped.clientRemoved()).isFalse();
        store.failOn(edit -> false);
        RetirementReport report = engine().build().retire(ONE, false);
        assertThat(report.hasProblem()).isFalse();
        assertThat(report.clientRemoved()).isTrue();
        assertThat(store.vms()).isEmpty();
    }

    private void assertRefused(String why) {
        assertRefused(ONE, why);
    }

    private void assertRefused(OpenStackInstance instance, String why) {
        assertThatThrownBy(() -> engine().build().retire(instance, false))
                .isInstanceOf(RetirementRefused.class)
                .hasMessageContaining(why);
        assertThat(store.vms()).hasSize(2);
        assertThat(catalog.runsOf(WEB_JOB)).hasSize(4);
    }

    private BackupCatalog catalogWith(CatalogCleanup cleanup) {
        return new BackupCatalog() {
            @Override
            public void check() {
                catalog.check();
            }

            @Override
            public JobNames jobNames(OpenStackInstance instance) {
                return catalog.jobNames(instance);
            }

            @Override
            public Optional<CatalogCleanup> cleanup() {
                return Optional.of(cleanup);
            }
        };
    }

    private static class CleanupOf implements CatalogCleanup {
        private final CatalogCleanup other;

        CleanupOf(CatalogCleanup other) {
            this.other = other;
        }

        @Override
        public void check() {
            other.check();
        }

        @Override
        public CatalogCleanup preview() {
            return other.preview();
        }

        @Override
        public JobHolding look(String client, String job, String fileSet) {
            return other.look(client, job, fileSet);
        }

        @Override
        public JobHolding remove(JobHolding looked) {
            return other.remove(looked);
        }

        @Override
        public Optional<OrphanedRows> usedBy(Set<Long> runs, Collection<OrphanedRows> known) {
            return other.usedBy(runs, known);
        }

        @Override
        public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
            return other.removeOrphaned(candidates);
        }

        @Override
        public SortedSet<String> activeJobs(String client) {
            return other.activeJobs(client);
        }

        @Override
        public boolean removeClient(String client) {
            return other.removeClient(client);
        }
    }
}
