package dev.baculasync.bconsole.adapter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts a line of records into tokens. Before the UUID stands the name, which may hold anything, so values run to the next
 * known token that follows a blank; after it each {@code key=} that follows a blank is the next attribute. A value may be
 * in double quotes if such a key or the end follows the closing one. All in time linear in the line.
 */
final class TokenLine {
    private static final int NOT_LOOKED_FOR = -2;

    private final String line;
    private int lastClosingKnown = NOT_LOOKED_FOR;
    private int lastClosingAny = NOT_LOOKED_FOR;

    /**
     * @param line without blanks around it
     */
    TokenLine(String line) {
        this.line = line;
    }

    /**
     * What belongs to one record.
     *
     * @param tokens in their order
     * @param attributes what else is said about the VM
     * @param hidesUuid whether a value was quoted and holds what would be a {@code uuid=} token without the quotes. Whoever
     *     chooses name and tag of a VM can place such quotes where the plugin writes none, so this is never beyond doubt
     * @param foreign what is neither
     * @param end where it ends: at the end of the line, or at a {@code server=} that is stuck to what is before
     */
    record Part(
            List<QueryToken> tokens,
            Map<String, String> attributes,
            boolean hidesUuid,
            List<String> foreign,
            int end) {}

    /** Reads on from a place where a known token starts. */
    Part read(int from, boolean afterUuid) {
        List<QueryToken> tokens = new ArrayList<>();
        Map<String, String> attributes = new LinkedHashMap<>();
        List<String> foreign = new ArrayList<>();
        boolean hides = false;
        boolean any = afterUuid;
        int at = from;
        while (at < line.length()) {
            QueryToken.Key key = QueryToken.Key.at(line, at);
            any |= key == QueryToken.Key.UUID;
            int value = key != null ? at + key.prefix().length() : HarmlessAttributes.equalsSign(line, at) + 1;
            int close = value < lastClosing(any) ? closingQuote(value, any) : -1;
            if (close > 0) {
                String quoted = line.substring(value + 1, close);
                hides |= hidesUuid(quoted);
                if (key != null) {
                    tokens.add(new QueryToken(key, quoted));
                } else {
                    attributes.putIfAbsent(line.substring(at, value - 1), quoted);
                }
                at = afterBlanks(line, close + 1);
                continue;
            }
            if (key == QueryToken.Key.UUID) {
                int next = endOfUuid(value);
                int server = uuid(value, next, tokens, foreign);
                if (server >= 0) {
                    return new Part(tokens, attributes, hides, foreign, server);
                }
                at = next;
                continue;
            }
            int next = nextKey(value, any);
            int failure = any && key != QueryToken.Key.SERVER
                    ? QueryFailure.exactlyIn(line, key == null ? at : value, next)
                    : -1;
            int end = failure < 0 ? next : failure;
            if (key != null) {
                tokens.add(new QueryToken(key, stripBlanks(line.substring(value, end))));
            } else if (end >= value) {
                attributes.putIfAbsent(line.substring(at, value - 1), stripBlanks(line.substring(value, end)));
            }
            if (failure >= 0) {
                next = nextKey(failure + 1, false);
                foreign.add(stripBlanks(line.substring(failure, next)));
            }
            at = next;
        }
        return new Part(tokens, attributes, hides, foreign, line.length());
    }

    /**
     * The value of {@code uuid=}. What is stuck to a UUID, or follows it and is no attribute, is no part of it.
     *
     * @return where a {@code server=} is stuck to it; -1 when none is
     */
    private int uuid(int from, int next, List<QueryToken> tokens, List<String> foreign) {
        int end = afterUuid(from);
        if (end < 0) {
            tokens.add(new QueryToken(QueryToken.Key.UUID, stripBlanks(line.substring(from, next))));
            return -1;
        }
        tokens.add(new QueryToken(QueryToken.Key.UUID, line.substring(from, end).replace("\"", "")));
        String rest = line.substring(end, next);
        int server = rest.indexOf(QueryToken.Key.SERVER.prefix());
        String text = stripBlanks(server < 0 ? rest : rest.substring(0, server));
        if (!text.isEmpty()) {
            foreign.add(text);
        }
        return server < 0 ? -1 : end + server;
    }

    /** Where the value of {@code uuid=} ends; what is stuck to a UUID is text, in which no attribute starts. */
    private int endOfUuid(int from) {
        int end = afterUuid(from);
        return nextKey(from, end < 0 || end == line.length() || isBlank(line.charAt(end)));
    }

    /** Where a UUID that starts here ends, in quotes or not; -1 when none does. */
    private int afterUuid(int from) {
        int quote = line.startsWith("\"", from) ? 1 : 0;
        int end = from + UuidsInText.LENGTH + 2 * quote;
        boolean found =
                UuidsInText.isAt(line, from + quote, line.length()) && (quote == 0 || line.startsWith("\"", end - 1));
        return found ? end : -1;
    }

    /** Where the next key after a blank starts, or the end of the line. */
    private int nextKey(int from, boolean any) {
        for (int at = from; at < line.length(); at++) {
            if (isBlank(line.charAt(at - 1)) && isKey(at, any)) {
                return at;
            }
        }
        return line.length();
    }

    private boolean isKey(int at, boolean any) {
        return any ? HarmlessAttributes.equalsSign(line, at) >= 0 : QueryToken.Key.at(line, at) != null;
    }

    /** Where a quoted value that starts here ends; -1 when it is not a quoted value. */
    private int closingQuote(int from, boolean any) {
        if (!line.startsWith("\"", from)) {
            return -1;
        }
        for (int at = line.indexOf('"', from + 1); at >= 0; at = line.indexOf('"', at + 1)) {
            if (closes(at, any)) {
                return at;
            }
        }
        return -1;
    }

    /** Looked up once a line, so that a line full of quotes is not searched to its end at each of them. */
    private int lastClosing(boolean any) {
        int known = any ? lastClosingAny : lastClosingKnown;
        if (known != NOT_LOOKED_FOR) {
            return known;
        }
        int at = line.lastIndexOf('"');
        while (at >= 0 && !closes(at, any)) {
            at = line.lastIndexOf('"', at - 1);
        }
        if (any) {
            lastClosingAny = at;
        } else {
            lastClosingKnown = at;
        }
        return at;
    }

    private boolean closes(int quote, boolean any) {
        int next = afterBlanks(line, quote + 1);
        return next == line.length() || (next > quote + 1 && isKey(next, any));
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

    /** Whether a value holds what would be a {@code uuid=} token if it stood for itself. */
    static boolean hidesUuid(String value) {
        String prefix = QueryToken.Key.UUID.prefix();
        for (int at = value.indexOf(prefix); at >= 0; at = value.indexOf(prefix, at + 1)) {
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
