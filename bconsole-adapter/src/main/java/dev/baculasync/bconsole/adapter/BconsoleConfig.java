package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.Settings;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
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
    private static final int DEFAULT_TIMEOUT = 300;
    private static final Pattern STARTS_A_DIRECTOR =
            Pattern.compile("(\\S*/)?bacula-dir(?!.*\\s-[a-su-z]*t)(\\s.*)?", Pattern.DOTALL);
    private static final int MAX_TIMEOUT = 86_400;
    private static final long DEFAULT_MAX_OUTPUT = 256L << 20;
    private static final long LEAST_MAX_OUTPUT = 1L << 10;
    private static final long MOST_MAX_OUTPUT = 1L << 40;

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

    /**
     * Reads {@code BCONSOLE} (or {@code B_CONSOLE}), {@code BCONSOLE_CONF} (or {@code B_CONSOLE_CONF}),
     * {@code BCONSOLE_TIMEOUT} (seconds), {@code BCONSOLE_MAX_OUTPUT}, {@code DIRECTOR_CHECK}, and {@code PATH}, {@code LD_LIBRARY_PATH} and
     * {@code TZ} for the processes. Problems are collected in the settings; the result is not to be used then.
     */
    public static BconsoleConfig from(Settings settings) {
        String program = settings.text(spelling(settings, "BCONSOLE", "B_CONSOLE"), "bconsole");
        Path executable = executable(settings, program).orElse(Path.of("bconsole"));
        Path configFile = settings.readableFile(spelling(settings, "BCONSOLE_CONF", "B_CONSOLE_CONF"))
                .orElse(null);
        int seconds = settings.integer("BCONSOLE_TIMEOUT", DEFAULT_TIMEOUT, 1, MAX_TIMEOUT);
        long maxOutput = settings.bytes("BCONSOLE_MAX_OUTPUT", DEFAULT_MAX_OUTPUT, LEAST_MAX_OUTPUT, MOST_MAX_OUTPUT);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LANG", "C");
        environment.put("PATH", settings.text("PATH", "/usr/bin:/bin"));
        settings.text("LD_LIBRARY_PATH").ifPresent(value -> environment.put("LD_LIBRARY_PATH", value));
        settings.verbatim("TZ").ifPresent(value -> environment.put("TZ", value));
        return new BconsoleConfig(
                executable, configFile, Duration.ofSeconds(seconds), maxOutput, environment, directorCheck(settings));
    }

    /** Its program must be there; a command that does not begin with a path is left to the shell. */
    private static @Nullable String directorCheck(Settings settings) {
        Optional<String> command =
                settings.text("DIRECTOR_CHECK").map(String::strip).filter(value -> !value.isEmpty());
        command.map(value -> value.split("\\s", 2)[0])
                .filter(program -> program.startsWith("/"))
                .filter(program -> !isProgram(Path.of(program)))
                .ifPresent(program -> settings.problem(
                        "DIRECTOR_CHECK", program + " is not an executable file; give the full path of bacula-dir"));
        command.filter(value -> STARTS_A_DIRECTOR.matcher(value).matches())
                .ifPresent(value -> settings.problem(
                        "DIRECTOR_CHECK",
                        "has no -t, so it would start a Director instead of checking its configuration; set it to e.g."
                                + " /opt/bacula/bin/bacula-dir -t -c /opt/bacula/etc/bacula-dir.conf"));
        return command.orElse(null);
    }

    /** Which of two spellings is in use; the first when neither is. */
    private static String spelling(Settings settings, String first, String second) {
        Optional<String> one = settings.text(first);
        Optional<String> other = settings.text(second);
        if (one.isPresent() && other.isPresent() && !one.equals(other)) {
            settings.problem(
                    first,
                    "is \"" + one.get() + "\", but its other spelling " + second + " is \"" + other.get()
                            + "\"; set only one of them");
        }
        return one.isEmpty() && other.isPresent() ? second : first;
    }

    private static Optional<Path> executable(Settings settings, String program) {
        if (program.indexOf('/') >= 0) {
            Optional<Path> path = settings.path("BCONSOLE", program);
            if (path.isPresent() && !isProgram(path.get())) {
                settings.problem(
                        "BCONSOLE",
                        "bconsole not found: " + program + " is not an executable file; set BCONSOLE to its full path");
            }
            return path;
        }
        String searched = settings.text("PATH", "");
        for (String folder : searched.split(File.pathSeparator, -1)) {
            Optional<Path> candidate =
                    folder.isEmpty() ? Optional.empty() : settings.path("PATH", folder + "/" + program);
            if (candidate.isPresent() && isProgram(candidate.get())) {
                return candidate;
            }
        }
        settings.problem(
                "BCONSOLE",
                program + " not found on PATH (" + (searched.isEmpty() ? "not set" : searched)
                        + "); set BCONSOLE to its full path");
        return Optional.empty();
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
