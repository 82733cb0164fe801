package dev.baculasync.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import picocli.CommandLine;

/**
 * The commands, their options and the environment variables, for what is generated from them when the program is built: the
 * manual page and the shell's completion. Unstable; not for embedders.
 */
public final class CommandReference {
    private CommandReference() {}

    /** The command line to look at, not to execute: it prints nowhere. */
    public static CommandLine commandLine() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Surroundings surroundings = new Surroundings(Map.of(), nowhere, nowhere, false, false, InstantSource.system());
        return BaculaOpenstackSync.commandLine(surroundings, Main.providers(), new Console(surroundings));
    }

    /** Names of the environment variables and what they mean, in the order in which they are shown. */
    public static Map<String, String> variables() {
        return Variables.of(Main.providers()).help();
    }
}
