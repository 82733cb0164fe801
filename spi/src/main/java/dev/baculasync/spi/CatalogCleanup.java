package dev.baculasync.spi;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * Takes out of the catalog what is no longer wanted. The only part of a catalog that destroys; nothing of it is called
 * unless an operator has asked for it. Safe for use by several threads.
 */
public interface CatalogCleanup {
    /**
     * Proves that rows may be removed at all.
     *
     * @throws ProviderException when the catalog's version is not one that is known to the row, or rights are lacking
     */
    void check();

    /**
     * The same catalog, from which nothing is ever removed: each call says what it would do after the calls before it. What a
     * preview has removed is no longer there for that preview alone, and each preview begins anew. Files of runs count as
     * purged, because nobody asks a Director to purge any, and a job that is at work does not keep orphaned rows, because it
     * will have ended some time.
     *
     * @throws ProviderException from none of this; from the methods of the preview as from those of this
     */
    CatalogCleanup preview();

    /**
     * What removing a job would take, and what it would leave, without removing anything.
     *
     * @param client the Client resource the job belongs to; runs of another client are never touched
     * @param job name of the Job resource
     * @param fileSet name of its FileSet resource
     * @throws ProviderException when the answer is not whole
     */
    JobHolding look(String client, String job, String fileSet);

    /**
     * Removes a job's runs and all that goes with them, in one transaction: all or nothing. Rows that are not there any more
     * are no error, so that an interrupted removal can be done again.
     *
     * @param looked what {@link #look} has found; a run that it does not name, or a job that is active by now, is an
     *     {@linkplain JobHolding#obstacle obstacle}; all but those that it names as unpurged must be purged
     * @return what was removed; with an obstacle, nothing was
     * @throws ProviderException when nothing was removed, with {@code CONFIGURATION} when a Director has purged files and this
     *     catalog does not know, so that it is not that Director's; or, with {@code OUTCOME_UNKNOWN}, when not even that is
     *     known
     */
    JobHolding remove(JobHolding looked);

    /**
     * The rows that these runs use beside their own, and that may be orphaned once they are purged. To be written down before a
     * Director purges the files, because nothing tells afterwards which rows they used.
     *
     * @param known what is written down already, of any catalog; rows that it names are left out, because purges may name the
     *     same ones for months
     * @return empty when there are none, or {@code known} names all of them
     * @throws ProviderException when the answer is not whole, or {@code known} is not understood: nothing may be purged then
     */
    Optional<OrphanedRows> usedBy(Set<Long> runs, Collection<OrphanedRows> known);

    /**
     * Removes those of these rows that nothing uses any more; those that are not there any more are no error. As a Director
     * may be about to use a row that nothing uses yet, that is only done while no job is at work.
     *
     * @param candidates what {@link #usedBy} has given, all of one catalog
     * @return what was removed; when something remains, this is to be called again some other time
     * @throws ProviderException when they are not understood, or that could not be done, or only in part; calling it again
     *     finishes it
     */
    OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates);

    /**
     * The jobs of a client that are waiting or running, whatever their names, as a Director names runs.
     *
     * @throws ProviderException when the answer is not whole
     */
    SortedSet<String> activeJobs(String client);

    /**
     * Removes the row of a client that no Job row names any more.
     *
     * @return whether there is none left
     * @throws ProviderException when that could not be done
     */
    boolean removeClient(String client);
}
