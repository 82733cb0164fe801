package dev.baculasync.core.plan;

import static dev.baculasync.core.plan.Site.A;
import static dev.baculasync.core.plan.Site.B;
import static dev.baculasync.core.plan.Site.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baculasync.core.ledger.DiscoveryOutages.Outage;
import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What the planner decides about a VM that can be told for certain or cannot. */
class ReconcilePlannerTest {
    private static final LiveVm WEB = LiveVm.of("web", A);

    @Test
    void disablingStatesWhenAndEndsTheGracePeriod() {
        ManagedVm web = Site.stored("web", "web", A, LifecycleState.MISSING, Duration.ofDays(15));
        Site site = new Site().somebodyElse().stored(web);
        assertThat(Site.after(site.planOf(A)))
                .isEqualTo(web.toBuilder()
                        .status(JobStatus.DISABLED)
                        .enabled(false)
                        .missingSince(null)
                        .disabledAt(Stamp.of(NOW))
                        .build());
    }

    @Test
    void theGracePeriodMustBeExceededNotReached() {
        Site site = new Site()
                .somebodyElse()
                .stored(Site.stored("web", "web", A, LifecycleState.MISSING, Duration.ofDays(14)));
        assertThat(site.planOf(A).outcome()).isEqualTo(Outcome.IN_GRACE);
        site.now = NOW.plusSeconds(1);
        assertThat(site.planOf(A).outcome()).isEqualTo(Outcome.DISABLED);
    }

    @Test
    void aTimestampThatCannotBeReadOrLiesAheadNeverDisables() {
        for (Stamp stamp : List.of(new Stamp(null, "soon"), Stamp.of(NOW.plus(Duration.ofDays(9000))))) {
            Site site = new Site()
                    .somebodyElse()
                    .stored(Site.stored("web", A, LifecycleState.MISSING).toBuilder()
                            .missingSince(stamp)
                            .build());
            VmPlan plan = site.planOf(A);
            assertThat(plan.outcome()).isEqualTo(Outcome.IN_GRACE);
            assertThat(plan.edit()).isNull();
            assertThat(plan.warnings()).isNotEmpty();
        }
    }

    @Test
    void aJobThatAnOperatorSwitchedOffStaysOff() {
        Site site = new Site()
                .live(WEB)
                .stored(Site.stored("web", A, LifecycleState.ACTIVE).toBuilder()
                        .enabled(false)
                        .build());
        assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(site.only().edit()).isNull();
        assertThat(site.only().reason()).contains("Enabled = no");
    }

