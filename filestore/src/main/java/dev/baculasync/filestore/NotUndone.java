package dev.baculasync.filestore;

import java.io.IOException;

/**
 * A change has failed, and not all of it could be undone. Whatever else a change fails with means that it did not happen.
 */
final class NotUndone extends IOException {
    private static final long serialVersionUID = 1L;

    private final Exception failure;
    private final Exception leftover;

    private NotUndone(Exception failure, Exception leftover) {
        super(failure.getMessage(), failure);
        this.failure = failure;
        this.leftover = leftover;
    }

    /**
     * @param failure why the change failed
     * @param leftover why it, or another part of it, could not be undone
     */
    static NotUndone of(Exception failure, Exception leftover) {
        if (failure instanceof NotUndone earlier) {
            earlier.addSuppressed(leftover);
            return earlier;
        }
        return new NotUndone(failure, leftover);
    }

    /** Why a change failed, whether it could be undone or not. */
    static Exception reason(Exception e) {
        return e instanceof NotUndone stuck ? stuck.failure : e;
    }

    /** For people. */
    String consequence() {
        return "not all of it could be undone (" + leftover + ")";
    }
}
