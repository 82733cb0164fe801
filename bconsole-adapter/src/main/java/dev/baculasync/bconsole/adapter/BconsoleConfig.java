package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Setting.Trait;
import dev.baculasync.spi.Settings;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How bconsole is started, and how far one process of it may go. Immutable; one instance may serve any number of
 * threads and both providers.
 *
 * @param executable the bconsole program; made absolute, because processes run in {@code /}
 * @param configFile passed with {@code -c}, made absolute; null for the one that bconsole was built with
 * @param timeout after which a process is killed
 * @param maxOutput bytes after which a process is killed
 * @param environment all that a process sees of the environment; {@code HOME} is added, a place that cannot hold a file
 * @param directorCheck shell command that checks the Director's configuration, within the same bounds; null for none
 */
public record BconsoleConfig(
        Path executable,
        @Nullable Path configFile,
        Duration timeout,
        long maxOutput,
        Map<String, String> environment,
        @Nullable String directorCheck) {
    /** The bconsole program. */
    public static final Setting<String> BCONSOLE = Setting.text("BCONSOLE", "the bconsole program")
            .byDefault("bconsole")
            .whenUnset("looked up in PATH")
            .with(Trait.PROGRAM);

    /** Its configuration file. */
    public static final Setting<Path> BCONSOLE_CONF =
            Setting.readableFile("BCONSOLE_CONF", "its configuration file").whenUnset("the one it was built with");

    /** Another spelling of {@link #BCONSOLE}. */
    public static final Setting<String> B_CONSOLE =
            Setting.text("B_CONSOLE", "other spellings of these two").with(Trait.PROGRAM);

    /** Another spelling of {@link #BCONSOLE_CONF}. */
    public static final Setting<Path> B_CONSOLE_CONF = Setting.readableFile("B_CONSOLE_CONF", B_CONSOLE.description());

    /** Seconds. */
    public static final Setting<Integer> BCONSOLE_TIMEOUT = Setting.whole(
                    "BCONSOLE_TIMEOUT", 1, 86_400, "seconds before a bconsole process is killed")
            .byDefault("300");

    /** Bytes. */
    public static final Setting<Long> BCONSOLE_MAX_OUTPUT = Setting.bytes(
                    "BCONSOLE_MAX_OUTPUT", "1K", "1024G", "cap on what one bconsole process may print")
            .byDefault("256M");

    /** A command that checks the Director's configuration. */
    public static final Setting<String> DIRECTOR_CHECK = Setting.text(
                    "DIRECTOR_CHECK",
                    "command that checks the Director's configuration before a reload, e.g. bacula-dir -t -c FILE")
            .whenUnset("none");

    /** Where programs are searched; a variable of the host. */
    public static final Setting<String> PATH = Setting.text("PATH", "").byDefault("/usr/bin:/bin");

    private static final Setting<String> LD_LIBRARY_PATH = Setting.text("LD_LIBRARY_PATH", "");
    private static final Pattern STARTS_A_DIRECTOR =
            Pattern.compile("(\\S*/)?bacula-dir(?!.*\\s-[a-su-z]*t)(\\s.*)?", Pattern.DOTALL);

    /**
     * @throws IllegalArgumentException when a bound is not positive
     */
    public BconsoleConfig {
        executable = executable.toAbsolutePath();
        configFile = configFile == null ? null : configFile.toAbsolutePath();
        Objects.requireNonNull(timeout, "timeout");
        environment = Map.copyOf(environment);
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("the timeout must be positive");
        }
        if (maxOutput <= 0) {
            throw new IllegalArgumentException("the output cap must be positive");
        }
    }

    /** The settings that {@link #from} reads. */
    static List<Setting<?>> settings() {
        return List.of(
                DIRECTOR_CHECK,
                BCONSOLE,
                BCONSOLE_CONF,
                B_CONSOLE,
                B_CONSOLE_CONF,
                BCONSOLE_TIMEOUT,
                BCONSOLE_MAX_OUTPUT);
    }

    /**
     * Reads the settings above, and {@code LD_LIBRARY_PATH} and {@code TZ} for the processes. Problems are collected in the
     * settings; the result is not to be used then.
     */
    public static BconsoleConfig from(Settings settings) {
        String program = settings.get(spelling(settings, BCONSOLE, B_CONSOLE));
        Path executable = executable(settings, program).orElse(Path.of("bconsole"));
        Path configFile =
                settings.find(spelling(settings, BCONSOLE_CONF, B_CONSOLE_CONF)).orElse(null);
        Duration timeout = Duration.ofSeconds(settings.get(BCONSOLE_TIMEOUT));
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LANG", "C");
        environment.put(PATH.name(), settings.get(PATH));
        for (Setting<?> handedOn : List.of(LD_LIBRARY_PATH, Settings.TZ)) {
            settings.text(handedOn).ifPresent(value -> environment.put(handedOn.name(), value));
        }
        return new BconsoleConfig(
                executable,
                configFile,
                timeout,
                settings.get(BCONSOLE_MAX_OUTPUT),
                environment,
                directorCheck(settings));
    }

    /** Its program must be there; a command that does not begin with a path is left to the shell. */
    private static @Nullable String directorCheck(Settings settings) {
        Optional<String> command =
                settings.find(DIRECTOR_CHECK).map(String::strip).filter(value -> !value.isEmpty());
        command.map(value -> value.split("\\s", 2)[0])
                .filter(program -> program.startsWith("/"))
                .filter(program -> !isProgram(Path.of(program)))
                .ifPresent(program -> settings.problem(
                        DIRECTOR_CHECK, program + " is not an executable file; give the full path of bacula-dir"));
        command.filter(value -> STARTS_A_DIRECTOR.matcher(value).matches())
                .ifPresent(value -> settings.problem(
                        DIRECTOR_CHECK,
                        "has no -t, so it would start a Director instead of checking its configuration; set it to e.g."
                                + " /opt/bacula/bin/bacula-dir -t -c /opt/bacula/etc/bacula-dir.conf"));
        return command.orElse(null);
    }

    /** Which of two spellings is in use; the first when neither is. */
    private static <T> Setting<T> spelling(Settings settings, Setting<T> first, Setting<T> second) {
        Optional<String> one = settings.text(first);
        Optional<String> other = settings.text(second);
        if (one.isPresent() && other.isPresent() && !one.equals(other)) {
            settings.problem(
                    first,
                    "is \"" + one.get() + "\", but its other spelling " + second.name() + " is \"" + other.get()
                            + "\"; set only one of them");
        }
        return one.isEmpty() && other.isPresent() ? second : first;
    }

    private static Optional<Path> executable(Settings settings, String program) {
        if (program.indexOf('/') >= 0) {
            Optional<Path> path = settings.path(BCONSOLE, program);
            if (path.isPresent() && !isProgram(path.get())) {
                settings.problem(
                        BCONSOLE,
                        "bconsole not found: " + program + " is not an executable file; set BCONSOLE to its full path");
            }
            return path;
        }
        String searched = settings.text(PATH).orElse("");
        for (String folder : searched.split(File.pathSeparator, -1)) {
            Optional<Path> candidate =
                    folder.isEmpty() ? Optional.empty() : settings.path(PATH, folder + "/" + program);
            if (candidate.isPresent() && isProgram(candidate.get())) {
                return candidate;
            }
        }
        settings.problem(
                BCONSOLE,
                program + " not found on PATH (" + (searched.isEmpty() ? "not set" : searched)
                        + "); set BCONSOLE to its full path");
        return Optional.empty();
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
