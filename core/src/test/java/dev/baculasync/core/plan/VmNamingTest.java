package dev.baculasync.core.plan;

import static dev.baculasync.core.plan.Site.A;
import static dev.baculasync.core.plan.Site.B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoreProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Names of a VM's directory and resources: whose they are, and what a tenant cannot do with them. */
class VmNamingTest {
    private static final LiveVm WEB = LiveVm.of("web", A);

    @Test
    void aNewVmGetsTheNamesOfTheSeed() {
        Site site = new Site().live(LiveVm.of("rocky9-instance1", A));
        ManagedVm create = Site.create(site.only());
        assertThat(create.slug()).isEqualTo("rocky9-instance1");
        assertThat(create.job()).isEqualTo("backup-dc1-os1-rocky9-instance1");
        assertThat(create.fileSet().name()).isEqualTo("fs-datacenter1-openstack1-rocky9-instance1");
        assertThat(create.directives().fileSet()).isEqualTo(create.fileSet().name());
        assertThat(create.fileSet().instances()).containsExactly(A);
        assertThat(create.fileSet().dedup()).isEqualTo("sha256");
        assertThat(create.jobDefs()).isEqualTo("DefaultJob");
    }

    @Test
    void ofTwoVmsWithOneNameTheSmallestUuidGetsThePlainOne() {
        Site site = new Site().live(LiveVm.of("web", B), WEB);
        List<VmPlan> plans = site.plan().vms();
        assertThat(plans)
                .extracting(VmPlan::job)
                .containsExactlyInAnyOrder("backup-dc1-os1-web", "backup-dc1-os1-web-fbbbbbbb");
        assertThat(site.planOf(A).job()).isEqualTo("backup-dc1-os1-web");
    }

