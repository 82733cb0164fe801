package dev.baculasync.preflight.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one include of a configuration.
 *
 * @param in where it stands: a file, or what a command prints
 * @param line as it stands there, from the {@code @} on
 * @param file the real path of the file that it leads to; null for a command, and for what leads nowhere
 * @param why what is the matter, as the end of a sentence; empty when nothing is; of a file that was included before,
 *     where that line stands
 * @param files of a command: the files that what it prints leads to
 */
public record Included(String in, String line, @Nullable Path file, Outcome outcome, String why, List<Path> files) {
    private static final int LONGEST_LINE = 1_000;

    /** What came of it. */
    public enum Outcome {
        /** It was read. */
        READ,
        /** It is not there, and a Director does not start without it. */
        MISSING,
        /** It is there, and is not what is meant. */
        FAILED,
        /** What it leads to has been included before, with whole resources. */
        AGAIN,
        /** It could not be looked into. */
        UNSEEN
    }

    public Included {
        line = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "…" : line;
        files = List.copyOf(files);
    }

    public boolean isCommand() {
        return line.startsWith("@|");
    }

    /** The line and what is the matter with it, for a person. */
    public String told() {
        return line + " in " + in + " " + why;
    }
}
