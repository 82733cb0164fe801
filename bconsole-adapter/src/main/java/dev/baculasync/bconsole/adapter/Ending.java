package dev.baculasync.bconsole.adapter;

import java.util.Objects;

/**
 * How a bconsole process came to its end.
 *
 * @param kind whether it ended by itself, or why it was killed
 * @param exitStatus of a process that ended by itself; -1 of one that was killed
 */
record Ending(Kind kind, int exitStatus) {
    enum Kind {
        EXITED,
        TIMED_OUT,
        TOO_MUCH_OUTPUT,
        LINE_TOO_LONG
    }

    Ending {
        Objects.requireNonNull(kind, "kind");
    }

    static Ending exited(int status) {
        return new Ending(Kind.EXITED, status);
    }

    static Ending killed(Kind reason) {
        return new Ending(reason, -1);
    }
}
