package dev.baculasync.core.plan;

import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.VmEdit;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about one OpenStack instance.
 *
 * @param verdict how far the list of its live VMs can be trusted, after the catalog was heard
 * @param problem why the list is not complete; null when it is
 * @param vms one plan for each VM that is live or stored
 * @param alarms what needs a person about the instance as a whole; never with exit code 0
 * @param heldBecause why VMs are held, with counts and limits; each needs a person
 * @param announcements what is told before all else, though it needs nobody
 * @param notes what else an operator should know about the instance, none of it about a single VM
 * @param held what is not done until an operator approves it
 * @param approved what is done because an operator has approved it
 * @param newSuspects the VMs whose absence is noted as suspect by this plan
 */
public record InstancePlan(
        Discovery.Verdict verdict,
        @Nullable String problem,
        List<VmPlan> vms,
        List<String> alarms,
        List<String> heldBecause,
        List<String> announcements,
        List<String> notes,
        List<Held> held,
        Set<Held> approved,
        Set<UUID> newSuspects) {
    private static final Set<Outcome> RESTING_ON_ABSENCE =
            EnumSet.of(Outcome.GRACE_STARTED, Outcome.DISABLED, Outcome.HELD, Outcome.REPLACED, Outcome.PURGED);

    public InstancePlan {
        Objects.requireNonNull(verdict, "verdict");
        vms = List.copyOf(vms);
        alarms = List.copyOf(alarms);
        heldBecause = List.copyOf(heldBecause);
        announcements = List.copyOf(announcements);
        notes = List.copyOf(notes);
        held = List.copyOf(held);
        approved = Set.copyOf(approved);
        newSuspects = Set.copyOf(newSuspects);
    }

    /** A plan that rests on no list of live VMs. */
    static InstancePlan withoutList(List<VmPlan> vms, List<String> notes) {
        return new InstancePlan(
                Discovery.Verdict.COMPLETE,
                null,
                vms,
                List.of(),
                List.of(),
                List.of(),
                notes,
                List.of(),
                Set.of(),
                Set.of());
    }

    /** Whether a VM is held to be absent that was not before: reason enough to ask once more. */
    public boolean restsOnAbsence() {
        return vms.stream().anyMatch(vm -> RESTING_ON_ABSENCE.contains(vm.outcome()));
    }

    /** What is to be done, in the order of the VMs. */
    public List<VmEdit> edits() {
        return vms.stream()
                .map(VmPlan::edit)
                .flatMap(Stream::ofNullable)
                .map(Objects::requireNonNull)
                .toList();
    }
}
