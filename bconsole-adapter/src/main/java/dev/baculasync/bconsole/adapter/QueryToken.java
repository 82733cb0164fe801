package dev.baculasync.bconsole.adapter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code key=value} of a VM record.
 *
 * @param key which token
 * @param value without quotes
 * @param hidesUuid whether the value was quoted and holds what would be a {@code uuid=} token without the quotes. Whoever
 *     chooses name and tag of a VM can place such quotes where the plugin writes none, so this is never beyond doubt
 */
record QueryToken(Key key, String value, boolean hidesUuid) {
    enum Key {
        SERVER("server="),
        UUID("uuid="),
        TAG("tag="),
        BACKUP("backup=");

        private final String prefix;

        Key(String prefix) {
            this.prefix = prefix;
        }

        String prefix() {
            return prefix;
        }
    }

    /**
     * Cuts a line that starts with a known token into tokens. A value runs to the next known token that follows a blank,
     * or to the end of the line; or is in double quotes if a known token or the end follows the closing one.
     *
     * @param line without blanks around it
     * @return at least one token; none when the line does not start with one
     */
    static List<QueryToken> in(String line) {
        List<QueryToken> tokens = new ArrayList<>();
        int at = 0;
        Key key = keyAt(line, 0);
        int lastClosing = lastClosingQuote(line);
        while (key != null) {
            int from = at + key.prefix().length();
            int close = from < lastClosing ? closingQuote(line, from) : -1;
            String value;
            if (close > 0) {
                value = line.substring(from + 1, close);
                at = afterBlanks(line, close + 1);
            } else {
                at = nextToken(line, from);
                value = stripBlanks(line.substring(from, at));
            }
            boolean hidden = close > 0 && hidesUuid(value);
            tokens.add(new QueryToken(key, value, hidden));
            key = keyAt(line, at);
        }
        return tokens;
    }

    private static @Nullable Key keyAt(String line, int at) {
        for (Key key : Key.values()) {
            if (line.startsWith(key.prefix(), at)) {
                return key;
            }
        }
        return null;
    }

    /** Where the next token after a blank starts, or the end of the line. */
    private static int nextToken(String line, int from) {
        for (int at = from; at < line.length(); at++) {
            if (at > 0 && isBlank(line.charAt(at - 1)) && keyAt(line, at) != null) {
                return at;
            }
        }
        return line.length();
    }

    /** Where a quoted value that starts here ends; -1 when it is not a quoted value. */
    private static int closingQuote(String line, int from) {
        if (!line.startsWith("\"", from)) {
            return -1;
        }
        for (int at = line.indexOf('"', from + 1); at >= 0; at = line.indexOf('"', at + 1)) {
            if (closes(line, at)) {
                return at;
            }
        }
        return -1;
    }

    /** Looked up once a line, so that a line full of quotes is not searched to its end at each of them. */
    private static int lastClosingQuote(String line) {
        int at = line.lastIndexOf('"');
        while (at >= 0 && !closes(line, at)) {
            at = line.lastIndexOf('"', at - 1);
        }
        return at;
    }

    private static boolean closes(String line, int quote) {
        int next = afterBlanks(line, quote + 1);
        return next == line.length() || (next > quote + 1 && keyAt(line, next) != null);
    }

    /** The text without the blanks and tabs around it. */
    static String stripBlanks(String text) {
        int from = afterBlanks(text, 0);
        int to = text.length();
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean hidesUuid(String value) {
        for (int at = value.indexOf(Key.UUID.prefix()); at >= 0; at = value.indexOf(Key.UUID.prefix(), at + 1)) {
            if (at == 0 || isBlank(value.charAt(at - 1))) {
                return true;
            }
        }
        return false;
    }

    private static int afterBlanks(String line, int from) {
        int at = from;
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
