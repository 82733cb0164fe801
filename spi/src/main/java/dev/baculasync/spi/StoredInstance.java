package dev.baculasync.spi;

import java.util.List;

/**
 * What a store holds about one OpenStack instance, or about all of them.
 *
 * @param vms the managed VMs
 * @param problems entries that are not ours, or that cannot be read
 */
public record StoredInstance(List<ManagedVm> vms, List<StoreProblem> problems) {
    public StoredInstance {
        vms = List.copyOf(vms);
        problems = List.copyOf(problems);
    }
}
