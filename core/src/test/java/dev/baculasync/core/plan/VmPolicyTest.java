package dev.baculasync.core.plan;

import static dev.baculasync.core.plan.Site.A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which JobDefs a job is written with, and what becomes of it when the policy changes. */
class VmPolicyTest {
    private static final LiveVm WEB = LiveVm.of("web", A);

    @Test
    void jobDefsComeFromTheTagElseFromTheInstanceElseFromTheDefault() {
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.instance = withJobDefs("LinuxVMJob");
        assertThat(Site.create(site.only()).jobDefs()).isEqualTo("mysql-consistent");
        site.live.set(0, WEB);
        assertThat(Site.create(site.only()).jobDefs()).isEqualTo("LinuxVMJob");
        site.instance = Site.INSTANCE;
        assertThat(Site.create(site.only()).jobDefs()).isEqualTo("DefaultJob");
    }

    @Test
    void aTagThatCannotBeFollowedFallsToTheNextSourceWithAWarning() {
        for (String tag : List.of("bad\"tag", "nosuch", "x".repeat(128))) {
            Site site = new Site().live(WEB.withTag(tag));
            site.instance = withJobDefs("LinuxVMJob");
            assertThat(Site.create(site.only()).jobDefs()).isEqualTo("LinuxVMJob");
            assertThat(site.only().warnings()).hasSize(1);
        }
        Site unseen = new Site().live(WEB.withTag("nosuch"));
        assertThat(unseen.only().warnings())
                .containsExactly(
                        "tag \"nosuch\" is not among what the Director shows: it does not exist, or the Console"
                                + " that BCONSOLE_CONF names may not see it (JobACL); falling back to JOBDEFS");
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.policy = SyncPolicy.builder().jobDefsAllowed(Set.of("LinuxVMJob")).build();
        assertThat(Site.create(site.only()).jobDefs()).isEqualTo("DefaultJob");
        assertThat(site.only().warnings()).singleElement().asString().contains("JOBDEFS_ALLOWED");
    }

    @Test
    void aTagIsNotBelievedWhenTheDirectorCannotBeAsked() {
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.director = Optional.empty();
        assertThat(Site.create(site.only()).jobDefs()).isEqualTo("DefaultJob");
        assertThat(site.only().warnings()).hasSize(1);
    }

    @Test
    void noJobIsWrittenThatNamesAResourceTheDirectorDoesNotShow() {
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
        List<String> ways = List.of(
                "(set JOBDEFS), or the Console that BCONSOLE_CONF names may not see it (JobACL)",
                "(set STORAGE), or the Console that BCONSOLE_CONF names may not see it (StorageACL)",
                "(set POOL), or the Console that BCONSOLE_CONF names may not see it (PoolACL, CatalogACL)",
                "(set SCHEDULE), or the Console that BCONSOLE_CONF names may not see it (ScheduleACL)",
                "it does not exist (set MESSAGES); a job that",
                "correct clients.conf), or the Console that BCONSOLE_CONF names may not see it (ClientACL, CatalogACL)");
        for (int i = 0; i < lacking.size(); i++) {
            Site site = new Site().live(WEB);
            site.director = Optional.of(lacking.get(i));
            assertThat(site.only().outcome()).isEqualTo(Outcome.FAILED);
            assertThat(site.only().edit()).isNull();
            assertThat(site.only().reason()).contains("is not among what the Director shows", ways.get(i));
        }
    }

    @Test
    void jobDefsThatBackNothingUpAreNotChosen() {
        Site site = new Site().live(WEB.withTag("mysql-consistent"));
        site.instance = withJobDefs("LinuxVMJob");
        site.director = Optional.of(notForBackups("mysql-consistent"));
        assertThat(Site.create(site.only()).jobDefs()).isEqualTo("LinuxVMJob");
        assertThat(site.only().warnings()).singleElement().asString().contains("mysql-consistent", "Type Backup");
        site.director = Optional.of(notForBackups("mysql-consistent", "LinuxVMJob"));
        assertThat(Site.create(site.only()).jobDefs()).isEqualTo("DefaultJob");
        assertThat(site.only().warnings()).hasSize(2);
        site.director = Optional.of(notForBackups("mysql-consistent", "LinuxVMJob", "DefaultJob"));
        assertThat(site.only().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(site.only().reason()).contains("Type Backup").contains("JOBDEFS");
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
        assertThat(Site.after(site.only()).jobDefs()).isEqualTo("mysql-consistent");
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

    private static OpenStackInstance withJobDefs(@Nullable String jobDefs) {
        OpenStackInstance site = Site.INSTANCE;
        return new OpenStackInstance(
                site.datacenter(), site.openstack(), site.client(), site.proxyServer(), site.jobPrefix(), jobDefs);
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
                Set.of(jobDefs),
                null);
    }
}
