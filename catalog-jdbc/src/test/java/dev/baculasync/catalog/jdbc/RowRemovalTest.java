package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.ProviderException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class RowRemovalTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void everythingThatBelongsToTheRunsGoesAndNothingElse(int version) {
        try (Scenario scene = new Scenario(version)) {
            long storage = scene.rows.add("storage", "name", "File1-sd");
            long otherSet = scene.rows.add("fileset", "fileset", "fs-other");
            long other = scene.job("p-other", "filesetid", otherSet);
            scene.volume("Vol-other", List.of(other));
            SortedMap<String, List<Map<String, String>>> before = scene.all();

            long laterSet = scene.rows.add("fileset", "fileset", Scenario.FILE_SET);
            long first = scene.run("purgedfiles", 0, "jobbytes", 7);
            long second = scene.run("filesetid", laterSet, "jobstatus", "E");
            scene.rows.add("basefiles", "jobid", second, "basejobid", first);
            scene.volume("Vol-1", List.of(first, second, second), "storageid", storage);
            SortedMap<String, List<Map<String, String>>> full = scene.all();

            JobHolding looked = scene.look();
            assertThat(scene.all()).as("after a look").isEqualTo(full);
            assertThat(looked.runs()).containsExactly(first, second);
            assertThat(looked.unpurged()).containsExactly(first);
            assertThat(looked.bytes()).isEqualTo(107);
            assertThat(looked.obstacle()).isNull();
            assertThat(looked.kept()).isEmpty();
            assertThat(looked.volumes()).containsExactly(new CatalogVolume("Vol-1", "File1", "File1-sd", 5000));

            assertThat(scene.cleanup.remove(looked)).isEqualTo(looked);
            Map<String, List<Map<String, String>>> left = scene.all();
            assertThat(looked.rows()).isEqualTo(fewer(full, left));
            // What is not removed but no longer points to a run; and history, which stays.
            Set<String> changed = Set.of("snapshot", "jobhisto", "fileset");
            changed.forEach(before::remove);
            changed.forEach(left::remove);
            assertThat(left).isEqualTo(before);
            assertThat(scene.rows.rows("snapshot"))
                    .extracting(row -> row.get("jobid"))
                    .containsExactlyInAnyOrder("0", "0", String.valueOf(other));
            assertThat(scene.rows.rows("jobhisto")).isEqualTo(full.get("jobhisto"));
            assertThat(scene.rows.rows("fileset"))
                    .extracting(row -> row.get("fileset"))
                    .containsExactly("fs-other");
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void removingWhatIsGoneIsNoError(int version) {
        try (Scenario scene = new Scenario(version)) {
            scene.fill();
            JobHolding looked = scene.look();
            scene.cleanup.remove(looked);
            SortedMap<String, List<Map<String, String>>> left = scene.all();
            JobHolding again = scene.cleanup.remove(looked);
            assertThat(again.obstacle()).isNull();
            assertThat(again.runs()).isEmpty();
            assertThat(again.rows()).isEmpty();
            assertThat(scene.all()).isEqualTo(left);
        }
    }

    /** Such as a copy of it. */
    @Test
    void aCatalogThatDoesNotKnowWhatADirectorHasPurgedIsNotThatDirectors() {
        try (Scenario scene = new Scenario(1026)) {
            scene.fill();
            JobHolding looked = scene.look();
            long unpurged = looked.unpurged().first();
            SortedMap<String, List<Map<String, String>>> full = scene.all();
            assertThatThrownBy(() -> scene.cleanup.remove(looked.purged()))
                    .isInstanceOf(ProviderException.class)
                    .hasMessageStartingWith("nothing was removed: removing job p-vm of client os1-fd")
                    .hasMessageContaining("JobId " + unpurged + ", ")
                    .hasMessageContaining("DB_NAME");
            assertThat(scene.all()).isEqualTo(full);
            scene.catalog.execute("UPDATE job SET purgedfiles = 1 WHERE jobid = " + unpurged);
            assertThat(scene.cleanup.remove(looked.purged())).isEqualTo(looked.purged());
        }
    }

    @Test
    void runsThatAPruningLeftHalfAreRemovedAsFarAsTheyAreThere() {
        try (Scenario scene = new Scenario(1026)) {
            scene.fill();
            JobHolding looked = scene.look();
            long first = looked.runs().first();
            scene.catalog.execute("DELETE FROM job WHERE jobid = " + first);
            JobHolding removed = scene.cleanup.remove(looked);
            assertThat(removed.runs()).containsExactly(looked.runs().last());
            assertThat(removed.volumes())
                    .as("the orphaned JobMedia row is somebody else's for all we know")
                    .isEmpty();
        }
    }

    @Test
    void aJobThatNeverRanHasNothingButItsFileSet() {
        try (Scenario scene = new Scenario(1026)) {
            JobHolding looked = scene.cleanup.look("no-such-fd", "no-such-job", Scenario.FILE_SET);
            assertThat(looked.runs()).isEmpty();
            assertThat(looked.rows()).isEqualTo(Map.of("fileset", 1L));
            assertThat(scene.cleanup.remove(looked).rows()).isEqualTo(Map.of("fileset", 1L));
            assertThat(scene.rows.rows("fileset")).isEmpty();
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void bytesThatAreNotUtf8DoNotMatter(int version) {
        try (Scenario scene = new Scenario(version)) {
            String odd = "caf\u00e9\u00ff";
            long run = scene.run("comment", odd, "job", odd + ".run");
            scene.rows.add("log", "jobid", run, "logtext", odd);
            scene.rows.add("path", "path", odd);
            if (scene.rows.has("file", "filename")) {
                scene.rows.add("file", "jobid", run, "filename", odd);
            } else {
                scene.rows.add("filename", "name", odd);
            }
            scene.job(odd, "job", odd, "jobstatus", "R", "poolid", 1, "clientid", scene.client);
            scene.rows.add("storage", "storageid", 77, "name", odd);
            scene.volume(odd, List.of(run), "poolid", 9, "storageid", 77);
            scene.volume(odd + "2", List.of(run), "poolid", 1);
            assertThat(scene.cleanup.activeJobs(Scenario.CLIENT)).containsExactly(odd);
            JobHolding removed = scene.remove();
            assertThat(removed.volumes()).containsExactly(new CatalogVolume(odd, "File1", odd, 5000));
            assertThat(removed.kept())
                    .singleElement()
                    .asString()
                    .contains("\"caf??2\"")
                    .contains("run \"caf??\" (JobId");
            assertThat(scene.hasRun(run)).isFalse();
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aClientGoesOnceNoJobRowNamesIt(int version) {
        try (Scenario scene = new Scenario(version)) {
            if (scene.rows.has("tagclient")) {
                scene.rows.add("tagclient", "clientid", scene.client);
                scene.rows.add("tagclient", "clientid", scene.otherClient);
            }
            long run = scene.run("type", "D");
            SortedMap<String, List<Map<String, String>>> full = scene.all();
            assertThat(scene.cleanup.preview().removeClient("never-there")).isTrue();
            assertThat(scene.cleanup.preview().removeClient(Scenario.CLIENT)).isFalse();
            assertThat(scene.cleanup.removeClient(Scenario.CLIENT)).isFalse();
            assertThat(scene.all()).isEqualTo(full);
            scene.catalog.execute("UPDATE job SET type = 'B' WHERE jobid = " + run);
            CatalogCleanup preview = scene.cleanup.preview();
            assertThat(preview.removeClient(Scenario.CLIENT)).isFalse();
            assertThat(preview.remove(scene.look()).runs()).containsExactly(run);
            assertThat(preview.removeClient(Scenario.CLIENT)).isTrue();
            assertThat(scene.rows.rows("client")).hasSize(2);
            scene.catalog.execute("DELETE FROM job WHERE jobid = " + run);
            assertThat(scene.cleanup.removeClient(Scenario.CLIENT)).isTrue();
            assertThat(scene.rows.rows("client"))
                    .extracting(row -> row.get("name"))
                    .containsExactly("os2-fd");
            if (scene.rows.has("tagclient")) {
                assertThat(scene.rows.rows("tagclient"))
                        .extracting(row -> row.get("clientid"))
                        .containsExactly(String.valueOf(scene.otherClient));
            }
            assertThat(scene.cleanup.removeClient(Scenario.CLIENT))
                    .as("never there")
                    .isTrue();
        }
    }

    @Test
    void activeJobsAreThoseOfTheClientWhateverTheirNames() {
        try (Scenario scene = new Scenario(1026)) {
            scene.run("jobstatus", "T");
            scene.run("jobstatus", "R", "job", "p-vm.1");
            scene.job("Restore", "jobstatus", "C", "type", "R", "job", "Restore.2");
            scene.job("odd", "jobstatus", "q", "job", "odd.3");
            scene.job("theirs", "jobstatus", "R", "job", "theirs.4", "clientid", scene.otherClient);
            assertThat(scene.cleanup.activeJobs(Scenario.CLIENT)).containsExactly("Restore.2", "odd.3", "p-vm.1");
            assertThat(scene.cleanup.activeJobs("no-such-fd")).isEmpty();
        }
    }

    /** By how many rows each table has shrunk. */
    static SortedMap<String, Long> fewer(
            Map<String, List<Map<String, String>>> before, Map<String, List<Map<String, String>>> after) {
        SortedMap<String, Long> fewer = new TreeMap<>();
        before.forEach((table, rows) -> {
            long count = rows.size() - after.get(table).size();
            if (count != 0) {
                fewer.put(table, count);
            }
        });
        return fewer;
    }
}
