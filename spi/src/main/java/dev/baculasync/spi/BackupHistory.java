package dev.baculasync.spi;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What a catalog knows of backups that were made. It is the witness against a list of live VMs that is short: what was
 * backed up was there. Nothing of it changes anything. Safe for use by several threads.
 */
public interface BackupHistory {
    /**
     * Proves that backups can be asked about.
     *
     * @throws ProviderException when they cannot, e.g. for want of rights
     */
    void check();

    /**
     * The backup runs of these jobs that began after the moment that is given for each. A copy, a migrated run and a
     * virtual Full count from the begin of what they were made from, because they prove nothing about the time in which they
     * were made.
     *
     * @param client the Client resource whose runs count; runs of another client are never meant
     * @param absences at most one for each job
     * @return in no particular order; empty when there is none
     * @throws ProviderException when the answer is not whole
     */
    List<BackupRun> runsSince(String client, Collection<Absence> absences);

    /**
     * The jobs of a client of which a backup run began after a moment.
     *
     * @return for each of them whether one of these runs was {@linkplain BackupRun.Result#GOOD good}
     * @throws ProviderException when the answer is not whole
     */
    Map<String, Boolean> jobsRunSince(String client, Instant since);
}
