package dev.baculasync.cli.preflight;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A configuration file of a Bacula daemon or console, read for a few directives. Bacula ignores case and blanks in the
 * names of directives, so they are known here in lower case and without blanks.
 */
final class BaculaFile {
    private static final int MAX_BYTES = 64 << 20;
    private static final Splitter COMMAS = Splitter.on(',').trimResults().omitEmptyStrings();

    private final List<Directive> directives = new ArrayList<>();
    private final List<String> includes = new ArrayList<>();

    /**
     * A line {@code key = value}.
     *
     * @param resource which one of the file's resources it stands in, counted from 1; 0 outside of all
     * @param kind of that resource, in lower case; empty outside of all
     */
    private record Directive(int resource, String kind, String key, String value) {}

    /**
     * Reads a file.
     *
     * @throws IOException when it cannot be read
     */
    static BaculaFile read(Path file) throws IOException {
        // Anything else could be without an end, or never begin.
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(file + " is longer than " + MAX_BYTES + " bytes");
            }
            return parse(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    static BaculaFile parse(String text) {
        BaculaFile file = new BaculaFile();
        StringBuilder piece = new StringBuilder();
        List<String> open = new ArrayList<>();
        int resources = 0;
        boolean quoted = false;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '\n';
            if (quoted) {
                if (c == '\\' && i + 1 < text.length()) {
                    i++;
                    piece.append(text.charAt(i));
                } else if (c == '"' || i == text.length()) {
                    quoted = false;
                } else {
                    piece.append(c);
                }
            } else if (c == '@' && piece.toString().isBlank()) {
                int end = endOfLine(text, i);
                file.includes.add(text.substring(i + 1, end).strip());
                i = end;
            } else if (c == '#') {
                i = endOfLine(text, i) - 1;
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{') {
                if (open.isEmpty()) {
                    resources++;
                }
                open.add(normal(piece.toString()));
                piece.setLength(0);
            } else if (c == '\n' || c == ';' || c == '}') {
                if (c == '\n' && open.isEmpty() && piece.indexOf("=") < 0) {
                    // The brace may stand on the next line.
                    continue;
                }
                file.take(open.isEmpty() ? 0 : resources, open.isEmpty() ? "" : open.get(0), piece.toString());
                piece.setLength(0);
                if (c == '}' && !open.isEmpty()) {
                    open.remove(open.size() - 1);
                }
            } else {
                piece.append(c);
            }
        }
        return file;
    }

    /** What follows each {@code @}, in order: a file, perhaps in quotes, or a {@code |} and a command. */
    List<String> includes() {
        return List.copyOf(includes);
    }

    /** The first value of a directive, wherever in the file it stands. */
    Optional<String> value(String key) {
        return directives.stream()
                .filter(directive -> directive.key().equals(normal(key)))
                .map(Directive::value)
                .findFirst();
    }

    /** The names of all resources of a kind. */
    List<String> names(String kind) {
        return directives.stream()
                .filter(directive ->
                        directive.kind().equals(normal(kind)) && directive.key().equals("name"))
                .map(Directive::value)
                .toList();
    }

    /** All values of a directive that takes a list, in one resource; empty when there is no such resource. */
    Optional<List<String>> values(String kind, String name, String key) {
        return directives.stream()
                .filter(directive -> directive.kind().equals(normal(kind))
                        && directive.key().equals("name")
                        && directive.value().equals(name))
                .findFirst()
                .map(named -> directives.stream()
                        .filter(directive -> directive.resource() == named.resource()
                                && directive.key().equals(normal(key)))
                        .flatMap(directive -> COMMAS.splitToStream(directive.value()))
                        .toList());
    }

    private void take(int resource, String kind, String piece) {
        int equals = piece.indexOf('=');
        if (equals > 0) {
            directives.add(new Directive(
                    resource,
                    kind,
                    normal(piece.substring(0, equals)),
                    piece.substring(equals + 1).strip()));
        }
    }

    private static int endOfLine(String text, int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private static String normal(String key) {
        return key.replaceAll("\\s", "").toLowerCase(Locale.ROOT);
    }
}
