package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.BackupRun.Contents;
import dev.baculasync.spi.BackupRun.Result;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    private static final Instant NOTED = Instant.parse("2026-07-01T12:00:00Z");
    private static final Instant AFTER = NOTED.plusSeconds(60);
    private static final UUID VM = UUID.fromString("22d27bdf-1cdb-461e-8f61-a641e36f9ed7");
    private static final UUID OTHER = UUID.fromString("c4d13b99-5bdc-4b45-b673-bb6a81e443a1");
    private static final List<Absence> JOB = List.of(new Absence("job", VM, NOTED));

    /** Of the tests that take any, one after the other. */
    private static TestCatalog catalog;

    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void create() {
        catalog = TestCatalog.create(1026);
    }

    @AfterAll
    static void drop() {
        catalog.close();
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private TestCatalog catalog(int version, String encoding) {
        TestCatalog catalog = TestCatalog.create(version, encoding);
        open.add(catalog);
        return catalog;
    }

    private PastRuns past(TestCatalog catalog, ZoneId director) {
        PastRuns past = new PastRuns(catalog, director);
        open.add(past);
        return past;
    }

    private PastRuns past() {
        return past(catalog, ZoneOffset.UTC).clear();
    }

    @ParameterizedTest
    @CsvSource({
        "T, 3, 1000, GOOD",
        "W, 3, 1000, GOOD",
        "T, 0, 1000, OTHER",
        "T, 3, 0, OTHER",
        "W, 0, 0, OTHER",
        "T, , 1000, OTHER",
        "T, 3, , OTHER",
        "E, 3, 1000, FAILED",
        "e, 3, 1000, FAILED",
        "f, 0, 0, FAILED",
        "A, 3, 1000, OTHER",
        "I, 3, 1000, OTHER",
        "D, 3, 1000, OTHER",
        "t, 3, 1000, OTHER",
        "a, 3, 1000, OTHER",
    })
    void aStatusIsWhatTheDirectorMeansByIt(String status, Integer files, Long bytes, Result result) {
        PastRuns past = past();
        long id = past.add(
                "os1-fd",
                "job",
                "B",
                status,
                past.local(AFTER),
                past.local(AFTER.plusSeconds(600)),
                AFTER.plusSeconds(600).getEpochSecond(),
                files,
                bytes);
        assertThat(past.history().runsSince("os1-fd", JOB))
                .containsExactly(new BackupRun(id, "job", result, AFTER, Contents.UNKNOWN));
        assertThat(past.history().jobsRunSince("os1-fd", NOTED)).isEqualTo(Map.of("job", result == Result.GOOD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "R", "F", "p", "s"})
    void whatRunsHasBegunAndWhatWaitsHasNot(String status) {
        PastRuns past = past();
        past.add("os1-fd", "waits", "B", status, null, null, AFTER.getEpochSecond(), 0, 0L);
        BackupHistory history = past.historyOnAHostIn(ZoneOffset.UTC);
        assertThat(history.jobsRunSince("os1-fd", Instant.EPOCH)).isEmpty();
        assertThat(history.runsSince("os1-fd", List.of(new Absence("waits", VM, Instant.EPOCH))))
                .isEmpty();

        past.add("os1-fd", "runs", "B", status, past.local(AFTER), null, AFTER.getEpochSecond(), null, null);
        assertThat(history.jobsRunSince("os1-fd", NOTED)).isEqualTo(Map.of("runs", false));
        assertThat(history.runsSince("os1-fd", List.of(new Absence("runs", VM, NOTED))))
                .extracting(BackupRun::result, BackupRun::startedAt)
                .containsExactly(tuple(Result.OTHER, AFTER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "M", "c", "g", "D", "R", "V", "U"})
    void whatIsNoBackupOfItsOwnIsNoRun(String type) {
        PastRuns past = past();
        past.ended("os1-fd", "job", AFTER, type, "T", 3, 1000);
        assertThat(past.history().runsSince("os1-fd", JOB)).isEmpty();
        assertThat(past.history().jobsRunSince("os1-fd", NOTED)).isEmpty();
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void filesAreReadInEveryWayThatTheyAreWritten(int version) {
        PastRuns past = past(catalog(version, "SQL_ASCII"), ZoneOffset.UTC);
        String uuid = VM.toString();
        String large = uuid.toUpperCase(Locale.ROOT);
        for (String root : List.of("/@openstack", "/@Openstack", "/\\@Openstack", "//\\@Openstack", "//@OpenStack")) {
            String servers = root + "/nova/server/";
            expect(past, Contents.OF_THE_VM, servers, uuid + "_web.name");
            expect(past, Contents.OF_THE_VM, servers, uuid + ".name");
            expect(past, Contents.OF_THE_VM, servers, large + "_web.name");
            expect(past, Contents.OF_THE_VM, servers + uuid + "/", uuid + ".conf");
            expect(past, Contents.OF_THE_VM, servers + large + "/", OTHER + ".bmp");
            expect(past, Contents.OF_THE_VM, servers + uuid + "/", "");
            expect(past, Contents.OF_THE_VM, servers + uuid + "/deeper/", "file");
            expect(past, Contents.OF_OTHERS, servers, "");
            expect(past, Contents.OF_OTHERS, servers, OTHER + "_" + uuid + "_.name");
            expect(past, Contents.OF_OTHERS, servers, uuid + "0_web.name");
            expect(past, Contents.OF_OTHERS, servers + OTHER + "/", uuid + ".conf");
            expect(past, Contents.OF_OTHERS, servers + uuid + "0/", OTHER + ".conf");
            expect(past, Contents.OF_OTHERS, root + "/nova/flavor/", uuid + "_x");
            expect(past, Contents.OF_OTHERS, root + "/cinder/volume/", uuid + ".bmp");
            expect(past, Contents.OF_OTHERS, root + "/x/nova/server/" + uuid + "/", uuid + ".conf");
        }
        expect(past, Contents.UNKNOWN, "/@openstack2/nova/server/" + uuid + "/", uuid + ".conf");
        expect(past, Contents.UNKNOWN, "@openstack/nova/server/" + uuid + "/", uuid + ".conf");
        expect(past, Contents.UNKNOWN, "/home/@openstack/nova/server/" + uuid + "/", uuid + ".conf");
        expect(past, Contents.UNKNOWN, "/\\\\@openstack/nova/server/" + uuid + "/", uuid + ".conf");
        expect(past, Contents.UNKNOWN, "/@vsphere/", uuid + ".vmdk");
        checkExpected(past);
    }

    private record Expected(long jobId, String job, Contents contents) {}

    private final List<Expected> expected = new ArrayList<>();

    private void expect(PastRuns past, Contents contents, String path, String name) {
        String job = "job" + expected.size();
        long id = past.good("os1-fd", job, AFTER);
        // A good run holds what is of nobody, too, and what is of the VM is not the first of it.
        past.file(id, "/", "");
        past.file(id, path, name);
        expected.add(new Expected(id, job, contents));
    }

    private void checkExpected(PastRuns past) {
        List<Absence> absences =
                expected.stream().map(run -> new Absence(run.job(), VM, NOTED)).toList();
        assertThat(past.history().runsSince("os1-fd", absences))
                .extracting(run -> new Expected(run.jobId(), run.job(), run.contents()))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void bytesThatAreNotUtf8DoNotMatter(int version) {
        PastRuns past = past(catalog(version, "SQL_ASCII"), ZoneOffset.UTC);
        String servers = "/@openstack/nova/server/";
        expect(past, Contents.OF_THE_VM, servers, VM + "_\u00ff\u00fe.name");
        expect(past, Contents.OF_THE_VM, servers + VM + "/\u00ff/", "\u00c3");
        expect(past, Contents.OF_OTHERS, servers, "\u00ff\u00fe" + VM + "_.name");
        expect(past, Contents.OF_OTHERS, servers + "\u00ff/", VM + ".conf");
        expect(past, Contents.UNKNOWN, "/\u00ff" + servers, VM + ".conf");
        past.good("os1-fd", "job\u00ff", AFTER);
        checkExpected(past);
        assertThat(past.history().jobsRunSince("os1-fd", NOTED))
                .containsOnlyKeys(expected.stream().map(Expected::job).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQL_ASCII", "UTF8", "LATIN1"})
    void everyDatabaseEncodingIsRead(String encoding) {
        PastRuns past = past(catalog(1026, encoding), ZoneOffset.UTC);
        expect(past, Contents.OF_THE_VM, "/@openstack/nova/server/", VM + "_web.name");
        expect(past, Contents.OF_OTHERS, "/@openstack/nova/server/", OTHER + "_web.name");
        checkExpected(past);
        assertThat(past.history().jobsRunSince("os1-fd", NOTED)).isEqualTo(Map.of("job0", true, "job1", true));
    }

    @ParameterizedTest
    @CsvSource({"Pacific/Kiritimati, Etc/GMT+12", "Etc/GMT+12, Pacific/Kiritimati", "Asia/Kathmandu, America/St_Johns"})
    void theDirectorsZoneNeedNotBeOurs(ZoneId director, ZoneId host) {
        PastRuns past = past(catalog, director).clear();
        past.good("os1-fd", "job", NOTED);
        past.good("os1-fd", "early", NOTED.minusSeconds(1));
        long late = past.good("os1-fd", "job", NOTED.plusSeconds(1));
        BackupHistory history = past.historyOnAHostIn(host);
        assertThat(history.runsSince("os1-fd", JOB))
                .containsExactly(new BackupRun(late, "job", Result.GOOD, NOTED.plusSeconds(1), Contents.UNKNOWN));
        assertThat(history.runsSince("os1-fd", List.of(new Absence("early", VM, NOTED))))
                .isEmpty();
        assertThat(history.jobsRunSince("os1-fd", NOTED)).isEqualTo(Map.of("job", true));
        assertThat(history.jobsRunSince("os1-fd", NOTED.minusSeconds(2))).isEqualTo(Map.of("job", true, "early", true));
    }

    @Test
    void aRunThatItsDirectorDidNotOutliveHasNotFailed() {
        PastRuns past = past();
        past.abandoned("os1-fd", "job", AFTER);
        past.add("os1-fd", "job", "B", "f", PastRuns.utc(AFTER), PastRuns.utc(AFTER), AFTER.getEpochSecond(), 0, 0L);
        assertThat(past.historyOnAHostIn(ZoneOffset.UTC).runsSince("os1-fd", JOB))
                .as("the second one ended within a second")
                .extracting(BackupRun::result)
                .containsExactlyInAnyOrder(Result.OTHER, Result.FAILED);
    }

    @Test
    void aTimeThatSaysNothingOfItsZoneIsOfTheHosts() {
        PastRuns past = past();
        past.add("os1-fd", "job", "B", "T", "2026-07-01 14:00:01", null, 0L, 1, 1L);
        past.add("os1-fd", "job", "B", "T", "2026-07-01 14:00:00", null, null, 1, 1L);
        ZoneId host = ZoneId.of("Europe/Berlin");
        assertThat(past.historyOnAHostIn(host).runsSince("os1-fd", JOB))
                .extracting(BackupRun::startedAt)
                .containsExactly(NOTED.plusSeconds(1));
        assertThat(past.historyOnAHostIn(host).jobsRunSince("os1-fd", NOTED)).isEqualTo(Map.of("job", true));
    }

    @Test
    void timesThatAreNoneDoNoHarm() {
        PastRuns past = past();
        past.add("os1-fd", "job", "B", "T", "infinity", "infinity", 0L, 1, 1L);
        past.add("os1-fd", "job", "B", "T", "-infinity", "-infinity", 0L, 1, 1L);
        past.add("os1-fd", "job", "B", "T", PastRuns.utc(AFTER), "infinity", Long.MAX_VALUE, 1, 1L);
        BackupHistory history = past.historyOnAHostIn(ZoneOffset.UTC);
        for (Instant since : List.of(Instant.MIN, Instant.EPOCH, NOTED)) {
            assertThat(history.runsSince("os1-fd", List.of(new Absence("job", VM, since))))
                    .extracting(BackupRun::startedAt)
                    .containsExactly(AFTER);
            assertThat(history.jobsRunSince("os1-fd", since)).isEqualTo(Map.of("job", true));
        }
        assertThat(history.runsSince("os1-fd", List.of(new Absence("job", VM, Instant.MAX))))
                .isEmpty();
        assertThat(history.jobsRunSince("os1-fd", Instant.MAX)).isEmpty();
    }

    @Test
    void aClientWithTwoRowsIsOneClient() {
        TestCatalog unguarded = catalog(1026, "SQL_ASCII");
        unguarded.execute("DROP INDEX client_name_idx");
        past(unguarded, ZoneOffset.UTC).good("os1-fd", "job", AFTER);
        PastRuns second = past(unguarded, ZoneOffset.UTC);
        second.good("os1-fd", "job", AFTER.plusSeconds(1));
        assertThat(second.history().runsSince("os1-fd", JOB)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void runsAreFoundByTheIndexOnTheName(int absences) throws SQLException {
        TestCatalog full = catalog(1026, "SQL_ASCII");
        int client = full.addClient("os1-fd");
        full.execute("INSERT INTO job (job, name, type, level, jobstatus, clientid, starttime)"
                + " SELECT 'run', 'p-vm' || n % 10000, 'B', 'I', 'T', " + client
                + ", timestamp '2026-01-01' + n * interval '1 minute' FROM generate_series(1, 200000) n");
        full.execute("ANALYZE");
        try (Connection connection = full.connect();
                PreparedStatement statement = connection.prepareStatement("EXPLAIN " + PostgresHistory.RUNS)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text",
                            IntStream.range(0, absences)
                                    .mapToObj(n -> "p-vm" + n)
                                    .toArray()));
            Long[] since = new Long[absences];
            Arrays.fill(since, 0L);
            statement.setArray(2, connection.createArrayOf("int8", since));
            statement.setString(3, "os1-fd");
            assertThat(plan(statement))
                    .containsPattern("(Index Scan using|Bitmap Index Scan on) job_name_idx")
                    .doesNotContain("Seq Scan on job");
        }
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void filesAreFoundByTheIndexOnTheJobHoweverManyRunsThereAre(int version) throws SQLException {
        TestCatalog full = catalog(version, "SQL_ASCII");
        boolean apart = version == 16;
        full.execute("INSERT INTO path (path) SELECT '/home/' || n || '/' FROM generate_series(1, 20000) n");
        if (apart) {
            full.execute("INSERT INTO filename (name) SELECT 'file' || n FROM generate_series(1, 20000) n");
        }
        full.execute("INSERT INTO file (jobid, pathid, " + (apart ? "filenameid" : "filename")
                + ", lstat, md5) SELECT 1 + n / 10, 1 + n % 20000, " + (apart ? "1 + n % 20000" : "'file' || n")
                + ", '', '' FROM generate_series(0, 99999) n");
        full.execute("ANALYZE");
        try (Connection connection = full.connect();
                PreparedStatement statement =
                        connection.prepareStatement("EXPLAIN " + PostgresHistory.contents(apart))) {
            for (int i = 1; i <= 3; i++) {
                statement.setString(i, "^/");
            }
            Long[] ids = new Long[5000];
            String[] uuids = new String[ids.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = i + 1L;
                uuids[i] = VM.toString();
            }
            statement.setArray(4, connection.createArrayOf("int8", ids));
            statement.setArray(5, connection.createArrayOf("text", uuids));
            assertThat(plan(statement))
                    .containsPattern("Index (Only )?Scan using file_j")
                    .contains("Index Scan using path_pkey")
                    .doesNotContain("Seq Scan on");
        }
    }

    private static String plan(PreparedStatement explain) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows = explain.executeQuery()) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }
}
