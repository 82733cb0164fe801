package dev.baculasync.spi;

import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record of the live inventory that contradicts itself or lacks what identifies a VM. It is never acted on to anyone's
 * disadvantage; every UUID it mentions counts as present.
 *
 * @param reason what is wrong with the record
 * @param name display name, when the record leaves no doubt about it; else null
 * @param uuids every well-formed UUID the record mentions; one element when there is no doubt about it
 */
public record DoubtfulVm(String reason, @Nullable String name, Set<UUID> uuids) {
    public DoubtfulVm {
        Objects.requireNonNull(reason, "reason");
        uuids = Set.copyOf(uuids);
    }
}
