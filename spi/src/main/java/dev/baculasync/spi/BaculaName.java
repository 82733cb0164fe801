package dev.baculasync.spi;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The rule for names of Bacula resources, the same from 9.6 to 15.0: 1 to 127 bytes of {@code A-Z a-z 0-9 . _ - :} and
 * space. A name outside this rule is an error of the Director's whole configuration.
 */
public final class BaculaName {
    /** The longest name that a Director accepts, in bytes. */
    public static final int MAX_BYTES = 127;

    private BaculaName() {}

    /** Whether a Director accepts this name for a resource. Legal names are pure ASCII, so bytes and chars agree. */
    public static boolean isLegal(String name) {
        return problemOf(name).isEmpty();
    }

    /** What is wrong with a name, as a phrase that follows "the name"; empty when it is legal. */
    public static Optional<String> problemOf(String name) {
        if (name.isEmpty()) {
            return Optional.of("is empty");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!isLegalCharacter(c)) {
                return Optional.of("holds a character that Bacula does not allow at position " + (i + 1)
                        + " (allowed are A-Z a-z 0-9 . _ - : and space)");
            }
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            return Optional.of("is " + bytes + " bytes long (at most " + MAX_BYTES + ")");
        }
        return Optional.empty();
    }

    /** Whether a single character may stand in a resource name. */
    public static boolean isLegalCharacter(int c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-'
                || c == ':'
                || c == ' ';
    }
}
