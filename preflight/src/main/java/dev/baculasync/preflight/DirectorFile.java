package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.preflight.config.IncludeCommands;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the Director's configuration is, if it is on this host. */
final class DirectorFile {
    private static final String NAME = "bacula-dir.conf";
    private static final Pattern CONFIG_ARGUMENT =
            Pattern.compile("(?:^|\\s)-c\\s*(?:\"([^\"]+)\"|'([^']+)'|([^\\s\"']+))");

    private DirectorFile() {}

    /**
     * The file that {@code DIRECTOR_CHECK} names, else the one that the Director was started with, else the one in the
     * usual place; and all that it includes.
     */
    static Optional<ConfigFiles> read(Installation installation) {
        Path base = ConfigFiles.real(installation.baseDir());
        IncludeCommands commands =
                new IncludeCommands(installation.settings().get(BconsoleConfig.PATH), installation.user());
        return checked(installation)
                .or(() -> running(installation))
                .or(() -> installation.places().find(NAME))
                .map(path -> ConfigFiles.read(path, IncludeLines.known(base), commands));
    }

    /** The file that {@code DIRECTOR_CHECK} checks. */
    static Optional<Path> checked(Installation installation) {
        return installation.settings().find(BconsoleConfig.DIRECTOR_CHECK).flatMap(DirectorFile::configArgument);
    }

    /** The file that the Director of this host was started with. */
    static Optional<Path> running(Installation installation) {
        return installation.daemons().find("bacula-dir").flatMap(Daemons.Daemon::configuration);
    }

    /** Where it was looked for, for a person. */
    static String searched(Installation installation) {
        return installation.places().searched(NAME);
    }

    private static Optional<Path> configArgument(String command) {
        Matcher matcher = CONFIG_ARGUMENT.matcher(command);
        if (!matcher.find() || command.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        for (int group = 1; group <= matcher.groupCount(); group++) {
            if (matcher.group(group) != null) {
                return Optional.of(Path.of(matcher.group(group)));
            }
        }
        return Optional.empty();
    }
}
