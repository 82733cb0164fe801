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

    /**
     * What of one VM's files is missing and can be written again.
     *
     * @param vm its display name, its UUID or the name of its job
     * @return plans for the VMs that are called so; empty when there is none
     */
    public InstancePlan repair(PlanInput input, String vm) {
        return new Reconciliation(policy, input).repair(vm);
    }
}
