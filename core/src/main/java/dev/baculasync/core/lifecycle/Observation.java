package dev.baculasync.core.lifecycle;

import dev.baculasync.spi.ManagedVm;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a signal comes with: all that the effect of a {@link Transition} may need besides the record.
 *
 * @param at the moment of the run
 * @param name the VM's new display name; null when it has none
 * @param uuid the VM that takes the place of another; null when none does
 * @param suspect whether an absence that begins may be that of a list that was cut
 * @param backedUpAt when the backup began that speaks against an absence; null when there is none
 * @param created the record that a VM gets that has none; null when it gets none
 */
public record Observation(
        Instant at,
        @Nullable String name,
        @Nullable UUID uuid,
        boolean suspect,
        @Nullable Instant backedUpAt,
        @Nullable ManagedVm created) {
    public Observation {
        Objects.requireNonNull(at, "at");
    }

    /** A signal that comes with nothing but its moment. */
    public static Observation at(Instant at) {
        return new Observation(at, null, null, false, null, null);
    }

    public Observation withName(@Nullable String value) {
        return new Observation(at, value, uuid, suspect, backedUpAt, created);
    }

    public Observation withUuid(UUID value) {
        return new Observation(at, name, value, suspect, backedUpAt, created);
    }

    public Observation withSuspect(boolean value) {
        return new Observation(at, name, uuid, value, backedUpAt, created);
    }

    public Observation withBackedUpAt(Instant value) {
        return new Observation(at, name, uuid, suspect, value, created);
    }

    public Observation withCreated(ManagedVm value) {
        return new Observation(at, name, uuid, suspect, backedUpAt, value);
    }
}
