package dev.baculasync.core.plan;

import static dev.baculasync.core.plan.Site.A;
import static dev.baculasync.core.plan.Site.B;
import static dev.baculasync.core.plan.Site.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.VmEdit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What there is besides a list to judge an absence by: backups, the last list's end, and an operator's word. */
class AbsenceEvidenceTest {
    private static final UUID C = UUID.fromString("cccccccc-5efb-4efb-bd60-4e038800475d");
    private static final UUID D = UUID.fromString("dddddddd-5efb-4efb-bd60-4e038800475d");

    private final Site site = new Site().somebodyElse();

    private static ManagedVm missing(String name, UUID uuid, int days) {
        return Site.stored(name, name, uuid, LifecycleState.MISSING, Duration.ofDays(days));
    }

    private static ManagedVm suspect(String name, UUID uuid, int days) {
        return missing(name, uuid, days).toBuilder().suspect(true).build();
    }

    private static BackupRun run(
            Absence absence, BackupRun.Result result, long secondsAfter, BackupRun.Contents contents) {
        return new BackupRun(8, absence.job(), result, absence.since().plusSeconds(secondsAfter), contents);
    }

    private void testify(List<BackupRun> runs, Map<Instant, Map<String, Boolean>> others) {
        site.evidence = site.evidence.with(Testimony.of(runs, others));
    }

    @Test
    void aBackupBegunAfterAnAbsenceWasNotedMakesTheListShort() {
        site.stored(missing("web", A, 20), Site.stored("new", B, LifecycleState.ACTIVE))
                .backedUp(A);
        InstancePlan plan = site.run();
        assertThat(plan.verdict()).isEqualTo(Discovery.Verdict.INCOMPLETE);
        assertThat(plan.problem()).contains("web (JobId 7", "Enabled = no");
        assertThat(site.store.vms())
                .filteredOn(vm -> vm.uuid().equals(A))
                .singleElement()
                .satisfies(vm -> assertThat(vm.missingSince().at())
                        .isEqualTo(NOW.minus(Duration.ofDays(20)).plusSeconds(3600)));
        assertThat(site.outcomes())
                .as("a list that is short ages nobody")
                .containsEntry(A, Outcome.DISABLED)
                .containsEntry(B, Outcome.GRACE_STARTED);
    }

    @Test
    void oneBackupTestifiesOnce() {
        site.stored(missing("web", A, 20)).backedUp(A);
        assertThat(site.run().verdict()).isEqualTo(Discovery.Verdict.INCOMPLETE);
        InstancePlan second = site.run();
        assertThat(second.verdict()).isEqualTo(Discovery.Verdict.COMPLETE);
        assertThat(site.store.vms())
                .filteredOn(vm -> vm.uuid().equals(A))
                .extracting(LifecycleState::of)
                .containsExactly(LifecycleState.DISABLED);
    }

    @Test
    void aDisabledVmThatWasBackedUpIsRestored() {
        site.stored(Site.stored("web", "web", A, LifecycleState.DISABLED, Duration.ofDays(3)))
                .backedUp(A);
        site.policy = SyncPolicy.builder().cleanupAfter(Duration.ofDays(1)).build();
        assertThat(site.planOf(A).outcome()).isEqualTo(Outcome.RESTORED);
        InstancePlan plan = site.run();
        assertThat(plan.verdict()).isEqualTo(Discovery.Verdict.INCOMPLETE);
        assertThat(site.store.vms())
                .filteredOn(vm -> vm.uuid().equals(A))
                .singleElement()
                .satisfies(vm -> {
                    assertThat(vm.enabled()).isTrue();
                    assertThat(vm.disabledAt()).isNull();
                    assertThat(vm.reenabledAt()).isNotNull();
                });
    }

