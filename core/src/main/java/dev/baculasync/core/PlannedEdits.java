package dev.baculasync.core;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The plans of one instance while their edits are carried out: a VM whose edit failed has failed. Used by one thread. */
final class PlannedEdits {
    private final List<VmPlan> plans;

    PlannedEdits(List<VmPlan> plans) {
        this.plans = new ArrayList<>(plans);
    }

    List<VmPlan> plans() {
        return List.copyOf(plans);
    }

    /** Lets the plans of one outcome be replaced by as many others, in the same order. */
    void replace(Outcome outcome, UnaryOperator<List<VmPlan>> replacement) {
        List<Integer> places = new ArrayList<>();
        List<VmPlan> chosen = new ArrayList<>();
        for (int i = 0; i < plans.size(); i++) {
            if (plans.get(i).outcome() == outcome) {
                places.add(i);
                chosen.add(plans.get(i));
            }
        }
        List<VmPlan> others = replacement.apply(chosen);
        for (int i = 0; i < places.size(); i++) {
            plans.set(places.get(i), others.get(i));
        }
    }

    /** Whatever was to be done has failed. */
    void failAll(String why) {
        plans.replaceAll(plan -> plan.edit() == null ? plan : plan.failed(why));
    }

    /** Has some of the edits written. */
    void carryOut(StoreSession session, Predicate<VmEdit> which) {
        List<VmEdit> edits = new ArrayList<>();
        for (VmPlan plan : plans) {
            if (plan.edit() != null && which.test(plan.edit())) {
                edits.add(plan.edit());
            }
        }
        if (edits.isEmpty()) {
            return;
        }
        Map<String, ProviderException> failures = new HashMap<>();
        for (EditResult result : session.apply(edits)) {
            ProviderException error = result.error();
            if (error != null) {
                failures.put(result.edit().slug(), error);
            }
        }
        if (!failures.isEmpty()) {
            plans.replaceAll(plan -> {
                ProviderException error =
                        plan.edit() == null ? null : failures.get(plan.edit().slug());
                return error == null ? plan : plan.filesFailed(error.getMessage());
            });
        }
    }
}
