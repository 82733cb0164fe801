package dev.baculasync.preflight;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has decided about all runs, as far as it can be checked before the first one. The names are those of the
 * Director's resources.
 *
 * @param jobDefs for VMs and instances that name none
 * @param jobDefsAllowed what a VM's tag may choose; empty when that is not limited
 * @param dedup the deduplication algorithm of new FileSets; null for none
 * @param grace how long a VM may be absent before its job is disabled
 * @param maxDisablePercent of an instance's enabled jobs, the most that one run may disable, in percent
 * @param cleanupAfter for how long a job must have been disabled before it is purged; null when nothing is ever purged
 * @param reload whether a run lets the Director reload
 * @param dryRun whether runs change nothing
 */
public record RunPolicy(
        String jobDefs,
        Set<String> jobDefsAllowed,
        String storage,
        String pool,
        String schedule,
        String messages,
        @Nullable String dedup,
        Duration grace,
        int maxDisablePercent,
        @Nullable Duration cleanupAfter,
        boolean reload,
        boolean dryRun) {
    public RunPolicy {
        jobDefsAllowed = Set.copyOf(jobDefsAllowed);
    }

    /** Whether runs purge jobs by themselves. */
    boolean purges() {
        return cleanupAfter != null;
    }
}
