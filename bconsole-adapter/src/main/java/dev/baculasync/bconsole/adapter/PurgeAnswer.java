package dev.baculasync.bconsole.adapter;

import java.util.ArrayList;
import java.util.List;

/**
 * The answer of {@code purge files}: the same warning each time, then nothing if it worked. Whatever else is said is an
 * error. Silence is no proof: a statement that the catalog refuses shows in the Director's messages only.
 */
final class PurgeAnswer {
    private static final List<String> WARNING = List.of(
            "This command can be DANGEROUS!!!",
            "It purges (deletes) all Files from a Job,",
            "JobId, Client or Volume; or it purges (deletes)",
            "all Jobs from a Client or Volume without regard",
            "to retention periods. Normally you should use the",
            "PRUNE command, which respects retention periods.");
    /** For a run that does not exist all runs of the catalog are listed. */
    private static final int OBJECTIONS_KEPT = 10;

    private final List<String> objections = new ArrayList<>();
    private int warned;

    /** Takes the next line. */
    void read(String line) {
        String text = line.strip();
        if (text.isEmpty()) {
            return;
        }
        if (warned < WARNING.size() && text.equals(WARNING.get(warned))) {
            warned++;
        } else if (!(warned() && CatalogNotice.is(text)) && objections.size() < OBJECTIONS_KEPT) {
            objections.add(text);
        }
    }

    /** Whether the warning is there, all of it: the Director knows the command. */
    boolean warned() {
        return warned == WARNING.size();
    }

    /** What it said beside the warning. */
    List<String> objections() {
        return List.copyOf(objections);
    }
}
