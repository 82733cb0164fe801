package dev.baculasync.core.lifecycle;

import java.util.Objects;

/**
 * One row of the lifecycle table: in this state, on this signal, go to that state; this is the outcome, and this is what
 * becomes of the VM's record.
 */
public record Transition(LifecycleState from, Signal on, LifecycleState to, Outcome outcome, Effect effect) {
    public Transition {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(on, "on");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(effect, "effect");
    }
}
