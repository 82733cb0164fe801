package dev.baculasync.core;

import dev.baculasync.core.lifecycle.Outcome;
import java.util.Objects;

/**
 * What came of retiring an instance, or, in a dry run, would have. Immutable.
 *
 * @param report what was done about its VMs, one entry for each job file and for each job that only the catalog knew
 * @param clientRemoved whether the catalog has no row of the client any more, or after a dry run would have none
 * @param directoryRemoved whether nothing is left of the instance's directory, or after a dry run would be
 */
public record RetirementReport(SyncReport report, boolean clientRemoved, boolean directoryRemoved) {
    public RetirementReport {
        Objects.requireNonNull(report, "report");
    }

    /** Whether something is left to be done: by calling it again, or by a person. */
    public boolean hasProblem() {
        return report.hasProblem()
                || report.instances().stream()
                        .flatMap(instance -> instance.vms().stream())
                        .anyMatch(vm -> vm.outcome() != Outcome.PURGED)
                || !clientRemoved
                || !directoryRemoved;
    }
}
