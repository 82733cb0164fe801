package dev.baculasync.cli;

import java.util.List;

/** The command line or the configuration is wrong; nothing was touched. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    UsageException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Everything that is wrong, at once. */
    List<String> problems() {
        return problems;
    }
}
