package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;

/** For any catalog, the rows of Path and Filename that are left are those that a plain reading of the rules leaves. */
class NamesProps {
    private static final int PATHS = 9;
    private static final int PURGED = 1;

    private static final Map<Integer, TestCatalog> CATALOGS = new TreeMap<>();
    private static final Map<Integer, CatalogRows> ROWS = new TreeMap<>();

    /** A row of a table that names a path; the name of the file is told apart only by some catalogs. */
    record Naming(String table, int job, int path, int filename) {}

    /** A path's directory has a lower id. */
    record Below(int path, int directory) {}

    /** One value, because jqwik shrinks one better than many. */
    record Scene(int version, Set<Integer> paths, Set<Below> hierarchy, List<Naming> naming, char otherStatus) {}

    @BeforeContainer
    static void create() {
        for (int version : TestCatalog.VERSIONS) {
            CATALOGS.put(version, TestCatalog.create(version));
            ROWS.put(version, new CatalogRows(CATALOGS.get(version)));
        }
    }

    @AfterContainer
    static void drop() {
        ROWS.values().forEach(CatalogRows::close);
        CATALOGS.values().forEach(TestCatalog::close);
    }

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void whatIsLeftIsWhatThePlainRulesLeave(@ForAll("scenes") Scene scene) {
        CatalogRows rows = ROWS.get(scene.version());
        TestCatalog catalog = CATALOGS.get(scene.version());
        fill(rows, scene);
        CatalogCleanup cleanup = new PostgresCatalogProvider()
                .create(Settings.of(catalog.settings()))
                .cleanup()
                .orElseThrow();
        Set<Long> purged = Set.of((long) PURGED);
        List<OrphanedRows> names = Scenario.used(cleanup, purged);
        CatalogCleanup preview = cleanup.preview();
        assertThat(preview.remove(preview.look("client", "job", "fileset")).runs())
                .isEqualTo(purged);
        OrphanRemoval looked = preview.removeOrphaned(names);
        assertThat(preview.removeOrphaned(names).rows()).as("once").isEmpty();
        ReferenceNames reference = new ReferenceNames(rows.all(), String.valueOf(PURGED));
        for (String table : rows.tablesWith("jobid")) {
            catalog.execute("DELETE FROM " + table + " WHERE jobid = " + PURGED);
        }
        SortedMap<String, List<Map<String, String>>> before = rows.all();
        OrphanRemoval removed = cleanup.removeOrphaned(names);
        SortedMap<String, List<Map<String, String>>> after = rows.all();

        assertThat(removed.rows()).isEqualTo(RowRemovalTest.fewer(before, after));
        if (scene.otherStatus() == 'R') {
            // Of a run that used no names, none is left.
            assertThat(removed.remaining() == null).isEqualTo(names.isEmpty());
            assertThat(after).isEqualTo(before);
        } else {
            assertThat(after).isEqualTo(reference.left());
            assertThat(removed).isEqualTo(looked);
        }
        Statistics.label("rows").collect(removed.rows().keySet());
    }

    @Provide
    Arbitrary<Scene> scenes() {
        Arbitrary<Integer> path = Arbitraries.integers().between(1, PATHS);
        Arbitrary<Below> below = Combinators.combine(path, path)
                .as((one, other) -> new Below(Math.max(one, other), Math.min(one, other)))
                .filter(row -> row.path() != row.directory());
        Arbitrary<Naming> naming = Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(6, "file"), Tuple.of(1, "unsavedfiles"), Tuple.of(2, "pathvisibility")),
                        Arbitraries.frequency(Tuple.of(3, PURGED), Tuple.of(1, 2)),
                        path,
                        Arbitraries.integers().between(1, 4))
                .as(Naming::new);
        return Combinators.combine(
                        Arbitraries.of(TestCatalog.VERSIONS),
                        path.set().ofMinSize(PATHS - 3),
                        below.set().ofMaxSize(PATHS).uniqueElements(Below::path),
                        naming.list()
                                .uniqueElements(row -> List.of(row.table(), row.job(), row.path()))
                                .ofMaxSize(8),
                        Arbitraries.frequency(Tuple.of(9, 'T'), Tuple.of(1, 'R')))
                .as(Scene::new);
    }

    private static void fill(CatalogRows rows, Scene scene) {
        rows.clear();
        rows.add("client", "clientid", 1, "name", "client");
        rows.add("job", "jobid", PURGED, "name", "job", "clientid", 1, "jobstatus", "T", "type", "B");
        rows.add("job", "jobid", 2, "jobstatus", scene.otherStatus(), "type", "B");
        scene.paths().forEach(id -> rows.add("path", "pathid", id, "path", "/".repeat(id)));
        scene.hierarchy().forEach(row -> rows.add("pathhierarchy", "pathid", row.path(), "ppathid", row.directory()));
        if (rows.has("filename")) {
            for (int id = 1; id <= 4; id++) {
                rows.add("filename", "filenameid", id);
            }
        }
        for (Naming row : scene.naming()) {
            if (rows.has(row.table(), "filenameid")) {
                rows.add(row.table(), "jobid", row.job(), "pathid", row.path(), "filenameid", row.filename());
            } else {
                rows.add(row.table(), "jobid", row.job(), "pathid", row.path());
            }
        }
    }
}
