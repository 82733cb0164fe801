package dev.baculasync.core;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a run did, or, in a dry run, would have done. Immutable.
 *
 * @param dryRun whether nothing was to be changed
 * @param startedAt when the run began
 * @param finishedAt when it ended
 * @param reload what came of the Director
 * @param reloadDetail why the reload failed, for a person; null unless it did
 * @param configurationProblem why the Director's configuration would not be accepted though this run changed nothing in it,
 *     for a person; null when that is not known
 * @param listProblems why the Director's list was not published, for a person, the most urgent first; empty when it was, or
 *     need not be
 * @param digest what an operator approves to let the list be published all the same; null when there is nothing to approve
 * @param instances one entry for each instance, in the order they were given
 * @param notes what an operator should know about the run as a whole
 * @param remarks what is said of the run as a whole that asks nobody for anything
 */
public record SyncReport(
        boolean dryRun,
        Instant startedAt,
        Instant finishedAt,
        Reload reload,
        @Nullable String reloadDetail,
        @Nullable String configurationProblem,
        List<String> listProblems,
        @Nullable String digest,
        List<InstanceReport> instances,
        List<String> notes,
        List<String> remarks) {
    /** What came of telling the Director. */
    public enum Reload {
        /** The run was not to tell the Director. */
        OFF("off"),
        /** No file changed. */
        NOT_NEEDED("not-needed"),
        /** The Director is alive and has the jobs. */
        DONE("done"),
        /** The Director refused, died, or lacks a job. */
        FAILED("failed");

        private final String word;

        Reload(String word) {
            this.word = word;
        }

        /** The word that users see. */
        public String word() {
            return word;
        }
    }

    public SyncReport {
        Objects.requireNonNull(startedAt, "startedAt");
        Objects.requireNonNull(finishedAt, "finishedAt");
        Objects.requireNonNull(reload, "reload");
        listProblems = List.copyOf(listProblems);
        instances = List.copyOf(instances);
        notes = List.copyOf(notes);
        remarks = List.copyOf(remarks);
    }

    /** The same report about some of its instances. */
    public SyncReport about(List<InstanceReport> some) {
        return new SyncReport(
                dryRun,
                startedAt,
                finishedAt,
                reload,
                reloadDetail,
                configurationProblem,
                listProblems,
                digest,
                some,
                notes,
                remarks);
    }

    /** Whether somebody should look at this run: something failed, was held, was quarantined or would not be accepted. */
    public boolean hasProblem() {
        return reload == Reload.FAILED
                || configurationProblem != null
                || !listProblems.isEmpty()
                || instances.stream().anyMatch(InstanceReport::hasProblem);
    }
}
