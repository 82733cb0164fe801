package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link LiveInventory} must hold to. A test class implements it over a source of its own making. */
public interface LiveInventoryContract {
    /** The instance that is asked about. */
    OpenStackInstance SITE = Fleets.instance(1);

    /** VMs as tenants make them. */
    List<LiveVm> VMS = List.of(
            LiveVm.of("web", new UUID(0x4000L, 0x8000_0000_0000_0001L)),
            LiveVm.of("my vm, the 2nd a=b", new UUID(0x4000L, 0x8000_0000_0000_0002L)),
            LiveVm.of("db", new UUID(0x4000L, 0x8000_0000_0000_0003L)).withTag("mysql-consistent"),
            LiveVm.of("scratch", new UUID(0x4000L, 0x8000_0000_0000_0004L)).withOptedOut(true));

    /** An inventory whose source has, each time it is asked about {@link #SITE}, the next of these lists, whole. */
    LiveInventory listing(List<List<LiveVm>> lists);

    /** An inventory whose source names these VMs of {@link #SITE} and then breaks off, or may have done so. */
    LiveInventory cutShortAfter(List<LiveVm> vms);

    /** An inventory whose source does not answer. */
    LiveInventory unreachable();

    @Test
    default void aWholeListIsCompleteAndNamesEachVm() {
        Discovery discovery = listing(List.of(VMS)).discover(SITE);
        assertThat(discovery.verdict()).isEqualTo(Discovery.Verdict.COMPLETE);
        assertThat(discovery.vms()).containsExactlyInAnyOrderElementsOf(VMS);
        assertThat(discovery.doubtful()).isEmpty();
    }

    @Test
    default void aSecondQuestionIsAskedAgain() {
        LiveInventory inventory = listing(List.of(VMS, VMS.subList(0, 1)));
        assertThat(inventory.discover(SITE).vms()).hasSize(VMS.size());
        assertThat(inventory.discover(SITE).vms()).containsExactly(VMS.get(0));
    }

    /** It would age every VM there is. */
    @Test
    default void anEmptyListIsAFailure() {
        Discovery discovery = listing(List.of(List.of())).discover(SITE);
        assertThat(discovery.verdict()).isEqualTo(Discovery.Verdict.FAILED);
        assertThat(discovery.problem()).isNotBlank();
    }

    @Test
    default void aListThatMayBeShortIsNeverComplete() {
        Discovery discovery = cutShortAfter(VMS.subList(0, 2)).discover(SITE);
        assertThat(discovery.verdict()).isNotEqualTo(Discovery.Verdict.COMPLETE);
        assertThat(discovery.problem()).isNotBlank();
        assertThat(VMS.subList(0, 2)).containsAll(discovery.vms());
    }

    @Test
    default void aSourceThatDoesNotAnswerIsAFailureAndNoException() {
        Discovery discovery = unreachable().discover(SITE);
        assertThat(discovery.verdict()).isEqualTo(Discovery.Verdict.FAILED);
        assertThat(discovery.problem()).isNotBlank();
    }
}
