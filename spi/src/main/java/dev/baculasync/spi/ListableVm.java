package dev.baculasync.spi;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Files of a VM, or what stands in their place, of which it is to be decided whether the Director's list names them.
 *
 * @param vm where they are
 * @param resources what they define, as far as it can be told
 * @param backsUp the VMs that their FileSets name by {@code instance=}
 * @param owner whose they are
 * @param files what a Director would make of them
 */
public record ListableVm(VmKey vm, Set<BaculaResource> resources, Set<UUID> backsUp, Owner owner, Files files) {
    /** Whose files they are. */
    public enum Owner {
        /** Those of a managed VM of this place. */
        MANAGED,
        /** They say that they are ours, or cannot be read, and cannot be trusted here: they say that they belong elsewhere, say. */
        DOUBTFUL,
        /** Nobody says that they are ours. */
        FOREIGN
    }

    /** What a Director would make of a VM's files. */
    public enum Files {
        /** Both are there, and it is not known that a Director would not read them. */
        WHOLE,
        /** Both are there, but a Director that reads them refuses its configuration: one is only half there, say. */
        BROKEN,
        /** One of them is missing: a list that names it is an error. */
        INCOMPLETE
    }

    public ListableVm {
        Objects.requireNonNull(vm, "vm");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(files, "files");
        resources = Set.copyOf(resources);
        backsUp = Set.copyOf(backsUp);
    }

    /** A managed VM whose files are what its record says. */
    public static ListableVm of(ManagedVm vm) {
        Set<BaculaResource> resources = new HashSet<>();
        resources.add(new BaculaResource(BaculaResource.JOB, vm.job()));
        FileSetFacts fileSet = vm.fileSet();
        if (fileSet != null && fileSet.name() != null) {
            resources.add(new BaculaResource(BaculaResource.FILE_SET, fileSet.name()));
        }
        return new ListableVm(
                vm.key(), resources, vm.backsUp(), Owner.MANAGED, fileSet == null ? Files.INCOMPLETE : Files.WHOLE);
    }
}
