package dev.baculasync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VariablesTest {
    private static final Path SPECIFICATION = Path.of("..", "..", "docs", "specification.md");
    private static final Variables VARIABLES = Variables.of(Main.providers());

    @Test
    void theTableOfTheSpecificationIsMadeFromTheSettings() throws IOException {
        assertThat(Files.readString(SPECIFICATION).contains(VARIABLES.table()))
                .as(
                        "the table of variables in %s is that of the settings; to renew it, replace it by:%n%n%s%n",
                        SPECIFICATION, VARIABLES.table())
                .isTrue();
    }

    @Test
    void everyNameStandsForOneSetting() {
        assertThat(VARIABLES.settings()).extracting(Setting::name).doesNotHaveDuplicates();
    }

    @Test
    void everyDefaultIsAllowed() {
        for (Setting<?> setting : VARIABLES.settings()) {
            Settings settings = Settings.of(Map.of());

            assertThat(settings.find(setting).isPresent()).as(setting.name()).isEqualTo(setting.fallback() != null);
            assertThat(settings.problems()).isEmpty();
        }
    }

    @Test
    void everySettingThatIsShownIsRead() {
        int tried = 0;
        for (Setting<?> setting : VARIABLES.settings()) {
            Map<String, String> environment = Map.of(setting.name(), "\0");
            Settings alone = Settings.of(environment);
            alone.find(setting);
            if (!alone.problems().isEmpty()) {
                tried++;
                assertThat(problemsOfRun(environment)).as(setting.name()).containsAll(alone.problems());
            }
        }
        assertThat(tried).isGreaterThan(20);
    }

    private static List<String> problemsOfRun(Map<String, String> environment) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Surroundings surroundings =
                new Surroundings(environment, nowhere, nowhere, false, false, InstantSource.system());
        try {
            SyncSetup.read(surroundings, Main.providers(), new SyncOptions());
            return List.of();
        } catch (UsageException e) {
            return e.problems();
        }
    }

    @Test
    void settingsOfOneDescriptionShareARowAndOneWithoutHasNone() {
        Variables variables = new Variables(List.of(
                Setting.text("ONE", "first").byDefault("1").whenUnset("or more"),
                Setting.text("OS_A", "family"),
                Setting.text("OS_B", "family"),
                Setting.text("OS_C", "family"),
                Setting.text("HIDDEN", ""),
                Setting.whole("TWO", 0, 9, "second").whenUnset("never"),
                Setting.text("TOO", "third"),
                Setting.text("THREE", "third")));

        assertThat(variables.help())
                .containsExactly(
                        Map.entry("ONE", "first (default 1, or more)"),
                        Map.entry("OS_A, OS_...", "family"),
                        Map.entry("TWO", "second, 0 to 9 (unset: never)"),
                        Map.entry("TOO, THREE", "third"));
        assertThat(variables.table()).isEqualTo("""
                | variable | default | meaning |
                |---|---|---|
                | `ONE` | `1`, or more | first |
                | `OS_A`, `OS_...` | not set | family |
                | `TWO` | not set: never | second, 0 to 9 |
                | `TOO`, `THREE` | not set | third |
                """);
    }
}
