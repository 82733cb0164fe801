package dev.baculasync.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The zone that the C library takes from a value of {@code TZ}: the Director and bconsole get theirs so. Java reads the same values
 * otherwise: {@code GMT+2} is two hours east to it and two hours west to them, and of what it cannot read it makes GMT without a word.
 */
final class CLibraryZone {
    /** Files of the host's zones, which Java knows by other means or not at all. */
    private static final Map<String, ZoneId> AMERICAN =
            Map.of("EST", ZoneOffset.ofHours(-5), "MST", ZoneOffset.ofHours(-7), "HST", ZoneOffset.ofHours(-10));

    private static final Pattern FIXED =
            Pattern.compile("(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)([+-]?)(\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2}))?)?");
    private static final String FOLDER = "/usr/share/zoneinfo";
    private static final int DEPTH = 3;

    private CLibraryZone() {}

    /** Empty when this form, or this zone, is not known here. */
    static Optional<ZoneId> of(String value) {
        String name = value.startsWith(":") ? value.substring(1) : value;
        if (name.isEmpty()) {
            return Optional.of(ZoneId.of("UTC"));
        }
        try {
            return name.startsWith("/") ? ofFile(Path.of(name)) : ofName(name).or(() -> ofOffset(name));
        } catch (InvalidPathException | IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static Optional<ZoneId> ofName(String name) {
        String id = name.startsWith("posix/") ? name.substring("posix/".length()) : name;
        if (AMERICAN.containsKey(id)) {
            return Optional.ofNullable(AMERICAN.get(id));
        }
        return ZoneId.getAvailableZoneIds().contains(id) ? Optional.of(ZoneId.of(id)) : Optional.empty();
    }

    /** {@code CET-1}: what is to be added to local time, so that east is negative. */
    private static Optional<ZoneId> ofOffset(String name) {
        Matcher fixed = FIXED.matcher(name);
        if (!fixed.matches()) {
            return Optional.empty();
        }
        int sign = fixed.group(1).equals("-") ? 1 : -1;
        try {
            return Optional.of(ZoneOffset.ofHoursMinutesSeconds(
                    sign * number(fixed, 2), sign * number(fixed, 3), sign * number(fixed, 4)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static int number(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Integer.parseInt(matcher.group(group));
    }

    private static Optional<ZoneId> ofFile(Path file) throws IOException {
        Path real = file.toRealPath();
        Path folder = Path.of(FOLDER);
        Optional<ZoneId> byPlace =
                real.startsWith(folder) ? ofName(folder.relativize(real).toString()) : Optional.empty();
        if (byPlace.isPresent() || !Files.isDirectory(folder)) {
            return byPlace;
        }
        long size = Files.size(real);
        try (Stream<Path> zones = Files.walk(folder, DEPTH)) {
            return zones.filter(zone -> isCopy(zone, real, size))
                    .sorted()
                    .flatMap(zone -> ofName(folder.relativize(zone).toString()).stream())
                    .findFirst();
        }
    }

    private static boolean isCopy(Path zone, Path file, long size) {
        try {
            return Files.isRegularFile(zone) && Files.size(zone) == size && Files.mismatch(zone, file) < 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
