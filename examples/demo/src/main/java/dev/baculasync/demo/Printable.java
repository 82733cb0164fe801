package dev.baculasync.demo;

/** Text of tenants made fit for a terminal: nothing in it can move the cursor, end the line or hide itself. */
final class Printable {
    private Printable() {}

    /** The text with each control, format or otherwise invisible character spelled out. */
    static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.PRIVATE_USE,
                        Character.SURROGATE,
                        Character.UNASSIGNED -> printable.append(spelled(c));
                default -> printable.appendCodePoint(c);
            }
        });
        return printable.toString();
    }

    private static String spelled(int c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            case '\r' -> "\\r";
            default -> String.format("\\u{%x}", c);
        };
    }
}
