package dev.baculasync.spi;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Names of the resources that a Director has loaded. A job that names a resource which does not exist is an error of
 * the Director's whole configuration, so these are looked up before a job is written.
 *
 * @param jobDefs all JobDefs
 * @param otherJobDefs those of them that are known to be for something else than backups: jobs that take their Type from
 *     them back nothing up
 * @param dedup what a FileSet may say after {@code dedup =}, in lower case; null when that is not known, or anything
 * @param disabledJobs those of the jobs that the Director does not start, whether its configuration or a console has
 *     disabled them
 * @param vmsOfJobs for the name of each backup job whose FileSet names OpenStack instances to the OpenStack plugin: their
 *     UUIDs, never none. A job that backs up no VM, or whose FileSet is not shown, is not in it
 */
public record DirectorResources(
        Set<String> jobDefs,
        Set<String> storages,
        Set<String> pools,
        Set<String> schedules,
        Set<String> messages,
        Set<String> clients,
        Set<String> jobs,
        Set<String> fileSets,
        Set<String> otherJobDefs,
        @Nullable Set<String> dedup,
        Set<String> disabledJobs,
        Map<String, Set<UUID>> vmsOfJobs) {
    public DirectorResources {
        jobDefs = Set.copyOf(jobDefs);
        storages = Set.copyOf(storages);
        pools = Set.copyOf(pools);
        schedules = Set.copyOf(schedules);
        messages = Set.copyOf(messages);
        clients = Set.copyOf(clients);
        jobs = Set.copyOf(jobs);
        fileSets = Set.copyOf(fileSets);
        otherJobDefs = Set.copyOf(otherJobDefs);
        dedup = dedup == null ? null : Set.copyOf(dedup);
        disabledJobs = Set.copyOf(disabledJobs);
        vmsOfJobs = vmsOfJobs.entrySet().stream()
                .filter(job -> !job.getValue().isEmpty())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, job -> Set.copyOf(job.getValue())));
    }

    /** Resources of a Director that starts all of its jobs, as far as is known, and of which nobody knows the VMs. */
    public DirectorResources(
            Set<String> jobDefs,
            Set<String> storages,
            Set<String> pools,
            Set<String> schedules,
            Set<String> messages,
            Set<String> clients,
            Set<String> jobs,
            Set<String> fileSets,
            Set<String> otherJobDefs,
            @Nullable Set<String> dedup) {
        this(
                jobDefs,
                storages,
                pools,
                schedules,
                messages,
                clients,
                jobs,
                fileSets,
                otherJobDefs,
                dedup,
                Set.of(),
                Map.of());
    }

    /** Alike, and all of its JobDefs are, as far as is known, for backups. */
    public DirectorResources(
            Set<String> jobDefs,
            Set<String> storages,
            Set<String> pools,
            Set<String> schedules,
            Set<String> messages,
            Set<String> clients,
            Set<String> jobs,
            Set<String> fileSets) {
        this(jobDefs, storages, pools, schedules, messages, clients, jobs, fileSets, Set.of(), null);
    }

    /** The same resources of a Director that takes these words after {@code dedup =}; null for any. */
    public DirectorResources withDedup(@Nullable Set<String> words) {
        return new DirectorResources(
                jobDefs,
                storages,
                pools,
                schedules,
                messages,
                clients,
                jobs,
                fileSets,
                otherJobDefs,
                words,
                disabledJobs,
                vmsOfJobs);
    }
}
