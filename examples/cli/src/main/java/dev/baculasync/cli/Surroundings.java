package dev.baculasync.cli;

import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;

/**
 * What a process finds around it. Only {@link Main} takes it from the real process; tests bring their own.
 *
 * @param environment environment variables
 * @param out standard output, in UTF-8
 * @param err standard error, in UTF-8, as it is
 * @param outIsTerminal whether a person looks at standard output
 * @param errIsTerminal whether a person looks at standard error
 * @param clock tells the time
 */
record Surroundings(
        Map<String, String> environment,
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        InstantSource clock) {
    static final Setting<String> NO_COLOR =
            Setting.text("NO_COLOR", "set = no colours on a terminal").with(Setting.Trait.SHARED);

    Surroundings {
        environment = Map.copyOf(environment);
    }

    /** What the environment says. A variable that is nearly one of these is among the problems. */
    Settings settings(Variables variables) {
        Settings settings = Settings.of(environment);
        Lookalikes.in(environment.keySet(), variables.settings())
                .forEach((set, meant) -> settings.problem(
                        set,
                        "is set, but nothing reads it; if " + meant + " is meant, write it like that, else unset it"));
        return settings;
    }

    /** Whether results may be coloured: for a person who has not asked for none (no-color.org). */
    boolean colours() {
        return outIsTerminal && Settings.of(environment).text(NO_COLOR).isEmpty();
    }
}
