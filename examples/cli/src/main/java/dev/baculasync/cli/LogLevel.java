package dev.baculasync.cli;

import dev.baculasync.spi.Setting;
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

    static final Setting<LogLevel> LOG_LEVEL = Setting.choice(
                    "LOG_LEVEL",
                    "error, warn, info, debug or trace",
                    List.of(ERROR, WARN, INFO, DEBUG, TRACE),
                    LogLevel::word)
            .byDefault(WARN.word());
    static final Setting<String> RUST_LOG = Setting.text("RUST_LOG", "read when LOG_LEVEL is unset");

    /**
     * The level of {@code LOG_LEVEL}, which is checked, else of {@code RUST_LOG}, which is not: its value may be a list
     * of directives like {@code info,some_module=debug}, of which the first plain level counts.
     */
    static LogLevel from(Settings settings) {
        if (settings.text(LOG_LEVEL).isPresent()) {
            return settings.get(LOG_LEVEL);
        }
        return settings.find(RUST_LOG).stream()
                .flatMap(value -> Stream.of(value.split(",")))
                .map(directive -> directive.trim().toLowerCase(Locale.ROOT))
                .flatMap(directive ->
                        Stream.of(values()).filter(level -> level.word().equals(directive)))
                .findFirst()
                .orElseGet(() -> settings.get(LOG_LEVEL));
    }

    /** The word by which the logging library knows the level. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean includes(LogLevel level) {
        return level.compareTo(this) <= 0;
    }
}
