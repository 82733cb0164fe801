package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.CatalogVolume;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

/** For any catalog, what is left is what a plain reading of the rules leaves. */
class RemovalProps {
    private static final int MOST_RUNS = 9;

    private static final Map<Integer, TestCatalog> CATALOGS = new TreeMap<>();
    private static final Map<Integer, CatalogRows> ROWS = new TreeMap<>();

    /** JobIds are positions in the list, from 1; a pool of -1 is none. */
    record Run(int name, int client, char type, char status, int prior, int fileSet, int pool) {}

    /** A row of a table that carries JobIds; {@code other} is a MediaId or BaseJobId. */
    record OfJob(int table, int job, int other) {}

    /** MediaIds are positions in the list, from 1. */
    record Volume(String status, int enabled, int isProtected, int pool) {}

    /** One value, because jqwik shrinks one better than many. */
    record Scene(int version, List<Run> runs, List<OfJob> ofJobs, List<Volume> volumes) {}

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
        fill(rows, scene);
        SortedMap<String, List<Map<String, String>>> before = rows.all();
        ReferenceRemoval reference = new ReferenceRemoval(before, "client0", "job0", "fs1");
        SortedMap<String, List<Map<String, String>>> expected = sorted(reference.left());

        var cleanup = new PostgresCatalogProvider()
                .create(Settings.of(CATALOGS.get(scene.version()).settings()))
                .cleanup()
                .orElseThrow();
        JobHolding looked = cleanup.look("client0", "job0", "fs1");
        JobHolding removed = cleanup.remove(looked);
        SortedMap<String, List<Map<String, String>>> after = rows.all();

