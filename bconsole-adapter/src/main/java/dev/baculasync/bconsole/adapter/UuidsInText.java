package dev.baculasync.bconsole.adapter;

import java.util.UUID;
import java.util.function.Consumer;

/**
 * Finds whatever looks like a UUID, in whatever it is stuck. A VM that is named somewhere is not held to be absent, so one
 * too many costs little.
 */
final class UuidsInText {
    static final int LENGTH = 36;
    private static final int DIGITS = 32;
    private static final int FIRST_GROUP = 8;

    private UuidsInText() {}

    /** Hands on each, also those that overlap, in upper or lower case, and 32 digits in a row that are no part of more. */
    static void find(String text, int from, int to, Consumer<UUID> found) {
        int run = 0;
        for (int at = from; at < to; at++) {
            if (isHex(text.charAt(at))) {
                run++;
                continue;
            }
            plain(text, at, run, found);
            if (run >= FIRST_GROUP && text.charAt(at) == '-' && isAt(text, at - FIRST_GROUP, to)) {
                found.accept(at(text, at - FIRST_GROUP));
            }
            run = 0;
        }
        plain(text, to, run, found);
    }

    /** Whether 36 characters from here are a UUID in its canonical form, in upper or lower case. */
    static boolean isAt(String text, int from, int to) {
        if (from < 0 || to - from < LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char c = text.charAt(from + i);
            if (isHyphen(i) ? c != '-' : !isHex(c)) {
                return false;
            }
        }
        return true;
    }

    static boolean isCanonical(String text) {
        return text.length() == LENGTH && isAt(text, 0, LENGTH);
    }

    private static UUID at(String text, int from) {
        return UUID.fromString(text.substring(from, from + LENGTH));
    }

    private static void plain(String text, int end, int run, Consumer<UUID> found) {
        if (run == DIGITS) {
            int middle = end - DIGITS / 2;
            found.accept(new UUID(
                    Long.parseUnsignedLong(text, end - DIGITS, middle, 16),
                    Long.parseUnsignedLong(text, middle, end, 16)));
        }
    }

    private static boolean isHyphen(int place) {
        return place == 8 || place == 13 || place == 18 || place == 23;
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
