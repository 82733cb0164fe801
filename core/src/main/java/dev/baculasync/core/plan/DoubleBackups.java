package dev.baculasync.core.plan;

import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.VmKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Jobs of the Director that are no managed VM's and back up one of our VMs all the same. */
final class DoubleBackups {
    private final PlanInput input;

    /** The Director's jobs by the VMs that they back up; null as long as nobody wants to know. */
    private @Nullable Map<UUID, Set<String>> jobsOfVms;

    DoubleBackups(PlanInput input) {
        this.input = input;
    }

    /**
     * What is told of them, as a sentence; empty when there is none.
     *
     * @param job the VM's own job
     */
    Optional<String> warning(UUID uuid, String job) {
        List<String> others = jobsOfVms().getOrDefault(uuid, Set.of()).stream()
                .filter(other -> !other.equals(job) && !isManaged(other))
                .toList();
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of("the Director has a job that is not managed and backs up this VM as well: "
                        + others.stream().map(this::withPlace).collect(Collectors.joining(", "))
                        + " (its FileSet says instance=" + uuid + "); take one of them away, or"
                        + " opt the VM out with backup=false");
    }

    /** Turned round once: each of thousands of VMs asks. */
    private Map<UUID, Set<String>> jobsOfVms() {
        if (jobsOfVms == null) {
            Map<UUID, Set<String>> jobs = new HashMap<>();
            input.director()
                    .get()
                    .map(DirectorResources::vmsOfJobs)
                    .orElse(Map.of())
                    .forEach((job, vms) -> vms.forEach(vm ->
                            jobs.computeIfAbsent(vm, key -> new TreeSet<>()).add(job)));
            jobsOfVms = jobs;
        }
        return jobsOfVms;
    }

    /** What an operator has written by hand is not managed, wherever its files are. */
    private boolean isManaged(String job) {
        return input.stored().vms().stream().anyMatch(vm -> vm.job().equals(job))
                || input.otherResources().get().managedJobs().contains(job);
    }

    private String withPlace(String job) {
        VmKey place = input.otherResources().get().places().get(job);
        return place == null ? job : job + " in " + ResourceNames.path(place);
    }
}
