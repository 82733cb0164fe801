package dev.baculasync.bconsole.adapter;

import java.util.List;

/** Short pieces of what others said, fit for a message: one line, no control characters, bounded. */
final class Excerpt {
    private static final int LONGEST = 300;

    private Excerpt() {}

    static String of(String text) {
        StringBuilder excerpt = new StringBuilder();
        text.strip()
                .codePoints()
                .limit(LONGEST)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(excerpt::appendCodePoint);
        return excerpt.toString();
    }

    static String of(List<String> lines) {
        return of(String.join(
                "; ",
                lines.stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList()));
    }
}
