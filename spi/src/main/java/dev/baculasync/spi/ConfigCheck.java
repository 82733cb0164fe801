package dev.baculasync.spi;

import java.util.Objects;

/**
 * What a check of the Director's configuration, as it lies on disk, came to.
 *
 * @param kind whether it would be taken
 * @param message the check's own words; empty unless refused
 */
public record ConfigCheck(Kind kind, String message) {
    /** Whether a Director would take the configuration. */
    public enum Kind {
        /** There is no such check here. */
        NOT_SET_UP,
        /** It would. */
        ACCEPTED,
        /** It would not, or the check could not be carried out. */
        REFUSED
    }

    public ConfigCheck {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(message, "message");
    }
}
