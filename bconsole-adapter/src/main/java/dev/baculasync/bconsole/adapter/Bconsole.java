package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the Director one question at a time, each in a bconsole process of its own: a command that asks something takes
 * the lines that follow as its answers, so nothing may follow but {@code quit}. Safe for use by several threads.
 */
final class Bconsole {
    private static final Logger log = LoggerFactory.getLogger(Bconsole.class);
    private static final String FOR_PROGRAMS = ".api 2";
    static final Duration LEFTOVER_WAIT = Duration.ofSeconds(2);

    private final BconsoleConfig config;
    private final BoundedProcess process;

    Bconsole(BconsoleConfig config) {
        this.config = config;
        this.process = BoundedProcess.bconsole(config, LEFTOVER_WAIT);
    }

    /**
     * Gives one command and hands on its output, without echoes.
     *
     * @param lines called in this thread, also for what was printed before a failure
     * @return what bconsole printed before the command, such as where it connects to
     * @throws ProviderException whenever the answer is not known to be whole: {@code UNREACHABLE} no connection or login
     *     refused, {@code TIMEOUT}, {@code BAD_ANSWER} too much output, an exit status, or a session that was cut,
     *     {@code CONFIGURATION} not startable, {@code IO}, {@code INTERRUPTED}
     */
    List<String> ask(String command, Consumer<String> lines) {
        return ask(List.of(), command, lines);
    }

    /**
     * Gives one command to a Director that was told {@value #FOR_PROGRAMS} first, which needs no permission: it then
     * answers in pairs of key and value, never asks back, and may say only at the end of the session what went wrong.
     *
     * @throws ProviderException as {@link #ask(String, Consumer)}
     */
    List<String> askForProgram(String command) {
        List<String> lines = new ArrayList<>();
        ask(List.of(FOR_PROGRAMS), command, lines::add);
        return lines;
    }

    private List<String> ask(List<String> preparation, String command, Consumer<String> lines) {
        if (command.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a console command is one line");
        }
        if (ConsoleProbe.Command.of(command).isEmpty()) {
            // Otherwise nobody would know that a Console must be allowed to give it.
            throw new IllegalArgumentException("\"" + command + "\" is not among the commands of ConsoleProbe");
        }
        CommandAnswer answer = new CommandAnswer(command, lines, !preparation.isEmpty());
        List<String> session = new ArrayList<>(List.of("gui on"));
        session.addAll(preparation);
        session.addAll(List.of(command, "quit", ""));
        Ending ending = process.run(String.join("\n", session), answer::read);
        boolean whole = answer.finish();
        log.debug("bconsole: {}: {}", command, ending);
        switch (ending.kind()) {
            case TIMED_OUT ->
                throw new ProviderException(
                        Code.TIMEOUT,
                        "bconsole was killed: \"" + command + "\" did not end within "
                                + config.timeout().toSeconds() + " s; look at the Director and its clients, or raise"
                                + " BCONSOLE_TIMEOUT");
            case TOO_MUCH_OUTPUT ->
                throw new ProviderException(
                        Code.BAD_ANSWER,
                        "bconsole was killed: \"" + command + "\" printed more than " + config.maxOutput()
                                + " bytes; raise BCONSOLE_MAX_OUTPUT if that is to be expected");
            case LINE_TOO_LONG ->
                throw new ProviderException(
                        Code.BAD_ANSWER,
                        "bconsole was killed: \"" + command + "\" printed a line of more than "
                                + LineSplitter.LONGEST_LINE + " bytes; look at what answers it");
            case EXITED -> checkExit(command, ending.exitStatus(), whole, answer);
        }
        return answer.preamble();
    }

    /** As {@link #ask(String, Consumer)}, for answers that are short. */
    List<String> ask(String command) {
        List<String> lines = new ArrayList<>();
        ask(command, lines::add);
        return lines;
    }

    /** A resource's name as the value of an argument; quoted only when it must be. */
    static String argument(String name) {
        if (!BaculaName.isLegal(name)) {
            throw new IllegalArgumentException("not a legal Bacula name");
        }
        return name.indexOf(' ') >= 0 ? '"' + name + '"' : name;
    }

    /** Whether a line says that the Director does not know a command, or that this console may not give it. */
    static boolean refuses(String command, String line) {
        String verb = command.substring(0, (command + " ").indexOf(' '));
        return line.strip().equals(verb + ": is an invalid command.");
    }

    /** What to throw for a command that was refused. */
    static ProviderException refused(String command) {
        return new ProviderException(
                Code.BAD_ANSWER,
                "the Director refuses the command \"" + command + "\"; add it to the CommandACL of the Console that"
                        + " BCONSOLE_CONF names");
    }

    private static void checkExit(String command, int status, boolean whole, CommandAnswer answer) {
        if (status != 0 && !answer.connected()) {
            throw new ProviderException(
                    Code.UNREACHABLE,
                    "bconsole cannot connect to the Director (exit status " + status + "): "
                            + (answer.preamble().isEmpty() ? "it printed nothing" : Excerpt.of(answer.preamble()))
                            + "; check that the Director runs, and address and password in BCONSOLE_CONF");
        }
        if (status != 0) {
            throw new ProviderException(
                    Code.BAD_ANSWER,
                    "bconsole ended with exit status " + status + " at \"" + command
                            + "\"; look at the Director's messages");
        }
        if (!whole) {
            throw new ProviderException(
                    Code.BAD_ANSWER,
                    "the session with the Director was cut before the answer to \"" + command
                            + "\" was complete; look at the Director's messages");
        }
    }
}
