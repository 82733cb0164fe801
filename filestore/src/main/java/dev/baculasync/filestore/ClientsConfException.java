package dev.baculasync.filestore;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that is wrong with a {@code clients.conf}, at once. */
public final class ClientsConfException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * One thing that is wrong.
     *
     * @param file the file, as it was named by the caller
     * @param line its line, counted from 1; 0 when the file as a whole is meant
     * @param reason what is wrong, for a person
     */
    public record Problem(Path file, int line, String reason) {
        @Override
        public String toString() {
            return line == 0 ? file + ": " + reason : file + ":" + line + ": " + reason;
        }
    }

    private final transient List<Problem> problems;

    ClientsConfException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the lines; never empty. */
    public List<Problem> problems() {
        return problems;
    }
}
