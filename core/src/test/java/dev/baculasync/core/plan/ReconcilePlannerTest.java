package dev.baculasync.core.plan;

import static dev.baculasync.core.plan.Site.A;
import static dev.baculasync.core.plan.Site.B;
import static dev.baculasync.core.plan.Site.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StampEdit;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredVm;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconcilePlannerTest {
    private static final LiveVm WEB = LiveVm.of("web", A);

    @Test
    void aNewVmGetsTheNamesOfTheSeed() {
        Site site = new Site().live(LiveVm.of("rocky9-instance1", A));
        ConfigEdit.Create create = Site.create(site.only());
        assertThat(create.vmPart()).isEqualTo("rocky9-instance1");
        assertThat(create.job().name()).isEqualTo("backup-dc1-os1-rocky9-instance1");
        assertThat(create.fileSet().name()).isEqualTo("fs-datacenter1-openstack1-rocky9-instance1");
        assertThat(create.job().fileSet()).isEqualTo(create.fileSet().name());
        assertThat(create.fileSet().uuid()).isEqualTo(A);
        assertThat(create.fileSet().dedup()).isEqualTo("sha256");
        assertThat(create.job().jobDefs()).isEqualTo("DefaultJob");
    }

    @Test
    void disablingStatesWhenAndEndsTheGracePeriod() {
        Site site = new Site()
                .somebodyElse()
                .stored(Site.stored("web", "web", A, LifecycleState.MISSING, Duration.ofDays(15)));
        assertThat(Site.change(planOf(site, A)))
                .isEqualTo(ConfigEdit.Change.of("web")
                        .withStatus(JobStatus.DISABLED)
                        .withEnabled(false)
                        .withMissingSince(StampEdit.CLEAR)
                        .withDisabledAt(StampEdit.to(NOW)));
    }

    @Test
    void theGracePeriodMustBeExceededNotReached() {
        Site site = new Site()
                .somebodyElse()
                .stored(Site.stored("web", "web", A, LifecycleState.MISSING, Duration.ofDays(14)));
        assertThat(planOf(site, A).outcome()).isEqualTo(Outcome.IN_GRACE);
        site.now = NOW.plusSeconds(1);
        assertThat(planOf(site, A).outcome()).isEqualTo(Outcome.DISABLED);
    }

    @Test
    void aTimestampThatCannotBeReadOrLiesAheadNeverDisables() {
        for (Stamp stamp : List.of(new Stamp(null, "soon"), Stamp.of(NOW.plus(Duration.ofDays(9000))))) {
            Site site = new Site().somebodyElse().stored(missingSince(stamp));
            VmPlan plan = planOf(site, A);
            assertThat(plan.outcome()).isEqualTo(Outcome.IN_GRACE);
            assertThat(plan.edit()).isNull();
            assertThat(plan.warnings()).isNotEmpty();
        }
    }

    @Test
    void aJobThatAnOperatorSwitchedOffStaysOff() {
        Site site = new Site().live(WEB).stored(enabled(Site.stored("web", A, LifecycleState.ACTIVE), false));
        assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(site.only().edit()).isNull();
        assertThat(site.only().reason()).contains("Enabled = no");
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
    void ofTwoVmsWithOneNameTheSmallestUuidGetsThePlainOne() {
        Site site = new Site().live(LiveVm.of("web", B), WEB);
        List<VmPlan> plans = site.plan().vms();
        assertThat(plans)
                .extracting(VmPlan::job)
                .containsExactlyInAnyOrder("backup-dc1-os1-web", "backup-dc1-os1-web-fbbbbbbb");
        assertThat(planOf(site, A).job()).isEqualTo("backup-dc1-os1-web");
    }

    @Test
    void ofTwoVmsWithOneNameTheOneOnDiskKeepsThePlainOne() {
        Site site = new Site().live(LiveVm.of("web", B), WEB).stored(Site.stored("web", B, LifecycleState.ACTIVE));
        assertThat(planOf(site, B).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(planOf(site, A).job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
    }

    @Test
    void aNameMadeToLookLikeASuffixTakesNobodysPlace() {
        Site site = new Site().live(WEB, LiveVm.of("web", B), LiveVm.of("web-fbbbbbbb", new UUID(1, 1)));
        List<VmPlan> plans = site.run().vms();
        assertThat(plans).extracting(VmPlan::outcome).containsOnly(Outcome.CREATED);
        assertThat(plans).extracting(VmPlan::job).doesNotHaveDuplicates();
        assertThat(planOf(site, B).job()).isEqualTo("backup-dc1-os1-web-fbbbbbbb5efb");
    }

    @Test
    void whoeverTakesEveryNameThatBeginsWithAUuidKeepsNobodyFromHavingOne() {
        UUID victim = UUID.fromString("f14c5892-5efb-4efb-bd60-4e0388004700");
        String digits = victim.toString().replace("-", "");
        List<LiveVm> taken = new ArrayList<>();
        for (int length = 8; length <= 32; length += 4) {
            taken.add(LiveVm.of("a_b-" + digits.substring(0, length), new UUID(1, length)));
        }
        taken.add(LiveVm.of("a_b-" + digits + "-2", new UUID(1, 1)));
        Site site = new Site().live(LiveVm.of("a b", victim));
        taken.forEach(site::live);
        assertThat(site.plan().vms())
                .hasSize(9)
                .allSatisfy(plan -> assertThat(plan.outcome()).isEqualTo(Outcome.CREATED));
        assertThat(planOf(site, victim).job()).isEqualTo("backup-dc1-os1-a_b-" + digits + "-3");
        site.run();
        assertThat(site.plan().edits()).isEmpty();
    }

    @Test
    void theLongestNamesStillFitWithAllOfTheUuidAndANumber() {
        OpenStackInstance narrow = new OpenStackInstance("dc", "os", "fd", "proxy", "p".repeat(86) + "-", null);
        ResourceNames names = new ResourceNames(narrow);
        List<String> given = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            given.add(names.suffixed("a b".repeat(90), A, name -> !given.contains(name)));
        }
        assertThat(given)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        name -> assertThat(BaculaName.isLegal(names.job(name))).isTrue());
    }

    @Test
    void whatGoesWrongWithOneVmStaysWithIt() {
        Site site = new Site()
                .live(WEB, LiveVm.of("db", B).withTag("mysql-consistent"), LiveVm.of("new", new UUID(5, 5)))
                .stored(Site.stored("web", A, LifecycleState.ACTIVE), Site.stored("db", B, LifecycleState.ACTIVE));
        site.asked = () -> {
            throw new IllegalStateException("broken");
        };
        assertThat(site.outcomes())
                .isEqualTo(Map.of(A, Outcome.UNCHANGED, B, Outcome.FAILED, new UUID(5, 5), Outcome.FAILED));
        assertThat(planOf(site, B).reason()).contains("internal error").contains("broken");
        assertThat(site.plan().edits()).isEmpty();
    }

    @Test
    void aNameThatNoFileCouldHoldIsCutForGood() {
        String endless = "\ud83d\ude00".repeat(200_000);
        for (String name : List.of(endless, "a" + endless)) {
            Site site = new Site().live(LiveVm.of(name, A));
            String held = Site.create(site.only()).displayName();
            assertThat(name).startsWith(held);
            assertThat(held).hasSizeBetween(1023, 1024);
            assertThat(Character.isHighSurrogate(held.charAt(held.length() - 1)))
                    .isFalse();
            site.run();
            assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
            assertThat(site.only().edit()).isNull();
        }
    }

    @Test
    void aRenamedVmKeepsItsJob() {
        Site site = new Site().live(LiveVm.of("shop", A)).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        VmPlan plan = site.only();
        assertThat(plan.outcome()).isEqualTo(Outcome.RENAMED);
        assertThat(plan.job()).isEqualTo("backup-dc1-os1-web");
        assertThat(Site.change(plan)).isEqualTo(ConfigEdit.Change.of("web").withDisplayName("shop"));
    }

    @Test
    void aVmIsReplacedOnlyWhenACompleteListLacksTheOldOne() {
        Site site = new Site().live(LiveVm.of("web", B)).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        assertThat(site.only().outcome()).isEqualTo(Outcome.REPLACED);
        assertThat(Site.change(site.only()).uuid()).isEqualTo(B);
        site.incomplete = "short";
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.UNCHANGED, B, Outcome.CREATED));
    }

    @Test
    void aVmWhoseFileSetCannotBeMadeToBackUpAnotherIsNotReplaced() {
        StoredVm web = Site.stored("web", A, LifecycleState.ACTIVE);
        Site site = new Site().live(LiveVm.of("web", B)).stored(withResources(web, web.job(), web.fileSet(), false));
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.GRACE_STARTED, B, Outcome.CREATED));
        assertThat(planOf(site, B).job()).isEqualTo("backup-dc1-os1-web-fbbbbbbb");
        site.run();
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.IN_GRACE, B, Outcome.UNCHANGED));
        Site lost = new Site().live(LiveVm.of("web", B)).stored(withoutFileSet(web));
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
        assertThat(Site.create(plan).job().jobDefs()).isEqualTo("DefaultJob");
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
    void aVmThatTheCatalogKnowsIsNeverCreatedAgain() {
        Site site = new Site().live(WEB, LiveVm.of("web", B));
        site.catalog.add("backup-dc1-os1-web");
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.FILE_MISSING, B, Outcome.CREATED));
        site.catalog.add("backup-dc1-os1-web-fbbbbbbb");
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.FILE_MISSING, B, Outcome.FILE_MISSING));
    }

    @Test
    void aJobThatTheDirectorAndTheCatalogHaveButNoFileOfOursEverHeldIsTheOperatorsOwn() {
        Site site = new Site().live(WEB);
        site.catalog.add("backup-dc1-os1-web");
        site.director = Optional.of(Site.loaded(Set.of("backup-dc1-os1-web"), Set.of("Linux")));
        assertThat(site.only().outcome()).isEqualTo(Outcome.CREATED);
        assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
        assertThat(site.only().warnings()).singleElement().asString().contains("from elsewhere");
        site.repair = "web";
        assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(site.only().edit()).isNull();
    }

    @Test
    void aLostFileIsNotWrittenAgainWhileTheDirectorHasOrMayHaveASecondOneOfItsName() {
        Set<String> job = Set.of("backup-dc1-os1-web");
        Set<String> fileSet = Set.of("fs-datacenter1-openstack1-web");
        for (Optional<DirectorResources> director : List.of(
                Optional.of(Site.loaded(job, fileSet)),
                Optional.of(Site.loaded(Set.of(), fileSet)),
                Optional.<DirectorResources>empty())) {
            Site site = new Site().live(WEB);
            site.catalog.addAll(job);
            site.director = director;
            assertThat(site.only().outcome()).isEqualTo(Outcome.FILE_MISSING);
            site.repair = "web";
            assertThat(site.only().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(site.only().edit()).isNull();
            site.director = Optional.of(Site.loaded(Set.of(), Set.of()));
            assertThat(site.only().outcome()).isEqualTo(Outcome.REPAIRED);
        }
    }

    @Test
    void repairWritesWhatIsMissingOfOneVmAndTouchesNothingElse() {
        Site site = new Site()
                .live(WEB, LiveVm.of("new", B))
                .stored(withoutFileSet(Site.stored("db", new UUID(5, 5), LifecycleState.MISSING)));
        site.catalog.add("backup-dc1-os1-web");
        for (String name : List.of("web", A.toString(), "backup-dc1-os1-web")) {
            site.repair = name;
            assertThat(site.only().outcome()).isEqualTo(Outcome.REPAIRED);
            assertThat(Site.create(site.only()).vmPart()).isEqualTo("web");
        }
        site.repair = "db";
        ConfigEdit.Change change = Site.change(site.only());
        assertThat(change).isEqualTo(ConfigEdit.Change.of("db").withMissingFileSet(change.missingFileSet()));
        site.repair = "new";
        assertThat(site.only().edit()).isNull();
        site.repair = "nobody";
        assertThat(site.plan().vms()).isEmpty();
    }

    @Test
    void aJobWithoutItsFileSetIsRepairedWhateverItsState() {
        for (LifecycleState state : List.of(LifecycleState.ACTIVE, LifecycleState.MISSING, LifecycleState.DISABLED)) {
            Site site = new Site().somebodyElse().stored(withoutFileSet(Site.stored("web", A, state)));
            VmPlan plan = planOf(site, A);
            assertThat(plan.outcome())
                    .isEqualTo(state == LifecycleState.ACTIVE ? Outcome.GRACE_STARTED : Outcome.REPAIRED);
            assertThat(Site.change(plan).missingFileSet()).isNotNull();
        }
    }

    @Test
    void aMissingFileSetIsNotWrittenAgainWhileAnotherFileHoldsItsName() {
        StoredVm db = Site.stored("db", B, LifecycleState.ACTIVE);
        Site site = new Site()
                .live(WEB, LiveVm.of("db", B))
                .stored(withoutFileSet(Site.stored("web", A, LifecycleState.ACTIVE)))
                .stored(withResources(db, db.job(), "fs-datacenter1-openstack1-web", true));
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.FAILED, B, Outcome.UNCHANGED));
        assertThat(site.plan().edits()).isEmpty();
        site.repair = "web";
        assertThat(site.only().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(site.only().edit()).isNull();
    }

    @Test
    void aFailedDiscoveryLeavesTheInstanceAlone() {
        Site site = new Site()
                .stored(withoutFileSet(Site.stored("web", A, LifecycleState.ACTIVE)))
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
        assertThat(held.notes())
                .containsExactly("held: 11 of 11 enabled jobs would be disabled, and one run may disable 10"
                        + " (MAX_DISABLE_PERCENT is 30, MAX_DISABLE_MIN is 10); raise one of them to let them through");
        assertThat(held.vms())
                .filteredOn(plan -> plan.outcome() == Outcome.HELD)
                .hasSize(11)
                .allSatisfy(plan -> {
                    assertThat(plan.reason())
                            .contains("MAX_DISABLE_PERCENT", "MAX_DISABLE_MIN")
                            .hasSizeLessThan(90);
                    assertThat(plan.edit()).isNull();
                });
        assertThat(planOf(site, B).outcome()).isEqualTo(Outcome.CREATED);
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
        assertThat(planOf(site, A).warnings()).anyMatch(warning -> warning.contains("(2026-05-19 21:00:00)"));
        site = berlin(LifecycleState.MISSING, 3, false);
        try (StoreSession session = site.store.open(ConfigStore.Access.WRITE)) {
            session.noteDiscovery(
                    Site.INSTANCE, false, Site.NOW.minus(Duration.ofHours(28)), Site.NOW.minus(Duration.ofDays(3)));
        }
        assertThat(planOf(site, A).reason())
                .contains("disabled after 2026-05-31 01:00:00 if")
                .endsWith("(1 d 4 h) does not count");
        assertThat(TimeText.of(Duration.ofMinutes(200))).isEqualTo("3 h 20 min");
    }

    private static String reason(LifecycleState state, int days, boolean live) {
        return planOf(berlin(state, days, live), A).reason();
    }

    private static Site berlin(LifecycleState state, int days, boolean live) {
        Site site = new Site().somebodyElse();
        site.policy = SyncPolicy.builder().zone(ZoneId.of("Europe/Berlin")).build();
        site.stored(Site.stored("web", "web", A, state, Duration.ofDays(days)));
        return live ? site.live(LiveVm.of("web", A)) : site;
    }

    @Test
    void jobDefsComeFromTheTagElseFromTheInstanceElseFromTheDefault() {
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.instance = withJobDefs("LinuxVMJob");
        assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("mysql-consistent");
        site.live.set(0, WEB);
        assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("LinuxVMJob");
        site.instance = Site.INSTANCE;
        assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("DefaultJob");
    }

    @Test
    void aTagThatCannotBeFollowedFallsToTheNextSourceWithAWarning() {
        for (String tag : List.of("bad\"tag", "nosuch", "x".repeat(128))) {
            Site site = new Site().live(WEB.withTag(tag));
            site.instance = withJobDefs("LinuxVMJob");
            assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("LinuxVMJob");
            assertThat(site.only().warnings()).hasSize(1);
        }
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.policy = SyncPolicy.builder().jobDefsAllowed(Set.of("LinuxVMJob")).build();
        assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("DefaultJob");
        assertThat(site.only().warnings()).singleElement().asString().contains("JOBDEFS_ALLOWED");
    }

    @Test
    void aTagIsNotBelievedWhenTheDirectorCannotBeAsked() {
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.director = Optional.empty();
        assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("DefaultJob");
        assertThat(site.only().warnings()).hasSize(1);
    }

    @Test
    void noJobIsWrittenThatNamesAResourceTheDirectorDoesNotHave() {
        DirectorResources none = Site.RESOURCES;
        List<DirectorResources> lacking = List.of(
                new DirectorResources(
                        Set.of(),
                        none.storages(),
                        none.pools(),
                        none.schedules(),
                        none.messages(),
                        none.clients(),
                        Set.of(),
                        Set.of()),
                new DirectorResources(
                        none.jobDefs(),
                        Set.of(),
                        none.pools(),
                        none.schedules(),
                        none.messages(),
                        none.clients(),
                        Set.of(),
                        Set.of()),
                new DirectorResources(
                        none.jobDefs(),
                        none.storages(),
                        Set.of(),
                        none.schedules(),
                        none.messages(),
                        none.clients(),
                        Set.of(),
                        Set.of()),
                new DirectorResources(
                        none.jobDefs(),
                        none.storages(),
                        none.pools(),
                        Set.of(),
                        none.messages(),
                        none.clients(),
                        Set.of(),
                        Set.of()),
                new DirectorResources(
                        none.jobDefs(),
                        none.storages(),
                        none.pools(),
                        none.schedules(),
                        Set.of(),
                        none.clients(),
                        Set.of(),
                        Set.of()),
                new DirectorResources(
                        none.jobDefs(),
                        none.storages(),
                        none.pools(),
                        none.schedules(),
                        none.messages(),
                        Set.of(),
                        Set.of(),
                        Set.of()));
        for (DirectorResources resources : lacking) {
            Site site = new Site().live(WEB);
            site.director = Optional.of(resources);
            assertThat(site.only().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(site.only().edit()).isNull();
            assertThat(site.only().reason()).contains("does not exist in the Director");
        }
    }

    @Test
    void aNameThatTheDirectorHasFromElsewhereIsNotTaken() {
        Site site = new Site().live(WEB);
        site.director = Optional.of(Site.loaded(Set.of("backup-dc1-os1-web"), Set.of()));
        assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
    }

    @Test
    void aNameThatAnOperatorHasGivenToAnotherVmsResourceIsNotTaken() {
        StoredVm web = Site.stored("web", A, LifecycleState.ACTIVE);
        for (StoredVm edited : List.of(
                withResources(web, "backup-dc1-os1-db", "fs-datacenter1-openstack1-web", true),
                withResources(web, "backup-dc1-os1-web", "fs-datacenter1-openstack1-db", true))) {
            Site site = new Site().live(WEB, LiveVm.of("db", B)).stored(edited);
            assertThat(planOf(site, B).outcome()).isEqualTo(Outcome.CREATED);
            assertThat(planOf(site, B).job()).isEqualTo("backup-dc1-os1-db-fbbbbbbb");
        }
    }

    @Test
    void jobDefsThatBackNothingUpAreNotChosen() {
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.instance = withJobDefs("LinuxVMJob");
        site.director = Optional.of(notForBackups("mysql-consistent"));
        assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("LinuxVMJob");
        assertThat(site.only().warnings()).singleElement().asString().contains("mysql-consistent", "Type Backup");
        site.director = Optional.of(notForBackups("mysql-consistent", "LinuxVMJob"));
        assertThat(Site.create(site.only()).job().jobDefs()).isEqualTo("DefaultJob");
        assertThat(site.only().warnings()).hasSize(2);
        site.director = Optional.of(notForBackups("mysql-consistent", "LinuxVMJob", "DefaultJob"));
        assertThat(site.only().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(site.only().reason()).contains("Type Backup").contains("JOBDEFS");
    }

    private static DirectorResources notForBackups(String... jobDefs) {
        return new DirectorResources(
                Site.RESOURCES.jobDefs(),
                Site.RESOURCES.storages(),
                Site.RESOURCES.pools(),
                Site.RESOURCES.schedules(),
                Site.RESOURCES.messages(),
                Site.RESOURCES.clients(),
                Set.of(),
                Set.of(),
                Set.of(jobDefs));
    }

    @Test
    void driftIsReportedOrMended() {
        Site site =
                new Site().live(WEB.withTag("mysql-consistent")).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(site.only().edit()).isNull();
        assertThat(site.only().warnings()).singleElement().asString().contains("POLICY_DRIFT");
        site.policy =
                SyncPolicy.builder().policyDrift(SyncPolicy.PolicyDrift.UPDATE).build();
        assertThat(site.only().outcome()).isEqualTo(Outcome.REPAIRED);
        assertThat(Site.change(site.only()).jobDefs()).isEqualTo("mysql-consistent");
    }

    @Test
    void aDirectoryThatIsNotOursIsLeftAloneAndTheVmGetsAnotherName() {
        Site site = new Site()
                .live(WEB)
                .problem(new StoreProblem(StoreProblem.Kind.FOREIGN, "web", null, "web is not ours"));
        assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
        assertThat(site.plan().notes()).contains("web is not ours");
    }

    @Test
    void aFileThatCannotBeReadQuarantinesTheVmItMayBelongTo() {
        Site site =
                new Site().live(WEB).problem(new StoreProblem(StoreProblem.Kind.UNREADABLE, "web", null, "two uuids"));
        assertThat(site.plan().vms()).extracting(VmPlan::outcome).containsOnly(Outcome.QUARANTINED);
        assertThat(site.plan().edits()).isEmpty();
        Site known = new Site()
                .live(WEB, LiveVm.of("web", B))
                .problem(new StoreProblem(StoreProblem.Kind.UNREADABLE, "web", A, "bad status"));
        assertThat(known.plan().vms())
                .extracting(VmPlan::uuid, VmPlan::outcome)
                .containsExactlyInAnyOrder(tuple(A, Outcome.QUARANTINED), tuple(B, Outcome.CREATED));
    }

    @Test
    void aVmWhoseFileCannotBeReadHasOneOutcomeWhateverItsDirectoryIsCalled() {
        for (String name : List.of("web", "my web")) {
            String part = name.equals("web") ? "web" : "my_web-0aaaaaaa";
            Site site = new Site()
                    .live(LiveVm.of(name, A))
                    .problem(new StoreProblem(StoreProblem.Kind.UNREADABLE, part, null, "two uuids"));
            assertThat(site.only().outcome()).isEqualTo(Outcome.QUARANTINED);
            assertThat(site.only().uuid()).isEqualTo(A);
            assertThat(site.only().edit()).isNull();
        }
    }

    @Test
    void aRecordWithoutAUuidIsToldOfEvenWhenASoundVmBearsItsName() {
        Site site = new Site().live(WEB).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        site.doubtful.add(new DoubtfulVm("malformed uuid", "web", Set.of()));
        assertThat(site.plan().vms())
                .extracting(VmPlan::uuid, VmPlan::outcome)
                .containsExactlyInAnyOrder(tuple(A, Outcome.UNCHANGED), tuple(null, Outcome.QUARANTINED));
    }

    @Test
    void aNameThatAnInstanceWhichIsNoLongerConfiguredHasIsNotTaken() {
        for (String taken : List.of("backup-dc1-os1-web", "fs-datacenter1-openstack1-web")) {
            Site site = new Site().live(WEB);
            site.elsewhere.add(taken);
            assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
        }
    }

    @Test
    void whatARunThatDiedHadWrittenIsWrittenAgainUnderTheSameNameWhoeverHasSeenItInBetween() {
        Site site = new Site().live(WEB);
        site.putBack.add("web");
        site.catalog.add("backup-dc1-os1-web");
        site.director = Optional.of(Site.loaded(Set.of("backup-dc1-os1-web"), Set.of("fs-datacenter1-openstack1-web")));
        assertThat(site.only().outcome()).isEqualTo(Outcome.CREATED);
        assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web");
    }

    @Test
    void aGoodJobIsNotUpdatedOutOfIgnorance() {
        Site site = new Site().live(WEB.withTag("silver")).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        site.policy = SyncPolicy.builder()
                .jobDefs("NotThere")
                .policyDrift(SyncPolicy.PolicyDrift.UPDATE)
                .build();
        site.director = Optional.empty();
        assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(site.only().edit()).isNull();
        assertThat(site.only().warnings()).isNotEmpty();
    }

    @Test
    void twoJobFilesOfOneVmAreBothLeftAlone() {
        Site site = new Site()
                .live(WEB)
                .stored(
                        Site.stored("web", A, LifecycleState.ACTIVE),
                        Site.stored("copy", "web", A, LifecycleState.DISABLED, Duration.ofDays(1)));
        assertThat(site.plan().vms()).hasSize(2).extracting(VmPlan::outcome).containsOnly(Outcome.QUARANTINED);
        assertThat(site.plan().edits()).isEmpty();
    }

    private static VmPlan planOf(Site site, UUID uuid) {
        return site.plan().vms().stream()
                .filter(plan -> uuid.equals(plan.uuid()))
                .findFirst()
                .orElseThrow();
    }

    private static OpenStackInstance withJobDefs(@Nullable String jobDefs) {
        OpenStackInstance site = Site.INSTANCE;
        return new OpenStackInstance(
                site.datacenter(), site.openstack(), site.client(), site.proxyServer(), site.jobPrefix(), jobDefs);
    }

    private static StoredVm missingSince(Stamp stamp) {
        StoredVm vm = Site.stored("web", A, LifecycleState.MISSING);
        return new StoredVm(
                vm.datacenter(),
                vm.openstack(),
                vm.client(),
                vm.vmPart(),
                vm.displayName(),
                vm.uuid(),
                vm.job(),
                vm.status(),
                stamp,
                null,
                null,
                List.of(),
                true,
                vm.jobDefs(),
                true,
                vm.fileSet(),
                true);
    }

    private static StoredVm enabled(StoredVm vm, boolean enabled) {
        return new StoredVm(
                vm.datacenter(),
                vm.openstack(),
                vm.client(),
                vm.vmPart(),
                vm.displayName(),
                vm.uuid(),
                vm.job(),
                vm.status(),
                vm.missingSince(),
                null,
                null,
                List.of(),
                enabled,
                vm.jobDefs(),
                true,
                vm.fileSet(),
                true);
    }

    private static StoredVm withoutFileSet(StoredVm vm) {
        return new StoredVm(
                vm.datacenter(),
                vm.openstack(),
                vm.client(),
                vm.vmPart(),
                vm.displayName(),
                vm.uuid(),
                vm.job(),
                vm.status(),
                vm.missingSince(),
                vm.disabledAt(),
                null,
                List.of(),
                vm.enabled(),
                vm.jobDefs(),
                false,
                null,
                false);
    }

    private static StoredVm withResources(StoredVm vm, String job, @Nullable String fileSet, boolean follows) {
        return new StoredVm(
                vm.datacenter(),
                vm.openstack(),
                vm.client(),
                vm.vmPart(),
                vm.displayName(),
                vm.uuid(),
                job,
                vm.status(),
                vm.missingSince(),
                vm.disabledAt(),
                null,
                List.of(),
                vm.enabled(),
                vm.jobDefs(),
                true,
                fileSet,
                follows);
    }
}
