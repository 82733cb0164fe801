package dev.baculasync.preflight;

/**
 * What came of one check.
 *
 * @param section what a run relies upon, as the manual names it
 * @param check what was looked at
 * @param status how it is
 * @param found what was seen; never a password
 * @param advice what to do; empty exactly when nothing is to be done
 */
public record Finding(String section, String check, Status status, String found, String advice) {
    /** How it is. */
    public enum Status {
        /** As it should be. */
        OK,
        /** It may do, or could not be found out. */
        WARN,
        /** A run would fail, or do harm. */
        FAIL
    }

    public Finding {
        if ((status == Status.OK) != advice.isEmpty()) {
            throw new IllegalArgumentException("advice is for what is not OK: " + section + ", " + check);
        }
    }
}
