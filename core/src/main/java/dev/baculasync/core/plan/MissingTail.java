package dev.baculasync.core.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The end of the last complete list that this one lacks as a whole. A connection that is cut in mid-list leaves just such
 * a list, and nothing else that shows it: the catalog has to speak before one of these VMs is disabled.
 */
final class MissingTail {
    private final Set<UUID> listed;
    private final Set<UUID> unplaced;
    private final Set<UUID> tail = new HashSet<>();

    /**
     * @param unplaced VMs that the last list named, but of which it is not known where
     * @param isThere whether the list that is to be judged names a VM
     */
    MissingTail(List<UUID> lastList, Set<UUID> unplaced, Predicate<UUID> isThere) {
        this.listed = Set.copyOf(lastList);
        this.unplaced = unplaced;
        for (int i = lastList.size() - 1; i >= 0 && !isThere.test(lastList.get(i)); i--) {
            tail.add(lastList.get(i));
        }
    }

    /** Of a VM that is absent; one whose place in the last list is not known may have stood there. */
    boolean mayContain(UUID vm) {
        return tail.contains(vm) || unplaced.contains(vm) || (!tail.isEmpty() && !listed.contains(vm));
    }
}
