package dev.baculasync.spi;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A timestamp of a store, to the second.
 *
 * @param at the moment it names, or null when it cannot be read; what cannot be read never disables a VM
 * @param text how it stands there when it cannot be read, and the moment otherwise: how a store writes that is its own
 *     business
 */
public record Stamp(@Nullable Instant at, String text) {
    public Stamp {
        Objects.requireNonNull(text, "text");
        if (at != null) {
            at = at.truncatedTo(ChronoUnit.SECONDS);
            text = at.toString();
        }
    }

    /** A readable timestamp. Fractions of a second are dropped. */
    public static Stamp of(Instant at) {
        return new Stamp(at, at.toString());
    }

    /** One that cannot be read. */
    public static Stamp unreadable(String text) {
        return new Stamp(null, text);
    }
}
