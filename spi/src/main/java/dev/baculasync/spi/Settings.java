package dev.baculasync.spi;

import dev.baculasync.spi.Setting.Trait;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The values of settings, from which a provider makes its instance. Reading never throws for a bad value: problems are
 * collected, so that all of them can be reported at once, and the default stands in. A value that is empty counts as not set,
 * except for a setting that {@linkplain Trait#MAY_BE_EMPTY may be empty}. Not safe for use by several threads.
 */
public final class Settings {
    /**
     * The zone of local times as the C library reads it, so that they are those of the Director and bconsole. All providers
     * share this setting.
     */
    public static final Setting<ZoneId> TZ = Setting.of(
                    "TZ",
                    "zone of the times in job files, as the C library reads it: a name, a file or a fixed offset",
                    Settings::parseZone)
            .whenUnset("/etc/localtime")
            .with(Trait.MAY_BE_EMPTY, Trait.SHARED);

    private final Map<String, String> values;
    private final List<String> problems = new ArrayList<>();

    private Settings(Map<String, String> values) {
        this.values = values;
    }

    /** Settings with these values by name; the map is copied. */
    public static Settings of(Map<String, String> values) {
        return new Settings(Map.copyOf(values));
    }

    /** The value as it was set; empty when it is not set. The default does not count. */
    public Optional<String> text(Setting<?> setting) {
        return Optional.ofNullable(values.get(setting.name()))
                .filter(value -> !value.isEmpty() || setting.is(Trait.MAY_BE_EMPTY));
    }

    /** The value; the default when it is not set or not allowed, and empty when there is no default either. */
    public <T> Optional<T> find(Setting<T> setting) {
        List<String> reasons = new ArrayList<>();
        Optional<T> value = text(setting).map(text -> setting.parser().parse(text, reasons::add));
        // The reason may quote the value.
        reasons.forEach(reason -> problem(setting, setting.is(Trait.SECRET) ? "the value is not allowed" : reason));
        return value.isPresent() && reasons.isEmpty()
                ? value
                : Optional.ofNullable(setting.fallback())
                        .map(text -> setting.parser().parse(text, reason -> problem(setting, reason)));
    }

    /**
     * The value of a setting with a default, which stands in when it is not set or not allowed.
     *
     * @throws IllegalArgumentException when the setting has no default
     */
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> new IllegalArgumentException(setting.name() + " has no default"));
    }

    /** The value of {@link #TZ}; the JVM's zone when it is not set or cannot be read. */
    public ZoneId zone() {
        return find(TZ).orElseGet(ZoneId::systemDefault);
    }

    /** Turns text that comes from a setting into a path; when it is not one, this is a problem of the setting. */
    public Optional<Path> path(Setting<?> setting, String text) {
        return Optional.ofNullable(Setting.toPath(text, reason -> problem(setting, reason)));
    }

    /** Notes that a setting is not usable. */
    public void problem(Setting<?> setting, String reason) {
        problem(setting.name(), reason);
    }

    /** Notes that what has this name is not usable. Providers that find the same problem note it once. */
    public void problem(String name, String reason) {
        String problem = name + ": " + reason;
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    /** All problems so far, each with the name in front, in the order in which they were found. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    private static @Nullable ZoneId parseZone(String text, Consumer<String> problem) {
        Optional<ZoneId> zone = CLibraryZone.of(text);
        if (zone.isEmpty()) {
            problem.accept("\"" + text
                    + "\" is not read here: give the name of a zone such as Europe/Berlin, its file below"
                    + " /usr/share/zoneinfo, or a fixed offset such as UTC0 or CET-1 (rules for summer time in TZ"
                    + " itself are not read, and what the C library does not know is UTC to it)");
        }
        return zone.orElse(null);
    }
}
