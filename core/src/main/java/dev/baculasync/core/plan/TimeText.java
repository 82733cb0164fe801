package dev.baculasync.core.plan;

import dev.baculasync.spi.Stamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times as they are told to a person: local, and written as in the job files, {@code 2026-05-18 19:00:00}. */
record TimeText(ZoneId zone) {
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    String of(Instant at) {
        return MOMENT.format(at.atZone(zone));
    }

    /** What cannot be read is told as it stands there. */
    String of(@Nullable Stamp stamp) {
        if (stamp == null) {
            return "earlier";
        }
        return stamp.at() == null ? stamp.text() : of(stamp.at());
    }

    /** A length of time, such as {@code 12 d 3 h} or {@code 3 h 20 min}. */
    static String of(Duration length) {
        return length.toDays() > 0
                ? length.toDays() + " d " + length.toHoursPart() + " h"
                : length.toHours() + " h " + length.toMinutesPart() + " min";
    }
}
