package dev.baculasync.filestore.vm;

import dev.baculasync.spi.Stamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Timestamps in the files: written as local time, {@code 2026-05-18 19:00:00}; ISO 8601 is read too. */
public record Timestamps(ZoneId zone) {
    private static final DateTimeFormatter WRITTEN = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int LAST_YEAR = 9999;
    private static final int DATE_LENGTH = "2026-05-18".length();

    public String write(Instant at) {
        return WRITTEN.format(at.atZone(zone));
    }

    /**
     * As it is written in a file.
     *
     * @throws EditRefused when it is one that could not be read
     */
    public String write(Stamp stamp) {
        if (stamp.at() == null) {
            throw new EditRefused("a timestamp that cannot be read is not written");
        }
        return write(stamp.at());
    }

    /** What a text in a file means; a text that means nothing is kept as it is. */
    public Stamp read(String text) {
        String iso = text.length() > DATE_LENGTH && text.charAt(DATE_LENGTH) == ' '
                ? text.substring(0, DATE_LENGTH) + "T"
                        + text.substring(DATE_LENGTH + 1).trim()
                : text;
        try {
            TemporalAccessor parsed =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, ZonedDateTime::from, LocalDateTime::from);
            // In the hour that a clock set back passes twice, the later moment: a VM must not age an hour too fast.
            ZonedDateTime at = parsed instanceof ZonedDateTime zoned
                    ? zoned
                    : ((LocalDateTime) parsed).atZone(zone).withLaterOffsetAtOverlap();
            // Nobody meant a year beyond these, and adding to it may lead beyond the end of time.
            boolean possible = at.getYear() >= 1 && at.getYear() <= LAST_YEAR;
            return new Stamp(possible ? at.toInstant() : null, text);
        } catch (DateTimeException e) {
            return new Stamp(null, text);
        }
    }
}
