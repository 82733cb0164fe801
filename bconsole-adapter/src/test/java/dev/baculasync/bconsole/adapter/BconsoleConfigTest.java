package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.baculasync.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BconsoleConfigTest {
    @TempDir
    Path folder;

    private Path program;

    @BeforeEach
    void program() {
        program = new FakeBconsole(folder).program();
    }

    @Test
    void bconsoleIsLookedUpOnThePath() {
        Settings settings = Settings.of(Map.of("PATH", "/nowhere::" + folder));
        BconsoleConfig config = BconsoleConfig.from(settings);
        assertThat(settings.problems()).isEmpty();
        assertThat(config.executable()).isEqualTo(program);
        assertThat(config.configFile()).isNull();
        assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(300));
        assertThat(config.maxOutput()).isEqualTo(256L << 20);
        assertThat(config.environment()).isEqualTo(Map.of("LANG", "C", "PATH", "/nowhere::" + folder));
    }

    @Test
    void bothSpellingsAreRead() throws IOException {
        Path file = Files.writeString(folder.resolve("bconsole.conf"), "");
        for (String prefix : new String[] {"BCONSOLE", "B_CONSOLE"}) {
            Settings settings = Settings.of(Map.of(
                    prefix,
                    program.toString(),
                    prefix + "_CONF",
                    file.toString(),
                    "BCONSOLE_TIMEOUT",
                    "7",
                    "BCONSOLE_MAX_OUTPUT",
                    "2K",
                    "TZ",
                    "Europe/Zurich",
                    "LD_LIBRARY_PATH",
                    "/opt/lib",
                    "PGPASSWORD",
                    "secret"));
            BconsoleConfig config = BconsoleConfig.from(settings);
            assertThat(settings.problems()).isEmpty();
            assertThat(config.executable()).isEqualTo(program);
            assertThat(config.configFile()).isEqualTo(file);
            assertThat(config.timeout()).isEqualTo(Duration.ofSeconds(7));
            assertThat(config.maxOutput()).isEqualTo(2048);
            assertThat(config.environment()).containsOnlyKeys("LANG", "PATH", "TZ", "LD_LIBRARY_PATH");
        }
    }

    @Test
    void spellingsThatContradictEachOtherAreAProblem() {
        Settings settings =
                Settings.of(Map.of("BCONSOLE", program.toString(), "B_CONSOLE", "/bin/sh", "BCONSOLE_CONF", "/a"));
        BconsoleConfig.from(settings);
        assertThat(settings.problems())
                .hasSize(2)
                .anySatisfy(
                        problem -> assertThat(problem).startsWith("BCONSOLE: ").contains("B_CONSOLE", "/bin/sh"))
                .anySatisfy(problem -> assertThat(problem).startsWith("BCONSOLE_CONF: "));
    }

    @Test
    void equalSpellingsAreNone() {
        Settings settings = Settings.of(Map.of("BCONSOLE", program.toString(), "B_CONSOLE", program.toString()));
        BconsoleConfig.from(settings);
        assertThat(settings.problems()).isEmpty();
    }

    @Test
    void aMissingBconsoleSaysWhatToSet() {
        Settings unset = Settings.of(Map.of("PATH", "/nowhere"));
        BconsoleConfig.from(unset);
        assertThat(unset.problems())
                .singleElement()
                .asString()
                .isEqualTo("BCONSOLE: bconsole not found on PATH (/nowhere); set BCONSOLE to its full path");
        Settings wrong = Settings.of(Map.of("B_CONSOLE", folder + "/nope"));
        BconsoleConfig.from(wrong);
        assertThat(wrong.problems())
                .singleElement()
                .asString()
                .startsWith("BCONSOLE: bconsole not found")
                .contains(folder + "/nope")
                .contains("full path");
    }

    @Test
    void aFileThatCannotBeExecutedOrAFolderIsNoBconsole() throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "");
        for (Path path : new Path[] {plain, folder}) {
            Settings settings = Settings.of(Map.of("BCONSOLE", path.toString()));
            BconsoleConfig.from(settings);
            assertThat(settings.problems()).hasSize(1);
        }
    }

    @Test
    void allProblemsAreToldAtOnceAndOnceOnly() {
        Settings settings = Settings.of(Map.of(
                "BCONSOLE", "/nope",
                "BCONSOLE_CONF", "/nope.conf",
                "BCONSOLE_TIMEOUT", "0",
                "BCONSOLE_MAX_OUTPUT", "much"));
        new BconsoleInventoryProvider().create(settings);
        new BconsoleDirectorProvider().create(settings);
        assertThat(settings.problems()).hasSize(4);
    }

    @Test
    void relativePathsAreMadeAbsolute() {
        BconsoleConfig config = new BconsoleConfig(
                Path.of("bin/bconsole"), Path.of("b.conf"), Duration.ofSeconds(1), 1, Map.of(), null);
        assertThat(config.executable()).isAbsolute();
        assertThat(config.configFile()).isAbsolute();
    }

    @Test
    void boundsMustBePositive() {
        Path path = Path.of("/b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BconsoleConfig(path, null, Duration.ZERO, 1, Map.of(), null));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BconsoleConfig(path, null, Duration.ofSeconds(1), 0, Map.of(), null));
    }

    @Test
    void bothProvidersGoByOneName() {
        assertThat(new BconsoleInventoryProvider().name()).isEqualTo("bconsole");
        assertThat(new BconsoleDirectorProvider().name()).isEqualTo("bconsole");
    }
}
