package dev.baculasync.cli;

/**
 * Makes what tenants chose fit to be printed. A character that a terminal or a person reading lines would not see as
 * itself is shown by its code: control characters (ESC, line ends and tabs too), what changes the direction of text or
 * is invisible, other line separators, and halves of surrogate pairs.
 */
final class SafeText {
    private SafeText() {}

    /** The text, on one line and without anything that a terminal obeys. */
    static String escape(String text) {
        return escape(text, "");
    }

    /** The same, but leaving some characters as they are. */
    static String escape(String text, String spared) {
        StringBuilder safe = null;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (isUnsafe(c) && spared.indexOf(c) < 0) {
                if (safe == null) {
                    safe = new StringBuilder(text.length() + 16).append(text, 0, i);
                }
                for (int j = i; j < next; j++) {
                    safe.append(code(text.charAt(j)));
                }
            } else if (safe != null) {
                safe.appendCodePoint(c);
            }
            i = next;
        }
        return safe == null ? text : safe.toString();
    }

    /** Whether a code point must not be printed as it is. */
    static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** How an unsafe character is shown, the same in text and in JSON. */
    static String code(char c) {
        return String.format("\\u%04X", (int) c);
    }
}
