package dev.baculasync.core.listing;

import dev.baculasync.core.ledger.ListedNames;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.VmKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * What a {@link Listing} is decided from.
 *
 * @param previous the list as it was published last; empty when there is none
 * @param names what the listed directories defined when the list was published
 * @param found what there is
 * @param loaded what the Director has loaded; asked for only where there is no list to measure against. Empty when it could
 *     not be asked.
 * @param catalog the jobs of ours that have run lately, by the places where their files would be; asked for only where the
 *     Director could not be asked
 * @param instances the instances that are configured
 * @param removed what this run has purged or retired: it is not lost
 * @param approved what an operator has said may be lost
 * @param limit the most jobs that one run may lose of so many
 */
public record ListingInput(
        Set<VmKey> previous,
        ListedNames names,
        List<ListableVm> found,
        Supplier<Optional<LoadedJobs>> loaded,
        Supplier<Map<VmKey, String>> catalog,
        List<OpenStackInstance> instances,
        Set<VmKey> removed,
        Set<VmKey> approved,
        IntUnaryOperator limit) {
    /**
     * What a Director has loaded.
     *
     * @param ours the names of our jobs, by the places where their files would be
     * @param all the names of all jobs
     */
    public record LoadedJobs(Map<VmKey, String> ours, Set<String> all) {
        public LoadedJobs {
            ours = Map.copyOf(ours);
            all = Set.copyOf(all);
        }
    }

    public ListingInput {
        previous = Set.copyOf(previous);
        found = List.copyOf(found);
        instances = List.copyOf(instances);
        removed = Set.copyOf(removed);
        approved = Set.copyOf(approved);
    }
}
