package dev.baculasync.spi;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What to do with a timestamp header.
 *
 * @param at the new value, or null to remove the header
 */
public record StampEdit(@Nullable Instant at) {
    /** Removes the header. */
    public static final StampEdit CLEAR = new StampEdit(null);

    /** Sets the header. */
    public static StampEdit to(Instant at) {
        return new StampEdit(at);
    }
}
