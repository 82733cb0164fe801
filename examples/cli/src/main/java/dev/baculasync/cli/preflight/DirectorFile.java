package dev.baculasync.cli.preflight;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Director's configuration file as far as it can be read on this host, and the files that it includes by name.
 *
 * @param path the main file
 * @param files what could be read; the main file first
 * @param unreadable what could not
 */
record DirectorFile(Path path, List<BaculaFile> files, List<Path> unreadable) {
    private static final String NAME = "bacula-dir.conf";
    private static final int MOST_FILES = 1_000;
    private static final Pattern CONFIG_ARGUMENT =
            Pattern.compile("(?:^|\\s)-c\\s*(?:\"([^\"]+)\"|'([^']+)'|([^\\s\"']+))");

    /** The file that {@code DIRECTOR_CHECK} names, else the one in the usual place; empty when this host has none. */
    static Optional<DirectorFile> of(Installation installation) {
        return installation
                .settings()
                .text("DIRECTOR_CHECK")
                .flatMap(DirectorFile::configArgument)
                .or(() -> installation.places().find(NAME))
                .map(path -> read(path, installation.baseDir().resolve(IncludeLines.DIRECTOR_CONF)));
    }

    /** Where it was looked for, for a person. */
    static String searched(Installation installation) {
        return installation.places().searched(NAME);
    }

    private static Optional<Path> configArgument(String command) {
        Matcher matcher = CONFIG_ARGUMENT.matcher(command);
        if (!matcher.find() || command.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        for (int group = 1; group <= matcher.groupCount(); group++) {
            if (matcher.group(group) != null) {
                return Optional.of(Path.of(matcher.group(group)));
            }
        }
        return Optional.empty();
    }

    /** The main file; empty when it cannot be read. */
    Optional<BaculaFile> main() {
        return files.isEmpty() || unreadable.contains(path) ? Optional.empty() : Optional.of(files.get(0));
    }

    /** What follows each {@code @}, in all files. */
    List<String> includes() {
        return files.stream().flatMap(file -> file.includes().stream()).toList();
    }

    /**
     * @param ours a file that need not be followed
     */
    private static DirectorFile read(Path path, Path ours) {
        List<BaculaFile> files = new ArrayList<>();
        List<Path> unreadable = new ArrayList<>();
        Set<Path> seen = new HashSet<>(Set.of(real(path), real(ours)));
        Deque<Path> next = new ArrayDeque<>(List.of(path));
        while (!next.isEmpty() && files.size() < MOST_FILES) {
            Path file = next.remove();
            try {
                BaculaFile content = BaculaFile.read(file);
                files.add(content);
                content.includes().stream()
                        .flatMap(include -> IncludeLines.file(include).stream())
                        .filter(include -> seen.add(real(include)))
                        .forEach(next::add);
            } catch (IOException e) {
                unreadable.add(file);
            }
        }
        return new DirectorFile(path, List.copyOf(files), List.copyOf(unreadable));
    }

    /** The file that a path leads to, so that none is read twice; the path itself where it leads to none. */
    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath().normalize();
        }
    }
}
