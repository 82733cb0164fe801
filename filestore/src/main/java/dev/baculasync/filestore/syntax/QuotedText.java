package dev.baculasync.filestore.syntax;

import java.util.regex.Pattern;

/** How a text is written as a string in quotes in a Bacula configuration; there is no other place where one is quoted. */
public final class QuotedText {
    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

    private QuotedText() {}

    /** The text in quotes. */
    public static String of(String text) {
        return "\"" + escape(text) + "\"";
    }

    /** The text as it may stand between quotes. */
    public static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** The text that was escaped. */
    public static String unescape(String text) {
        return ESCAPED.matcher(text).replaceAll("$1");
    }

    /** Whether a name may stand in the path of an {@code @} line: of other bytes nobody knows what a Director makes. */
    public static boolean isPrintable(String name) {
        return name.chars().allMatch(c -> c >= ' ' && c < 0x7F);
    }
}
