package dev.baculasync.filestore.disk;

import java.io.IOException;

/**
 * A change has failed, and not all of it could be undone. Whatever else a change fails with means that it did not happen.
 */
public final class NotUndone extends IOException {
    private static final long serialVersionUID = 1L;

    private final Exception failure;
    private final Exception leftover;

    private NotUndone(Exception failure, Exception leftover) {
        super(failure.getMessage(), failure);
        this.failure = failure;
        this.leftover = leftover;
    }

    /**
     * A failure of which something is left.
     *
     * @param failure why the change failed
     * @param leftover why it, or another part of it, could not be undone
     */
    public static NotUndone of(Exception failure, Exception leftover) {
        if (failure instanceof NotUndone earlier) {
            earlier.addSuppressed(leftover);
            return earlier;
        }
        return new NotUndone(failure, leftover);
    }

    /** Why a change failed, whether it could be undone or not. */
    public static Exception reason(Exception e) {
        return e instanceof NotUndone stuck ? stuck.failure : e;
    }

    /** For people. */
    public String consequence() {
        return "not all of it could be undone (" + leftover + ")";
    }
}
