package dev.baculasync.preflight.config;

import dev.baculasync.preflight.config.ConfigReader.Include;
import dev.baculasync.preflight.config.Included.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file of a Bacula daemon or console, and all that it includes, read as the daemon would.
 *
 * @param path the main file
 * @param content all directives that could be read
 * @param includes what came of each include
 * @param problem why the main file could not be read; empty when it could
 */
public record ConfigFiles(Path path, BaculaFile content, List<Included> includes, Optional<String> problem) {
    private static final int MAX_BYTES = 64 << 20;
    private static final int DEEPEST = 50;
    /** Begins the words for what a command prints. */
    public static final String OUTPUT = "the output of ";

    /** Reads a file and the files that it includes; a command that it includes is not run. */
    public static ConfigFiles read(Path path) {
        return read(path, new Known(file -> false, file -> false), null);
    }

    /**
     * Files of which something is known beforehand; they are given as their real paths.
     *
     * @param listed those of which it is enough to know that they are included
     * @param defining those that define resources, or will
     */
    public record Known(Predicate<Path> listed, Predicate<Path> defining) {}

    /**
     * Reads a file and all that it includes.
     *
     * @param commands runs what is included by a command; null to leave them alone
     */
    public static ConfigFiles read(Path path, Known known, @Nullable IncludeCommands commands) {
        Walk walk = new Walk(known, commands);
        Optional<String> problem = Optional.empty();
        try {
            walk.readMain(path);
        } catch (IOException e) {
            problem = Optional.of(reason(e));
        }
        return new ConfigFiles(path, new BaculaFile(walk.reader.directives()), List.copyOf(walk.includes), problem);
    }

    /** What could not be looked into, so that something may stand in it; empty when all of it was seen. */
    public Optional<String> blindSpot() {
        return problem.map(why -> path + " " + why)
                .or(() -> includes.stream()
                        .filter(include -> include.outcome() == Outcome.UNSEEN)
                        .map(Included::told)
                        .findFirst());
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "is not there";
        }
        return e instanceof AccessDeniedException ? "may not be read" : "cannot be read: " + e.getMessage();
    }

    /** The file that a path leads to, so that two ways to it are the same; as near as can be where it leads to none. */
    public static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            Path parent = path.getParent();
            return parent == null ? path : real(parent).resolve(String.valueOf(path.getFileName()));
        }
    }

    private static String text(Path file) throws IOException {
        // Anything else could be without an end, or never begin.
        if (!Files.readAttributes(file, "isRegularFile").containsValue(true)) {
            throw new IOException("it is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it is longer than " + MAX_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** One way through all files. */
    private static final class Walk {
        private final ConfigReader reader = new ConfigReader();
        private final List<Included> includes = new ArrayList<>();
        private final Map<Path, String> first = new HashMap<>();
        private final Deque<Path> way = new ArrayDeque<>();
        private final Known known;
        private final @Nullable IncludeCommands commands;

        Walk(Known known, @Nullable IncludeCommands commands) {
            this.known = known;
            this.commands = commands;
        }

        void readMain(Path file) throws IOException {
            read(file, text(file));
        }

        private void read(Path file, String text) {
            way.push(real(file));
            read(new Place(file, file.toString()), text);
            way.pop();
        }

        private void read(Place place, String text) {
            reader.read(text, include -> follow(place, include));
        }

        private void follow(Place in, Include include) {
            if (way.size() > DEEPEST) {
                add(in, include, null, Outcome.UNSEEN, "is included too deep to be followed");
            } else if (include.isCommand()) {
                command(in, include);
            } else {
                file(in, include);
            }
        }

        private void command(Place in, Include include) {
            Optional<String> objection = include.whole()
                    ? commands == null ? Optional.of("commands are left alone here") : commands.objection(in.file())
                    : Optional.of("without quotes, a Director reads it to its first blank only");
            if (commands == null || objection.isPresent()) {
                add(in, include, null, Outcome.UNSEEN, "was not run: " + objection.orElse(""));
                return;
            }
            IncludeCommands.Output output = commands.run(include.target().substring(1));
            int before = includes.size();
            read(new Place(in.file(), OUTPUT + include.line() + " in " + in.words()), output.text());
            includes.add(new Included(
                    in.words(),
                    include.line(),
                    null,
                    output.problem().isEmpty() ? Outcome.READ : Outcome.FAILED,
                    output.problem(),
                    includes.subList(before, includes.size()).stream()
                            .flatMap(inner -> Optional.ofNullable(inner.file()).stream())
                            .toList()));
        }

        private void file(Place in, Include include) {
            Path path;
            try {
                path = Path.of(include.target());
            } catch (InvalidPathException e) {
                add(in, include, null, Outcome.MISSING, "is no path: " + e.getReason());
                return;
            }
            if (!path.isAbsolute()) {
                add(
                        in,
                        include,
                        null,
                        Outcome.UNSEEN,
                        "is relative: where it leads depends on where the Director was started");
                return;
            }
            Path file = real(path);
            String before = first.get(file);
            if (before != null || way.contains(file)) {
                add(in, include, file, Outcome.AGAIN, before == null ? "itself" : before);
                return;
            }
            boolean outside = reader.isOutsideOfAll();
            int resources = reader.resources();
            read(in, include, file);
            // A part of resources may be included in many of them.
            if (outside && (known.defining().test(file) || reader.resources() > resources)) {
                first.put(file, in.words());
            }
        }

        private void read(Place in, Include include, Path file) {
            if (Files.isDirectory(file)) {
                add(
                        in,
                        include,
                        file,
                        Outcome.FAILED,
                        "leads to a directory, of which the Director reads nothing, without a word");
                return;
            }
            try {
                if (!known.listed().test(file)) {
                    read(file, text(file));
                }
                add(in, include, file, Outcome.READ, "");
            } catch (NoSuchFileException e) {
                add(in, include, file, Outcome.MISSING, reason(e));
            } catch (IOException e) {
                add(in, include, file, Outcome.UNSEEN, reason(e));
            }
        }

        private void add(Place in, Include include, @Nullable Path file, Outcome outcome, String why) {
            includes.add(new Included(in.words(), include.line(), file, outcome, why, List.of()));
        }

        /**
         * Where an include stands.
         *
         * @param file the file that holds it, or the command that prints it
         * @param words the same for a person
         */
        private record Place(Path file, String words) {}
    }
}
