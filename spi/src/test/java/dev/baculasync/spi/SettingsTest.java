package dev.baculasync.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.baculasync.spi.Setting.Trait;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final Setting<Integer> COUNT =
            Setting.whole("COUNT", 1, 64, "how many").byDefault("8");
    private static final Setting<Long> SIZE =
            Setting.bytes("SIZE", "1K", "1G", "how big").byDefault("2M");

    @Test
    void theDefaultStandsInForWhatIsNotSetAndForWhatIsNotAllowed() {
        Settings settings = Settings.of(Map.of("COUNT", "65", "SIZE", ""));

        assertThat(settings.get(COUNT)).isEqualTo(8);
        assertThat(settings.get(SIZE)).isEqualTo(2L << 20);
        assertThat(settings.problems()).containsExactly("COUNT: \"65\" is not a whole number from 1 to 64");
    }

    @Test
    void whatIsWrongIsReportedAllTogetherAndEachProblemOnce() {
        Setting<Boolean> flag = Setting.flag("FLAG", "on or off");
        Setting<String> word = Setting.choice("WORD", "a or b", List.of("a", "b"), Function.identity());
        Setting<Path> file = Setting.readableFile("FILE", "a file");
        Settings settings = Settings.of(Map.of("FLAG", "yes", "WORD", "c", "FILE", "/nowhere", "COUNT", "x"));

        assertThat(settings.get(flag)).isFalse();
        assertThat(settings.find(word)).isEmpty();
        assertThat(settings.find(file)).isEmpty();
        settings.get(COUNT);
        settings.get(COUNT);
        assertThat(settings.problems())
                .containsExactly(
                        "FLAG: \"yes\" is neither 0 nor 1",
                        "WORD: \"c\" is not one of a, b",
                        "FILE: there is no readable file /nowhere",
                        "COUNT: \"x\" is not a whole number from 1 to 64");
    }

    @ParameterizedTest
    @CsvSource({"1024, 1024", "3k, 3072", "' 2M ', 2097152", "1G, 1073741824"})
    void aSizeIsInBytesOrInPowersOf1024(String text, long bytes) {
        assertThat(Settings.of(Map.of("SIZE", text)).get(SIZE)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1023", "2G", "12X", "K", "9223372036854775807G"})
    void aSizeOutOfBoundsOrWithoutANumberIsNotAllowed(String text) {
        Settings settings = Settings.of(Map.of("SIZE", text));

        assertThat(settings.get(SIZE)).isEqualTo(2L << 20);
        assertThat(settings.problems())
                .containsExactly("SIZE: \"" + text
                        + "\" is not a size from 1024 to 1073741824 bytes (digits, then K, M or G if you like)");
    }

    @Test
    void anEmptyValueCountsAsNotSetUnlessTheSettingMayBeEmpty() {
        Setting<String> text = Setting.text("TEXT", "some text");
        Settings settings = Settings.of(Map.of("TEXT", ""));

        assertThat(settings.text(text)).isEmpty();
        assertThat(settings.text(text.with(Trait.MAY_BE_EMPTY))).contains("");
    }

    @Test
    void noProblemHoldsTheValueOfASecret() {
        Settings settings = Settings.of(Map.of("COUNT", "s3cr3t"));

        settings.find(COUNT.with(Trait.SECRET));

        assertThat(settings.problems()).containsExactly("COUNT: the value is not allowed");
    }

    @Test
    void onlyASettingWithADefaultAlwaysHasAValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Settings.of(Map.of()).get(Setting.text("TEXT", "some text")))
                .withMessage("TEXT has no default");
    }
}
