package dev.baculasync.cli;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How many VMs have which outcome; outcomes that no VM has are left out. */
record OutcomeCounts(long vms, List<Map.Entry<Outcome, Long>> counts) {
    static OutcomeCounts of(List<VmPlan> plans) {
        Map<Outcome, Long> counts =
                plans.stream().collect(Collectors.groupingBy(VmPlan::outcome, Collectors.counting()));
        return new OutcomeCounts(
                plans.size(),
                Arrays.stream(Outcome.values())
                        .filter(counts::containsKey)
                        .map(outcome -> Map.entry(outcome, counts.getOrDefault(outcome, 0L)))
                        .toList());
    }

    /** For a person: {@code 12 VMs: 1 created, 11 unchanged}. */
    String sentence() {
        String total = vms == 1 ? "1 VM" : vms + " VMs";
        return counts.isEmpty() ? total : total + ": " + joined(", ", e -> e.getValue() + " " + e.getKey());
    }

    /** For a program: {@code vms=12<TAB>created=1<TAB>unchanged=11}. */
    String fields() {
        return counts.isEmpty() ? "vms=0" : "vms=" + vms + "\t" + joined("\t", e -> e.getKey() + "=" + e.getValue());
    }

    private String joined(String separator, Function<Map.Entry<Outcome, Long>, String> shape) {
        return counts.stream().map(shape).collect(Collectors.joining(separator));
    }
}
