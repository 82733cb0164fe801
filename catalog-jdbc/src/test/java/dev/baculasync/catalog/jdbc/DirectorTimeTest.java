package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectorTimeTest {
    /** Local times as a Director writes them; JobTDate is the instant of the end. */
    @ParameterizedTest(name = "{0}: {5}")
    @CsvSource(textBlock = """
            # host, StartTime, EndTime, JobTDate, begin, why
            Europe/Berlin, 2026-07-01T23:00, 2026-07-01T23:10, 2026-07-01T21:10:00Z, 2026-07-01T21:00:00Z, summer
            Europe/Berlin, 2026-01-01T23:00, 2026-01-01T23:10, 2026-01-01T22:10:00Z, 2026-01-01T22:00:00Z, winter
            UTC, 2026-07-01T23:00, 2026-07-01T23:10, 2026-07-01T21:10:00Z, 2026-07-01T21:00:00Z, a Director in another zone
            Europe/Berlin, 2026-07-01T23:00, 2026-07-01T23:10, 2026-07-01T23:10:00Z, 2026-07-01T23:00:00Z, a Director in UTC
            Asia/Kathmandu, 2026-07-01T05:45, 2026-07-01T06:00, 2026-07-01T00:15:00Z, 2026-07-01T00:00:00Z, quarter hours
            UTC, 2026-07-01T05:45, 2026-07-01T06:00, 2026-07-01T00:15:00Z, 2026-07-01T00:00:00Z, quarter hours elsewhere
            UTC, 2026-07-01T12:30, 2026-07-01T12:45, 2026-07-01T00:00:00Z, 2026-06-30T23:45:00Z, Chatham
            UTC, 2026-06-30T12:00, 2026-06-30T12:10, 2026-07-01T00:10:00Z, 2026-07-01T00:00:00Z, twelve hours behind
            UTC, 2026-07-01T18:00, 2026-07-01T18:10, 2026-07-01T00:10:00Z, 2026-07-01T00:00:00Z, the farthest there is
            Europe/Berlin, 2026-03-29T01:30, 2026-03-29T03:30, 2026-03-29T01:30:00Z, 2026-03-29T00:30:00Z, into summer time
            Europe/Berlin, 2026-10-25T01:30, 2026-10-25T03:30, 2026-10-25T02:30:00Z, 2026-10-24T23:30:00Z, out of summer time
            UTC, 2026-10-25T01:30, 2026-10-25T03:30, 2026-10-25T02:30:00Z, 2026-10-25T00:30:00Z, the same where the zone is not known
            Europe/Berlin, 2026-10-25T02:30, 2026-10-25T02:40, 2026-10-25T00:40:00Z, 2026-10-25T00:30:00Z, the first of the two hours
            Europe/Berlin, 2026-10-25T02:30, 2026-10-25T02:40, 2026-10-25T01:40:00Z, 2026-10-25T01:30:00Z, the second of the two hours
            Europe/Berlin, 2026-10-25T02:50, 2026-10-25T02:10, 2026-10-25T01:10:00Z, 2026-10-25T00:50:00Z, from the first into the second
            Europe/Berlin, 2026-10-25T02:30, 2026-10-25T03:10, 2026-10-25T02:10:00Z, 2026-10-25T01:30:00Z, later of two that may be
            Europe/Berlin, 2026-03-29T02:30, 2026-03-29T03:30, 2026-03-29T01:30:00Z, 2026-03-29T00:30:00Z, a time that is not of this zone
            Africa/Lagos, 2026-03-29T02:30, 2026-03-29T03:30, 2026-03-29T02:30:00Z, 2026-03-29T01:30:00Z, a zone without summer time
            Europe/Berlin, 2026-07-01T23:00, , , 2026-07-01T21:00:00Z, not ended
            Europe/Berlin, 2026-07-01T23:00, , 2026-07-01T22:00:00Z, 2026-07-01T21:00:00Z, JobTDate without EndTime
            Europe/Berlin, 2026-07-01T23:00, 2026-07-01T23:10, , 2026-07-01T21:00:00Z, EndTime without JobTDate
            Europe/Berlin, 2026-07-01T23:00, 2026-07-01T23:10, 2026-07-01T21:10:01Z, 2026-07-01T21:00:00Z, no offset of any zone
            Europe/Berlin, 2026-07-01T23:00, 2026-07-01T23:10, 2026-07-01T04:55:00Z, 2026-07-01T21:00:00Z, farther than any zone
            Europe/Berlin, 2026-07-01T23:00, 2026-07-01T23:10, 2026-07-02T17:25:00Z, 2026-07-01T21:00:00Z, farther the other way
            Europe/Berlin, 2026-03-29T02:30, , , 2026-03-29T01:30:00Z, a time that was not there
            Europe/Berlin, 2026-10-25T02:30, , , 2026-10-25T00:30:00Z, a time that was twice
            """)
    void theBeginIsAnInstant(
            String host, LocalDateTime start, LocalDateTime end, Instant jobTDate, Instant begin, String why) {
        assertThat(new DirectorTime(ZoneId.of(host))
                        .begin(
                                start.toEpochSecond(ZoneOffset.UTC),
                                end == null ? null : end.toEpochSecond(ZoneOffset.UTC),
                                jobTDate == null ? 0 : jobTDate.getEpochSecond()))
                .as(why)
                .isEqualTo(begin);
    }
}
