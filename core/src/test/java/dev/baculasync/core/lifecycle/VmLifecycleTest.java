package dev.baculasync.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import dev.baculasync.testkit.Fleets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VmLifecycleTest {
    @Test
    void aRowThatStandsTwiceIsRefused() {
        List<Transition> rows = new ArrayList<>(VmLifecycle.standard().transitions());
        rows.add(new Transition(
                LifecycleState.ACTIVE, Signal.PRESENT, LifecycleState.MISSING, Outcome.HELD, Effect.NOTHING));
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
        rows.add(new Transition(
                LifecycleState.PURGED, Signal.PRESENT, LifecycleState.ACTIVE, Outcome.CREATED, Effect.CREATE));
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

    /** A row whose effect does not lead where the row says is a defect, and nothing of it is written. */
    @Test
    void aRecordThatIsNotInTheStateOfItsRowIsRefused() {
        List<Transition> rows = VmLifecycle.standard().transitions().stream()
                .map(row -> row.from() == LifecycleState.MISSING && row.on() == Signal.EXPIRED
                        ? new Transition(row.from(), row.on(), row.to(), row.outcome(), Effect.SERVE)
                        : row)
                .toList();
        ManagedVm missing = Fleets.vm(Fleets.instance(1), "web", new UUID(1, 1))
                .missingSince(Stamp.of(Instant.EPOCH))
                .build();
        assertThatThrownBy(() -> new VmLifecycle(rows).apply(missing, Signal.EXPIRED, Observation.at(Instant.EPOCH)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("should be DISABLED");
    }

    /** Whatever the record was, the one after it is in the state of the row, and a second time nothing changes. */
    @Test
    void eachRowLeadsToItsStateFromEveryRecord() {
        Observation seen = Observation.at(Instant.parse("2026-05-18T19:00:00Z"))
                .withUuid(new UUID(2, 2))
                .withBackedUpAt(Instant.parse("2026-05-18T18:00:00Z"))
                .withCreated(
                        Fleets.vm(Fleets.instance(1), "web", new UUID(1, 1)).build());
        int taken = 0;
        for (Transition row : VmLifecycle.standard().transitions()) {
            for (ManagedVm record : records()) {
                if (LifecycleState.of(record) != row.from()) {
                    continue;
                }
                taken++;
                VmLifecycle.Step step = VmLifecycle.standard().apply(record, row.on(), seen);
                assertThat(step.outcome()).isEqualTo(row.outcome());
                ManagedVm after = step.after();
                if (after == null) {
                    assertThat(row.to()).isIn(LifecycleState.NEW, LifecycleState.PURGED);
                    continue;
                }
                assertThat(LifecycleState.of(after)).as("%s of %s", row, record).isEqualTo(row.to());
                assertThat(after.job()).isEqualTo("backup-dc1-os1-web");
                boolean staysByOperator = record != null && !record.enabled();
                assertThat(after.enabled())
                        .as("%s of %s", row, record)
                        .isEqualTo(
                                row.to() == LifecycleState.DISABLED
                                        ? row.from() == LifecycleState.DISABLED && record != null && record.enabled()
                                        : row.from() == LifecycleState.DISABLED
                                                ? record != null && (record.enabled() || !record.disabledByOperator())
                                                : !staysByOperator);
            }
        }
        assertThat(taken).isGreaterThan(VmLifecycle.standard().transitions().size());
    }

    private static List<@Nullable ManagedVm> records() {
        List<@Nullable ManagedVm> records = new ArrayList<>();
        records.add(null);
        for (JobStatus status : JobStatus.values()) {
            for (Stamp missing : new @Nullable Stamp[] {null, Stamp.of(Instant.EPOCH), Stamp.unreadable("soon")}) {
                for (boolean enabled : new boolean[] {true, false}) {
                    for (boolean byOperator : new boolean[] {true, false}) {
                        records.add(Fleets.vm(Fleets.instance(1), "web", new UUID(1, 1))
                                .status(status)
                                .missingSince(missing)
                                .suspect(byOperator)
                                .disabledAt(missing)
                                .enabled(enabled)
                                .disabledByOperator(byOperator)
                                .build());
                    }
                }
            }
        }
        return records;
    }
}
