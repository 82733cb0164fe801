package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks the Director's configuration with a command such as {@code bacula-dir -t -c FILE}: silent and 0 when good, 1 and
 * the reason, with file and line, when not. A check that does not come to an end has not accepted anything.
 */
final class DirectorCheck {
    private static final int LINES_KEPT = 200;

    private final BoundedProcess process;
    private final BconsoleConfig config;

    DirectorCheck(BconsoleConfig config, String command) {
        this.config = config;
        this.process = new BoundedProcess(
                "the check of the Director's configuration",
                "DIRECTOR_CHECK",
                List.of("/bin/sh", "-c", command),
                config,
                Bconsole.LEFTOVER_WAIT);
    }

    ConfigCheck run() {
        List<String> said = new ArrayList<>();
        Ending ending;
        try {
            ending = process.run("", line -> {
                if (said.size() < LINES_KEPT && !line.isBlank()) {
                    said.add(line.strip());
                }
            });
        } catch (ProviderException e) {
            if (e.code() == Code.INTERRUPTED) {
                throw e;
            }
            return refused(e.getMessage());
        }
        return switch (ending.kind()) {
            case EXITED ->
                ending.exitStatus() == 0
                        ? new ConfigCheck(ConfigCheck.Kind.ACCEPTED, "")
                        : refused(said.isEmpty() ? "exit status " + ending.exitStatus() : String.join("; ", said));
            case TIMED_OUT ->
                refused("it did not end within " + config.timeout().toSeconds()
                        + " s (BCONSOLE_TIMEOUT) and was killed");
            case TOO_MUCH_OUTPUT, LINE_TOO_LONG -> refused("it printed too much (BCONSOLE_MAX_OUTPUT) and was killed");
        };
    }

    private static ConfigCheck refused(String why) {
        return new ConfigCheck(ConfigCheck.Kind.REFUSED, why);
    }
}
