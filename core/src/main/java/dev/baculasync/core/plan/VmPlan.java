package dev.baculasync.core.plan;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.VmEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about one VM, and why. Everything that is said about a VM is a view of this.
 *
 * @param vm display name, as a tenant chose it: hostile; empty when even that is in doubt
 * @param uuid identity, or null when that is in doubt
 * @param job name of its Job resource, or null when it has none
 * @param outcome the one outcome
 * @param reason the rule that gave the outcome, as a sentence for a person
 * @param warnings what else an operator should know
 * @param edit what is to be done, or null for nothing
 */
public record VmPlan(
        String vm,
        @Nullable UUID uuid,
        @Nullable String job,
        Outcome outcome,
        String reason,
        List<String> warnings,
        @Nullable VmEdit edit) {
    public VmPlan {
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(reason, "reason");
        warnings = List.copyOf(warnings);
    }

    /** A VM that nothing could be decided about. A defect is told with its type: its message is not for a person. */
    static VmPlan ofDefect(String vm, @Nullable UUID uuid, @Nullable String job, RuntimeException defect) {
        String why = defect instanceof ProviderException known ? known.getMessage() : "internal error: " + defect;
        return new VmPlan(vm, uuid, job, Outcome.FAILED, why, List.of(), null);
    }

    /** The same VM, after what was done about its files, which the check of the configuration blames, was put back. */
    public VmPlan putBack(String why) {
        return new VmPlan(vm, uuid, job, Outcome.QUARANTINED, ofFiles(why), warnings, null);
    }

    /** The same VM, of which nothing is changed and whose files the Director's list does not name. */
    public VmPlan unlisted(String why) {
        return new VmPlan(vm, uuid, job, Outcome.QUARANTINED, why, warnings, null);
    }

    /** The warnings that are told one by one; what many VMs have in common stands in the notes of their instance. */
    public List<String> ownWarnings() {
        return warnings.stream()
                .filter(warning -> !warning.startsWith(Drift.MARK))
                .toList();
    }

    /** What is told of a job that its file disables and a console has enabled: the console's word outlives a reload. */
    public static String goesOn(String job) {
        return "its job says Enabled = no, but a console has enabled it in the Director, so it runs: disable job=\""
                + job + "\" in bconsole takes that back";
    }

    /** The same VM, with more that an operator should know. */
    public VmPlan withWarning(String warning) {
        List<String> all = new ArrayList<>(warnings);
        all.add(warning);
        return new VmPlan(vm, uuid, job, outcome, reason, all, edit);
    }

    /** The same VM, after its files could not be written or removed, or were put back. */
    public VmPlan filesFailed(String why) {
        return failed(ofFiles(why));
    }

    /** A purge of the catalog, which comes first, is not put back. */
    private String ofFiles(String why) {
        return outcome == Outcome.PURGED
                ? "it has been purged from the catalog (" + reason + "), but its files have not been removed: " + why
                : why;
    }

    /** The same VM, with more to say about what is done. */
    public VmPlan withDetail(String more, List<String> moreWarnings) {
        List<String> all = new ArrayList<>(warnings);
        all.addAll(moreWarnings);
        return new VmPlan(vm, uuid, job, outcome, reason + "; " + more, all, edit);
    }

    /** The same VM, which was to be purged and is kept for now. */
    public VmPlan kept(Outcome instead, String why) {
        return new VmPlan(vm, uuid, job, instead, why, warnings, null);
    }

    /** The same VM, after what was planned for it could not be done. */
    public VmPlan failed(String why) {
        return new VmPlan(vm, uuid, job, Outcome.FAILED, why, warnings, null);
    }
}
