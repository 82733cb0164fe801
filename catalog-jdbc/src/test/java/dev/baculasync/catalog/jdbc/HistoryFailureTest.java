package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

// A read from a socket does not heed an interrupt.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HistoryFailureTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    private static final List<Absence> JOB = List.of(new Absence("job", new UUID(1, 1), Instant.EPOCH));

    private static final String OF_JOB =
            "GRANT SELECT (jobid, name, clientid, type, jobstatus, starttime, endtime, realendtime, jobtdate, jobfiles, jobbytes) ON"
                    + " job TO \"guarded\";";

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aRoleOfBeforeStillReadsNamesAndIsToldWhatItNeedsWhenAsked(int version) {
        try (TestCatalog catalog = TestCatalog.create(version);
                PastRuns past = new PastRuns(catalog, ZoneOffset.UTC)) {
            past.good("os1-fd", "job", Instant.EPOCH.plusSeconds(60));
            catalog.execute("GRANT SELECT (name, clientid, type, level, priorjobid) ON job TO guarded");
            catalog.execute("GRANT SELECT (name, clientid) ON client TO guarded");
            BackupCatalog guarded =
                    catalog(catalog, config -> config.user(TestCatalog.GUARDED).password(TestCatalog.GUARDED_PASSWORD));
            guarded.check();
            BackupHistory history = guarded.history().orElseThrow();
            String ofFiles = version == 16
                    ? "GRANT SELECT (jobid, pathid, filenameid) ON file TO \"guarded\";"
                            + " GRANT SELECT (pathid, path) ON path TO \"guarded\";"
                            + " GRANT SELECT (filenameid, name) ON filename TO \"guarded\";"
                    : "GRANT SELECT (jobid, pathid, filename) ON file TO \"guarded\";"
                            + " GRANT SELECT (pathid, path) ON path TO \"guarded\";";
            for (ProviderException e : List.of(
                    failure(history::check),
                    failure(() -> history.runsSince("os1-fd", JOB)),
                    failure(() -> history.jobsRunSince("os1-fd", Instant.EPOCH)))) {
                assertThat(e.code()).isEqualTo(Code.CONFIGURATION);
                assertThat(e)
                        .hasMessageStartingWith("rights are lacking to read from the catalog in localhost:")
                        .hasMessageEndingWith(OF_JOB.replace("name, clientid, type, ", "") + " " + ofFiles);
            }
            for (String grant : OF_JOB.split("(?<=;) ")) {
                catalog.execute(grant);
            }
            assertThat(history.jobsRunSince("os1-fd", Instant.EPOCH)).isEqualTo(Map.of("job", true));
            assertThat(failure(() -> history.runsSince("os1-fd", JOB))).hasMessageEndingWith("run: " + ofFiles);
            for (String grant : ofFiles.split("(?<=;) ")) {
                catalog.execute(grant);
            }
            assertThat(history.runsSince("os1-fd", JOB)).hasSize(1);
            history.check();
        }
    }

    @Test
    void anAnswerThatTakesTooLongIsAnError() throws SQLException {
        try (TestCatalog catalog = TestCatalog.create(1026);
                Connection locker = catalog.connect();
                Statement statement = locker.createStatement()) {
            locker.setAutoCommit(false);
            statement.execute("LOCK TABLE job IN ACCESS EXCLUSIVE MODE");
            BackupHistory history = catalog(catalog, config -> config.queryTimeout(Duration.ofSeconds(1)))
                    .history()
                    .orElseThrow();
            assertThat(failure(() -> history.runsSince("os1-fd", JOB)).code()).isEqualTo(Code.TIMEOUT);
            assertThat(failure(() -> history.jobsRunSince("os1-fd", Instant.EPOCH))
                            .code())
                    .isEqualTo(Code.TIMEOUT);
            locker.rollback();
        }
    }

    @Test
    void aCatalogThatIsNoneAndOneThatDoesNotAnswerAreErrors() {
        try (TestCatalog catalog = TestCatalog.withoutTables("UTF8")) {
            BackupHistory history = catalog(catalog, config -> {}).history().orElseThrow();
            assertThat(failure(() -> history.runsSince("os1-fd", JOB)).code()).isEqualTo(Code.BAD_ANSWER);
            BackupHistory nowhere =
                    catalog(catalog, config -> config.port(1)).history().orElseThrow();
            assertThat(failure(() -> nowhere.runsSince("os1-fd", JOB)).code()).isEqualTo(Code.UNREACHABLE);
            assertThat(failure(() -> nowhere.jobsRunSince("os1-fd", Instant.EPOCH))
                            .code())
                    .isEqualTo(Code.UNREACHABLE);
        }
    }

    private static ProviderException failure(Runnable call) {
        ProviderException e = catchThrowableOfType(ProviderException.class, call::run);
        assertThat(e).as("a ProviderException").isNotNull();
        assertThat(e.getMessage()).doesNotContain("\n");
        return e;
    }

    private static BackupCatalog catalog(TestCatalog catalog, Consumer<PostgresCatalogConfig.Builder> change) {
        PostgresCatalogConfig.Builder builder = PostgresCatalogConfig.builder()
                .host(catalog.host())
                .port(catalog.port())
                .database(catalog.database())
                .user("postgres");
        change.accept(builder);
        return new PostgresCatalogProvider().create(builder.build());
    }
}
