package dev.baculasync.core;

import org.jspecify.annotations.Nullable;

/** An instance is not retired, and nothing of it was touched. The message says why, and what to do. */
public final class RetirementRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RetirementRefused(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