    @ParameterizedTest
    @CsvSource({
        "GOOD, 1, OF_THE_VM, true",
        "GOOD, 1, UNKNOWN, true",
        "GOOD, 1, OF_OTHERS, false",
        "GOOD, 0, OF_THE_VM, false",
        "GOOD, -1, OF_THE_VM, false",
        "FAILED, 1, UNKNOWN, false",
        "OTHER, 1, UNKNOWN, false"
    })
    void onlyAGoodBackupOfTheVmAfterTheMomentTestifies(
            BackupRun.Result result, long seconds, BackupRun.Contents contents, boolean testifies) {
        site.stored(missing("web", A, 20));
        testify(List.of(run(site.absence(A), result, seconds, contents)), Map.of());
        assertThat(site.plan().verdict())
                .isEqualTo(testifies ? Discovery.Verdict.INCOMPLETE : Discovery.Verdict.COMPLETE);
        assertThat(site.planOf(A).outcome()).isEqualTo(testifies ? Outcome.IN_GRACE : Outcome.DISABLED);
    }

    @Test
    void aVmWithAWitnessIsNotReplaced() {
        site.stored(missing("web", A, 3)).live(LiveVm.of("web", B)).backedUp(A);
        assertThat(site.planOf(A).outcome()).isEqualTo(Outcome.IN_GRACE);
        assertThat(site.planOf(B).outcome()).isEqualTo(Outcome.CREATED);
    }

    @Test
    void theEndOfTheLastListThatIsAbsentAsAWholeIsSuspect() {
        UUID elsewhere = site.live.get(0).uuid();
        site.stored(
                Site.stored("a", A, LifecycleState.ACTIVE),
                Site.stored("b", B, LifecycleState.ACTIVE),
                Site.stored("c", C, LifecycleState.ACTIVE));
        site.evidence = new Evidence(
                Testimony.of(List.of(), Map.of()), List.of(A, elsewhere, B, C), Set.of(), false, Set.of(), List.of());
        InstancePlan plan = site.plan();
        assertThat(plan.newSuspects()).containsExactlyInAnyOrder(B, C);
        assertThat(Site.after(site.planOf(A)).suspect()).isFalse();
        assertThat(Site.after(site.planOf(B)).suspect()).isTrue();
        assertThat(plan.vms())
                .filteredOn(vm -> vm.outcome() == Outcome.GRACE_STARTED)
                .hasSize(3);
    }

    @Test
    void whereEveryNewAbsenceIsSuspectAllAre() {
        site.stored(Site.stored("a", A, LifecycleState.ACTIVE), missing("b", B, 3));
        site.evidence = new Evidence(Testimony.of(List.of(), Map.of()), List.of(), Set.of(), true, Set.of(), List.of());
        assertThat(site.plan().newSuspects()).containsExactly(A);
    }

    @Test
    void withoutACatalogThatKnowsOfBackupsNobodyIsSuspect() {
        site.stored(Site.stored("a", A, LifecycleState.ACTIVE), suspect("b", B, 20));
        site.evidence = new Evidence(Testimony.none(), List.of(A), Set.of(), true, Set.of(), List.of());
        assertThat(site.plan().newSuspects()).isEmpty();
        assertThat(site.planOf(B).outcome()).isEqualTo(Outcome.DISABLED);
    }

    @Test
    void aSuspectIsHeldUntilItsOwnJobFailsWhileAnotherIsGood() {
        site.stored(suspect("web", A, 20));
        Absence absence = site.absence(A);
        Instant since = absence.since();
        BackupRun failed = run(absence, BackupRun.Result.FAILED, 60, BackupRun.Contents.UNKNOWN);
        BackupRun cancelled = run(absence, BackupRun.Result.OTHER, 60, BackupRun.Contents.UNKNOWN);
        Map<String, Boolean> otherGood = Map.of("backup-dc1-os1-else", true);

        testify(List.of(), Map.of());
        assertThat(site.planOf(A).outcome()).as("nothing has run").isEqualTo(Outcome.DISABLED);
        testify(List.of(), Map.of(since, otherGood));
        assertThat(site.planOf(A).outcome()).as("its own has not run").isEqualTo(Outcome.HELD);
        testify(List.of(cancelled), Map.of(since, otherGood));
        assertThat(site.planOf(A).outcome()).as("its own was cancelled").isEqualTo(Outcome.HELD);
        testify(List.of(failed), Map.of(since, Map.of("backup-dc1-os1-else", false)));
        assertThat(site.planOf(A).outcome()).as("no other was good").isEqualTo(Outcome.HELD);
        testify(List.of(failed), Map.of(since, Map.of(absence.job(), true)));
        assertThat(site.planOf(A).outcome()).as("only its own was good").isEqualTo(Outcome.HELD);
        assertThat(site.plan().held()).containsExactly(new Held(Held.Kind.SUSPECT, "web", A, since));

        testify(List.of(failed), Map.of(since, otherGood));
        assertThat(site.planOf(A).outcome()).isEqualTo(Outcome.DISABLED);
        assertThat(Site.after(site.planOf(A)).suspect()).isFalse();
    }

