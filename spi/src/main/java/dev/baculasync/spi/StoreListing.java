package dev.baculasync.spi;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the Director's list names, and what there is that it could name.
 *
 * @param listed the VMs on the list as it was published last, whether their files are there or not; empty when there is no
 *     list
 * @param found all that there is, at most one entry for each place
 */
public record StoreListing(Set<VmKey> listed, List<ListableVm> found) {
    public StoreListing {
        listed = Set.copyOf(listed);
        found = List.copyOf(found);
    }

    /** The managed VMs whose files are whole: what there is to list where nothing stands twice. */
    public Set<VmKey> whole() {
        return found.stream()
                .filter(vm -> vm.owner() == ListableVm.Owner.MANAGED && vm.files() == ListableVm.Files.WHOLE)
                .map(ListableVm::vm)
                .collect(Collectors.toUnmodifiableSet());
    }
}
