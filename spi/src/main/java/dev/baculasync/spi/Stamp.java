package dev.baculasync.spi;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A timestamp as it was found in the store.
 *
 * @param at the moment it names, or null when it cannot be read; what cannot be read never disables a VM
 * @param text how it stands there
 */
public record Stamp(@Nullable Instant at, String text) {
    public Stamp {
        Objects.requireNonNull(text, "text");
    }

    /** A readable timestamp. */
    public static Stamp of(Instant at) {
        return new Stamp(at, at.toString());
    }
}
