package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigCheck.Kind;
import dev.baculasync.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectorCheckTest {
    private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

    @Test
    void aCheckThatEndsWithZeroAccepts() {
        assertThat(check("true", 60)).isEqualTo(new ConfigCheck(Kind.ACCEPTED, ""));
    }

    @Test
    void aCheckThatRefusesIsToldInItsOwnWords() {
        ConfigCheck refused =
                check("echo 'Config error: line 9 of file /base/dc/os/web/job'; echo more >&2; exit 1", 60);
        assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
        assertThat(refused.message()).isEqualTo("Config error: line 9 of file /base/dc/os/web/job; more");
        assertThat(check("exit 3", 60).message()).contains("3");
    }

    @Test
    void aCheckThatDoesNotComeToAnEndHasNotAccepted() {
        assertThat(check("exec sleep 600", 1).message()).contains("BCONSOLE_TIMEOUT");
        assertThat(check("yes", 60).message()).contains("BCONSOLE_MAX_OUTPUT");
        assertThat(check("/nowhere/bacula-dir -t", 60).kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    void aProgramThatIsNotThereIsToldBeforeAnythingRuns() {
        Settings settings = Settings.of(Map.of(
                "PATH", "/usr/bin:/bin", "BCONSOLE", "/bin/sh", "DIRECTOR_CHECK", "/nowhere/bacula-dir -t -c x.conf"));
        BconsoleConfig.from(settings);
        assertThat(settings.problems()).singleElement().asString().startsWith("DIRECTOR_CHECK: /nowhere/bacula-dir");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bacula-dir -c /etc/x.conf", " bacula-dir", "bacula-dir -f -c /-t/x.conf"})
    void aCommandThatWouldStartADirectorIsRefused(String command) {
        Settings settings =
                Settings.of(Map.of("PATH", "/usr/bin:/bin", "BCONSOLE", "/bin/sh", "DIRECTOR_CHECK", command));
        BconsoleConfig.from(settings);
        assertThat(settings.problems()).singleElement().asString().startsWith("DIRECTOR_CHECK: has no -t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bacula-dir -t -c /etc/x.conf", "sudo bacula-dir -c x", "bacula-dir -u bacula -tc x", "./check"})
    void anyOtherCommandIsTheOperatorsOwn(String command) {
        Settings settings =
                Settings.of(Map.of("PATH", "/usr/bin:/bin", "BCONSOLE", "/bin/sh", "DIRECTOR_CHECK", command));
        BconsoleConfig.from(settings);
        assertThat(settings.problems()).isEmpty();
    }

    private static ConfigCheck check(String command, int seconds) {
        BconsoleConfig config =
                new BconsoleConfig(Path.of("/bin/sh"), null, Duration.ofSeconds(seconds), 1 << 16, PATH, command);
        return new BconsoleDirectorProvider().create(config).checkConfiguration();
    }
}
