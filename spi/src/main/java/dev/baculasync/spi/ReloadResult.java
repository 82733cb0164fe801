package dev.baculasync.spi;

import java.util.Objects;

/**
 * What came of a reload.
 *
 * @param kind what became of the Director
 * @param detail one line for a person: the Director's own words where it said any; empty when done
 */
public record ReloadResult(Kind kind, String detail) {
    /** What became of the Director. */
    public enum Kind {
        /** It is alive and says that it has read its configuration after the command. */
        DONE,
        /** It is alive and kept its old configuration. */
        REFUSED,
        /** It no longer answers. */
        DIED,
        /** It is alive, but nothing shows that it has read its configuration. */
        UNCONFIRMED
    }

    public ReloadResult {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(detail, "detail");
    }
}
