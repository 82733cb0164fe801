package dev.baculasync.cli;

import dev.baculasync.spi.Settings;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How much is said on standard error. */
enum LogLevel {
    OFF,
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    private static final List<String> WORDS = List.of("error", "warn", "info", "debug", "trace");

    /**
     * The level of {@code LOG_LEVEL}, which is checked, else of {@code RUST_LOG}, which is not: its value may be a list
     * of directives like {@code info,some_module=debug}, of which the first plain level counts.
     */
    static LogLevel from(Settings settings) {
        if (settings.text("LOG_LEVEL").isPresent()) {
            return of(settings.choice("LOG_LEVEL", "warn", WORDS));
        }
        return settings.text("RUST_LOG").stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .map(directive -> directive.trim().toLowerCase(Locale.ROOT))
                .filter(directive -> WORDS.contains(directive) || directive.equals("off"))
                .findFirst()
                .map(LogLevel::of)
                .orElse(WARN);
    }

    /** The word by which the logging library knows the level. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean includes(LogLevel level) {
        return level.compareTo(this) <= 0;
    }

    private static LogLevel of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
