package dev.baculasync.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VmLifecycleTest {
    @Test
    void aRowThatStandsTwiceIsRefused() {
        List<Transition> rows = new ArrayList<>(VmLifecycle.standard().transitions());
        rows.add(new Transition(LifecycleState.ACTIVE, Signal.PRESENT, LifecycleState.MISSING, Outcome.HELD));
        assertThatThrownBy(() -> new VmLifecycle(rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ACTIVE on PRESENT stands twice");
    }

    @Test
    void aStateThatCannotBeLeftIsRefused() {
        List<Transition> rows = VmLifecycle.standard().transitions().stream()
                .filter(row -> row.from() != LifecycleState.DISABLED || row.to() == LifecycleState.DISABLED)
                .toList();
        assertThatThrownBy(() -> new VmLifecycle(rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DISABLED is a dead end");
    }

    @Test
    void aStateThatCannotBeReachedIsRefused() {
        List<Transition> rows = VmLifecycle.standard().transitions().stream()
                .filter(row -> row.to() != LifecycleState.DISABLED || row.from() == LifecycleState.DISABLED)
                .toList();
        assertThatThrownBy(() -> new VmLifecycle(rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DISABLED cannot be reached");
    }

    @Test
    void aSignalThatAStateDoesNotKnowIsAnError() {
        assertThatThrownBy(() -> VmLifecycle.standard().next(LifecycleState.NEW, Signal.EXPIRED))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aWayOutOfAFinalStateIsRefused() {
        List<Transition> rows = new ArrayList<>(VmLifecycle.standard().transitions());
        rows.add(new Transition(LifecycleState.PURGED, Signal.PRESENT, LifecycleState.ACTIVE, Outcome.CREATED));
        assertThatThrownBy(() -> new VmLifecycle(rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PURGED is final");
    }

    @Test
    void nothingLeavesDisabledButAVmThatIsThereOrAnOperatorsWord() {
        assertThat(VmLifecycle.standard().transitions())
                .filteredOn(row -> row.from() == LifecycleState.DISABLED && row.to() != LifecycleState.DISABLED)
                .extracting(Transition::on)
                .containsExactlyInAnyOrder(
                        Signal.PRESENT,
                        Signal.PRESENT_RENAMED,
                        Signal.REPLACED,
                        Signal.BACKED_UP,
                        Signal.OUTLIVED,
                        Signal.RETIRED);
    }

    @Test
    void onlyAnOperatorsWordPurges() {
        assertThat(VmLifecycle.standard().transitions())
                .filteredOn(row -> row.to() == LifecycleState.PURGED)
                .extracting(Transition::on)
                .containsOnly(Signal.OUTLIVED, Signal.RETIRED);
    }

    @Test
    void onlyAnAbsenceThatIsCertainAgesAVm() {
        assertThat(VmLifecycle.standard().transitions())
                .filteredOn(row -> row.from() != row.to()
                        && (row.to() == LifecycleState.MISSING || row.to() == LifecycleState.DISABLED))
                .extracting(Transition::on)
                .containsExactlyInAnyOrder(Signal.ABSENT, Signal.EXPIRED);
    }

    @Test
    void theDiagramInTheDocumentationIsTheTable() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "lifecycle.md"));
        assertThat(page)
                .as("docs/lifecycle.md must hold the diagram of the table")
                .contains("```mermaid\n" + VmLifecycle.standard().toMermaid() + "```\n");
    }
}
