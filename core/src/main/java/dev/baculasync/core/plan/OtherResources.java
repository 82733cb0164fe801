package dev.baculasync.core.plan;

import dev.baculasync.spi.VmKey;
import java.util.Map;
import java.util.Set;

/**
 * The jobs and FileSets that the store holds beside those of one instance's managed VMs. Two resources of one name would be an
 * error of the Director's whole configuration.
 *
 * @param places by its name, where the files are that each belongs to: those of a managed VM of another instance, or files that
 *     are not managed, because they are written by hand or cannot be trusted
 * @param managedJobs the names among them that are jobs of managed VMs
 */
public record OtherResources(Map<String, VmKey> places, Set<String> managedJobs) {
    /** There is nothing else. */
    public static final OtherResources NONE = new OtherResources(Map.of(), Set.of());

    public OtherResources {
        places = Map.copyOf(places);
        managedJobs = Set.copyOf(managedJobs);
    }

    /** Whether any of these files holds a resource of this name. */
    boolean contains(String name) {
        return places.containsKey(name);
    }
}
