package dev.baculasync.filestore.syntax;

/**
 * How any text is written as the value of a {@code #@} header. A header is one line of a file that a Director reads: a
 * value that could end its line would be a tenant's own directives in the backup server's configuration. What cannot be
 * seen, blanks at either end, and the backslash are therefore written as {@code \}{@code uXXXX} and {@code \\}; every other
 * backslash is read as it stands, so that files from before this rule keep their meaning.
 */
public final class HeaderText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private HeaderText() {}

    /** The text as it may stand in a line. */
    public static String escape(String text) {
        int length = text.length();
        int plain = 0;
        while (plain < length && isPlain(text.charAt(plain))) {
            plain++;
        }
        if (plain == length && !text.startsWith(" ") && !text.endsWith(" ")) {
            return text;
        }
        StringBuilder out = new StringBuilder(length + 16);
        for (int i = 0; i < length; ) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (c == '\\') {
                out.append("\\\\");
            } else if (isUnseen(c) || (c == ' ' && (i == 0 || next == length))) {
                for (int unit = i; unit < next; unit++) {
                    appendUnit(out, text.charAt(unit));
                }
            } else {
                out.appendCodePoint(c);
            }
            i = next;
        }
        return out.toString();
    }

    /** The text that was escaped. */
    public static String unescape(String line) {
        int backslash = line.indexOf('\\');
        if (backslash < 0) {
            return line;
        }
        StringBuilder out = new StringBuilder(line.length());
        out.append(line, 0, backslash);
        for (int i = backslash; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && i + 1 < line.length()) {
                char kind = line.charAt(i + 1);
                int unit = kind == 'u' ? unitAt(line, i + 2) : -1;
                if (kind == '\\') {
                    i++;
                } else if (unit >= 0) {
                    c = (char) unit;
                    i += 5;
                }
            }
            out.append(c);
        }
        return out.toString();
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7F && c != '\\';
    }

    /** Ends a line somewhere, cannot be encoded, or changes how the line looks without being there to see. */
    private static boolean isUnseen(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static void appendUnit(StringBuilder out, char unit) {
        out.append("\\u")
                .append(HEX[unit >> 12])
                .append(HEX[(unit >> 8) & 15])
                .append(HEX[(unit >> 4) & 15])
                .append(HEX[unit & 15]);
    }

    /** The four hex digits from here on, or -1 when there are none. */
    private static int unitAt(String line, int start) {
        if (start + 4 > line.length()) {
            return -1;
        }
        int unit = 0;
        for (int i = start; i < start + 4; i++) {
            char c = line.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
