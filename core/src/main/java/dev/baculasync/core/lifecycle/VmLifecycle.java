package dev.baculasync.core.lifecycle;

import static dev.baculasync.core.lifecycle.LifecycleState.ACTIVE;
import static dev.baculasync.core.lifecycle.LifecycleState.DISABLED;
import static dev.baculasync.core.lifecycle.LifecycleState.MISSING;
import static dev.baculasync.core.lifecycle.LifecycleState.NEW;
import static dev.baculasync.core.lifecycle.LifecycleState.PURGED;

import dev.baculasync.spi.ManagedVm;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The life of a VM's backup as a table of transitions. The table is data: the planner follows it, the documentation's
 * diagram is made from it, and a row that stands twice or a state that cannot be left or reached is refused when it is
 * built. Immutable.
 */
public final class VmLifecycle {
    private static final VmLifecycle STANDARD = new VmLifecycle(List.of(
            new Transition(NEW, Signal.PRESENT, ACTIVE, Outcome.CREATED, Effect.CREATE),
            new Transition(NEW, Signal.OPTED_OUT, NEW, Outcome.OPTED_OUT, Effect.NOTHING),
            new Transition(NEW, Signal.FILE_LOST, NEW, Outcome.FILE_MISSING, Effect.NOTHING),
            new Transition(NEW, Signal.FILE_LOST_AND_WANTED, ACTIVE, Outcome.REPAIRED, Effect.CREATE),
            new Transition(NEW, Signal.DOUBTFUL, NEW, Outcome.QUARANTINED, Effect.NOTHING),
            new Transition(NEW, Signal.DOUBTFUL_BUT_IDENTIFIED, ACTIVE, Outcome.QUARANTINED, Effect.CREATE),
            new Transition(ACTIVE, Signal.PRESENT, ACTIVE, Outcome.UNCHANGED, Effect.SERVE),
            new Transition(ACTIVE, Signal.PRESENT_RENAMED, ACTIVE, Outcome.RENAMED, Effect.SERVE),
            new Transition(ACTIVE, Signal.REPLACED, ACTIVE, Outcome.REPLACED, Effect.REPLACE),
            new Transition(ACTIVE, Signal.OPTED_OUT, ACTIVE, Outcome.OPTED_OUT, Effect.NOTHING),
            new Transition(ACTIVE, Signal.DOUBTFUL, ACTIVE, Outcome.QUARANTINED, Effect.NOTHING),
            new Transition(ACTIVE, Signal.ABSENT, MISSING, Outcome.GRACE_STARTED, Effect.BEGIN_ABSENCE),
            new Transition(ACTIVE, Signal.UNSEEN, ACTIVE, Outcome.UNCHANGED, Effect.NOTHING),
            new Transition(MISSING, Signal.PRESENT, ACTIVE, Outcome.RETURNED, Effect.SERVE),
            new Transition(MISSING, Signal.PRESENT_RENAMED, ACTIVE, Outcome.RETURNED, Effect.SERVE),
            new Transition(MISSING, Signal.REPLACED, ACTIVE, Outcome.REPLACED, Effect.REPLACE),
            new Transition(MISSING, Signal.OPTED_OUT, MISSING, Outcome.OPTED_OUT, Effect.NOTHING),
            new Transition(MISSING, Signal.DOUBTFUL, MISSING, Outcome.QUARANTINED, Effect.NOTHING),
            new Transition(MISSING, Signal.ABSENT, MISSING, Outcome.IN_GRACE, Effect.NOTHING),
            new Transition(MISSING, Signal.EXPIRED, DISABLED, Outcome.DISABLED, Effect.DISABLE),
            new Transition(MISSING, Signal.EXPIRED_BUT_HELD, MISSING, Outcome.HELD, Effect.NOTHING),
            new Transition(MISSING, Signal.EXPIRED_BUT_SUSPECT, MISSING, Outcome.HELD, Effect.NOTHING),
            new Transition(MISSING, Signal.BACKED_UP, MISSING, Outcome.IN_GRACE, Effect.MOVE_ABSENCE),
            new Transition(MISSING, Signal.UNSEEN, MISSING, Outcome.IN_GRACE, Effect.NOTHING),
            new Transition(DISABLED, Signal.PRESENT, ACTIVE, Outcome.RESTORED, Effect.SERVE),
            new Transition(DISABLED, Signal.PRESENT_RENAMED, ACTIVE, Outcome.RESTORED, Effect.SERVE),
            new Transition(DISABLED, Signal.REPLACED, ACTIVE, Outcome.REPLACED, Effect.REPLACE),
            new Transition(DISABLED, Signal.OPTED_OUT, DISABLED, Outcome.OPTED_OUT, Effect.NOTHING),
            new Transition(DISABLED, Signal.DOUBTFUL, DISABLED, Outcome.QUARANTINED, Effect.NOTHING),
            new Transition(DISABLED, Signal.ABSENT, DISABLED, Outcome.STILL_DISABLED, Effect.NOTHING),
            new Transition(DISABLED, Signal.BACKED_UP, ACTIVE, Outcome.RESTORED, Effect.SERVE),
            new Transition(DISABLED, Signal.UNSEEN, DISABLED, Outcome.STILL_DISABLED, Effect.NOTHING),
            new Transition(DISABLED, Signal.OUTLIVED, PURGED, Outcome.PURGED, Effect.REMOVE),
            new Transition(DISABLED, Signal.OUTLIVED_BUT_HELD, DISABLED, Outcome.HELD, Effect.NOTHING),
            new Transition(NEW, Signal.RETIRED, PURGED, Outcome.PURGED, Effect.REMOVE),
            new Transition(ACTIVE, Signal.RETIRED, PURGED, Outcome.PURGED, Effect.REMOVE),
            new Transition(MISSING, Signal.RETIRED, PURGED, Outcome.PURGED, Effect.REMOVE),
            new Transition(DISABLED, Signal.RETIRED, PURGED, Outcome.PURGED, Effect.REMOVE)));

