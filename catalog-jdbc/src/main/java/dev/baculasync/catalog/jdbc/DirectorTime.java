package dev.baculasync.catalog.jdbc;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a run began, as an instant. A Director writes StartTime and EndTime as its own local time, and JobTDate, which is
 * the end as well, as seconds since the epoch; so a run that has ended tells how far the Director was from UTC then,
 * whatever the zone of the host we are on.
 *
 * @param host the zone to read a time in that no JobTDate tells the offset of
 */
record DirectorTime(ZoneId host) {
    /** No zone is farther from UTC. */
    static final long MAX_OFFSET_SECONDS = ZoneOffset.MAX.getTotalSeconds();

    private static final int QUARTER_HOUR = 15 * 60;

    /**
     * @param start StartTime, in seconds, as if it were of UTC
     * @param end EndTime alike; null when the run has not ended
     * @param jobTDate 0 when there is none
     */
    Instant begin(long start, @Nullable Long end, long jobTDate) {
        LocalDateTime local = LocalDateTime.ofEpochSecond(start, 0, ZoneOffset.UTC);
        return offsetAtEnd(end, jobTDate)
                .map(offset -> begin(local, offset, Instant.ofEpochSecond(jobTDate)))
                .orElseGet(() -> local.atZone(host).toInstant());
    }

    private static Optional<ZoneOffset> offsetAtEnd(@Nullable Long end, long jobTDate) {
        if (end == null || jobTDate <= 0) {
            return Optional.empty();
        }
        long offset = end - jobTDate;
        return offset % QUARTER_HOUR == 0 && Math.abs(offset) <= MAX_OFFSET_SECONDS
                ? Optional.of(ZoneOffset.ofTotalSeconds((int) offset))
                : Optional.empty();
    }

    private Instant begin(LocalDateTime start, ZoneOffset offsetAtEnd, Instant end) {
        if (!host.getRules().getOffset(end).equals(offsetAtEnd)) {
            return start.toInstant(offsetAtEnd);
        }
        // Most likely the Director's zone: its offset may have been another one when the run began.
        List<ZoneOffset> possible = host.getRules().getValidOffsets(start);
        if (possible.isEmpty()
                || (possible.contains(offsetAtEnd)
                        && !start.toInstant(offsetAtEnd).isAfter(end))) {
            return start.toInstant(offsetAtEnd);
        }
        return start.toInstant(possible.get(0));
    }
}
