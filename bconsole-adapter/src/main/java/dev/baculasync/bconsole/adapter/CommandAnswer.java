package dev.baculasync.bconsole.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds a command's own output in what bconsole prints. bconsole echoes its piped input: the output starts after the
 * echo of the command and ends at the echo of {@code quit}, which is glued to the last line if that has no newline
 * ({@code error=plugin not foundquit}). Without that echo the session was cut.
 */
final class CommandAnswer {
    private static final String QUIT = "quit";
    /** Said when the console may not use {@code gui on}; about the operator's mail, not about the command. */
    private static final String NOTICE = "You have messages.";

    private static final int PREAMBLE_KEPT = 12;

    private final String command;
    private final Consumer<String> lines;
    private final List<String> preamble = new ArrayList<>();
    private boolean connected;
    private final boolean wordsAfterQuit;
    private boolean echoed;
    private boolean quit;
    private @Nullable String last;

    CommandAnswer(String command, Consumer<String> lines) {
        this(command, lines, false);
    }

    /**
     * @param wordsAfterQuit whether some of the output may follow the echo of {@code quit}: after {@code .api 2} a Director
     *     keeps its errors back until the session ends. Not for output that may hold such a line itself
     */
    CommandAnswer(String command, Consumer<String> lines, boolean wordsAfterQuit) {
        this.command = command;
        this.lines = lines;
        this.wordsAfterQuit = wordsAfterQuit;
    }

    /** Takes the next line of what bconsole prints. */
    void read(String line) {
        if (!echoed) {
            echoed = line.equals(command);
            connected |= line.startsWith("1000 OK");
            if (!echoed && preamble.size() < PREAMBLE_KEPT) {
                preamble.add(line);
            }
            return;
        }
        if (wordsAfterQuit && !quit && line.equals(QUIT)) {
            quit = true;
            return;
        }
        if (last != null) {
            handOn(last);
        }
        last = line;
    }

    /**
     * Hands on the last line, without the echo of {@code quit}.
     *
     * @return whether the session ran to its end: the command was echoed, and {@code quit} after it
     */
    boolean finish() {
        if (last == null) {
            return quit;
        }
        if (quit) {
            handOn(last);
            last = null;
            return true;
        }
        boolean ended = last.endsWith(QUIT);
        String rest = ended ? last.substring(0, last.length() - QUIT.length()) : last;
        if (!ended || !rest.isEmpty()) {
            handOn(rest);
        }
        last = null;
        return ended;
    }

    /** Whether the Director accepted the login. */
    boolean connected() {
        return connected;
    }

    /** What was printed before the command was echoed: why there was no connection, if there was none. */
    List<String> preamble() {
        return List.copyOf(preamble);
    }

    private void handOn(String line) {
        if (!line.equals(NOTICE)) {
            lines.accept(line);
        }
    }
}
