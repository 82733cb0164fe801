package dev.baculasync.filestore.vm;

import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.StoreProblem;
import java.util.Set;
import java.util.UUID;

/** What an entry of an instance's directory turned out to be. */
public sealed interface VmEntry {
    /** A managed VM. */
    record Managed(ManagedVm vm, Contents contents) implements VmEntry {}

    /** Not ours, or not to be read. */
    record Flawed(StoreProblem problem, Contents contents) implements VmEntry {}

    /** Nothing, or nothing but what a creation leaves behind that did not come to its end. */
    record Vacant() implements VmEntry {}

    /**
     * What a Director would find in an entry.
     *
     * @param resources what its two files define, as far as it can be told
     * @param backsUp the VMs that its FileSets name
     * @param files what a Director would make of them
     */
    record Contents(Set<BaculaResource> resources, Set<UUID> backsUp, ListableVm.Files files) {}
}
