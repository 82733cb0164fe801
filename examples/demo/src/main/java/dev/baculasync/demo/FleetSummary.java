package dev.baculasync.demo;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Prints what there is in the end: the fleet, and how often each outcome came. */
final class FleetSummary {
    private final PrintStream out;

    FleetSummary(PrintStream out) {
        this.out = out;
    }

    void printFleet(List<ManagedVm> stored, SimulatedOpenStack cloud, Map<String, EmbeddedCatalog.Runs> runs) {
        out.printf("%nThe fleet after %d days:%n", FleetScript.DAYS);
        row("instance", "VM", "state", "enabled", "good", "failed", "job");
        stored.stream()
                .sorted(Comparator.<ManagedVm, String>comparing(vm -> vm.key().datacenter())
                        .thenComparing(vm -> vm.key().openstack())
                        .thenComparing(ManagedVm::slug))
                .forEach(vm -> {
                    EmbeddedCatalog.Runs count = runs.getOrDefault(vm.job(), new EmbeddedCatalog.Runs(0, 0));
                    row(
                            vm.key().datacenter() + "/" + vm.key().openstack(),
                            Printable.of(vm.displayName()),
                            LifecycleState.of(vm).word(),
                            vm.enabled() ? "yes" : "no",
                            String.valueOf(count.good()),
                            String.valueOf(count.failed()),
                            vm.job());
                });
        Set<Object> withJob = stored.stream().map(ManagedVm::uuid).collect(Collectors.toSet());
        for (OpenStackInstance instance : FleetScript.INSTANCES) {
            for (LiveVm vm : cloud.live(instance)) {
                if (!withJob.contains(vm.uuid())) {
                    row(instance.toString(), Printable.of(vm.name()), "no job", "-", "-", "-", "-");
                }
            }
        }
    }

    void printOutcomes(Map<Outcome, Integer> counts) {
        out.printf("%nOutcomes, one for each VM on each of %d days:%n", FleetScript.DAYS);
        counts.forEach((outcome, count) -> out.printf("    %-15s %5d%n", outcome.word(), count));
    }

    private void row(String instance, String vm, String state, String enabled, String good, String failed, String job) {
        out.printf("    %-8s  %-23s  %-8s  %-7s  %4s  %6s  %s%n", instance, vm, state, enabled, good, failed, job);
    }
}