    /** Only its fileset was restored from an old backup, say. */
    @Test
    void aVmWhoseFileSetNamesOthersOnlyIsNotLeftUnprotectedInSilence() {
        ManagedVm web = Site.stored("web", A, LifecycleState.ACTIVE);
        ManagedVm others = web.toBuilder().backsUp(Set.of(B)).build();
        Site site = new Site().live(WEB).stored(others);
        VmPlan plan = site.only();
        assertThat(plan.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(plan.edit()).isNull();
        assertThat(plan.warnings())
                .singleElement()
                .asString()
                .contains("write instance=" + A + " into", "datacenter1/openstack1/web/fileset", "instance=" + B);
        assertThat(site.plan().alarms()).singleElement().asString().contains("1 live VM(s)", "web");
        Site both = new Site()
                .live(WEB)
                .stored(web.toBuilder().backsUp(Set.of(A, B)).build());
        assertThat(both.only().outcome()).as("it names this one, too").isEqualTo(Outcome.UNCHANGED);
        Site rewritten =
                new Site().live(WEB).stored(web.toBuilder().backsUp(Set.of()).build());
        assertThat(rewritten.only().outcome()).as("names nobody by UUID").isEqualTo(Outcome.UNCHANGED);
        assertThat(rewritten.plan().alarms()).isEmpty();
        Site byHand =
                new Site().live(WEB).stored(others.toBuilder().enabled(false).build());
        assertThat(byHand.only().outcome()).as("is not to run").isEqualTo(Outcome.UNCHANGED);
        assertThat(new Site().live(WEB.withOptedOut(true)).stored(others).only().outcome())
                .isEqualTo(Outcome.OPTED_OUT);
    }

    @Test
    void aVmThatComesBackToAFileSetOfOthersIsInServiceAgainAndTold() {
        for (LifecycleState state : List.of(LifecycleState.MISSING, LifecycleState.DISABLED)) {
            ManagedVm web = Site.stored("web", A, state);
            Site site = new Site()
                    .live(WEB)
                    .stored(web.toBuilder().backsUp(Set.of(B)).build());
            InstancePlan plan = site.run();
            assertThat(plan.vms())
                    .singleElement()
                    .extracting(VmPlan::outcome)
                    .isEqualTo(state == LifecycleState.MISSING ? Outcome.RETURNED : Outcome.RESTORED);
            assertThat(plan.alarms()).hasSize(1);
            assertThat(site.only().outcome()).isEqualTo(Outcome.QUARANTINED);
        }
    }

    @Test
    void anOptedOutVmIsNotTouchedAndTheReportSaysWhetherItHasAJob() {
        Site site = new Site()
                .live(LiveVm.of("shop", A).withOptedOut(true))
                .stored(Site.stored("web", A, LifecycleState.MISSING));
        VmPlan plan = site.only();
        assertThat(plan.outcome()).isEqualTo(Outcome.OPTED_OUT);
        assertThat(plan.edit()).isNull();
        assertThat(plan.reason()).contains("backup-dc1-os1-web exists and is enabled");
    }

    @Test
    void whatGoesWrongWithOneVmStaysWithIt() {
        Site site = new Site()
                .live(WEB, LiveVm.of("db", B).withTag("mysql-consistent"), LiveVm.of("new", new UUID(5, 5)))
                .stored(
                        Site.stored("web", A, LifecycleState.ACTIVE),
                        Site.stored("db", B, LifecycleState.ACTIVE).toBuilder()
                                .fileSet(null)
                                .build());
        site.lookedUp = () -> {
            throw new IllegalStateException("broken");
        };
        assertThat(site.outcomes())
                .isEqualTo(Map.of(A, Outcome.UNCHANGED, B, Outcome.FAILED, new UUID(5, 5), Outcome.FAILED));
        assertThat(site.planOf(B).reason()).contains("internal error").contains("broken");
        assertThat(site.plan().edits()).isEmpty();
    }

    @Test
    void aRenamedVmKeepsItsJob() {
        ManagedVm web = Site.stored("web", A, LifecycleState.ACTIVE);
        Site site = new Site().live(LiveVm.of("shop", A)).stored(web);
        VmPlan plan = site.only();
        assertThat(plan.outcome()).isEqualTo(Outcome.RENAMED);
        assertThat(plan.job()).isEqualTo("backup-dc1-os1-web");
        assertThat(Site.after(plan))
                .isEqualTo(web.toBuilder().displayName("shop").build());
    }

    @Test
    void aVmIsReplacedOnlyWhenACompleteListLacksTheOldOne() {
        Site site = new Site().live(LiveVm.of("web", B)).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        assertThat(site.only().outcome()).isEqualTo(Outcome.REPLACED);
        ManagedVm replaced = Site.after(site.only());
        assertThat(replaced.uuid()).isEqualTo(B);
        assertThat(replaced.previousUuids()).containsExactly(A);
        assertThat(replaced.backsUp()).containsExactly(B);
        site.incomplete = "short";
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.UNCHANGED, B, Outcome.CREATED));
    }

    @Test
    void aReplacedVmWhoseJobAnOperatorHasDisabledIsNotSaidToBeBackedUp() {
        ManagedVm active = Site.stored("web", A, LifecycleState.ACTIVE);
        ManagedVm disabled = Site.stored("web", A, LifecycleState.DISABLED);
        for (ManagedVm web : List.of(
                active.toBuilder().enabled(false).build(),
                disabled.toBuilder().disabledByOperator(true).build())) {
            VmPlan plan = new Site().live(LiveVm.of("web", B)).stored(web).only();
            assertThat(plan.outcome()).isEqualTo(Outcome.REPLACED);
            assertThat(plan.reason()).contains("Enabled = no").doesNotContain("backs");
        }
        for (ManagedVm web : List.of(active, disabled)) {
            VmPlan plan = new Site().live(LiveVm.of("web", B)).stored(web).only();
            assertThat(plan.reason()).endsWith("the same job is now the new one's, and backs it up");
        }
    }

    /** The operator who had disabled it has written Enabled = yes while the VM was away. */
    @Test
    void aJobThatAnOperatorHasEnabledAgainIsNotSaidToBeDisabled() {
        Site site = new Site()
                .live(WEB)
                .stored(Site.stored("web", A, LifecycleState.DISABLED).toBuilder()
                        .disabledByOperator(true)
                        .enabled(true)
                        .build());
        assertThat(site.only().reason()).endsWith("; enabled again");
    }

    @Test
    void aVmWhoseFileSetCannotBeMadeToBackUpAnotherIsNotReplaced() {
        ManagedVm web = Site.stored("web", A, LifecycleState.ACTIVE);
        Site site = new Site()
                .live(LiveVm.of("web", B))
                .stored(web.toBuilder().backsUp(Set.of()).build());
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.GRACE_STARTED, B, Outcome.CREATED));
        assertThat(site.planOf(B).job()).isEqualTo("backup-dc1-os1-web-fbbbbbbb");
        site.run();
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.IN_GRACE, B, Outcome.UNCHANGED));
        Site lost = new Site()
                .live(LiveVm.of("web", B))
                .stored(web.toBuilder().fileSet(null).build());
        assertThat(lost.only().outcome()).as("one that is written again can").isEqualTo(Outcome.REPLACED);
    }

    @Test
    void aVmInDoubtIsNotReplaced() {
        Site site = new Site().live(LiveVm.of("web", B)).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        site.doubtful.add(new DoubtfulVm("no name", null, Set.of(A)));
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.QUARANTINED, B, Outcome.CREATED));
    }

    @Test
    void nobodyCanSpeakForAnothersVm() {
        Site site = new Site()
                .live(WEB, LiveVm.of("evil", A).withOptedOut(true))
                .stored(Site.stored("web", A, LifecycleState.MISSING));
        VmPlan plan = site.only();
        assertThat(plan.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(plan.edit()).isNull();
    }

    @Test
    void aVmWhoseRecordsContradictEachOtherIsStillProtectedWhenItsNameIsCertain() {
        Site site = new Site().live(WEB.withTag("mysql-consistent"), WEB.withOptedOut(true));
        VmPlan plan = site.only();
        assertThat(plan.outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(Site.create(plan).jobDefs()).isEqualTo("DefaultJob");
        site.run();
        assertThat(site.only().edit()).isNull();
    }

    @Test
    void aRecordWithoutAUuidKeepsTheVmOfItsNameFromAging() {
        Site site = new Site()
                .somebodyElse()
                .stored(Site.stored("web", "web", A, LifecycleState.MISSING, Duration.ofDays(99)));
        site.doubtful.add(new DoubtfulVm("malformed uuid", "web", Set.of()));
        assertThat(site.outcomes()).containsEntry(A, Outcome.QUARANTINED).hasSize(2);
        assertThat(site.plan().edits()).isEmpty();
        site.live(LiveVm.of("web", B));
        assertThat(site.outcomes()).containsEntry(A, Outcome.QUARANTINED).containsEntry(B, Outcome.CREATED);
    }

    @Test
    void aVmWhoseNameIsInDoubtGetsNoJob() {
        Site site = new Site().live(WEB, LiveVm.of("shop", A));
        assertThat(site.only().outcome()).isEqualTo(Outcome.QUARANTINED);
        assertThat(site.only().edit()).isNull();
    }

    @Test
    void aFailedDiscoveryLeavesTheInstanceAlone() {
        Site site = new Site()
                .stored(Site.stored("web", A, LifecycleState.ACTIVE).toBuilder()
                        .fileSet(null)
                        .build())
                .stored(Site.stored("db", "db", B, LifecycleState.MISSING, Duration.ofDays(99)));
        site.failed = true;
        assertThat(site.plan().edits()).isEmpty();
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.UNCHANGED, B, Outcome.IN_GRACE));
    }

    @Test
    void tooManyDisablesAtOnceAreAllHeldAndTheRestGoesOn() {
        Site site = new Site().live(LiveVm.of("new", B));
        for (int i = 0; i < 11; i++) {
            site.stored(Site.stored("old" + i, "old" + i, new UUID(7, i), LifecycleState.MISSING, Duration.ofDays(20)));
        }
        InstancePlan held = site.plan();
        assertThat(held.heldBecause())
                .containsExactly("held: 11 of 11 enabled jobs would be disabled, and one run may disable 10"
                        + " (MAX_DISABLE_PERCENT is 30, MAX_DISABLE_MIN is 10)");
        assertThat(held.held())
                .hasSize(11)
                .allSatisfy(member -> assertThat(member.kind()).isEqualTo(Held.Kind.DISABLE));
        assertThat(held.vms())
                .filteredOn(plan -> plan.outcome() == Outcome.HELD)
                .hasSize(11)
                .allSatisfy(plan -> {
                    assertThat(plan.reason())
                            .contains("MAX_DISABLE_PERCENT", "MAX_DISABLE_MIN")
                            .hasSizeLessThan(90);
                    assertThat(plan.edit()).isNull();
                });
        assertThat(site.planOf(B).outcome()).isEqualTo(Outcome.CREATED);
        site.policy = SyncPolicy.builder().maxDisableMin(11).build();
        assertThat(site.plan().notes()).isEmpty();
        assertThat(site.plan().vms())
                .filteredOn(plan -> plan.outcome() == Outcome.DISABLED)
                .hasSize(11);
    }

    /** As in the job files; instants are for programs. */
    @Test
    void reasonsTellTimesAsAPersonReadsThem() {
        assertThat(reason(LifecycleState.ACTIVE, 0, false)).contains("disabled after 2026-06-01 21:00:00 if");
        assertThat(reason(LifecycleState.MISSING, 3, false))
                .contains("absent since 2026-05-15 21:00:00; disabled after 2026-05-29 21:00:00 if");
        assertThat(reason(LifecycleState.MISSING, 20, false)).contains("absent since 2026-04-28 21:00:00, longer");
        assertThat(reason(LifecycleState.DISABLED, 3, false)).contains("disabled 2026-05-15 21:00:00");
        assertThat(reason(LifecycleState.MISSING, 3, true)).contains("missing since 2026-05-15 21:00:00");
        assertThat(reason(LifecycleState.DISABLED, 3, true)).contains("disabled 2026-05-15 21:00:00");

        Site site = berlin(LifecycleState.MISSING, -1, false);
        assertThat(site.planOf(A).warnings()).anyMatch(warning -> warning.contains("(2026-05-19 21:00:00)"));
        site = berlin(LifecycleState.MISSING, 3, false);
        site.evidence = new Evidence(
                Testimony.none(),
                List.of(),
                Set.of(),
                false,
                Set.of(),
                List.of(new Outage(Site.NOW.minus(Duration.ofHours(28)), null)));
        assertThat(site.planOf(A).reason())
                .contains("disabled after 2026-05-31 01:00:00 if")
                .endsWith("(1 d 4 h) does not count");
        assertThat(TimeText.of(Duration.ofMinutes(200))).isEqualTo("3 h 20 min");
    }

    private static String reason(LifecycleState state, int days, boolean live) {
        return berlin(state, days, live).planOf(A).reason();
    }

    private static Site berlin(LifecycleState state, int days, boolean live) {
        Site site = new Site().somebodyElse();
        site.policy = SyncPolicy.builder().zone(ZoneId.of("Europe/Berlin")).build();
        site.stored(Site.stored("web", "web", A, state, Duration.ofDays(days)));
        return live ? site.live(LiveVm.of("web", A)) : site;
    }

    @Test
    void aRecordWithoutAUuidIsToldOfEvenWhenASoundVmBearsItsName() {
        Site site = new Site().live(WEB).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        site.doubtful.add(new DoubtfulVm("malformed uuid", "web", Set.of()));
        assertThat(site.plan().vms())
                .extracting(VmPlan::uuid, VmPlan::outcome)
                .containsExactlyInAnyOrder(tuple(A, Outcome.UNCHANGED), tuple(null, Outcome.QUARANTINED));
    }
}
