package dev.baculasync.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A resource as the demo's Director reads it. Written without a look at the code that writes the files, so that the two
 * check each other; reads only as much of Bacula's language as those files use.
 *
 * @param kind {@code Job} or {@code FileSet}
 * @param directives values by name
 */
record BaculaResource(String kind, Map<String, String> directives) {
    private static final Pattern INCLUDE = Pattern.compile("@\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern START = Pattern.compile("(\\w+)\\s*\\{");
    private static final Pattern DIRECTIVE = Pattern.compile("\\s*(\\w+)\\s*=\\s*(?:\"([^\"]*)\"|([^\"]*?))\\s*");
    private static final Pattern INSTANCE = Pattern.compile("instance=([0-9a-f-]{36})");

    /** The files that an include file names, in its order. */
    static List<Path> includesOf(Path file) throws IOException {
        List<Path> files = new ArrayList<>();
        if (!Files.exists(file)) {
            return files;
        }
        for (String line : Files.readAllLines(file)) {
            Matcher include = INCLUDE.matcher(line.strip());
            if (include.matches()) {
                files.add(Path.of(include.group(1).replaceAll("\\\\(.)", "$1")));
            }
        }
        return files;
    }

    /** The one resource of a generated file. */
    static BaculaResource read(Path file) throws IOException {
        String kind = "";
        Map<String, String> directives = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("#")) {
                continue;
            }
            Matcher start = START.matcher(line.strip());
            if (kind.isEmpty() && start.matches()) {
                kind = start.group(1);
            }
            Matcher directive = DIRECTIVE.matcher(line);
            if (directive.matches()) {
                String quoted = directive.group(2);
                directives.put(directive.group(1), quoted == null ? directive.group(3) : quoted);
            }
        }
        return new BaculaResource(kind, directives);
    }

    String value(String directive) {
        return directives.getOrDefault(directive, "");
    }

    String name() {
        return value("Name");
    }

    boolean enabled() {
        return value("Enabled").equals("yes");
    }

    /** The VM that a FileSet's plugin string names. */
    UUID instance() {
        Matcher instance = INSTANCE.matcher(value("Plugin"));
        if (!instance.find()) {
            throw new IllegalStateException("FileSet " + name() + " names no VM");
        }
        return UUID.fromString(instance.group(1));
    }
}
