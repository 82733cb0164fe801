package dev.baculasync.spi;

import java.util.Set;
import java.util.SortedSet;

/**
 * The running Bacula Director. Safe for use by several threads.
 */
public interface Director {
    /**
     * The resources the Director has loaded.
     *
     * @throws ProviderException when it cannot be asked, or did not answer in full
     */
    DirectorResources resources();

    /**
     * Makes the Director read its configuration again, and finds out what came of it. A successful {@code reload}
     * prints nothing, and so does a refused one before 15.0; on 9.6 the Director may terminate. Silence is therefore
     * no proof.
     *
     * @return what became of the Director; never an exception for a Director that refused or died
     * @throws ProviderException when the command could not be given at all
     */
    ReloadResult reload();

    /**
     * Checks the configuration as it lies on disk, without giving it to the Director.
     *
     * @return {@link ConfigCheck.Kind#NOT_SET_UP} where there is no such check
     * @throws ProviderException only when the calling thread was interrupted; a check that cannot be carried out is one
     *     that refused
     */
    default ConfigCheck checkConfiguration() {
        return new ConfigCheck(ConfigCheck.Kind.NOT_SET_UP, "");
    }

    /**
     * The names of the jobs the Director has loaded.
     *
     * @throws ProviderException when it cannot be asked, or did not answer in full
     */
    Set<String> jobNames();

    /**
     * The JobIds of all runs of a job that the Director's own catalog holds. Before anything is purged by JobId, this
     * shows that the Director and we look at the same catalog.
     *
     * @param job name of the Job resource, which the Director need not have loaded any more
     * @throws ProviderException when it cannot be asked, or did not answer in full
     */
    SortedSet<Long> runsOf(String job);

    /**
     * Purges the files of a run from the catalog. Not to be called for a run that does not exist.
     *
     * @throws ProviderException when the command could not be given, or the Director said anything but that it did it
     */
    void purgeFiles(long jobId);

    /**
     * Whether the File Daemon of a client answers.
     *
     * @throws ProviderException when the Director cannot be asked, or what it says cannot be understood
     */
    ClientState clientState(String client);
}
