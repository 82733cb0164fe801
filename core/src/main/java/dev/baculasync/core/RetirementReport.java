package dev.baculasync.core;

import dev.baculasync.core.lifecycle.Outcome;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of retiring an instance, or, in a dry run, would have. Immutable.
 *
 * @param dryRun whether nothing was to be changed
 * @param instance what was done about its VMs, one entry for each job file and for each job that only the catalog knew
 * @param reload what came of the Director
 * @param reloadDetail why the reload failed, for a person; null unless it did
 * @param clientRemoved whether the catalog has no row of the client any more
 * @param directoryRemoved whether nothing is left of its directory
 * @param notes what else an operator should know
 */
public record RetirementReport(
        boolean dryRun,
        InstanceReport instance,
        SyncReport.Reload reload,
        @Nullable String reloadDetail,
        boolean clientRemoved,
        boolean directoryRemoved,
        List<String> notes) {
    public RetirementReport {
        Objects.requireNonNull(instance, "instance");
        Objects.requireNonNull(reload, "reload");
        notes = List.copyOf(notes);
    }

    /** Whether something is left to be done: by calling it again, or by a person. */
    public boolean hasProblem() {
        return instance.hasProblem()
                || instance.vms().stream().anyMatch(vm -> vm.outcome() != Outcome.PURGED)
                || reload == SyncReport.Reload.FAILED
                || (!dryRun && !(clientRemoved && directoryRemoved));
    }
}
