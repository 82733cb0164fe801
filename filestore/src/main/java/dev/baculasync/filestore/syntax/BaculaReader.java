package dev.baculasync.filestore.syntax;

import dev.baculasync.filestore.syntax.BaculaScanner.Token;
import java.util.BitSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks and directives of a Bacula configuration text one after the other, as the Director does: a directive
 * is a keyword, an equals sign and a value, and what else stands in its line is dropped; between a keyword and what belongs to it
 * a line may end. Never fails: what a Director would refuse is {@link Event#DISORDER}, and reading goes on behind it. Files
 * that the text includes are passed over.
 */
public final class BaculaReader {
    /** What was read. */
    public enum Event {
        /** A block begins; at depth 1 it is a resource. */
        OPEN,
        /** A directive with its value. */
        DIRECTIVE,
        /** A block ends. */
        CLOSE,
        /** Something stands where a Director does not take it. */
        DISORDER,
        /** The text ends; inside a block, unless the depth is 0. */
        END
    }

    private final byte[] text;
    private final BaculaScanner scanner;
    /** The depths of blocks that stand in the line of a directive. */
    private final BitSet inDirective = new BitSet();

    private int depth;
    private boolean blockFollows;
    private boolean strayBlockFollows;
    private String keyword = "";
    private @Nullable BaculaValue value;
    private boolean list;
    private int start;
    private int headerComments;

    public BaculaReader(byte[] text) {
        this.text = text;
        this.scanner = new BaculaScanner(text);
    }

    /** In how many blocks what follows stands. */
    public int depth() {
        return depth;
    }

    /** Of a block or directive, in lower case and without blanks; empty for a block without one. */
    public String keyword() {
        return keyword;
    }

    /** Of a directive; null when it is neither a word nor a string. */
    @Nullable
    public BaculaValue value() {
        return value;
    }

    /** Whether another value of the directive follows, after a comma. */
    public boolean isList() {
        return list;
    }

    /** Whether a block stands in the line of the directive. It is read next. */
    public boolean isFollowedByBlock() {
        return blockFollows;
    }

    /** Offset of the brace that has closed a block. */
    public int start() {
        return start;
    }

    /** How many comments so far were {@code #@} lines. */
    public int headerComments() {
        return headerComments;
    }

    public Event next() {
        if (blockFollows || strayBlockFollows) {
            token();
            return open("", blockFollows);
        }
        while (true) {
            switch (token()) {
                case EOL, INCLUDE -> {}
                case END -> {
                    return Event.END;
                }
                case CLOSE -> {
                    return depth == 0 ? Event.DISORDER : close();
                }
                case WORD -> {
                    return block();
                }
                case OPEN -> {
                    scanner.again();
                    strayBlockFollows = true;
                    return Event.DISORDER;
                }
                default -> {
                    return Event.DISORDER;
                }
            }
        }
    }

    private Event open(String name, boolean partOfDirective) {
        keyword = name;
        blockFollows = false;
        strayBlockFollows = false;
        depth++;
        inDirective.set(depth, partOfDirective);
        return Event.OPEN;
    }

    private Event close() {
        start = scanner.start();
        depth--;
        if (inDirective.get(depth + 1)) {
            dropLine(token());
        }
        return Event.CLOSE;
    }

    /** Reads on from a keyword. */
    private Event block() {
        String name = scanner.value().text().toLowerCase(Locale.ROOT);
        Token token = token();
        while (token == Token.EOL) {
            token = token();
        }
        if (token == Token.OPEN) {
            return open(name, false);
        }
        if (token != Token.EQUALS) {
            scanner.again();
            return Event.DISORDER;
        }
        keyword = name;
        value = null;
        list = false;
        token = token();
        if (token == Token.WORD || token == Token.STRING) {
            value = scanner.value();
            token = token();
            list = token == Token.COMMA;
        }
        dropLine(token);
        return Event.DIRECTIVE;
    }

    /** Passes over the rest of a line, up to what is not to be dropped with it. */
    private void dropLine(Token first) {
        Token token = first;
        while (true) {
            switch (token) {
                case EOL -> {
                    return;
                }
                case OPEN, CLOSE, BAD, END -> {
                    scanner.again();
                    blockFollows = token == Token.OPEN;
                    return;
                }
                default -> token = token();
            }
        }
    }

    /** The next token that is not a comment. */
    private Token token() {
        Token token = scanner.next();
        while (token == Token.COMMENT) {
            int comment = scanner.start();
            if (comment + 1 < scanner.end() && text[comment + 1] == '@' && startsLine(comment)) {
                headerComments++;
            }
            token = scanner.next();
        }
        return token;
    }

    private boolean startsLine(int offset) {
        int first = BaculaScanner.textStart(text);
        int i = offset;
        while (i > first && BaculaScanner.isBlank(text[i - 1])) {
            i--;
        }
        return i == first || BaculaScanner.isLineEnd(text[i - 1]);
    }
}
