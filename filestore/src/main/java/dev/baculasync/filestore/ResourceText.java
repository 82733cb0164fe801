package dev.baculasync.filestore;

import dev.baculasync.filestore.BaculaScanner.Token;
import dev.baculasync.spi.BaculaResource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The resources that a text defines, and the FileSets that its Jobs name; files that it includes are not looked into. */
final class ResourceText {
    private static final String NAME = "name";

    private final BaculaScanner scanner;
    private final Set<BaculaResource> resources = new HashSet<>();
    private final Set<String> fileSetsOfJobs = new HashSet<>();
    private boolean readable;

    private ResourceText(byte[] bytes) {
        this.scanner = new BaculaScanner(bytes);
    }

    static ResourceText parse(byte[] bytes) {
        ResourceText text = new ResourceText(bytes);
        text.readable = text.readResources();
        return text;
    }

    /** What is defined, as far as it could be read. */
    Set<BaculaResource> resources() {
        return resources;
    }

    /** The FileSets that its Jobs name. */
    Set<String> fileSetsOfJobs() {
        return fileSetsOfJobs;
    }

    /** Whether braces, quotes and directives are such that a Director would take the text for one. */
    boolean isReadable() {
        return readable;
    }

    private boolean readResources() {
        while (true) {
            switch (token()) {
                case EOL, INCLUDE -> {}
                case END -> {
                    return true;
                }
                case WORD -> {
                    String kind = scanner.value().replaceAll("[ \t]", "").toLowerCase(Locale.ROOT);
                    if (tokenAfterLineEnds() != Token.OPEN || !readResource(kind)) {
                        return false;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }

    /** Reads up to the brace that ends the resource; false when there is none. */
    private boolean readResource(String kind) {
        String name = null;
        while (true) {
            Token token = token();
            switch (token) {
                case EOL, INCLUDE -> {}
                case CLOSE -> {
                    if (name != null) {
                        resources.add(new BaculaResource(kind, name));
                    }
                    return true;
                }
                case WORD -> {
                    boolean isName = scanner.wordIs(NAME);
                    boolean isFileSet = kind.equals(BaculaResource.JOB) && scanner.wordIs(BaculaResource.FILE_SET);
                    Token next = tokenAfterLineEnds();
                    if (next == Token.OPEN ? !skipBlock() : next != Token.EQUALS) {
                        return false;
                    }
                    if (next == Token.EQUALS) {
                        String value = value();
                        if (value == null) {
                            return false;
                        }
                        name = isName && name == null ? value : name;
                        if (isFileSet) {
                            fileSetsOfJobs.add(value);
                        }
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }

    /** The value of a directive; the rest of its line, a block included, is passed over. Null when the text ends in it. */
    private @Nullable String value() {
        Token token = token();
        String value = token == Token.WORD || token == Token.STRING ? scanner.value() : "";
        while (token != Token.EOL) {
            switch (token) {
                case BAD, END -> {
                    return null;
                }
                case OPEN -> {
                    if (!skipBlock()) {
                        return null;
                    }
                }
                case CLOSE -> {
                    scanner.again();
                    return value;
                }
                default -> {}
            }
            token = token();
        }
        return value;
    }

    private boolean skipBlock() {
        int depth = 1;
        while (depth > 0) {
            switch (token()) {
                case OPEN -> depth++;
                case CLOSE -> depth--;
                case BAD, END -> {
                    return false;
                }
                default -> {}
            }
        }
        return true;
    }

    private Token tokenAfterLineEnds() {
        Token token = token();
        while (token == Token.EOL) {
            token = token();
        }
        return token;
    }

    private Token token() {
        Token token = scanner.next();
        while (token == Token.COMMENT) {
            token = scanner.next();
        }
        return token;
    }
}
