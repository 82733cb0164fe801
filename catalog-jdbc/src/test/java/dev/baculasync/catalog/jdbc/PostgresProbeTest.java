package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.catalog.jdbc.CatalogFacts.ServerTime;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class PostgresProbeTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    private static final String[] TABLES = {"job", "client", "fileset", "version", "file", "jobmedia", "media", "log"};

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aCatalogAsBaculaMakesItLacksNothing(int version) {
        try (TestCatalog catalog = TestCatalog.create(version)) {
            CatalogFacts facts = look(catalog, Map.of());
            assertThat(facts.missing()).isEmpty();
            assertThat(facts.unreadable()).isEmpty();
            assertThat(facts.schemaVersion()).isEqualTo(version);
            assertThat(facts.jobNameIndex()).isTrue();
            assertThat(facts.encryption()).isNull();
        }
    }

    @Test
    void theTimeIsTheServers() throws SQLException {
        try (TestCatalog catalog = TestCatalog.withoutTables("UTF8")) {
            Instant before = clock(catalog);
            Instant told =
                    look(catalog, Map.of("TZ", "Asia/Tokyo")).serverTime().told();
            assertThat(told).isBetween(before, clock(catalog));
        }
    }

    @Test
    void ourClockIsLookedAtAroundTheQuestionAndTheFastestAnswerCounts() {
        Instant start = Instant.parse("2026-11-21T22:00:00Z");
        Iterator<Instant> looks =
                IntStream.of(0, 30, 40, 41, 50, 60).mapToObj(start::plusSeconds).iterator();
        try (TestCatalog catalog = TestCatalog.withoutTables("UTF8")) {
            ServerTime time = probe(catalog, Map.of()).look(looks::next).serverTime();
            assertThat(time.asked()).isEqualTo(start.plusSeconds(40));
            assertThat(time.answered()).isEqualTo(start.plusSeconds(41));
            assertThat(looks).as("looks at our clock outside the questions").isExhausted();
        }
    }

    @Test
    void onlyWhatLiesOutsideTheQuestionIsADifference() {
        Instant asked = Instant.parse("2026-11-21T22:00:00Z");
        Instant answered = asked.plusSeconds(10);
        assertThat(new ServerTime(asked, asked.plusSeconds(10), answered).difference())
                .isZero();
        assertThat(new ServerTime(asked, asked.minusSeconds(3), answered).difference())
                .hasSeconds(3);
        assertThat(new ServerTime(asked, answered.plusSeconds(4), answered).difference())
                .hasSeconds(4);
    }

    private static Instant clock(TestCatalog catalog) throws SQLException {
        try (Connection connection = catalog.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT clock_timestamp()")) {
            rows.next();
            return rows.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    @Test
    void everythingThatIsMissingIsNamedAtOnce() {
        try (TestCatalog catalog = TestCatalog.create(1024)) {
            catalog.execute("DROP TABLE log");
            catalog.execute("ALTER TABLE fileset RENAME TO fileset_old");
            catalog.execute("DELETE FROM version");
            catalog.execute("GRANT SELECT ON client, file TO " + TestCatalog.GUARDED);
            catalog.execute("GRANT SELECT (name) ON job TO " + TestCatalog.GUARDED);
            catalog.execute("GRANT SELECT (jobid) ON jobmedia TO " + TestCatalog.GUARDED);
            catalog.execute(
                    "DO $$ DECLARE i record; BEGIN FOR i IN SELECT indexname FROM pg_indexes WHERE tablename = 'job'"
                            + " LOOP EXECUTE 'DROP INDEX ' || i.indexname; END LOOP; END $$");
            CatalogFacts facts =
                    look(catalog, Map.of("DB_USER", TestCatalog.GUARDED, "PGPASSWORD", TestCatalog.GUARDED_PASSWORD));
            assertThat(facts.missing()).containsExactly("fileset", "log");
            assertThat(facts.unreadable()).containsExactly("job", "version", "media");
            assertThat(facts.schemaVersion()).isNull();
            assertThat(facts.jobNameIndex()).isFalse();
        }
    }

    @Test
    void aDatabaseThatIsNoCatalogLacksEveryTable() {
        try (TestCatalog catalog = TestCatalog.withoutTables("UTF8")) {
            CatalogFacts facts = look(catalog, Map.of());
            assertThat(facts.missing()).containsExactly(TABLES);
            assertThat(facts.unreadable()).isEmpty();
            assertThat(facts.schemaVersion()).isNull();
        }
    }

    @Test
    void aLoginThatIsRefusedIsAFailureWithoutThePassword() {
        try (TestCatalog catalog = TestCatalog.withoutTables("UTF8")) {
            CatalogProbe probe =
                    probe(catalog, Map.of("DB_USER", TestCatalog.GUARDED, "PGPASSWORD", "not-the-password"));
            assertThat(probe.hasPassword()).isTrue();
            ProviderException e = catchThrowableOfType(ProviderException.class, () -> probe.look(Clock.systemUTC()));
            assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
            assertThat(e).hasMessageNotContaining("not-the-password");
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aPoolIsToldByItsRowAndItsVolumes(int version) {
        try (TestCatalog catalog = TestCatalog.create(version);
                CatalogRows rows = new CatalogRows(catalog)) {
            CatalogProbe probe = probe(catalog, Map.of());
            assertThat(probe.pool("Default")).isEmpty();
            long pool = rows.add("pool", "name", "Default", "pooltype", "Backup", "labelformat", "*", "maxvols", 7);
            assertThat(probe.pool("Default")).contains(new PoolFacts("Backup", "", 7, 0, 0, 0, 0, 0));
            assertThat(probe.pool("default")).isEmpty();

            for (String ready : List.of("Append", "Recycle", "Purged")) {
                volume(rows, pool, ready, 1, 1, 0);
                volume(rows, pool, ready, 1, 0, 0);
            }
            volume(rows, pool, "Append", 0, 1, 0);
            volume(rows, pool, "Recycle", 0, 1, 0);
            volume(rows, pool, "Purged", 0, 1, 0);
            for (String later : List.of("Full", "Used")) {
                volume(rows, pool, later, 1, 1, 0);
                volume(rows, pool, later, 1, 0, 0);
                volume(rows, pool, later, 0, 1, 0);
            }
            volume(rows, pool, "Busy", 0, 1, 0);
            for (String never : List.of("Error", "Archive", "Read-Only", "Disabled", "Cleaning")) {
                volume(rows, pool, never, 1, 1, 0);
            }
            assertThat(probe.pool("Default")).contains(new PoolFacts("Backup", "", 7, 21, 4, 3, 0, 0));
        }
    }

    /** Bacula takes the Pool called Scratch where none is named. */
    @Test
    void volumesOfTheScratchPoolAndThoseThatComeBackCountBesideItsOwn() {
        try (TestCatalog catalog = TestCatalog.create(16);
                CatalogRows rows = new CatalogRows(catalog)) {
            catalog.execute("DELETE FROM pool");
            CatalogProbe probe = probe(catalog, Map.of());
            long pool = rows.add("pool", "name", "Default", "pooltype", "Backup", "labelformat", "Vol\u00ff-${Year}");
            long other = rows.add("pool", "name", "Other", "pooltype", "Backup", "labelformat", "*");
            long scratch = rows.add("pool", "name", "Scratch", "pooltype", "Scratch", "labelformat", "*");
            volume(rows, scratch, "Append", 0, 1, 0);
            volume(rows, scratch, "Full", 1, 1, 0);
            volume(rows, other, "Append", 0, 1, 0);
            volume(rows, other, "Purged", 1, 1, 0);
            volume(rows, other, "Full", 1, 1, pool);
            volume(rows, other, "Full", 0, 1, pool);
            volume(rows, pool, "Archive", 1, 1, pool);
            assertThat(probe.pool("Default")).contains(new PoolFacts("Backup", "Vol\u00ff-${Year}", 0, 1, 0, 0, 1, 1));
            catalog.execute("UPDATE pool SET scratchpoolid = " + other + " WHERE name = 'Default'");
            assertThat(probe.pool("Default").orElseThrow().spare()).isEqualTo(2);
        }
    }

    private static void volume(CatalogRows rows, long pool, String status, int recycle, int enabled, long recyclePool) {
        rows.add(
                "media",
                "poolid",
                pool,
                "volstatus",
                status,
                "recycle",
                recycle,
                "enabled",
                enabled,
                "recyclepoolid",
                recyclePool);
    }

    private static CatalogFacts look(TestCatalog catalog, Map<String, String> more) {
        return probe(catalog, more).look(Clock.systemUTC());
    }

    private static CatalogProbe probe(TestCatalog catalog, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(catalog.settings());
        settings.putAll(more);
        return new PostgresCatalogProvider().probe(Settings.of(settings));
    }
}
