package dev.baculasync.core.plan;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.ConfigEdit;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is decided about one OpenStack instance.
 *
 * @param vms one plan for each VM that is live or stored
 * @param notes what an operator should know about the instance, none of it about a single VM
 */
public record InstancePlan(List<VmPlan> vms, List<String> notes) {
    private static final Set<Outcome> RESTING_ON_ABSENCE =
            EnumSet.of(Outcome.GRACE_STARTED, Outcome.DISABLED, Outcome.HELD, Outcome.REPLACED, Outcome.PURGED);

    public InstancePlan {
        vms = List.copyOf(vms);
        notes = List.copyOf(notes);
    }

    /** Whether a VM is held to be absent that was not before: reason enough to ask once more. */
    public boolean restsOnAbsence() {
        return vms.stream().anyMatch(vm -> RESTING_ON_ABSENCE.contains(vm.outcome()));
    }

    /** What is to be done, in the order of the VMs. */
    public List<ConfigEdit> edits() {
        return vms.stream()
                .map(VmPlan::edit)
                .flatMap(Stream::ofNullable)
                .map(Objects::requireNonNull)
                .toList();
    }
}
