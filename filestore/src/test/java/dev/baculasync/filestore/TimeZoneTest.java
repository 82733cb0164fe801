package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baculasync.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TZ, whose readers must agree: the times in job files, bconsole's and the Director's. */
class TimeZoneTest {
    private static final Instant SUMMER = Instant.parse("2026-07-01T12:00:00Z");
    private static final Path VIENNA = Path.of("/usr/share/zoneinfo/Europe/Vienna");

    @ParameterizedTest
    @CsvSource({
        "Europe/Vienna, +02:00",
        ":Europe/Vienna, +02:00",
        "posix/Europe/Vienna, +02:00",
        "UTC, Z",
        "'', Z",
        ":, Z",
        "EST, -05:00",
        "EST5EDT, -04:00",
        "Etc/GMT+2, -02:00",
        "GMT+2, -02:00",
        "UTC+3, -03:00",
        "UTC0, Z",
        "CET-1, +01:00",
        "<+0530>-5:30, +05:30",
        "ABC12:30:15, -12:30:15"
    })
    void isReadAsTheCLibraryReadsIt(String value, ZoneOffset expected) {
        assertThat(zone(value).getRules().getOffset(SUMMER)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CET-1CEST,M3.5.0,M10.5.0/3",
                "CET-1CEST",
                "Mars/Olympus",
                "europe/vienna",
                "+02:00",
                "UTC+25",
                "right/Europe/Vienna",
                "/nowhere/Europe/Vienna",
                "/etc/passwd",
                "A\0B"
            })
    void aFormThatIsNotReadIsToldAndNotTakenForAnother(String value) {
        Settings settings = Settings.of(Map.of("TZ", value));

        settings.zone();

        assertThat(settings.problems()).singleElement().asString().startsWith("TZ: \"" + value + "\" is not read here");
    }

    @Test
    void aFileIsTheZoneThatItHolds(@TempDir Path folder) throws Exception {
        assumeTrue(Files.exists(VIENNA) || System.getenv("CI") != null, "the package tzdata");
        Path link = Files.createSymbolicLink(folder.resolve("localtime"), VIENNA);
        Path copy = Files.copy(VIENNA, folder.resolve("copy"));

        for (Path file : new Path[] {VIENNA, link, copy}) {
            assertThat(zone(":" + file).getRules())
                    .isEqualTo(ZoneId.of("Europe/Vienna").getRules());
        }
    }

    @Test
    void unsetItIsTheZoneOfTheProcess() {
        assertThat(Settings.of(Map.of()).zone()).isEqualTo(ZoneId.systemDefault());
    }

    private static ZoneId zone(String value) {
        Settings settings = Settings.of(Map.of("TZ", value));
        ZoneId zone = settings.zone();
        assertThat(settings.problems()).isEmpty();
        return zone;
    }
}
