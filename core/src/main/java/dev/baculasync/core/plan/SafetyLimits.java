package dev.baculasync.core.plan;

/**
 * How many jobs one run may disable, and, alike, purge, so that a wrong list or clock can never take a whole instance out
 * of backup.
 */
final class SafetyLimits {
    private SafetyLimits() {}

    /** The most jobs of an instance that one run may disable or purge, given how many of its jobs are enabled. */
    static int mostJobs(SyncPolicy policy, int enabledJobs) {
        long share = (long) enabledJobs * policy.maxDisablePercent() / 100;
        return (int) Math.max(policy.maxDisableMin(), share);
    }
}
