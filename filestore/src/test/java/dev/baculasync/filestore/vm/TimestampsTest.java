package dev.baculasync.filestore.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.Stamp;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
    private final Timestamps timestamps = new Timestamps(ZoneId.of("Europe/Berlin"));

    @Test
    void aTimeIsWrittenAsLocalTime() {
        assertThat(timestamps.write(Instant.parse("2026-05-18T17:00:00.9Z"))).isEqualTo("2026-05-18 19:00:00");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-05-18 19:00:00",
                "2026-05-18T19:00:00",
                "2026-05-18T17:00:00Z",
                "2026-05-18T17:00:00.000Z",
                "2026-05-18T19:00:00+02:00",
                "2026-05-18 19:00",
                "2026-05-18 17:00:00Z"
            })
    void localTimeAndIsoAreRead(String text) {
        assertThat(timestamps.read(text)).isEqualTo(Stamp.of(Instant.parse("2026-05-18T17:00:00Z")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-02-30 10:00:00",
                "18.05.2026 19:00:00",
                "2026-05-18",
                "2026-05-18 25:00:00",
                "+999999999-12-31T23:59:59Z",
                "-999999999-01-01T00:00:00Z",
                "0000-00-00 00:00:00",
                "+10000-01-01T00:00:00Z"
            })
    void whatIsNoTimestampHasNoMomentButKeepsItsText(String text) {
        assertThat(timestamps.read(text)).isEqualTo(Stamp.unreadable(text));
        assertThat(timestamps.read(text).at()).isNull();
    }

    @Test
    void anHourThatComesTwiceIsReadAsTheLaterOne() {
        assertThat(timestamps.read("2026-10-25 02:30:00").at()).isEqualTo("2026-10-25T01:30:00Z");
    }
}