    private final List<Transition> transitions;
    private final Map<LifecycleState, Map<Signal, Transition>> table = new EnumMap<>(LifecycleState.class);

    /**
     * @throws IllegalArgumentException when a state and signal stand twice, when a final state has a way out or another
     *     one has none, or when a state cannot be reached from {@link LifecycleState#NEW}
     */
    VmLifecycle(List<Transition> transitions) {
        this.transitions = List.copyOf(transitions);
        for (Transition row : this.transitions) {
            Transition before = table.computeIfAbsent(row.from(), state -> new EnumMap<>(Signal.class))
                    .put(row.on(), row);
            if (before != null) {
                throw new IllegalArgumentException(row.from() + " on " + row.on() + " stands twice");
            }
            if (row.from().isFinal()) {
                throw new IllegalArgumentException(row.from() + " is final, and " + row.on() + " leads out of it");
            }
        }
        Set<LifecycleState> reached = reachableFrom(NEW);
        for (LifecycleState state : LifecycleState.values()) {
            if (!reached.contains(state)) {
                throw new IllegalArgumentException(state + " cannot be reached");
            }
            if (!state.isFinal() && rowsOf(state).values().stream().allMatch(row -> row.to() == state)) {
                throw new IllegalArgumentException(state + " is a dead end");
            }
        }
    }

    /** The lifecycle that every run follows. */
    public static VmLifecycle standard() {
        return STANDARD;
    }

    /** All rows, in the order of the table. */
    public List<Transition> transitions() {
        return transitions;
    }

    /**
     * What follows from a signal.
     *
     * @param outcome what is said of it
     * @param after the VM's record then; null when it has none
     */
    public record Step(Outcome outcome, @Nullable ManagedVm after) {
        public Step {
            Objects.requireNonNull(outcome, "outcome");
        }
    }

    /**
     * Lets a signal take effect.
     *
     * @param record what the store holds of the VM; null when it holds nothing
     * @param seen what the signal comes with
     * @throws IllegalStateException when the table has no such row, because whoever asks has mistaken the VM's state, or when the
     *     record afterwards is not in the state that the row leads to
     */
    public Step apply(@Nullable ManagedVm record, Signal signal, Observation seen) {
        Transition row = next(LifecycleState.of(record), signal);
        ManagedVm after = row.effect().apply(record, seen);
        boolean arrived = after == null ? row.to().isWithoutRecord() : LifecycleState.of(after) == row.to();
        if (!arrived) {
            throw new IllegalStateException("on " + signal + " a VM that is " + row.from() + " should be " + row.to()
                    + ", and its record says otherwise: " + after);
        }
        return new Step(row.outcome(), after);
    }

    /** @throws IllegalStateException when there is no such row */
    Transition next(LifecycleState state, Signal signal) {
        Transition row = rowsOf(state).get(signal);
        if (row == null) {
            throw new IllegalStateException("a VM that is " + state + " cannot be " + signal);
        }
        return row;
    }

    /** The table as a Mermaid state diagram, as it stands in the documentation. */
    public String toMermaid() {
        StringBuilder text = new StringBuilder("stateDiagram-v2\n    [*] --> new\n");
        for (Transition row : transitions) {
            text.append("    ")
                    .append(row.from().word())
                    .append(" --> ")
                    .append(row.to().word())
                    .append(" : ")
                    .append(row.on().phrase())
                    .append(" / ")
                    .append(row.outcome().word())
                    .append('\n');
        }
        return text.toString();
    }

    private Map<Signal, Transition> rowsOf(LifecycleState state) {
        return table.getOrDefault(state, Map.of());
    }

    private Set<LifecycleState> reachableFrom(LifecycleState start) {
        Set<LifecycleState> reached = EnumSet.of(start);
        int before;
        do {
            before = reached.size();
            for (Transition row : transitions) {
                if (reached.contains(row.from())) {
                    reached.add(row.to());
                }
            }
        } while (reached.size() > before);
        return reached;
    }
}
