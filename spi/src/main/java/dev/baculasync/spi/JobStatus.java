package dev.baculasync.spi;

/** The status that a job file states in its {@code #@status:} header. */
public enum JobStatus {
    /** {@code active} */
    ACTIVE,
    /** {@code disabled}: by us, after the grace period; not to be mixed up with an operator's {@code Enabled = no}. */
    DISABLED
}
