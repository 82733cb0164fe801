package dev.baculasync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookalikesTest {
    @ParameterizedTest
    @CsvSource({
        "GRACE_DAY, GRACE_DAYS",
        "GRACEDAYS, GRACE_DAYS",
        "grace_days, GRACE_DAYS",
        "JOB_DEFS, JOBDEFS",
        "CLIENT_CONF, CLIENTS_CONF",
        "CLEANUP_AFTER_DAY, CLEANUP_AFTER_DAYS",
        "CLEANUP_AFTR_DAYS, CLEANUP_AFTER_DAYS",
        "DIRECTOR_CHEK, DIRECTOR_CHECK",
        "BCONSOLE_CONFI, BCONSOLE_CONF",
        "RELOAD_AFTER_SINC, RELOAD_AFTER_SYNC",
        "SYNCLOG, SYNC_LOG",
        "DB_PASSWORD, PGPASSWORD",
        "DB_USERNAME, DB_USER",
    })
    void aMisspeltNameIsToldWithTheOneThatIsMeant(String set, String meant) {
        assertThat(Lookalikes.in(Set.of(set))).containsOnlyKeys(set).containsValue(meant);
    }

    @Test
    void whatBelongsToOthersIsLeftAlone() {
        assertThat(Lookalikes.in(Set.of(
                        "PATH",
                        "HOME",
                        "LANG",
                        "USER",
                        "PWD",
                        "SHELL",
                        "TERM",
                        "TZ",
                        "SYNC_LOG",
                        "JAVA_HOME",
                        "DISPLAY",
                        "PGHOST",
                        "PGUSER",
                        "DB_TYPE",
                        "LOGNAME",
                        "OS_CLOUDS",
                        "POOLED",
                        "STORE",
                        "BASE_DIRECTORY")))
                .isEmpty();
    }

    @Test
    void oursAreNoLookalikes() {
        for (String names : Variables.help().keySet()) {
            assertThat(Lookalikes.in(Set.of(names.split(", ")))).isEmpty();
        }
    }
}
