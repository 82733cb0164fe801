package dev.baculasync.core.plan;

import java.util.Objects;

/**
 * Compares the live VMs of an instance with what is known, and decides what to do about each. Decides and never acts.
 * The same input, in whatever order, gives the same plan; a plan that was carried out gives, planned again, nothing to
 * do. Immutable.
 */
public final class ReconcilePlanner {
    private final SyncPolicy policy;

    public ReconcilePlanner(SyncPolicy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
    }

    /** One plan for each VM that is live or stored. */
    public InstancePlan plan(PlanInput input) {
        return new Reconciliation(policy, input).plan();
    }
}
