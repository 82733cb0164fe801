package dev.baculasync.spi;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the store that is not a readable, managed VM. It is never changed.
 *
 * @param kind whose it is
 * @param slug the entry's name (its directory), which no new VM may take
 * @param uuid the VM it belongs to, when that much could be read; else null
 * @param reason what is wrong, with the place
 */
public record StoreProblem(Kind kind, String slug, @Nullable UUID uuid, String reason) {
    /** Whose the entry is. */
    public enum Kind {
        /** It has no {@code #@} headers: somebody else's. */
        FOREIGN,
        /** It is ours, but contradicts itself or could not be read. */
        UNREADABLE,
        /** It defines a resource that another entry defines as well, and that one is the one to go by. */
        COPY
    }

    public StoreProblem {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(slug, "slug");
        Objects.requireNonNull(reason, "reason");
    }
}
