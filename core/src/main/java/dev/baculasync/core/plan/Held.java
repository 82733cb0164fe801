package dev.baculasync.core.plan;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One VM about which a run did not do what its time had come for. An operator who approves it approves just this: what
 * was to be done, to which VM, on account of which moment.
 *
 * @param kind what was held
 * @param slug the VM's directory, and the part of its resource names that is its own; for a job that the Director's list
 *     would lose, with the directories that lead to it
 * @param uuid the VM that the job backs up; null for a job that the list would lose, because its files are gone
 * @param since begin of its absence; for a purge, when its job was disabled; null for a job that the list would lose
 */
public record Held(
        Kind kind,
        String slug,
        @Nullable UUID uuid,
        @Nullable Instant since) {
    /** What was held. */
    public enum Kind {
        /** More jobs would have been disabled than one run may disable. */
        DISABLE,
        /** More jobs would have been purged than one run may purge. */
        PURGE,
        /** Its job would have been disabled, but its absence may be that of a list that was cut. */
        SUSPECT,
        /** The Director's list would have lost more jobs than one run may lose. */
        UNLIST;

        /** The word that is stored. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Held {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(slug, "slug");
        if (kind != Kind.UNLIST) {
            Objects.requireNonNull(uuid, "uuid");
            Objects.requireNonNull(since, "since");
        }
    }
}
