package dev.baculasync.spi;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The one exception with which providers report that they could not do what they were asked. Its message is for a
 * person: what happened, where, and what to do; it never holds a password.
 */
public final class ProviderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure it is, for programs. */
    public enum Code {
        /** The other side cannot be reached, or refused the login. */
        UNREACHABLE,
        /** The other side did not answer in time. */
        TIMEOUT,
        /** The other side answered, but with an error or with something that cannot be understood. */
        BAD_ANSWER,
        /** The other side is at work on the same thing; nothing was done, and later it can be. */
        BUSY,
        /** Another run holds the lock. */
        LOCKED,
        /** Reading or writing failed: permission, disk, a file in the way. */
        IO,
        /** The settings are wrong, e.g. a program that is not there. */
        CONFIGURATION,
        /** It is not known whether what was asked has happened. */
        OUTCOME_UNKNOWN,
        /** The calling thread was interrupted. */
        INTERRUPTED
    }

    private final Code code;

    public ProviderException(Code code, String message) {
        this(code, message, null);
    }

    public ProviderException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** What kind of failure it is. */
    public Code code() {
        return code;
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
