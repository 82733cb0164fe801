package dev.baculasync.spi;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settings by name, from which a provider makes its instance. The names are those of the environment variables that the
 * command line reads. Reading never throws for a bad value: problems are collected, so that all of them can be told at
 * once, and the default stands in. A value that is empty counts as not set. Not safe for use by several threads.
 */
public final class Settings {
    private final Map<String, String> values;
    private final List<String> problems = new ArrayList<>();

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /** Settings with these values; the map is copied. */
    public static Settings of(Map<String, String> values) {
        return new Settings(Collections.unmodifiableMap(new TreeMap<>(values)));
    }

    /** The value, if it is set and not empty. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** The value, if it is set, even if it is empty: for what others read, to whom that is a value like others. */
    public Optional<String> verbatim(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The value, or the default. */
    public String text(String name, String fallback) {
        return text(name).orElse(fallback);
    }

    /** A whole number within bounds, both inclusive. */
    public int integer(String name, int fallback, int least, int most) {
        return (int) whole(name, fallback, least, most);
    }

    /** A number of bytes within bounds, both inclusive; may end in {@code K}, {@code M} or {@code G} (powers of 1024). */
    public long bytes(String name, long fallback, long least, long most) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return fallback;
        }
        String digits = value.get().trim().toUpperCase(Locale.ROOT);
        int shift = digits.endsWith("K") ? 10 : digits.endsWith("M") ? 20 : digits.endsWith("G") ? 30 : 0;
        if (shift > 0) {
            digits = digits.substring(0, digits.length() - 1);
        }
        try {
            long parsed = Math.multiplyExact(Long.parseLong(digits), 1L << shift);
            if (parsed >= least && parsed <= most) {
                return parsed;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Told below, like a number that is out of range.
        }
        problem(
                name,
                "\"" + value.get() + "\" is not a size from " + least + " to " + most
                        + " bytes (digits, then K, M or G if you like)");
        return fallback;
    }

    /** A switch: {@code 1} is on, {@code 0} is off. */
    public boolean flag(String name, boolean fallback) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return fallback;
        }
        return switch (value.get()) {
            case "1" -> true;
            case "0" -> false;
            default -> {
                problem(name, "\"" + value.get() + "\" is neither 0 nor 1");
                yield fallback;
            }
        };
    }

    /** One of a few words; the default must be one of them. */
    public String choice(String name, String fallback, List<String> allowed) {
        String value = text(name, fallback);
        if (!allowed.contains(value)) {
            problem(name, "\"" + value + "\" is not one of " + String.join(", ", allowed));
            return fallback;
        }
        return value;
    }

    /** The name of a Bacula resource. */
    public String baculaName(String name, String fallback) {
        String value = text(name, fallback);
        Optional<String> problem = BaculaName.problemOf(value);
        if (problem.isPresent()) {
            problem(name, "\"" + value + "\" " + problem.get());
            return fallback;
        }
        return value;
    }

    /** A regular file that is there and can be read, if the setting is set. */
    public Optional<Path> readableFile(String name) {
        Optional<Path> path = text(name).flatMap(value -> path(name, value));
        if (path.isPresent() && !(Files.isRegularFile(path.get()) && Files.isReadable(path.get()))) {
            problem(name, "there is no readable file " + path.get());
            return Optional.empty();
        }
        return path;
    }

    /**
     * The zone of local times: {@code TZ} as the C library reads it, so that they are those of the Director and bconsole; the
     * JVM's when it is not set. What cannot be read as the C library does is a problem.
     */
    public ZoneId zone() {
        Optional<String> value = verbatim("TZ");
        Optional<ZoneId> zone = value.flatMap(CLibraryZone::of);
        if (value.isPresent() && zone.isEmpty()) {
            problem(
                    "TZ",
                    "\"" + value.get()
                            + "\" is not read here: give the name of a zone such as Europe/Berlin, its file below"
                            + " /usr/share/zoneinfo, or a fixed offset such as UTC0 or CET-1 (rules for summer time in TZ"
                            + " itself are not read, and what the C library does not know is UTC to it)");
        }
        return zone.orElseGet(ZoneId::systemDefault);
    }

    /** Turns a value into a path; tells a problem when it cannot be one. */
    public Optional<Path> path(String name, String value) {
        try {
            return Optional.of(Path.of(value));
        } catch (InvalidPathException e) {
            problem(name, "\"" + value + "\" is not a path: " + e.getReason());
            return Optional.empty();
        }
    }

    /** Notes that a setting is not usable. Providers that read the same setting may find the same problem: it is told once. */
    public void problem(String name, String reason) {
        String problem = name + ": " + reason;
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    /** All problems so far, in the order they were found. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    private long whole(String name, long fallback, long least, long most) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return fallback;
        }
        try {
            long parsed = Long.parseLong(value.get().trim());
            if (parsed >= least && parsed <= most) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            // Told below, like a number that is out of range.
        }
        problem(name, "\"" + value.get() + "\" is not a whole number from " + least + " to " + most);
        return fallback;
    }
}
