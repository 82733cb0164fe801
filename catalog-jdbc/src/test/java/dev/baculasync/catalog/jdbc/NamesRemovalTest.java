package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rows of Path and Filename go, and which stay. */
class NamesRemovalTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void whatOnlyPurgedRunsNamedGoesAndNothingElse(int version) {
        try (Scenario scene = new Scenario(version)) {
            boolean filenames = scene.rows.has("filename");
            long first = scene.run();
            long second = scene.run();
            long other = scene.job("p-other");
            scene.path(1000, "/orphan/that/was/there/");
            scene.path(1001, "/own/");
            scene.path(1002, "/of/both/runs/");
            scene.path(1003, "/caf\u00e9\u00ff/");
            scene.path(1004, "/also/of/the/other/");
            scene.path(1005, "/also/not/saved/by/the/other/");
            scene.path(1006, "/shown/by/the/other/");
            scene.path(1007, "/only/not/saved/");
            scene.path(1008, "/of/the/other/");
            if (filenames) {
                for (long id = 2000; id <= 2003; id++) {
                    scene.rows.add("filename", "filenameid", id, "name", "n\u00ff" + id);
                }
            }
            scene.file(first, 1001, 2001);
            scene.file(first, 1002, 2001);
            scene.file(second, 1002, 2002);
            for (long id = 1003; id <= 1006; id++) {
                scene.file(second, id, 2001);
            }
            scene.file(other, 1004, 2002);
            scene.file(other, 1008, 2003);
            unsaved(scene, second, 1007, 2001);
            unsaved(scene, other, 1005, 2003);
            scene.rows.add("pathvisibility", "jobid", other, "pathid", 1006);
            CatalogCleanup preview = scene.cleanup.preview();
            OrphanRemoval looked = preview.removeOrphaned(
                    Scenario.used(preview, preview.remove(scene.look()).runs()));
            List<OrphanedRows> names = scene.purge(first, second);
            SortedMap<String, List<Map<String, String>>> before = scene.all();
            OrphanRemoval removed = scene.cleanup.removeOrphaned(names);
            assertThat(removed).isEqualTo(looked);
            assertThat(removed.remaining()).isNull();
            assertThat(removed.rows()).isEqualTo(filenames ? Map.of("path", 4L, "filename", 1L) : Map.of("path", 4L));
            assertThat(scene.ids("path")).containsExactly(1000L, 1004L, 1005L, 1006L, 1008L);
            assertThat(scene.ids("filename")).isEqualTo(filenames ? List.of(2000L, 2002L, 2003L) : List.of());
            assertThat(removed.rows()).isEqualTo(RowRemovalTest.fewer(before, scene.all()));

            SortedMap<String, List<Map<String, String>>> left = scene.all();
            assertThat(scene.cleanup.removeOrphaned(names)).isEqualTo(new OrphanRemoval(new TreeMap<>(), null));
            assertThat(scene.all()).isEqualTo(left);
        }
    }

    private static void unsaved(Scenario scene, long job, long path, long filename) {
        if (scene.rows.has("unsavedfiles", "filenameid")) {
            scene.rows.add("unsavedfiles", "jobid", job, "pathid", path, "filenameid", filename);
        } else {
            scene.rows.add("unsavedfiles", "jobid", job, "pathid", path);
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void directoriesThatOnlyTheseHeldGoAsWell(int version) {
        try (Scenario scene = new Scenario(version)) {
            long own = scene.run();
            long other = scene.job("p-other");
            // A directory may have a lower id or a higher one than what is below it.
            scene.path(1000, "");
            scene.path(1001, "/");
            scene.path(1002, "/a/b/c/");
            scene.path(1003, "/a/");
            scene.path(1004, "/a/b/");
            scene.path(1005, "/shared/");
            scene.path(1006, "/shared/own/");
            scene.path(1007, "/shared/other/");
            scene.path(1008, "/kept/");
            scene.path(1009, "/kept/below/");
            scene.below(1001, 1000);
            scene.below(1002, 1004);
            scene.below(1003, 1001);
            scene.below(1004, 1003);
            scene.below(1005, 1001);
            scene.below(1006, 1005);
            scene.below(1007, 1005);
            scene.below(1008, 1001);
            scene.below(1009, 1008);
            scene.file(own, 1002, 2000);
            scene.file(own, 1006, 2000);
            scene.file(own, 1008, 2000);
            scene.file(other, 1007, 2000);
            scene.rows.add("pathvisibility", "jobid", other, "pathid", 1009);
            scene.rows.add("pathvisibility", "jobid", own, "pathid", 1003);
            OrphanRemoval removed = scene.cleanup.removeOrphaned(scene.purge(own));
            assertThat(removed.rows()).isEqualTo(Map.of("path", 4L, "pathhierarchy", 4L));
            assertThat(scene.ids("path")).containsExactly(1000L, 1001L, 1005L, 1007L, 1008L, 1009L);
            assertThat(scene.ids("pathhierarchy")).containsExactly(1001L, 1005L, 1007L, 1008L, 1009L);
        }
    }

    @Test
    void theRootGoesWhenNothingIsLeft() {
        try (Scenario scene = new Scenario(1026)) {
            long own = scene.run();
            scene.path(1001, "/a/");
            scene.path(1002, "/");
            scene.path(1003, "");
            scene.below(1001, 1002);
            scene.below(1002, 1003);
            scene.file(own, 1001, 0);
            assertThat(scene.cleanup.removeOrphaned(scene.purge(own)).rows())
                    .isEqualTo(Map.of("path", 3L, "pathhierarchy", 2L));
            assertThat(scene.ids("path")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        // Whether the names stay for now.
        "B, R, true",
        "R, C, true",
        "V, R, true",
        "B, q, true",
        "D, R, false",
        "B, T, false",
        "B, I, false",
    })
    void aJobAtWorkPutsItOff(String type, String status, boolean putOff) {
        try (Scenario scene = new Scenario(16)) {
            List<OrphanedRows> names = onePath(scene);
            long job = scene.job("p-other", "type", type, "jobstatus", status, "clientid", scene.otherClient);
            OrphanRemoval removed = scene.cleanup.removeOrphaned(names);
            if (putOff) {
                assertThat(removed.remaining())
                        .contains(" Filename rows that purged runs used wait for a sync with CLEANUP_AFTER_DAYS, or a"
                                + " delete-client, at a moment without running jobs; Bacula's dbcheck counts those that"
                                + " nothing else uses as orphaned until then: ")
                        .endsWith(": run \"p-other.run\" (JobId " + job + ") is waiting or running");
            } else {
                assertThat(removed.remaining()).isNull();
            }
            assertThat(scene.ids("path").isEmpty()).isEqualTo(!putOff);
            scene.catalog.execute("UPDATE job SET jobstatus = 'T'");
            scene.cleanup.removeOrphaned(names);
            assertThat(scene.ids("path")).isEmpty();
        }
    }

    @Test
    void filesThatAreGatheredWithoutAJobAtWorkPutItOff() throws SQLException {
        try (Scenario scene = new Scenario(1024)) {
            List<OrphanedRows> names = onePath(scene);
            try (Connection bscan = scene.catalog.connect();
                    Statement statement = bscan.createStatement()) {
                statement.execute("CREATE TEMPORARY TABLE batch (path varchar)");
                assertThat(scene.cleanup.removeOrphaned(names).remaining()).contains("adding files");
                assertThat(scene.ids("path")).containsExactly(1001L);
                statement.execute("DROP TABLE batch");
            }
            scene.catalog.execute("CREATE TABLE batch (path varchar)");
            assertThat(scene.cleanup.removeOrphaned(names).remaining()).isNull();
            assertThat(scene.ids("path")).isEmpty();
        }
    }

    @Test
    void namesOfAnotherCatalogStay() {
        try (Scenario scene = new Scenario(1026);
                Scenario other = new Scenario(1026)) {
            onePath(scene);
            List<OrphanedRows> names = onePath(other);
            for (OrphanRemoval removal : List.of(
                    scene.cleanup.removeOrphaned(names), scene.cleanup.preview().removeOrphaned(names))) {
                assertThat(removal.rows()).isEmpty();
                assertThat(removal.remaining())
                        .contains("another catalog", scene.catalog.database())
                        .endsWith("remove the ledger file of orphaned rows below BASE_DIR, and leave them to dbcheck");
            }
            assertThat(scene.ids("path")).containsExactly(1001L);
        }
    }

    @Test
    void tablesThatAreNotThereAreDoneWithout() {
        try (Scenario scene = new Scenario(1026)) {
            List<OrphanedRows> names = onePath(scene);
            scene.catalog.execute("DROP TABLE pathhierarchy, pathvisibility, unsavedfiles");
            scene.catalog.execute("CREATE TABLE filename (filenameid integer)");
            assertThat(scene.cleanup.removeOrphaned(names).rows()).isEqualTo(Map.of("path", 1L));
        }
    }

    @Test
    void aPreviewCountsRunsAsRemovedAndRemovesNothing() {
        try (Scenario scene = new Scenario(1026)) {
            long first = scene.run();
            long second = scene.job("p-vm2");
            scene.path(1001, "/of/both/");
            scene.path(1002, "/of/the/second/");
            scene.file(first, 1001, 0);
            scene.file(second, 1001, 0);
            scene.file(second, 1002, 0);
            List<OrphanedRows> names = new ArrayList<>(Scenario.used(scene.cleanup, Set.of(first)));
            names.addAll(scene.cleanup.usedBy(Set.of(second), names).stream().toList());
            assertThat(names)
                    .extracting(OrphanedRows::rows)
                    .as("each row once")
                    .satisfiesExactly(
                            rows -> assertThat(rows).contains("1001").doesNotContain("1002"),
                            rows -> assertThat(rows).contains("1002").doesNotContain("1001"));
            assertThat(scene.cleanup.usedBy(Set.of(first, second), names)).isEmpty();
            assertThat(scene.cleanup.usedBy(Set.of(first), List.of(new OrphanedRows("elsewhere/1", "anything"))))
                    .as("what is known of another catalog does not matter")
                    .contains(names.get(0));
            SortedMap<String, List<Map<String, String>>> before = scene.all();
            assertThat(scene.cleanup.preview().removeOrphaned(names).rows()).isEmpty();
            CatalogCleanup onlyFirst = scene.cleanup.preview();
            onlyFirst.remove(scene.look());
            assertThat(onlyFirst.removeOrphaned(names).rows()).isEmpty();
            scene.job("p-other", "jobstatus", "R");
            CatalogCleanup both = scene.cleanup.preview();
            both.remove(both.look(Scenario.CLIENT, "p-vm2", "fs-vm2"));
            assertThat(both.removeOrphaned(names).rows()).isEqualTo(Map.of("path", 1L));
            both.remove(scene.look());
            assertThat(both.removeOrphaned(names))
                    .as("the rest, although a job is at work: it will have ended some time")
                    .isEqualTo(new OrphanRemoval(new TreeMap<>(Map.of("path", 1L)), null));
            assertThat(scene.all().get("path")).isEqualTo(before.get("path"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "anything",
                "path 12-400",
                "path 12-400 filename",
                "path 400-12 filename -",
                "path 12-400 filename - more",
                "path 1;DROP filename -",
                "paths 1 filename -",
                "\u001b[2J"
            })
    void whatIsNotUnderstoodIsNotBelievedAndNothingMayBePurged(String text) {
        try (Scenario scene = new Scenario(1026)) {
            List<OrphanedRows> names = onePath(scene);
            List<OrphanedRows> odd =
                    List.of(names.get(0), new OrphanedRows(names.get(0).catalog(), text));
            assertThatThrownBy(() -> scene.cleanup.usedBy(Set.of(1L), odd))
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("nothing that this program has written")
                    .message()
                    .doesNotContain("\u001b");
            assertThatThrownBy(() -> scene.cleanup.removeOrphaned(odd)).isInstanceOf(ProviderException.class);
            assertThat(scene.ids("path")).containsExactly(1001L);
        }
    }

    @Test
    void aMillionFilesTakeARowOfText() {
        try (Scenario scene = new Scenario(1026)) {
            long own = scene.run();
            scene.catalog.execute(
                    "INSERT INTO path (pathid, path) SELECT n, '/vm/' || n || '/' FROM generate_series(2001, 27000) n");
            scene.catalog.execute("INSERT INTO file (fileindex, jobid, pathid, filename, lstat, md5) SELECT n, " + own
                    + ", 2001 + n % 25000, 'f', 'x', 'x' FROM generate_series(1, 1000000) n");
            List<OrphanedRows> names = scene.purge(own);
            assertThat(names)
                    .singleElement()
                    .satisfies(
                            rows -> assertThat(rows.rows()).hasSizeLessThan(60).contains("2001-27000"));
            assertThat(scene.cleanup.removeOrphaned(names).rows()).isEqualTo(Map.of("path", 25_000L));
            assertThat(scene.ids("path")).isEmpty();
        }
    }

    /** Purged, but for its name. */
    private static List<OrphanedRows> onePath(Scenario scene) {
        long own = scene.run();
        scene.path(1001, "/own/");
        scene.file(own, 1001, 0);
        return scene.purge(own);
    }
}