    @Test
    void aSuspectThatReturnsIsNoneAnyMore() {
        site.stored(suspect("web", A, 3)).live(LiveVm.of("web", A));
        site.run();
        assertThat(site.store.vms()).noneMatch(ManagedVm::suspect);
    }

    @Test
    void anApprovalCoversJustWhatWasShown() {
        site.stored(suspect("web", A, 20), missing("db", B, 20));
        site.policy = SyncPolicy.builder().maxDisableMin(0).maxDisablePercent(0).build();
        Instant since = site.absence(A).since();
        testify(List.of(), Map.of(since, Map.of("backup-dc1-os1-else", true)));
        List<Held> held = site.plan().held();
        assertThat(held).hasSize(2);

        approve(held);
        assertThat(site.outcomes()).containsEntry(A, Outcome.DISABLED).containsEntry(B, Outcome.DISABLED);
        assertThat(site.plan().approved()).containsExactlyInAnyOrderElementsOf(held);
        assertThat(site.plan().held()).isEmpty();

        approve(List.of(held.get(0)));
        assertThat(site.plan().vms())
                .filteredOn(vm -> vm.outcome() == Outcome.HELD)
                .hasSize(1);
        for (Held member : held) {
            approve(List.of(
                    new Held(member.kind(), member.slug(), D, member.since()),
                    new Held(member.kind(), "other", member.uuid(), member.since()),
                    new Held(
                            member.kind(),
                            member.slug(),
                            member.uuid(),
                            member.since().plusSeconds(1)),
                    new Held(Held.Kind.PURGE, member.slug(), member.uuid(), member.since())));
            assertThat(site.plan().approved()).isEmpty();
            assertThat(site.plan().held()).isEqualTo(held);
        }
    }

    private void approve(List<Held> members) {
        site.evidence = new Evidence(
                site.evidence.testimony(),
                site.evidence.lastList(),
                site.evidence.unplaced(),
                site.evidence.everyNewAbsenceSuspect(),
                Set.copyOf(members),
                List.of());
    }

