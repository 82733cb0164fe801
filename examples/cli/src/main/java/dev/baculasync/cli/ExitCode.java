package dev.baculasync.cli;

/** What the process ends with. */
final class ExitCode {
    /** All well. */
    static final int OK = 0;

    /** Something failed, was held or quarantined, or left a live VM unprotected; the rest was done. */
    static final int PROBLEM = 1;

    /** Wrong usage or configuration; nothing was done. */
    static final int USAGE = 2;

    /** Another run holds the lock; nothing was done. */
    static final int LOCKED = 3;

    private ExitCode() {}
}
