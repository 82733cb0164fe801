package dev.baculasync.preflight.config;

import dev.baculasync.preflight.config.BaculaFile.Directive;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Takes a configuration apart as Bacula's daemons and consoles do. Several texts may be read, one within another where one
 * includes the other. Bacula ignores case and blanks in the names of directives, so they are told in lower case and without
 * blanks.
 */
final class ConfigReader {
    /** What ends the name of an included file. */
    private static final String END_OF_NAME = "{};,#";

    private final List<Directive> directives = new ArrayList<>();
    private final List<String> open = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final StringBuilder piece = new StringBuilder();
    private String key = "";
    private int resources;
    /** Whether only blanks have come since the last line, which has no value. */
    private boolean newLine;

    /**
     * A line {@code @file} or {@code @|command}.
     *
     * @param target the path, or {@code |} and the command, without quotes
     * @param line the whole line from the {@code @} on
     * @param whole whether the Director takes all of it; of a command without quotes it takes the first word
     */
    record Include(String target, String line, boolean whole) {
        boolean isCommand() {
            return target.startsWith("|");
        }
    }

    /**
     * Reads a text.
     *
     * @param includes told each include in its place; may read what it leads to
     */
    void read(String text, Consumer<Include> includes) {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '"') {
                startLine(c);
                i = unquote(text, i + 1, piece);
            } else if (c == '#') {
                i = endOfLine(text, i);
            } else if (c == '@' && (newLine || piece.toString().isBlank())) {
                startLine(c);
                i = include(text, i, includes);
            } else {
                plain(c);
                i++;
            }
        }
    }

    /** All directives so far. */
    List<Directive> directives() {
        plain('\n');
        return List.copyOf(directives);
    }

    /** How many resources have begun so far. */
    int resources() {
        return resources;
    }

    boolean isOutsideOfAll() {
        return open.isEmpty();
    }

    static String normal(String name) {
        return name.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
    }

    /** What stands alone on a line is the name of a resource whose brace comes next, or nothing. */
    private void startLine(char c) {
        if (newLine && !Character.isWhitespace(c)) {
            newLine = false;
            if (c != '{') {
                piece.setLength(0);
            }
        }
    }

    private void plain(char c) {
        startLine(c);
        switch (c) {
            case '{' -> {
                if (open.isEmpty()) {
                    resources++;
                }
                open.add(normal(piece.toString()));
                clear();
            }
            case '}' -> {
                take();
                if (!open.isEmpty()) {
                    open.remove(open.size() - 1);
                }
            }
            case ';' -> take();
            case '\n' -> {
                if (key.isEmpty()) {
                    newLine = true;
                } else {
                    take();
                }
            }
            case '=' -> {
                if (key.isEmpty()) {
                    key = normal(piece.toString());
                    piece.setLength(0);
                } else {
                    piece.append(c);
                }
            }
            case ',' -> takeValue();
            default -> piece.append(c);
        }
    }

    private void take() {
        takeValue();
        if (!key.isEmpty()) {
            directives.add(new Directive(
                    open.isEmpty() ? 0 : resources,
                    open.isEmpty() ? "" : open.get(0),
                    open.size(),
                    key,
                    List.copyOf(values)));
        }
        clear();
    }

    private void takeValue() {
        String value = piece.toString().strip();
        if (!value.isEmpty()) {
            values.add(value);
        }
        piece.setLength(0);
    }

    private void clear() {
        piece.setLength(0);
        values.clear();
        key = "";
    }

    private int include(String text, int at, Consumer<Include> includes) {
        StringBuilder target = new StringBuilder();
        boolean quoted = false;
        int i = at + 1;
        while (i < text.length() && !quoted && !endsName(text.charAt(i))) {
            if (text.charAt(i) == '"') {
                quoted = true;
                i = unquote(text, i + 1, target);
            } else {
                target.append(text.charAt(i));
                i++;
            }
        }
        int end = endOfLine(text, at);
        String line = text.substring(at, Math.max(i, end)).strip();
        boolean command = target.indexOf("|") == 0;
        boolean whole =
                !command || quoted || text.substring(i, Math.max(i, end)).isBlank();
        includes.accept(new Include(target.toString(), line, whole));
        // What follows the first word of such a command is an error, and none of the Director's directives.
        return whole ? i : end;
    }

    private static boolean endsName(char c) {
        return Character.isWhitespace(c) || END_OF_NAME.indexOf(c) >= 0;
    }

    /** Appends what stands within quotes; where it goes on behind them. */
    private static int unquote(String text, int from, StringBuilder into) {
        int i = from;
        while (i < text.length() && text.charAt(i) != '"') {
            if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                i++;
            }
            into.append(text.charAt(i));
            i++;
        }
        return Math.min(i + 1, text.length());
    }

    private static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }
}
