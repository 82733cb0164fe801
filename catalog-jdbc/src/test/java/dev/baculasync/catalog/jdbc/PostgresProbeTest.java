package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
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
            Instant told = look(catalog, Map.of("TZ", "Asia/Tokyo")).serverTime();
            assertThat(told).isBetween(before, clock(catalog));
        }
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
            ProviderException e = catchThrowableOfType(ProviderException.class, probe::look);
            assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
            assertThat(e).hasMessageNotContaining("not-the-password");
        }
    }

    private static CatalogFacts look(TestCatalog catalog, Map<String, String> more) {
        return probe(catalog, more).look();
    }

    private static CatalogProbe probe(TestCatalog catalog, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(catalog.settings());
        settings.putAll(more);
        return new PostgresCatalogProvider().probe(Settings.of(settings));
    }
}