    @Test
    void aPurgeThatIsHeldCanBeApproved() {
        List<ManagedVm> vms = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            vms.add(Site.stored("old" + i, "old" + i, new UUID(7, i), LifecycleState.DISABLED, Duration.ofDays(5)));
        }
        site.stored(vms.toArray(ManagedVm[]::new));
        site.policy = SyncPolicy.builder().cleanupAfter(Duration.ofDays(2)).build();
        InstancePlan plan = site.plan();
        assertThat(plan.held()).hasSize(11).allMatch(member -> member.kind() == Held.Kind.PURGE);
        approve(plan.held().subList(0, 5));
        assertThat(site.plan().vms())
                .filteredOn(vm -> vm.outcome() == Outcome.PURGED)
                .hasSize(11);
        approve(plan.held());
        assertThat(site.plan().vms())
                .filteredOn(vm -> vm.outcome() == Outcome.PURGED)
                .hasSize(11);
    }

    @Test
    void moreAbsencesAtOnceThanMayBeDisabledNeedAPerson() {
        for (int i = 0; i < 11; i++) {
            site.stored(Site.stored("old" + i, new UUID(7, i), LifecycleState.ACTIVE));
        }
        InstancePlan plan = site.plan();
        assertThat(plan.vms())
                .filteredOn(vm -> vm.outcome() == Outcome.GRACE_STARTED)
                .hasSize(11);
        assertThat(plan.alarms()).singleElement().asString().startsWith("11 VMs are absent at once");
        assertThat(new Site().somebodyElse().plan().alarms()).isEmpty();
    }

    @Test
    void moreCreationsThanTheLimitAreMadeAndToldFirst() {
        for (int i = 0; i < 11; i++) {
            site.live(LiveVm.of("new" + i, new UUID(7, i)));
        }
        InstancePlan plan = site.plan();
        assertThat(plan.alarms()).isEmpty();
        assertThat(plan.announcements()).singleElement().asString().startsWith("11 new VMs");
        assertThat(plan.edits()).hasSize(11).allMatch(VmEdit::creates);
        Site first = new Site();
        site.live.forEach(first::live);
        assertThat(first.plan().announcements())
                .as("a first run makes all there are")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "None", "UNKNOWN", "0AAAAAAA-5efb-4efb-bd60-4e038800475d"})
    void aPlaceHolderIsNoName(String name) {
        LiveVm vm = LiveVm.of(name, A);
        assertThat(new Site().live(vm).only())
                .satisfies(plan -> assertThat(Site.create(plan).slug()).isEqualTo("vm-0aaaaaaa"))
                .satisfies(plan -> assertThat(plan.vm()).isEqualTo("vm-0aaaaaaa"));

        Site known = new Site().live(vm).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        assertThat(known.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(known.only().vm()).isEqualTo("web");
        assertThat(known.only().edit()).isNull();

        Site gone = new Site().live(vm).stored(Site.stored("x", name, B, LifecycleState.MISSING, Duration.ofDays(1)));
        assertThat(gone.planOf(B).outcome()).as("nobody is replaced by it").isEqualTo(Outcome.IN_GRACE);
        assertThat(gone.planOf(A).outcome()).isEqualTo(Outcome.CREATED);
    }

    @Test
    void aRecordThatMayBeCutKeepsPolicyAndName() {
        LiveVm cut = LiveVm.of("we", A).withTag("mysql-consistent").asPartial();
        site.incomplete = "cut";
        site.live(cut).stored(Site.stored("web", A, LifecycleState.MISSING));
        site.policy =
                SyncPolicy.builder().policyDrift(SyncPolicy.PolicyDrift.UPDATE).build();
        VmPlan plan = site.planOf(A);
        assertThat(plan.outcome()).isEqualTo(Outcome.RETURNED);
        assertThat(plan.vm()).isEqualTo("web");
        assertThat(Site.after(plan).jobDefs()).isEqualTo("DefaultJob");
        assertThat(Site.after(plan).displayName()).isEqualTo("web");
        assertThat(plan.warnings()).isNotEmpty();

        Site fresh = new Site().live(cut);
        fresh.incomplete = "cut";
        assertThat(Site.create(fresh.only()).jobDefs()).isEqualTo("DefaultJob");
        assertThat(fresh.only().outcome()).isEqualTo(Outcome.CREATED);
    }

    @Test
    void theSameRecordTwiceIsOne() {
        assertThat(new Site()
                        .live(LiveVm.of("web", A), LiveVm.of("web", A))
                        .only()
                        .outcome())
                .isEqualTo(Outcome.CREATED);
        assertThat(new Site()
                        .live(LiveVm.of("web", A), LiveVm.of("web", A).asPartial())
                        .only()
                        .outcome())
                .isEqualTo(Outcome.CREATED);
        assertThat(new Site()
                        .live(LiveVm.of("web", A), LiveVm.of("web", A).withTag("x"))
                        .only()
                        .outcome())
                .isEqualTo(Outcome.QUARANTINED);
    }

    @Test
    void whatTheListOnlyNamesIsNotHeldToBeAbsent() {
        site.stored(missing("web", A, 20), Site.stored("db", B, LifecycleState.ACTIVE));
        site.mentioned.addAll(Set.of(A, B));
        assertThat(site.outcomes()).containsEntry(A, Outcome.IN_GRACE).containsEntry(B, Outcome.UNCHANGED);
        assertThat(site.plan().verdict()).isEqualTo(Discovery.Verdict.COMPLETE);
    }

    @Test
    void nobodyTakesTheJobOfAVmInATailThatIsMissingForOtherReasons() {
        site.stored(Site.stored("a", A, LifecycleState.ACTIVE), Site.stored("b", B, LifecycleState.ACTIVE))
                .live(LiveVm.of("b", C));
        site.evidence =
                new Evidence(Testimony.of(List.of(), Map.of()), List.of(A, B), Set.of(), false, Set.of(), List.of());
        assertThat(site.planOf(B).outcome()).isEqualTo(Outcome.GRACE_STARTED);
        assertThat(site.planOf(C).outcome()).isEqualTo(Outcome.CREATED);
        assertThat(site.plan().newSuspects()).containsExactlyInAnyOrder(A, B);
        site.run();
        site.evidence = site.evidence.with(
                Testimony.of(List.of(), Map.of(site.absence(B).since(), Map.of("backup-dc1-os1-else", true))));
        site.live(LiveVm.of("b", D));
        assertThat(site.planOf(B).outcome()).as("nor the next night").isEqualTo(Outcome.IN_GRACE);
    }

    @Test
    void aVmThatIsBuiltAnewTakesTheJobOfTheOldOneThoughItStoodLast() {
        site.stored(Site.stored("b", B, LifecycleState.ACTIVE)).live(LiveVm.of("b", C));
        site.evidence =
                new Evidence(Testimony.of(List.of(), Map.of()), List.of(B), Set.of(), false, Set.of(), List.of());
        assertThat(site.planOf(C).outcome()).isEqualTo(Outcome.REPLACED);
    }

    @Test
    void asManyAreReplacedAtOnceAsThereAreOfAName() {
        site.stored(
                        Site.stored("web-1", "web", A, LifecycleState.ACTIVE, Duration.ZERO),
                        Site.stored("web-2", "web", B, LifecycleState.ACTIVE, Duration.ZERO))
                .live(LiveVm.of("web", C), LiveVm.of("web", D));
        site.catalog.add("backup-dc1-os1-web");
        assertThat(site.outcomes()).containsEntry(C, Outcome.REPLACED).containsEntry(D, Outcome.REPLACED);
    }

    @Test
    void aVmOfWhichItIsNotKnownWhereItStoodIsSuspect() {
        site.stored(Site.stored("a", A, LifecycleState.ACTIVE));
        site.evidence = new Evidence(
                Testimony.of(List.of(), Map.of()),
                List.of(site.live.get(0).uuid()),
                Set.of(A),
                false,
                Set.of(),
                List.of());
        assertThat(site.plan().newSuspects()).containsExactly(A);
    }

    @Test
    void aCellThatIsDownDoesNotTakeAPolicyAway() {
        ManagedVm web = Site.stored("web", A, LifecycleState.ACTIVE).toBuilder()
                .jobDefs("mysql-consistent")
                .build();
        site.stored(web).live(LiveVm.of("None", A));
        site.policy =
                SyncPolicy.builder().policyDrift(SyncPolicy.PolicyDrift.UPDATE).build();
        assertThat(site.planOf(A).edit()).isNull();
        assertThat(site.planOf(A).warnings()).isEmpty();
    }

    @Test
    void aForgedRecordDoesNotBeatATrueOneThatMayBeCut() {
        Site forged = new Site()
                .live(LiveVm.of("victim", A).asPartial(), LiveVm.of("victim", A).withOptedOut(true));
        assertThat(forged.only().outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(forged.only().edit()).isNotNull();
    }

    @Test
    void aDedupWordThatTheDirectorDoesNotTakeIsToldOnceAndNothingIsWritten() {
        site.director = site.director.map(has -> has.withDedup(Set.of("storage", "none")));
        site.live(LiveVm.of("a", A), LiveVm.of("b", B));
        assertThat(site.outcomes()).containsEntry(A, Outcome.FAILED).containsEntry(B, Outcome.FAILED);
        assertThat(site.plan().alarms()).singleElement().asString().contains("DEDUP_ALGO=none");
        site.policy = SyncPolicy.builder().dedup(null).build();
        assertThat(site.outcomes()).containsEntry(A, Outcome.CREATED);
        site.policy = SyncPolicy.builder().dedup("Storage").build();
        assertThat(site.outcomes()).containsEntry(A, Outcome.CREATED);
    }
}
