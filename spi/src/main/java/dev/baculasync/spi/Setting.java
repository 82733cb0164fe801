package dev.baculasync.spi;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One setting as data: help texts, documents and checks are made from it. {@link Settings} holds the values. Immutable and
 * safe for use by several threads.
 *
 * @param <T> the type of its value
 * @param name the name of the environment variable
 * @param description one phrase for a person; settings that follow each other with the same description are shown as one;
 *     empty for a setting that is not shown
 * @param bounds the values that are allowed, for a person; empty where the description says it
 * @param parser reads a value
 * @param fallback the value that stands in when none is set, written as in the environment; null when nothing stands in
 * @param whenUnset for a person: what holds when none is set, as far as the fallback does not say it; may be empty
 * @param traits what else there is to know
 * @param misspellings wrong names that people are known to write
 */
public record Setting<T>(
        String name,
        String description,
        String bounds,
        Parser<T> parser,
        @Nullable String fallback,
        String whenUnset,
        Set<Trait> traits,
        Set<String> misspellings) {
    /** What is special about a setting. */
    public enum Trait {
        /** No message may hold the value. */
        SECRET,
        /** The value is the path of a file or directory. */
        PATH,
        /** The value is the path of a program, or a name without {@code /} that is searched in {@code PATH}. */
        PROGRAM,
        /** An empty value counts as set. */
        MAY_BE_EMPTY,
        /** Many programs read the variable, so a similar name may be meant for another program. */
        SHARED
    }

    /** Reads the value of a setting. Safe for use by several threads. */
    @FunctionalInterface
    public interface Parser<T> {
        /**
         * Reads a value.
         *
         * @param problem takes each reason why the text is not allowed, as a phrase that follows the setting's name
         * @return the value; null, or any value, when there was a problem
         */
        @Nullable
        T parse(String text, Consumer<String> problem);
    }

    public Setting {
        traits = Set.copyOf(traits);
        misspellings = Set.copyOf(misspellings);
    }

    /** A setting with a parser of its own, without a default. */
    public static <T> Setting<T> of(String name, String description, Parser<T> parser) {
        return new Setting<>(name, description, "", parser, null, "", Set.of(), Set.of());
    }

    /** Any text. */
    public static Setting<String> text(String name, String description) {
        return of(name, description, (text, problem) -> text);
    }

    /** The path of a file or directory, which need not exist. */
    public static Setting<Path> path(String name, String description) {
        return of(name, description, Setting::toPath).with(Trait.PATH);
    }

    /** A regular file that exists and can be read. */
    public static Setting<Path> readableFile(String name, String description) {
        Parser<Path> parser = (text, problem) -> {
            Path path = toPath(text, problem);
            if (path != null && !(Files.isRegularFile(path) && Files.isReadable(path))) {
                problem.accept("there is no readable file " + path);
            }
            return path;
        };
        return of(name, description, parser).with(Trait.PATH);
    }

    /** A switch: {@code 1} is on, {@code 0} is off. Off unless set. */
    public static Setting<Boolean> flag(String name, String description) {
        Parser<Boolean> parser = (text, problem) -> {
            if (!text.equals("0") && !text.equals("1")) {
                problem.accept("\"" + text + "\" is neither 0 nor 1");
            }
            return text.equals("1");
        };
        return of(name, description, parser).byDefault("0");
    }

    /** One of a few values, each written as its word. */
    public static <T> Setting<T> choice(String name, String description, List<T> values, Function<T, String> word) {
        return of(name, description, (text, problem) -> {
            for (T value : values) {
                if (word.apply(value).equals(text)) {
                    return value;
                }
            }
            problem.accept("\"" + text + "\" is not one of "
                    + values.stream().map(word).collect(Collectors.joining(", ")));
            return null;
        });
    }

    /** A whole number within bounds, both inclusive. */
    public static Setting<Integer> whole(String name, int least, int most, String description) {
        Parser<Integer> parser = (text, problem) -> {
            try {
                int value = Integer.parseInt(text.trim());
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Reported below, like a number that is out of range.
            }
            problem.accept("\"" + text + "\" is not a whole number from " + least + " to " + most);
            return null;
        };
        String bounds = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
        return new Setting<>(name, description, bounds, parser, null, "", Set.of(), Set.of());
    }

    /**
     * A number of bytes within bounds, both inclusive: digits, and perhaps {@code K}, {@code M} or {@code G} (powers of 1024).
     *
     * @param least a number of bytes, written like a value
     * @param most a number of bytes, written like a value
     */
    public static Setting<Long> bytes(String name, String least, String most, String description) {
        Parser<Long> parser = (text, problem) -> {
            try {
                long value = toBytes(text);
                if (value >= toBytes(least) && value <= toBytes(most)) {
                    return value;
                }
            } catch (NumberFormatException | ArithmeticException e) {
                // Reported below, like a number that is out of range.
            }
            problem.accept("\"" + text + "\" is not a size from " + toBytes(least) + " to " + toBytes(most)
                    + " bytes (digits, then K, M or G if you like)");
            return null;
        };
        return new Setting<>(name, description, least + " to " + most, parser, null, "", Set.of(), Set.of());
    }

    /** The same with this value when none is set; it must be one that the parser accepts. */
    public Setting<T> byDefault(String value) {
        return new Setting<>(name, description, bounds, parser, value, whenUnset, traits, misspellings);
    }

    /** The same with words for what holds when none is set. */
    public Setting<T> whenUnset(String words) {
        return new Setting<>(name, description, bounds, parser, fallback, words, traits, misspellings);
    }

    /** The same with these traits in place of its own. */
    public Setting<T> with(Trait... all) {
        return new Setting<>(name, description, bounds, parser, fallback, whenUnset, Set.of(all), misspellings);
    }

    /** The same with these wrong names, which people are known to write. */
    public Setting<T> misspelt(String... names) {
        return new Setting<>(name, description, bounds, parser, fallback, whenUnset, traits, Set.of(names));
    }

    /** Whether it has a trait. */
    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    static @Nullable Path toPath(String text, Consumer<String> problem) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            problem.accept("\"" + text + "\" is not a path: " + e.getReason());
            return null;
        }
    }

    private static long toBytes(String text) {
        String digits = text.trim().toUpperCase(Locale.ROOT);
        int shift = digits.endsWith("K") ? 10 : digits.endsWith("M") ? 20 : digits.endsWith("G") ? 30 : 0;
        return Math.multiplyExact(
                Long.parseLong(shift == 0 ? digits : digits.substring(0, digits.length() - 1)), 1L << shift);
    }
}