        assertThat(sorted(after)).isEqualTo(expected);
        assertThat(looked.obstacle() != null).isEqualTo(reference.isForbidden());
        assertThat(removed.rows()).isEqualTo(RowRemovalTest.fewer(before, after));
        if (reference.isForbidden()) {
            assertThat(removed.obstacle()).isEqualTo(looked.obstacle());
        } else {
            assertThat(removed).isEqualTo(looked);
            assertThat(names(removed)).isEqualTo(gone(before, after));
        }
        Statistics.label("outcome")
                .collect(
                        reference.isForbidden()
                                ? "forbidden"
                                : removed.volumes().isEmpty() ? "runs" : "volumes too");
    }

    @Provide
    Arbitrary<Scene> scenes() {
        Arbitrary<Character> type = Arbitraries.frequency(
                Tuple.of(20, 'B'),
                Tuple.of(1, 'C'),
                Tuple.of(1, 'M'),
                Tuple.of(1, 'R'),
                Tuple.of(1, 'D'),
                Tuple.of(1, 'V'));
        Arbitrary<Character> status = Arbitraries.frequencyOf(
                Tuple.of(30, Arbitraries.of('T', 'W', 'D', 'E', 'e', 'f', 'A', 'I')),
                Tuple.of(
                        1,
                        Arbitraries.of("CRFSmMsjcdtpialLBquw"
                                .chars()
                                .mapToObj(c -> (char) c)
                                .toList())));
        Arbitrary<Run> run = Combinators.combine(
                        Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(1, 1)),
                        Arbitraries.frequency(Tuple.of(10, 0), Tuple.of(1, 1), Tuple.of(1, 2)),
                        type,
                        status,
                        Arbitraries.frequency(Tuple.of(16, 0), Tuple.of(3, -1), Tuple.of(1, 3)),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.frequency(Tuple.of(5, 1), Tuple.of(5, 2), Tuple.of(1, 0), Tuple.of(1, -1)))
                .as(Run::new);
        Arbitrary<OfJob> ofJob = Combinators.combine(
                        Arbitraries.integers().between(0, 99),
                        Arbitraries.integers().between(1, MOST_RUNS + 1),
                        Arbitraries.integers().between(1, 5))
                .as(OfJob::new);
        Arbitrary<Volume> volume = Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(4, Arbitraries.of("Append", "Full", "Used", "Error")),
                                Tuple.of(1, Arbitraries.of("Archive", "Read-Only", "Disabled", "Cleaning", "Busy"))),
                        Arbitraries.frequency(Tuple.of(6, 1), Tuple.of(1, 0), Tuple.of(1, 2)),
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(1, 1)),
                        Arbitraries.integers().between(0, 2))
                .as(Volume::new);
        return Combinators.combine(
                        Arbitraries.of(TestCatalog.VERSIONS),
                        run.list().ofMinSize(1).ofMaxSize(MOST_RUNS),
                        ofJob.list().ofMaxSize(40),
                        volume.list().ofMaxSize(5))
                .as(Scene::new);
    }

    private static void fill(CatalogRows rows, Scene scene) {
        rows.clear();
        rows.add("client", "clientid", 1, "name", "client0");
        rows.add("client", "clientid", 2, "name", "client1");
        for (int i = 1; i <= 3; i++) {
            rows.add("fileset", "filesetid", i, "fileset", "fs" + i % 2);
        }
        int jobId = 0;
        for (Run run : scene.runs()) {
            rows.add(
                    "job",
                    "jobid",
                    ++jobId,
                    "name",
                    "job" + run.name(),
                    "clientid",
                    run.client() + 1,
                    "type",
                    run.type(),
                    "jobstatus",
                    run.status(),
                    "priorjobid",
                    run.prior() < 0 ? null : run.prior(),
                    "filesetid",
                    run.fileSet(),
                    "poolid",
                    run.pool() < 0 ? null : run.pool());
        }
        int mediaId = 0;
        for (Volume volume : scene.volumes()) {
            rows.add(
                    "media",
                    "mediaid",
                    ++mediaId,
                    "volstatus",
                    volume.status(),
                    "enabled",
                    volume.enabled(),
                    "poolid",
                    volume.pool());
            if (rows.has("media", "protected")) {
                CATALOGS.get(scene.version())
                        .execute(
                                "UPDATE media SET protected = " + volume.isProtected() + " WHERE mediaid = " + mediaId);
            }
            for (String table : List.of("locationlog", "cdimages", "tagmedia")) {
                if (rows.has(table)) {
                    rows.add(table, "mediaid", mediaId);
                }
            }
        }
        List<String> tables = rows.tablesWith("jobid").stream()
                .filter(table -> !table.equals("job"))
                .toList();
        for (OfJob row : scene.ofJobs()) {
            // Those that say what is on volumes more often than the many others.
            String table = row.table() < 25 ? "jobmedia" : tables.get(row.table() % tables.size());
            add(rows, table, row);
        }
    }

    private static void add(CatalogRows rows, String table, OfJob row) {
        switch (table) {
            case "jobmedia", "filemedia" -> rows.add(table, "jobid", row.job(), "mediaid", row.other());
            case "basefiles" -> {
                // A base is older than those that use it.
                if (row.other() < row.job()) {
                    rows.add(table, "jobid", row.job(), "basejobid", row.other());
                }
            }
            case "object" -> rows.add("tagobject", "objectid", rows.add(table, "jobid", row.job()));
            default -> rows.add(table, "jobid", row.job());
        }
    }

    private static SortedMap<String, List<Map<String, String>>> sorted(
            SortedMap<String, List<Map<String, String>>> rows) {
        SortedMap<String, List<Map<String, String>>> sorted = new TreeMap<>();
        rows.forEach((table, list) -> sorted.put(
                table,
                list.stream()
                        .sorted((a, b) -> a.toString().compareTo(b.toString()))
                        .toList()));
        return sorted;
    }

    private static List<String> names(JobHolding holding) {
        return holding.volumes().stream().map(CatalogVolume::name).sorted().toList();
    }

    private static List<String> gone(
            Map<String, List<Map<String, String>>> before, Map<String, List<Map<String, String>>> after) {
        List<Map<String, String>> left = after.get("media");
        return before.get("media").stream()
                .filter(row -> !left.contains(row))
                .map(row -> row.get("volumename"))
                .sorted()
                .collect(Collectors.toList());
    }
}
