package dev.baculasync.core.lifecycle;

import java.util.Objects;

/** One row of the lifecycle table: in this state, on this signal, go to that state, and this is the outcome. */
public record Transition(LifecycleState from, Signal on, LifecycleState to, Outcome outcome) {
    public Transition {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(on, "on");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(outcome, "outcome");
    }
}
