package dev.baculasync.core.plan;

import dev.baculasync.spi.DirectorResources;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/** Jobs of the Director that are none of ours and back up one of our VMs all the same. */
final class DoubleBackups {
    private DoubleBackups() {}

    /**
     * What is told of them, as a sentence; empty when there is none.
     *
     * @param ours whether a job is one of ours
     */
    static Optional<String> warning(DirectorResources has, UUID uuid, Predicate<String> ours) {
        List<String> jobs = has.vmsOfJobs().entrySet().stream()
                .filter(entry -> entry.getValue().contains(uuid))
                .map(Map.Entry<String, Set<UUID>>::getKey)
                .filter(job -> !ours.test(job))
                .sorted()
                .toList();
        return jobs.isEmpty()
                ? Optional.empty()
                : Optional.of("the Director has a job that is none of ours and backs up this VM as well: "
                        + String.join(", ", jobs) + " (its FileSet says instance=" + uuid
                        + "); take one of them away, or"
                        + " opt the VM out with backup=false");
    }
}
