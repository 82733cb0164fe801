package dev.baculasync.cli;

import com.google.common.collect.ImmutableSortedMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Ordering;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How many VMs have which outcome, in the order of the outcomes; those that no VM has are left out. */
record OutcomeCounts(ImmutableSortedMultiset<Outcome> outcomes) {
    static OutcomeCounts of(List<VmPlan> plans) {
        return new OutcomeCounts(plans.stream()
                .collect(ImmutableSortedMultiset.toImmutableSortedMultiset(
                        Ordering.natural(), VmPlan::outcome, plan -> 1)));
    }

    /** For a person: {@code 12 VMs: 1 created, 11 unchanged}. */
    String sentence() {
        String total = outcomes.size() == 1 ? "1 VM" : outcomes.size() + " VMs";
        return outcomes.isEmpty() ? total : total + ": " + joined(", ", e -> e.getCount() + " " + e.getElement());
    }

    /** For a program: {@code vms=12<TAB>created=1<TAB>unchanged=11}. */
    String fields() {
        return outcomes.isEmpty()
                ? "vms=0"
                : "vms=" + outcomes.size() + "\t" + joined("\t", e -> e.getElement() + "=" + e.getCount());
    }

    /** By the words that users see. */
    Map<String, Integer> byWord() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        outcomes.elementSet().forEach(outcome -> counts.put(outcome.word(), outcomes.count(outcome)));
        return counts;
    }

    private String joined(String separator, Function<Multiset.Entry<Outcome>, String> shape) {
        return outcomes.entrySet().stream().map(shape).collect(Collectors.joining(separator));
    }
}