    @Test
    void ofTwoVmsWithOneNameTheOneOnDiskKeepsThePlainOne() {
        Site site = new Site().live(LiveVm.of("web", B), WEB).stored(Site.stored("web", B, LifecycleState.ACTIVE));
        assertThat(site.planOf(B).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(site.planOf(A).job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
    }

    @Test
    void aNameMadeToLookLikeASuffixTakesNobodysPlace() {
        Site site = new Site().live(WEB, LiveVm.of("web", B), LiveVm.of("web-fbbbbbbb", new UUID(1, 1)));
        List<VmPlan> plans = site.run().vms();
        assertThat(plans).extracting(VmPlan::outcome).containsOnly(Outcome.CREATED);
        assertThat(plans).extracting(VmPlan::job).doesNotHaveDuplicates();
        assertThat(site.planOf(B).job()).isEqualTo("backup-dc1-os1-web-fbbbbbbb5efb");
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
        assertThat(site.planOf(victim).job()).isEqualTo("backup-dc1-os1-a_b-" + digits + "-3");
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
    void aNameThatTheDirectorHasFromElsewhereIsNotTaken() {
        Site site = new Site().live(WEB);
        site.director = Optional.of(Site.loaded(Set.of("backup-dc1-os1-web"), Set.of()));
        assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
        assertThat(site.only().warnings()).singleElement().asString().contains("from elsewhere");
    }

    /** The Director has loaded it, but from the files of another tree, or from what an operator keeps in this one. */
    @Test
    void aNameThatFilesOfTheTreeHaveIsToldWithTheirPlace() {
        for (String taken : List.of("backup-dc1-os1-web", "fs-datacenter1-openstack1-web")) {
            Site site = new Site().live(WEB);
            site.elsewhere.add(taken);
            site.director =
                    Optional.of(Site.loaded(Set.of("backup-dc1-os1-web"), Set.of("fs-datacenter1-openstack1-web")));
            assertThat(site.only().warnings())
                    .singleElement()
                    .asString()
                    .isEqualTo(taken
                            + " belongs to the files in datacenter9/openstack9/elsewhere, so this VM's job is called"
                            + " backup-dc1-os1-web-0aaaaaaa");
        }
    }

    @Test
    void aNameThatAnotherVmHasByRightIsNotFromElsewhere() {
        Site site = new Site().live(WEB, LiveVm.of("web", B)).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        site.director = Optional.of(Site.loaded(Set.of("backup-dc1-os1-web"), Set.of("fs-datacenter1-openstack1-web")));
        assertThat(site.planOf(B).job()).isEqualTo("backup-dc1-os1-web-fbbbbbbb");
        assertThat(site.planOf(B).warnings()).isEmpty();
    }

    @Test
    void aNameThatAnOperatorHasGivenToAnotherVmsResourceIsNotTaken() {
        ManagedVm web = Site.stored("web", A, LifecycleState.ACTIVE);
        for (ManagedVm edited : List.of(
                web.toBuilder()
                        .job("backup-dc1-os1-db")
                        .fileSetName("fs-datacenter1-openstack1-web")
                        .build(),
                web.toBuilder()
                        .job("backup-dc1-os1-web")
                        .fileSetName("fs-datacenter1-openstack1-db")
                        .build())) {
            Site site = new Site().live(WEB, LiveVm.of("db", B)).stored(edited);
            assertThat(site.planOf(B).outcome()).isEqualTo(Outcome.CREATED);
            assertThat(site.planOf(B).job()).isEqualTo("backup-dc1-os1-db-fbbbbbbb");
            site.director =
                    Optional.of(Site.loaded(Set.of("backup-dc1-os1-db"), Set.of("fs-datacenter1-openstack1-db")));
            assertThat(site.planOf(B).warnings())
                    .singleElement()
                    .asString()
                    .contains(" belongs to the files in datacenter1/openstack1/web, so");
        }
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
    void aNameThatAnInstanceWhichIsNoLongerConfiguredHasIsNotTaken() {
        for (String taken : List.of("backup-dc1-os1-web", "fs-datacenter1-openstack1-web")) {
            Site site = new Site().live(WEB);
            site.elsewhere.add(taken);
            assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
        }
    }

    /** What a purge leaves: with a job of that name the runs would count as the new VM's. */
    @Test
    void aNameThatNothingBearsButCopiesIsNotTakenAndTheVmIsProtected() {
        Site site = new Site().live(WEB, LiveVm.of("db", B));
        site.copiesOnly.add("backup-dc1-os1-web");
        site.copiesOnly.add("backup-dc1-os1-db-fbbbbbbb");
        assertThat(site.planOf(A).outcome()).isEqualTo(Outcome.CREATED);
        assertThat(site.planOf(A).job()).isEqualTo("backup-dc1-os1-web-0aaaaaaa");
        assertThat(site.planOf(A).warnings())
                .singleElement()
                .asString()
                .contains("copies or migrated runs under backup-dc1-os1-web,", "called backup-dc1-os1-web-0aaaaaaa");
        assertThat(site.planOf(B).job()).isEqualTo("backup-dc1-os1-db");
        assertThat(site.planOf(B).warnings()).isEmpty();
        site.copiesOnly.add("backup-dc1-os1-db");
        assertThat(site.planOf(B).job())
                .startsWith("backup-dc1-os1-db-fbbbbbbb")
                .hasSize("backup-dc1-os1-db-".length() + 12);
    }

    @Test
    void aVmThatHasItsFilesKeepsItsNameWhateverElseBearsIt() {
        Site site = new Site().live(WEB).stored(Site.stored("web", A, LifecycleState.ACTIVE));
        site.copiesOnly.add("backup-dc1-os1-web");
        assertThat(site.only().outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(site.only().warnings()).isEmpty();
        assertThat(site.plan().notes()).isEmpty();
    }

    @Test
    void whatARunThatDiedHadWrittenIsWrittenAgainUnderTheSameNameWhoeverHasSeenItInBetween() {
        Site site = new Site().live(WEB);
        site.rolledBack.add("web");
        site.catalog.add("backup-dc1-os1-web");
        site.director = Optional.of(Site.loaded(Set.of("backup-dc1-os1-web"), Set.of("fs-datacenter1-openstack1-web")));
        assertThat(site.only().outcome()).isEqualTo(Outcome.CREATED);
        assertThat(site.only().job()).isEqualTo("backup-dc1-os1-web");
    }
}
