package dev.baculasync.core.plan;

import dev.baculasync.core.ledger.DiscoveryOutages.Outage;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * What there is besides the list itself to judge by whether a VM that it lacks is absent.
 *
 * @param testimony what the catalog says
 * @param lastList the VMs of the last complete list, in its order; empty when none is known
 * @param unplaced VMs that the last complete list named, but of which it is not known where
 * @param everyNewAbsenceSuspect whether the list ends where a cut is to be feared, or the last one is known to be lost, so
 *     that whoever is newly absent is suspect
 * @param approved what an operator has approved
 * @param outages when discovery did not work, oldest first
 */
public record Evidence(
        Testimony testimony,
        List<UUID> lastList,
        Set<UUID> unplaced,
        boolean everyNewAbsenceSuspect,
        Set<Held> approved,
        List<Outage> outages) {
    /** Nothing. */
    public static final Evidence NONE = new Evidence(Testimony.none(), List.of(), Set.of(), false, Set.of(), List.of());

    public Evidence {
        Objects.requireNonNull(testimony, "testimony");
        lastList = List.copyOf(lastList);
        unplaced = Set.copyOf(unplaced);
        approved = Set.copyOf(approved);
        outages = List.copyOf(outages);
    }

    /** The same, with whoever is newly absent being suspect. */
    public Evidence withEveryNewAbsenceSuspect() {
        return new Evidence(testimony, lastList, unplaced, true, approved, outages);
    }

    /** The same, after the catalog was asked. */
    public Evidence with(Testimony other) {
        return new Evidence(other, lastList, unplaced, everyNewAbsenceSuspect, approved, outages);
    }
}
