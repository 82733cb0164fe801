package dev.baculasync.spi;

import java.time.Instant;
import java.util.Objects;

/**
 * One run of a backup job.
 *
 * @param jobId its number in the catalog
 * @param job name of the Job resource
 * @param result what came of it
 * @param startedAt when it began, to the second
 * @param contents whether what it has backed up is of the VM that was asked about
 */
public record BackupRun(long jobId, String job, Result result, Instant startedAt, Contents contents) {
    /** What came of a run. */
    public enum Result {
        /** It ended well, with files and bytes. */
        GOOD,
        /** It ended with an error. */
        FAILED,
        /** Anything else: it was cancelled, is still waiting or running, or has backed up nothing. */
        OTHER
    }

    /** What the files of a run say about the VM that was asked about. */
    public enum Contents {
        /** A file of it is among them. */
        OF_THE_VM,
        /** There are files as the OpenStack plugin names them, and none is of it. */
        OF_OTHERS,
        /** No file says anything, e.g. because they were pruned; also for a run that is not good. */
        UNKNOWN
    }

    public BackupRun {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(contents, "contents");
    }
}
