package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class CleanupCheckTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void everyKnownVersionPasses(int version) {
        try (Scenario scene = new Scenario(version)) {
            assertThatCode(scene.cleanup::check).doesNotThrowAnyException();
        }
    }

    @Test
    void anyOtherVersionIsRefusedAndNothingIsTouched() {
        try (Scenario scene = new Scenario(1026)) {
            scene.fill();
            JobHolding looked = scene.look();
            List<OrphanedRows> names = Scenario.used(scene.cleanup, looked.runs());
            List<Runnable> calls = List.of(
                    scene.cleanup::check,
                    scene::look,
                    () -> scene.cleanup.remove(looked),
                    () -> Scenario.used(scene.cleanup, Set.of()),
                    () -> scene.cleanup.preview().remove(looked),
                    () -> scene.cleanup.preview().removeOrphaned(names),
                    () -> scene.cleanup.removeOrphaned(names),
                    () -> scene.cleanup.removeClient(Scenario.CLIENT));
            for (int version : List.of(0, 15, 17, 1021, 1023, 1025, 1027)) {
                scene.catalog.execute("UPDATE version SET versionid = " + version);
                SortedMap<String, List<Map<String, String>>> before = scene.all();
                for (Runnable call : calls) {
                    ProviderException e = failure(call);
                    assertThat(e.code()).isEqualTo(Code.CONFIGURATION);
                    assertThat(e)
                            .hasMessageContaining("has version [" + version + "]")
                            .hasMessageContaining("leave CLEANUP_AFTER_DAYS unset and delete-client alone");
                }
                assertThat(scene.all()).isEqualTo(before);
            }
        }
    }

    @Test
    void aCatalogWithoutItsVersionOrWithTwoIsRefused() {
        try (Scenario scene = new Scenario(1026)) {
            scene.catalog.execute("INSERT INTO version VALUES (1024)");
            assertThat(failure(scene.cleanup::check)).hasMessageContaining("has version [1026, 1024]");
            scene.catalog.execute("DELETE FROM version");
            assertThat(failure(scene.cleanup::check)).hasMessageContaining("has version []");
        }
    }

    @Test
    void tablesThatMustBeThereAreMissed() {
        try (Scenario scene = new Scenario(1026)) {
            scene.catalog.execute("ALTER TABLE jobmedia RENAME TO jobmedia_old");
            scene.catalog.execute("ALTER TABLE basefiles RENAME COLUMN jobid TO job_id");
            ProviderException e = failure(scene.cleanup::check);
            assertThat(e.code()).isEqualTo(Code.CONFIGURATION);
            assertThat(e).hasMessageContaining("table(s) basefiles, jobmedia missing");
        }
    }

    @Test
    void tablesThatAreNotThereAreDoneWithout() {
        try (Scenario scene = new Scenario(1026)) {
            scene.catalog.execute("DROP TABLE unsavedfiles, cdimages, filemedia, snapshot, tagobject, tagclient");
            try (CatalogRows rows = new CatalogRows(scene.catalog)) {
                long run = rows.add("job", "name", Scenario.JOB, "jobstatus", "T", "clientid", scene.client);
                rows.add("tagjob", "jobid", run);
                scene.cleanup.check();
                assertThat(scene.remove().rows()).isEqualTo(Map.of("fileset", 1L, "job", 1L, "tagjob", 1L));
            }
            assertThat(scene.cleanup.removeClient(Scenario.CLIENT)).isTrue();
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void rightsThatAreLackingAreNamedWithTheGrantsThatDo(int version) {
        try (Scenario scene = new Scenario(version)) {
            CatalogCleanup guarded = guarded(scene);
            ProviderException e = failure(guarded::check);
            assertThat(e.code()).isEqualTo(Code.CONFIGURATION);
            String grants = e.getMessage().substring(e.getMessage().indexOf("GRANT "));
            scene.catalog.execute(grants);
            scene.fill();
            scene.path(1001, "/own/");
            scene.file(scene.look().runs().first(), 1001, 0);
            guarded.check();
            JobHolding looked = guarded.look(Scenario.CLIENT, Scenario.JOB, Scenario.FILE_SET);
            List<OrphanedRows> names = Scenario.used(guarded, looked.runs());
            assertThat(guarded.remove(looked)).isEqualTo(looked);
            assertThat(guarded.preview().removeOrphaned(names).rows()).isEqualTo(Map.of("path", 1L));
            assertThat(guarded.removeOrphaned(names).rows()).isEqualTo(Map.of("path", 1L));
            scene.catalog.execute("DELETE FROM job");
            assertThat(guarded.removeClient(Scenario.CLIENT)).isTrue();
            scene.catalog.execute("REVOKE DELETE ON log, media FROM guarded");
            scene.catalog.execute("REVOKE UPDATE ON job FROM guarded");
            assertThat(failure(guarded::check))
                    .hasMessageEndingWith("as the owner of the tables run:"
                            + " GRANT DELETE ON log, media TO \"guarded\"; GRANT UPDATE ON job TO \"guarded\";");
            scene.catalog.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM public");
            assertThat(failure(guarded::check))
                    .hasMessageContaining(
                            "run: GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO \"guarded\"; GRANT DELETE");
            scene.catalog.execute("DROP OWNED BY guarded");
        }
    }

    @Test
    void aServerThatOnlyReadsIsRefused() {
        try (Scenario scene = new Scenario(1026)) {
            scene.catalog.execute(
                    "ALTER DATABASE " + scene.catalog.database() + " SET default_transaction_read_only = on");
            ProviderException e = failure(scene.cleanup::check);
            assertThat(e.code()).isEqualTo(Code.CONFIGURATION);
            assertThat(e).hasMessageContaining("read-only");
        }
    }

    private static CatalogCleanup guarded(Scenario scene) {
        Map<String, String> settings = new HashMap<>(scene.catalog.settings());
        settings.put("DB_USER", TestCatalog.GUARDED);
        settings.put("PGPASSWORD", TestCatalog.GUARDED_PASSWORD);
        return new PostgresCatalogProvider()
                .create(Settings.of(settings))
                .cleanup()
                .orElseThrow();
    }

    private static ProviderException failure(Runnable call) {
        ProviderException e = catchThrowableOfType(ProviderException.class, call::run);
        assertThat(e).as("a ProviderException").isNotNull();
        assertThat(e.getMessage()).doesNotContain("\n");
        return e;
    }
}
