package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.JobHolding;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stays, whatever else goes. */
class UntouchedTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    private static Scenario scene;

    @BeforeAll
    static void create() {
        scene = new Scenario(1026);
    }

    @AfterAll
    static void drop() {
        scene.close();
    }

    @BeforeEach
    void reset() {
        scene.reset();
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void otherJobsAndOtherClientsJobsOfTheSameName(int version) {
        try (Scenario other = new Scenario(version)) {
            long neighbour = other.job("p-vm2", "filesetid", other.rows.add("fileset"));
            long upperCase = other.job("P-VM", "filesetid", other.rows.add("fileset"));
            long theirs = other.run("clientid", other.otherClient, "filesetid", other.rows.add("fileset"));
            long nobodys = other.run("clientid", null, "filesetid", other.rows.add("fileset"));
            other.volume("Vol-1", List.of(neighbour, theirs));
            other.volume("Vol-2", List.of(upperCase));
            other.volume("Vol-3", List.of(nobodys));
            other.catalog.execute("DELETE FROM fileset WHERE fileset = 'fs-vm'");
            SortedMap<String, List<Map<String, String>>> before = other.all();

            other.run();
            JobHolding removed = other.remove();

            assertThat(removed.runs()).hasSize(1);
            assertThat(removed.kept())
                    .containsExactly(
                            "JobId " + theirs + ", " + nobodys + " of that name: of another client, not removed");
            assertThat(settled(other.all())).isEqualTo(settled(before));
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void copiesMigratedRunsAndResultsOfMigrations(int version) {
        try (Scenario other = new Scenario(version)) {
            long set = other.rows.add("fileset", "fileset", "fs-copied");
            long copy = other.run("type", "C", "priorjobid", 1000, "filesetid", set);
            long migrated = other.run("type", "M", "filesetid", set);
            long result = other.run("type", "B", "priorjobid", migrated, "filesetid", set);
            long verify = other.run("type", "V", "filesetid", set);
            other.volume("Vol-copy", List.of(copy));
            other.volume("Vol-migrated", List.of(migrated));
            other.volume("Vol-result", List.of(result));
            other.catalog.execute("DELETE FROM fileset WHERE fileset = 'fs-vm'");
            SortedMap<String, List<Map<String, String>>> before = other.all();

            long own = other.run("filesetid", set, "priorjobid", null);
            JobHolding removed = other.remove();

            assertThat(removed.runs()).containsExactly(own);
            assertThat(removed.kept())
                    .containsExactly(
                            "JobId " + copy
                                    + " of that name: copies, which \"restore jobid=\" restores but no menu of restore offers any more,"
                                    + " not removed",
                            "JobId " + migrated + " of that name: migrated, not removed",
                            "JobId " + result + " of that name: results of a migration or copy, not removed",
                            "JobId " + verify + " of that name: no backups, not removed");
            assertThat(settled(other.all())).isEqualTo(settled(before));
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void baseJobsThatOtherRunsNeed(int version) {
        try (Scenario other = new Scenario(version)) {
            long baseOfOther = other.run("level", "B");
            long baseOfBase = other.run("level", "B");
            long ownBase = other.run("level", "B");
            long own = other.run();
            long user = other.job("p-other");
            other.rows.add("basefiles", "jobid", user, "basejobid", baseOfOther);
            other.rows.add("basefiles", "jobid", baseOfOther, "basejobid", baseOfBase);
            other.rows.add("basefiles", "jobid", own, "basejobid", ownBase);
            other.rows.add("basefiles", "jobid", own, "basejobid", baseOfOther);
            other.volume("Vol-base", List.of(baseOfOther));

            JobHolding removed = other.remove();

            assertThat(removed.runs()).containsExactly(ownBase, own);
            assertThat(removed.kept())
                    .containsExactly("JobId " + baseOfOther + ", " + baseOfBase
                            + " of that name: bases that other runs need, not removed");
            assertThat(other.hasRun(baseOfOther)).isTrue();
            assertThat(other.hasRun(baseOfBase)).isTrue();
            assertThat(other.volumes()).containsExactly("Vol-base");
            assertThat(other.rows.rows("fileset")).hasSize(1);
            assertThat(other.rows.rows("log")).hasSize(3);
            assertThat(other.rows.rows("basefiles"))
                    .extracting(row -> row.get("jobid"))
                    .containsExactlyInAnyOrder(String.valueOf(user), String.valueOf(baseOfOther));
        }
    }

    @Test
    void fileSetsThatAnyOtherJobRowUses() {
        long second = scene.rows.add("fileset", "fileset", Scenario.FILE_SET);
        scene.run("filesetid", second);
        scene.run();
        scene.run("type", "C", "filesetid", second);
        JobHolding removed = scene.remove();
        assertThat(removed.rows()).containsEntry("fileset", 1L);
        assertThat(scene.rows.rows("fileset"))
                .extracting(row -> row.get("filesetid"))
                .containsExactly(String.valueOf(second));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobmedia", "filemedia"})
    void volumesThatHoldAnythingElse(String table) {
        long run = scene.run();
        long shared = scene.volume("Vol-shared", List.of(run));
        scene.rows.add(table, "mediaid", shared, "jobid", scene.job("p-other"));
        long orphaned = scene.volume("Vol-orphaned", List.of(run));
        scene.rows.add(table, "mediaid", orphaned, "jobid", 999_999);
        scene.volume("Vol-never-used", List.of());
        long own = scene.volume("Vol-own", List.of());
        scene.rows.add(table, "mediaid", own, "jobid", run);
        assertThat(scene.remove().volumes()).extracting(CatalogVolume::name).containsExactly("Vol-own");
        assertThat(scene.volumes()).containsExactlyInAnyOrder("Vol-shared", "Vol-orphaned", "Vol-never-used");
        for (String ofVolume : List.of("locationlog", "cdimages", "tagmedia")) {
            assertThat(scene.rows.rows(ofVolume)).hasSize(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Append, true",
        "Full, true",
        "Used, true",
        "Recycle, true",
        "Purged, true",
        "Error, true",
        "Archive, false",
        "Read-Only, false",
        "Disabled, false",
        "Cleaning, false",
        "Busy, false",
        "Unheard-of, false",
    })
    void volumesSetApartByTheirStatus(String status, boolean goes) {
        long run = scene.run();
        scene.volume("Vol-1", List.of(run), "volstatus", status);
        assertVolume(goes, "its VolStatus is \"" + status + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0, true, ''",
        "0, 0, false, it is not enabled",
        "2, 0, false, it is not enabled",
        "1, 1, false, it is protected"
    })
    void volumesSetApartByTheirFlags(int enabled, int isProtected, boolean goes, String reason) {
        long run = scene.run();
        scene.volume("Vol-1", List.of(run), "enabled", enabled, "protected", isProtected);
        assertVolume(goes, reason);
    }

    @ParameterizedTest
    @CsvSource({
        // The volume is in pool 1.
        "B, R, 1, false",
        "B, R, 0, false",
        "B, C, 0, false",
        "B, i, 1, false",
        "B, R, , false",
        "B, q, 1, false",
        "g, R, 1, false",
        "c, R, 1, false",
        "B, R, 2, true",
        "B, T, 1, true",
        "B, I, 1, true",
        "D, R, 0, true",
        "V, R, 1, true",
    })
    void volumesThatARunMayBeWritingTo(String type, String status, Integer pool, boolean goes) {
        long run = scene.run();
        scene.volume("Vol-1", List.of(run), "poolid", 1);
        scene.job("p-other", "type", type, "jobstatus", status, "poolid", pool, "job", "p-other.7");
        assertVolume(goes, "run \"p-other.7\" (JobId " + (run + 1) + ") may be writing to it");
    }

    @ParameterizedTest
    @ValueSource(
            chars = {
                'C', 'R', 'F', 'S', 'm', 'M', 's', 'j', 'c', 'd', 't', 'p', 'i', 'a', 'l', 'L', 'B', 'q', 'u', 'w', '?'
            })
    void anyActiveRunOfThatNameIsAnObstacle(char status) {
        scene.fill();
        JobHolding looked = scene.look();
        long active = scene.run("jobstatus", status, "type", "D", "job", "p-vm.9", "clientid", scene.otherClient);
        assertObstacle(looked, "run \"p-vm.9\" (JobId " + active + ") is waiting or running");
    }

    @ParameterizedTest
    @ValueSource(chars = {'T', 'W', 'D', 'E', 'e', 'f', 'A', 'I'})
    void runsThatEndedAreNoObstacleAndGo(char status) {
        long run = scene.run("jobstatus", status);
        assertThat(scene.remove().obstacle()).isNull();
        assertThat(scene.hasRun(run)).isFalse();
    }

    @Test
    void anActiveRestoreOfWhateverNameIsAnObstacle() {
        scene.fill();
        JobHolding looked = scene.look();
        long restore = scene.job("RestoreFiles", "jobstatus", "R", "type", "R", "clientid", scene.otherClient);
        assertObstacle(
                looked,
                "restore \"RestoreFiles.run\" (JobId " + restore
                        + ") is waiting or running, and may be reading its volumes");
    }

    @Test
    void activeRunsOfOtherJobsAreNoObstacle() {
        scene.fill();
        scene.job("p-other", "jobstatus", "R");
        assertThat(scene.remove().obstacle()).isNull();
    }

    @Test
    void aRunThatWasNotLookedAtIsAnObstacle() {
        scene.fill();
        JobHolding looked = scene.look();
        long run = scene.run();
        SortedMap<String, List<Map<String, String>>> before = scene.all();
        JobHolding removed = scene.cleanup.remove(looked);
        assertThat(removed.obstacle()).isEqualTo("a run has been made meanwhile (JobId " + run + ")");
        assertThat(removed.rows()).isEmpty();
        assertThat(scene.all()).isEqualTo(before);
    }

    private static void assertObstacle(JobHolding looked, String obstacle) {
        SortedMap<String, List<Map<String, String>>> before = scene.all();
        assertThat(scene.look().obstacle()).isEqualTo(obstacle);
        JobHolding removed = scene.cleanup.remove(looked);
        assertThat(removed.obstacle()).isEqualTo(obstacle);
        assertThat(removed.runs()).isEmpty();
        assertThat(removed.rows()).isEmpty();
        assertThat(removed.volumes()).isEmpty();
        assertThat(scene.all()).isEqualTo(before);
    }

    private static void assertVolume(boolean goes, String reason) {
        JobHolding looked = scene.look();
        JobHolding removed = scene.cleanup.remove(looked);
        assertThat(removed).isEqualTo(looked);
        assertThat(removed.runs()).hasSize(1);
        assertThat(removed.volumes()).hasSize(goes ? 1 : 0);
        assertThat(scene.volumes()).hasSize(goes ? 0 : 1);
        assertThat(scene.rows.rows("jobmedia")).isEmpty();
        if (goes) {
            assertThat(removed.kept()).isEmpty();
        } else {
            assertThat(removed.kept())
                    .containsExactly("volume \"Vol-1\" holds nothing else, but stays: " + reason
                            + "; if it may go, run in bconsole: delete volume=\"Vol-1\" yes");
        }
    }

    /** Without the two tables whose rows of a removed run stay. */
    private static SortedMap<String, List<Map<String, String>>> settled(
            SortedMap<String, List<Map<String, String>>> rows) {
        rows.remove("jobhisto");
        rows.get("snapshot").removeIf(row -> row.get("jobid").equals("0"));
        return rows;
    }
}
