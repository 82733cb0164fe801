package dev.baculasync.spi;

import java.util.List;

/**
 * What a store holds about one OpenStack instance, or about all of them.
 *
 * @param vms the managed VMs
 * @param problems entries that are not ours, or that cannot be read
 * @param blind when discovery of the instance did not work, oldest first; empty for all instances together
 */
public record StoredInstance(List<ManagedVm> vms, List<StoreProblem> problems, List<BlindSpan> blind) {
    public StoredInstance {
        blind = List.copyOf(blind);
        vms = List.copyOf(vms);
        problems = List.copyOf(problems);
    }
}
