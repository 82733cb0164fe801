package dev.baculasync.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PurgePlansTest {
    private static final Duration TERM = Duration.ofDays(90);

    private final Site site = new Site().somebodyElse();

    PurgePlansTest() {
        site.policy = SyncPolicy.builder().cleanupAfter(TERM).build();
    }

    private static ManagedVm disabled(String part, UUID uuid, Duration ago) {
        return Site.stored(part, part, uuid, LifecycleState.DISABLED, ago);
    }

    private VmPlan plan(String part) {
        return site.plan().vms().stream()
                .filter(vm -> vm.vm().equals(part))
                .findAny()
                .orElseThrow();
    }

    @Test
    void withoutATermNothingIsEverPurged() {
        site.policy = SyncPolicy.builder().build();
        site.stored(disabled("web", Site.A, Duration.ofDays(40_000)));
        assertThat(plan("web").outcome()).isEqualTo(Outcome.STILL_DISABLED);
    }

    @Test
    void theTermEndsToTheSecond() {
        site.stored(disabled("web", Site.A, TERM), disabled("db", Site.B, TERM.minusSeconds(1)));
        assertThat(plan("web").outcome()).isEqualTo(Outcome.PURGED);
        assertThat(Site.edit(plan("web")).removes()).isTrue();
        assertThat(plan("db").outcome()).isEqualTo(Outcome.STILL_DISABLED);
    }

    @Test
    void aVmThatIsBackIsRestoredHoweverLongItWasGone() {
        site.stored(disabled("web", Site.A, Duration.ofDays(4000))).live(LiveVm.of("web", Site.A));
        assertThat(plan("web").outcome()).isEqualTo(Outcome.RESTORED);
    }

    @Test
    void aVmThatTakesItsNameKeepsItsBackups() {
        site.stored(disabled("web", Site.A, Duration.ofDays(4000))).live(LiveVm.of("web", Site.B));
        assertThat(plan("web").outcome()).isEqualTo(Outcome.REPLACED);
    }

    @Test
    void aListThatMayBeShortPurgesNothing() {
        site.stored(disabled("web", Site.A, Duration.ofDays(4000)));
        site.incomplete = "short";
        assertThat(plan("web").outcome()).isEqualTo(Outcome.STILL_DISABLED);
    }

    @Test
    void aJobThatSomebodyHasEnabledAgainIsKept() {
        ManagedVm vm = disabled("web", Site.A, Duration.ofDays(4000));
        site.stored(vm.toBuilder().enabled(true).build());
        assertKept("Enabled = yes");
    }

    @Test
    void aTimestampThatIsMissingCannotBeReadOrLiesAheadPurgesNothing() {
        ManagedVm vm = disabled("web", Site.A, Duration.ofDays(4000));
        for (Stamp stamp :
                new @Nullable Stamp[] {null, new Stamp(null, "last summer"), Stamp.of(Site.NOW.plusSeconds(1))}) {
            site.stored(vm.toBuilder().disabledAt(stamp).build());
            assertKept("#@disabled:");
        }
    }

    @Test
    void aJobThatIsNotNamedAsOursIsKept() {
        ManagedVm vm = disabled("web", Site.A, Duration.ofDays(4000));
        site.stored(vm.toBuilder().job("BackupCatalog").build());
        assertKept("does not begin with backup-dc1-os1-");
    }

    @Test
    void aJobWhoseNameAnotherFileBearsIsKept() {
        ManagedVm vm = disabled("web", Site.A, Duration.ofDays(4000));
        ManagedVm other = disabled("web2", Site.B, Duration.ofDays(1));
        site.stored(vm, other.toBuilder().job(vm.job()).enabled(true).build());
        assertKept("same name");
    }

    @Test
    void aJobWhoseNameAnotherInstanceBearsIsKept() {
        ManagedVm vm = disabled("web", Site.A, Duration.ofDays(4000));
        site.stored(vm);
        site.elsewhere.add(vm.job());
        assertKept("same name");
    }

    @Test
    void moreThanTheLimitAreAllHeld() {
        for (int i = 0; i < 11; i++) {
            site.stored(disabled("gone" + i, new UUID(7, i), Duration.ofDays(4000)));
        }
        assertThat(site.plan().vms())
                .filteredOn(vm -> vm.vm().startsWith("gone"))
                .allSatisfy(vm -> {
                    assertThat(vm.outcome()).isEqualTo(Outcome.HELD);
                    assertThat(vm.edit()).isNull();
                    assertThat(vm.reason()).contains("MAX_DISABLE_PERCENT");
                });
    }

    @Test
    void retiringTakesEverythingThatIsKnownOnce() {
        site.retired = true;
        site.stored(
                Site.stored("web", "web", Site.A, LifecycleState.ACTIVE, Duration.ZERO),
                disabled("db", Site.B, Duration.ofDays(1)));
        site.catalog.addAll(List.of("backup-dc1-os1-web", "backup-dc1-os1-old"));
        site.copiesOnly.addAll(List.of("backup-dc1-os1-db", "backup-dc1-os1-copied"));
        assertThat(site.plan().vms())
                .extracting(VmPlan::vm, VmPlan::outcome)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("web", Outcome.PURGED),
                        org.assertj.core.groups.Tuple.tuple("db", Outcome.PURGED),
                        org.assertj.core.groups.Tuple.tuple("else", Outcome.PURGED),
                        org.assertj.core.groups.Tuple.tuple("old", Outcome.PURGED),
                        org.assertj.core.groups.Tuple.tuple("copied", Outcome.PURGED));
    }

    private void assertKept(String why) {
        VmPlan plan = plan("web");
        assertThat(plan.outcome()).isEqualTo(Outcome.STILL_DISABLED);
        assertThat(plan.edit()).isNull();
        assertThat(plan.warnings())
                .anySatisfy(warning ->
                        assertThat(warning).contains("CLEANUP_AFTER_DAYS").contains(why));
    }
}
