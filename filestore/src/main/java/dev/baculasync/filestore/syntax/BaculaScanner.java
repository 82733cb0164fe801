package dev.baculasync.filestore.syntax;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts a Bacula configuration text into tokens the way the Director's own scanner does: blanks inside a word of letters
 * vanish, {@code \c} in quotes is {@code c}, a line end inside quotes is dropped, a carriage return ends a line, and what
 * follows a NUL up to the end of its line is not there. Works on bytes and makes no garbage until a value is asked for.
 */
public final class BaculaScanner {
    enum Token {
        /** Text without quotes. */
        WORD,
        /** Text in quotes. */
        STRING,
        OPEN,
        CLOSE,
        EQUALS,
        COMMA,
        /** End of a line, or a semicolon. */
        EOL,
        COMMENT,
        /** {@code @file}. */
        INCLUDE,
        /** Quotes that are never closed. */
        BAD,
        /** End of the text. */
        END
    }

    private final byte[] text;
    private int position;
    private int start;
    private int end;
    private boolean quoted;

    BaculaScanner(byte[] text) {
        this.text = text;
        this.position = textStart(text);
    }

    /** Where the text begins: after a byte order mark, if there is one. */
    public static int textStart(byte[] text) {
        return text.length >= 3 && text[0] == (byte) 0xEF && text[1] == (byte) 0xBB && text[2] == (byte) 0xBF ? 3 : 0;
    }

    public static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r';
    }

    public static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == 0x0B || b == '\f';
    }

    /** Offset of the first byte of the token found last. */
    public int start() {
        return start;
    }

    /** Offset after the last byte of the token found last, quotes included. */
    public int end() {
        return end;
    }

    /** Lets {@link #next()} find the token found last once more. */
    public void again() {
        position = start;
    }

    public Token next() {
        while (position < text.length && (isBlank(text[position]) || text[position] == 0)) {
            position = text[position] == 0 ? lineEnd(position) : position + 1;
        }
        start = position;
        quoted = false;
        if (position == text.length) {
            end = position;
            return Token.END;
        }
        byte b = text[position++];
        Token token = switch (b) {
            case '\n', '\r', ';' -> Token.EOL;
            case '{' -> Token.OPEN;
            case '}' -> Token.CLOSE;
            case '=' -> Token.EQUALS;
            case ',' -> Token.COMMA;
            case '#' -> comment();
            case '"' -> string();
            case '@' -> include();
            default -> word(b);
        };
        end = position;
        return token;
    }

    private Token comment() {
        position = lineEnd(position);
        return Token.COMMENT;
    }

    private Token string() {
        quoted = true;
        while (position < text.length) {
            byte b = text[position];
            if (b == 0) {
                position = lineEnd(position);
                continue;
            }
            position++;
            if (b == '"') {
                return Token.STRING;
            }
            if (b == '\\' && position < text.length && !isLineEnd(text[position]) && text[position] != 0) {
                position++;
            }
        }
        return Token.BAD;
    }

    private Token include() {
        if (position < text.length && text[position] == '|') {
            position++;
        }
        if (position < text.length && text[position] == '"') {
            position++;
            Token token = string();
            quoted = false;
            return token == Token.BAD ? Token.BAD : Token.INCLUDE;
        }
        while (position < text.length && !endsWord(text[position]) && text[position] != '"') {
            position++;
        }
        return Token.INCLUDE;
    }

    private Token word(byte first) {
        if (isLetter(first)) {
            // Letters go on over blanks, up to the first byte that is neither; from there on a blank ends the word.
            int lastLetter = position;
            while (position < text.length && (isLetter(text[position]) || isBlank(text[position]))) {
                position++;
                if (isLetter(text[position - 1])) {
                    lastLetter = position;
                }
            }
            if (position == text.length || endsWord(text[position]) || text[position] == '"') {
                position = lastLetter;
                return Token.WORD;
            }
        }
        while (position < text.length && !endsWord(text[position])) {
            position++;
        }
        return Token.WORD;
    }

    private static boolean isLetter(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
    }

    private static boolean endsWord(byte b) {
        return switch (b) {
            case 0, '\n', '\r', '=', '{', '}', ';', ',', '#' -> true;
            default -> isBlank(b);
        };
    }

    private int lineEnd(int from) {
        return lineEnd(text, from);
    }

    private static int lineEnd(byte[] text, int from) {
        int i = from;
        while (i < text.length && !isLineEnd(text[i])) {
            i++;
        }
        return i;
    }

    /** What the Director takes the token found last to say, a word or a string. */
    public BaculaValue value() {
        int from = quoted ? start + 1 : start;
        int to = quoted ? end - 1 : end;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b == 0 || b == '\\' || isLineEnd(b) || (!quoted && isBlank(b))) {
                return new BaculaValue(start, end, quoted, decode(text, start, end, quoted, new int[end - start]));
            }
        }
        return new BaculaValue(start, end, quoted, new String(text, from, to - from, StandardCharsets.ISO_8859_1));
    }

    /** The offset in a text of each char of a value that it holds. */
    public static int[] offsets(byte[] text, BaculaValue value) {
        int[] offsets = new int[value.end() - value.start()];
        decode(text, value.start(), value.end(), value.isQuoted(), offsets);
        return offsets;
    }

    private static String decode(byte[] text, int start, int end, boolean quoted, int[] offsets) {
        byte[] out = new byte[end - start];
        int length = 0;
        for (int i = quoted ? start + 1 : start; i < (quoted ? end - 1 : end); i++) {
            byte b = text[i];
            if (quoted && b == 0) {
                i = lineEnd(text, i);
                continue;
            }
            if (quoted ? isLineEnd(b) : isBlank(b)) {
                continue;
            }
            if (quoted && b == '\\') {
                byte escaped = text[i + 1];
                if (isLineEnd(escaped) || escaped == 0) {
                    continue;
                }
                i++;
                b = escaped;
            }
            offsets[length] = i;
            out[length++] = b;
        }
        return new String(Arrays.copyOf(out, length), StandardCharsets.ISO_8859_1);
    }
}
