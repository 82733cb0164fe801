package dev.baculasync.cli;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;

/** Colours for a terminal. */
enum Paint {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33");

    private final String code;

    Paint(String code) {
        this.code = code;
    }

    /** The text in this colour, if colours are wanted. */
    String on(String text, boolean colours) {
        return colours && this != PLAIN ? "\033[" + code + "m" + text + "\033[0m" : text;
    }

    static Paint of(Outcome outcome) {
        return switch (outcome) {
            case CREATED, RETURNED, RESTORED, REPAIRED -> GREEN;
            case GRACE_STARTED, DISABLED, REPLACED, RENAMED, PURGED -> YELLOW;
            case FILE_MISSING, QUARANTINED, HELD, FAILED -> RED;
            case UNCHANGED, IN_GRACE, STILL_DISABLED, OPTED_OUT -> DIM;
        };
    }

    static Paint of(LifecycleState state) {
        return switch (state) {
            case ACTIVE -> GREEN;
            case MISSING -> YELLOW;
            case DISABLED -> DIM;
            case NEW, PURGED -> PLAIN;
        };
    }
}
