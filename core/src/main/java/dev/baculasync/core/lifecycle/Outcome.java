package dev.baculasync.core.lifecycle;

/** What a run did, or would do, about one VM. Every VM of a run has exactly one. */
public enum Outcome {
    /** A new VM got its Job and FileSet. */
    CREATED("created"),
    /** The VM is there and its job is as it should be. */
    UNCHANGED("unchanged"),
    /** The VM is back within its grace period. */
    RETURNED("returned"),
    /** The VM is back after its job had been disabled; the job is enabled again. */
    RESTORED("restored"),
    /** The VM is absent for the first time. */
    GRACE_STARTED("grace-started"),
    /** The VM is still absent, its grace period is not over. */
    IN_GRACE("in-grace"),
    /** The VM was absent for longer than its grace period; its job is disabled. */
    DISABLED("disabled"),
    /** The VM is still absent, its job was disabled earlier. */
    STILL_DISABLED("still-disabled"),
    /** The VM asks not to be backed up; nothing is touched. */
    OPTED_OUT("opted-out"),
    /** A VM of the same name took the place of one that is gone; the same job backs up the new one. */
    REPLACED("replaced"),
    /** The VM has a new display name; job and history stay. */
    RENAMED("renamed"),
    /** A managed job was brought back into the form it must have. */
    REPAIRED("repaired"),
    /** The catalog knows the VM's job, but there is no job file. */
    FILE_MISSING("file-missing"),
    /** The records about this VM contradict each other; nothing of it is touched. */
    QUARANTINED("quarantined"),
    /** The safety limit, or doubt about its absence, stopped a disable or a purge. */
    HELD("held"),
    /** The VM was disabled for longer than an operator wants to keep it; its runs and files are gone. */
    PURGED("purged"),
    /** What was planned for the VM could not be done. */
    FAILED("failed");

    private final String word;

    Outcome(String word) {
        this.word = word;
    }

    /** The word that users see. */
    public String word() {
        return word;
    }

    /** Whether somebody should look at it: a run with such an outcome does not end with exit code 0. */
    public boolean isProblem() {
        return this == FAILED || this == HELD || this == QUARANTINED || this == FILE_MISSING;
    }

    @Override
    public String toString() {
        return word;
    }
}
