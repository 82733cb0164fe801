package dev.baculasync.core.plan;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * One VM about which a run did not do what its time had come for. An operator who approves it approves just this: what
 * was to be done, to which VM, on account of which moment.
 *
 * @param kind what was held
 * @param vmPart the VM's directory, and the part of its resource names that is its own
 * @param uuid the VM that the job backs up
 * @param since begin of its absence; for a purge, when its job was disabled
 */
public record Held(Kind kind, String vmPart, UUID uuid, Instant since) {
    /** What was held. */
    public enum Kind {
        /** More jobs would have been disabled than one run may disable. */
        DISABLE,
        /** More jobs would have been purged than one run may purge. */
        PURGE,
        /** Its job would have been disabled, but its absence may be that of a list that was cut. */
        SUSPECT;

        /** The word that is stored. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Held {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(vmPart, "vmPart");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(since, "since");
    }
}
