package dev.baculasync.spi;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A span of time in which the live VMs of an instance could not be told. It does not count towards anybody's grace period.
 *
 * @param from the first run whose discovery did not work
 * @param until the run whose discovery worked again, or null while none did
 */
public record BlindSpan(Instant from, @Nullable Instant until) {
    public BlindSpan {
        Objects.requireNonNull(from, "from");
    }
}
