package dev.baculasync.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Transition;
import dev.baculasync.core.lifecycle.VmLifecycle;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the lifecycle table is taken by the planner, and what it plans leads to the state the row names. */
class EveryTransitionTest {
    static Stream<Transition> rows() {
        return VmLifecycle.standard().transitions().stream();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isTaken(Transition row) {
        Site site = new Site().somebodyElse();
        if (row.from() != LifecycleState.NEW) {
            site.stored(Site.stored("web", "web", Site.A, row.from(), Duration.ofDays(3)));
        }
        LiveVm vm = LiveVm.of("web", Site.A);
        switch (row.on()) {
            case PRESENT -> site.live(vm);
            case PRESENT_RENAMED -> site.live(LiveVm.of("shop", Site.A));
            case REPLACED -> site.live(LiveVm.of("web", Site.B));
            case OPTED_OUT -> site.live(vm.withOptedOut(true));
            case FILE_LOST -> {
                site.live(vm);
                site.catalog.add("backup-dc1-os1-web");
            }
            case FILE_LOST_AND_WANTED -> {
                site.live(vm);
                site.catalog.add("backup-dc1-os1-web");
                site.repair = "web";
            }
            case DOUBTFUL -> site.live(vm, LiveVm.of("shop", Site.A));
            case DOUBTFUL_BUT_IDENTIFIED -> site.doubtful.add(new DoubtfulVm("tag= twice", "web", Set.of(Site.A)));
            case ABSENT -> {}
            case EXPIRED -> site.now = Site.NOW.plus(Duration.ofDays(30));
            case EXPIRED_BUT_HELD -> {
                site.now = Site.NOW.plus(Duration.ofDays(30));
                site.policy = SyncPolicy.builder()
                        .maxDisableMin(0)
                        .maxDisablePercent(0)
                        .build();
            }
            case EXPIRED_BUT_SUSPECT -> {
                site.now = Site.NOW.plus(Duration.ofDays(30));
                ManagedVm suspect = site.store.vms().stream()
                        .filter(stored -> stored.uuid().equals(Site.A))
                        .findFirst()
                        .orElseThrow()
                        .toBuilder()
                        .suspect(true)
                        .build();
                site.stored(suspect);
                site.otherJobRan(suspect);
            }
            case BACKED_UP -> site.backedUp(Site.A);
            case OUTLIVED ->
                site.policy =
                        SyncPolicy.builder().cleanupAfter(Duration.ofDays(2)).build();
            case OUTLIVED_BUT_HELD ->
                site.policy = SyncPolicy.builder()
                        .cleanupAfter(Duration.ofDays(2))
                        .maxDisableMin(0)
                        .maxDisablePercent(0)
                        .build();
            case RETIRED -> {
                site.catalog.add("backup-dc1-os1-web");
                site.retired = true;
            }
            case UNSEEN -> site.incomplete = "the list may be short";
        }

        List<VmPlan> plans = site.run().vms().stream()
                .filter(plan -> !plan.vm().equals("else"))
                .toList();

        assertThat(plans).hasSize(1);
        assertThat(plans.get(0).outcome()).isEqualTo(row.outcome());
        assertThat(plans.get(0).reason()).isNotEmpty();
        List<ManagedVm> left = site.store.vms().stream()
                .filter(stored -> !stored.displayName().equals("else"))
                .toList();
        if (row.to() == LifecycleState.NEW || row.to() == LifecycleState.PURGED) {
            assertThat(left).isEmpty();
        } else {
            assertThat(left).hasSize(1);
            assertThat(LifecycleState.of(left.get(0))).isEqualTo(row.to());
        }
    }
}
