package dev.baculasync.core.plan;

import dev.baculasync.spi.DirectorResources;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether the Director takes what new FileSets say after {@code dedup =}. A word that it does not know is an error of its
 * whole configuration; the line is never left out unasked, since backups would then grow without a word.
 */
final class DedupWord {
    /** What is said of each VM whose FileSet is not written for want of it. */
    static final String SEE_ALARM = "the Director does not take its dedup line; see what is said about its instance";

    private DedupWord() {}

    /** Why no FileSet can be written, with what to do; empty when one can, or nothing is known. */
    static Optional<String> objection(SyncPolicy policy, Optional<DirectorResources> director) {
        String word = policy.dedup();
        Set<String> taken = director.map(DirectorResources::dedup).orElse(null);
        if (word == null || taken == null || taken.contains(word.toLowerCase(Locale.ROOT))) {
            return Optional.empty();
        }
        return Optional.of("this Director does not take \"dedup = " + word + "\" in a FileSet"
                + (taken.isEmpty() ? "" : " (it takes " + String.join(", ", new TreeSet<>(taken)) + ")")
                + ", and a FileSet that says so would make it refuse its configuration, so none is written; set"
                + " DEDUP_ALGO=none, unless the Director is to be replaced by one that takes it");
    }
}
