package dev.baculasync.cli.preflight;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How a Director's configuration comes by the files below {@code BASE_DIR}.
 *
 * @param lists whether it includes the one file that lists all others
 * @param slow commands that start a process for each file
 * @param commands other commands that name the directory
 * @param unknown commands that do not name it, but may lead there all the same
 */
record IncludeLines(boolean lists, List<String> slow, List<String> commands, List<String> unknown) {
    static final String DIRECTOR_CONF = "director.conf";
    private static final Pattern PROCESS_FOR_EACH_FILE =
            Pattern.compile("xargs\\b.*(-I|-i\\b|-n *1\\b|-L *1\\b)|-exec\\b.*;|\\b(for|while)\\b.*\\bdo\\b");

    /**
     * @param includes what follows each {@code @}
     * @param baseDir absolute
     */
    static IncludeLines of(List<String> includes, Path baseDir) {
        Path list = baseDir.resolve(DIRECTOR_CONF);
        boolean lists =
                includes.stream().flatMap(include -> file(include).stream()).anyMatch(file -> isSame(file, list));
        List<String> commands =
                includes.stream().filter(include -> include.startsWith("|")).toList();
        List<String> ours = commands.stream()
                .filter(command -> command.contains(baseDir.toString()))
                .toList();
        return new IncludeLines(
                lists,
                ours.stream()
                        .filter(command ->
                                PROCESS_FOR_EACH_FILE.matcher(command).find())
                        .toList(),
                ours.stream()
                        .filter(command ->
                                !PROCESS_FOR_EACH_FILE.matcher(command).find())
                        .toList(),
                commands.stream().filter(command -> !ours.contains(command)).toList());
    }

    /** All commands that name the directory. */
    List<String> ours() {
        return Stream.concat(slow.stream(), commands.stream()).toList();
    }

    /** Whether two paths lead to one file; links may be on either way. */
    private static boolean isSame(Path one, Path other) {
        try {
            return one.equals(other) || Files.isSameFile(one, other);
        } catch (IOException e) {
            // One of them is not there, so they are not the same.
            return false;
        }
    }

    /** The file that is included; empty for a command, and for what is no path. */
    static Optional<Path> file(String include) {
        if (include.startsWith("|") || include.isEmpty()) {
            return Optional.empty();
        }
        int end = include.startsWith("\"") ? include.indexOf('"', 1) : -1;
        String name = end > 0 ? include.substring(1, end) : include.split("[\\s;#]", 2)[0];
        try {
            Path path = Path.of(name.replaceAll("\\\\(.)", "$1")).normalize();
            return path.isAbsolute() ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
