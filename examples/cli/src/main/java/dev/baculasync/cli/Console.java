package dev.baculasync.cli;

import dev.baculasync.spi.Settings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The two ways out: results go to standard output, messages to standard error. Every line is escaped on its way. */
final class Console {
    private final Surroundings surroundings;
    private final LogLevel level;
    private final PrintStream err;

    Console(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.level = LogLevel.from(Settings.of(surroundings.environment()));
        // A progress bar may stand in the line.
        String lineStart = surroundings.errIsTerminal() ? RunProgress.CLEAR_LINE : "";
        this.err = new PrintStream(new SafeOutputStream(surroundings.err(), lineStart), true, StandardCharsets.UTF_8);
    }

    LogLevel level() {
        return level;
    }

    /** Where a library may write messages: nothing passes that a terminal obeys. */
    PrintStream err() {
        return err;
    }

    /** Tells why a command failed; no level silences it. */
    void error(String message) {
        message("ERROR: ", message);
    }

    void warn(String message) {
        if (level.includes(LogLevel.WARN)) {
            message("WARN: ", message);
        }
    }

    void info(String message) {
        if (level.includes(LogLevel.INFO)) {
            message("INFO: ", message);
        }
    }

    private void message(String kind, String text) {
        // One write: lines of several threads do not mix.
        err.print(kind + SafeText.escape(text) + "\n");
        err.flush();
    }

    /** Prints a result that is safe already. */
    void result(String text) {
        surroundings.out().print(text);
        surroundings.out().flush();
    }
}
