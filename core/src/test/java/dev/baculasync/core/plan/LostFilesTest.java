package dev.baculasync.core.plan;

import static dev.baculasync.core.plan.Site.A;
import static dev.baculasync.core.plan.Site.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.VmEdit;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Files that are lost, cannot be read or are there twice, and what repair writes. */
class LostFilesTest {
    private static final LiveVm WEB = LiveVm.of("web", A);

    @Test
    void aVmThatTheCatalogKnowsIsNeverCreatedAgain() {
        Site site = new Site().live(WEB, LiveVm.of("web", B));
        site.catalog.add("backup-dc1-os1-web");
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.FILE_MISSING, B, Outcome.CREATED));
        site.catalog.add("backup-dc1-os1-web-fbbbbbbb");
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.FILE_MISSING, B, Outcome.FILE_MISSING));
    }

    @Test
    void aRunThatLeavesLiveVmsWithoutAJobFileNeedsAPersonAndSaysSoFirst() {
        Site site = new Site().live(WEB, LiveVm.of("web", B));
        assertThat(site.plan().alarms()).isEmpty();
        site.catalog.addAll(Set.of("backup-dc1-os1-web", "backup-dc1-os1-web-fbbbbbbb"));
        assertThat(Outcome.FILE_MISSING.isProblem()).isTrue();
        assertThat(site.plan().alarms())
                .singleElement()
                .asString()
                .startsWith("2 live VM(s) have no job file")
                .contains("web, web; find out who");
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
    void aJobOfWhichThereAreCopiesOnlyIsNotLost() {
        Site site = new Site().live(WEB);
        site.copiesOnly.add("backup-dc1-os1-web");
        assertThat(site.plan().notes()).isEmpty();
        for (String name : List.of("web", A.toString())) {
            site.repair = name;
            assertThat(site.only().edit()).isNull();
            assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        }
        site.catalog.add("backup-dc1-os1-web-0aaaaaaa");
        assertThat(site.only().outcome()).isEqualTo(Outcome.REPAIRED);
        assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
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
                .stored(Site.stored("db", new UUID(5, 5), LifecycleState.MISSING).toBuilder()
                        .fileSet(null)
                        .build());
        site.catalog.add("backup-dc1-os1-web");
        for (String name : List.of("web", A.toString(), "backup-dc1-os1-web")) {
            site.repair = name;
            assertThat(site.only().outcome()).isEqualTo(Outcome.REPAIRED);
            assertThat(Site.create(site.only()).slug()).isEqualTo("web");
        }
        site.repair = "db";
        VmEdit repair = Site.edit(site.only());
        assertThat(repair.before().fileSet()).isNull();
        assertThat(repair.after()).isEqualTo(Site.stored("db", new UUID(5, 5), LifecycleState.MISSING));
        site.repair = "new";
        assertThat(site.only().edit()).isNull();
        site.repair = "nobody";
        assertThat(site.plan().vms()).isEmpty();
    }

    @Test
    void aJobWithoutItsFileSetIsRepairedWhateverItsState() {
        for (LifecycleState state : List.of(LifecycleState.ACTIVE, LifecycleState.MISSING, LifecycleState.DISABLED)) {
            Site site = new Site()
                    .somebodyElse()
                    .stored(Site.stored("web", A, state).toBuilder()
                            .fileSet(null)
                            .build());
            VmPlan plan = site.planOf(A);
            assertThat(plan.outcome())
                    .isEqualTo(state == LifecycleState.ACTIVE ? Outcome.GRACE_STARTED : Outcome.REPAIRED);
            assertThat(Site.after(plan).fileSet()).isNotNull();
        }
    }

    @Test
    void aVmThatCouldOnlyReplaceOneWhoseFileSetCannotBeWrittenAgainGetsItsOwnJob() {
        Site site = new Site()
                .live(LiveVm.of("web", B))
                .stored(Site.stored("web", A, LifecycleState.ACTIVE).toBuilder()
                        .fileSet(null)
                        .build());
        site.elsewhere.add("fs-datacenter1-openstack1-web");
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.FAILED, B, Outcome.CREATED));
        assertThat(site.planOf(A).reason()).contains("belongs to the files in datacenter9/openstack9/elsewhere;");
        assertThat(site.planOf(B).job()).isEqualTo("backup-dc1-os1-web-fbbbbbbb");
    }

    @Test
    void aMissingFileSetIsNotWrittenAgainWhileAnotherFileHoldsItsName() {
        ManagedVm db = Site.stored("db", B, LifecycleState.ACTIVE);
        Site site = new Site()
                .live(WEB, LiveVm.of("db", B))
                .stored(Site.stored("web", A, LifecycleState.ACTIVE).toBuilder()
                        .fileSet(null)
                        .build())
                .stored(db.toBuilder()
                        .fileSetName("fs-datacenter1-openstack1-web")
                        .build());
        assertThat(site.outcomes()).isEqualTo(Map.of(A, Outcome.FAILED, B, Outcome.UNCHANGED));
        assertThat(site.planOf(A).reason()).contains("belongs to the files in datacenter1/openstack1/db;");
        assertThat(site.plan().edits()).isEmpty();
        site.repair = "web";
        assertThat(site.only().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(site.only().edit()).isNull();
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
    void twoJobFilesOfOneVmAreBothLeftAlone() {
        Site site = new Site()
                .live(WEB)
                .stored(
                        Site.stored("web", A, LifecycleState.ACTIVE),
                        Site.stored("copy", "web", A, LifecycleState.DISABLED, Duration.ofDays(1)));
        assertThat(site.plan().vms()).hasSize(2).extracting(VmPlan::outcome).containsOnly(Outcome.QUARANTINED);
        assertThat(site.plan().edits()).isEmpty();
    }
}
