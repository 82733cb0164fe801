package dev.baculasync.spi;

import java.util.Objects;

/**
 * Whether a File Daemon answers its Director.
 *
 * @param kind what was found
 * @param detail the Director's own words, on one line
 */
public record ClientState(Kind kind, String detail) {
    /** What was found. */
    public enum Kind {
        /** Something answers at its address, and be it by refusing the Director. */
        ANSWERS,
        /** Nothing answers at its address. */
        SILENT,
        /** The Director has no such client. */
        UNKNOWN_TO_DIRECTOR
    }

    public ClientState {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }
}
