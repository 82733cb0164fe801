package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Settings;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobNamesTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void everySchemaVersionIsRead(int version) {
        try (TestCatalog catalog = TestCatalog.create(version)) {
            int client = catalog.addClient("os1-fd");
            catalog.addJob(client, "backup-os1-vm1");
            catalog.addJob(client, "backup-os1-vm1");
            catalog.addJob(client, "backup-os1-vm2");
            assertThat(jobNames(catalog, "os1-fd", "backup-os1-"))
                    .containsExactlyInAnyOrder("backup-os1-vm1", "backup-os1-vm2");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SQL_ASCII", "UTF8", "LATIN1"})
    void everyDatabaseEncodingIsRead(String encoding) {
        try (TestCatalog catalog = TestCatalog.create(1026, encoding)) {
            int client = catalog.addClient("os1-fd");
            catalog.addJob(client, "p-vm1");
            catalog.addJob(client, "p-v\u00e4m");
            catalog.addJob(client, "p-vm2");
            assertThat(jobNames(catalog, "os1-fd", "p-")).containsExactlyInAnyOrder("p-vm1", "p-vm2");
        }
    }

    @Test
    void jobsOfOtherClientsAreNeverSeen() {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            int ours = catalog.addClient("os1-fd");
            int theirs = catalog.addClient("os2-fd");
            catalog.addJob(theirs, "p-a");
            catalog.addJob(ours, "p-b");
            catalog.addJob(theirs, "p-both");
            catalog.addJob(ours, "p-both");
            catalog.addJob(theirs, "p-z");
            assertThat(jobNames(catalog, "os1-fd", "p-")).containsExactlyInAnyOrder("p-b", "p-both");
        }
    }

    @Test
    void aClientWithTwoRowsIsOneClient() {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            catalog.execute("DROP INDEX client_name_idx");
            catalog.addJob(catalog.addClient("os1-fd"), "p-a");
            catalog.addJob(catalog.addClient("os1-fd"), "p-b");
            assertThat(jobNames(catalog, "os1-fd", "p-")).containsExactlyInAnyOrder("p-a", "p-b");
        }
    }

    /** What a purge leaves of a job, and what it takes, or would take once it has ended. */
    @ParameterizedTest
    @CsvSource({
        "own, B, I, 0, T", "own, B, F, 0, f", "own, B, F, 0, R", "own, B, F, 0, C", "own, B, D,, T",
        "other, C, F, 7, T", "other, C, F, 0, T", "other, M, F, 0, T", "other, B, F, 7, T", "other, B, B, 0, T",
        "other, V, C, 0, T", "other, R, F, 0, T", "other, c, F, 0, T", "other, g, F, 0, T"
    })
    void aRunIsTheJobsOwnWhenAPurgeTakesIt(String whose, String type, String level, Integer prior, String status) {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            int client = catalog.addClient("os1-fd");
            String columns = "type = '" + type + "', level = '" + level + "', priorjobid = " + prior + ", jobstatus = '"
                    + status + "'";
            catalog.addJob(client, "p-alone");
            catalog.addJob(client, "p-mixed");
            catalog.execute("UPDATE job SET " + columns);
            catalog.addJob(client, "p-mixed");
            JobNames names = read(catalog, "os1-fd", "p-");
            assertThat(names.known()).isEqualTo(whose.equals("own") ? Set.of("p-alone", "p-mixed") : Set.of("p-mixed"));
            assertThat(names.copiesOnly()).isEqualTo(whose.equals("own") ? Set.of() : Set.of("p-alone"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"OS1-FD", "os1-f", "os1-fd2", "os1_fd"})
    void anotherClientNameSeesNothing(String client) {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            catalog.addJob(catalog.addClient("os1-fd"), "p-a");
            assertThat(jobNames(catalog, client, "p-")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "os_1-, os_1-vm, osx1-vm",
        "os1-, os1-vm, OS1-vm",
        "os1-, os1-vm, os1.vm",
        "os1-, os1-, os1",
        "os1z, os1zz, os1{",
        "os1Z, os1Zz, os1[",
    })
    void aPrefixIsLiteral(String prefix, String inside, String outside) {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            int client = catalog.addClient("os1-fd");
            catalog.addJob(client, outside);
            catalog.addJob(client, inside);
            assertThat(jobNames(catalog, "os1-fd", prefix)).containsExactly(inside);
        }
    }

    @Test
    void namesThatNoDirectorAcceptsAreSkippedAndTheRestIsRead() {
        try (TestCatalog catalog = TestCatalog.create(16)) {
            int client = catalog.addClient("os1-fd");
            catalog.addJob(client, "p-a");
            catalog.addJob(client, bytes("p-b\u00ff\u00fe"));
            catalog.addJob(client, bytes("p-\u00c3"));
            catalog.addJob(client, "p-%");
            catalog.addJob(client, "p-\\");
            catalog.addJob(client, "p-\n");
            catalog.addJob(client, "p-" + "x".repeat(126));
            catalog.addJob(client, "p-z");
            assertThat(jobNames(catalog, "os1-fd", "p-")).containsExactlyInAnyOrder("p-a", "p-z");
        }
    }

    @Test
    void foreignBytesElsewhereInTheCatalogDoNotMatter() {
        try (TestCatalog catalog = TestCatalog.create(16)) {
            int client = catalog.addClient("os1-fd");
            catalog.addJob(client, "p-a");
            catalog.execute(
                    "UPDATE job SET comment = E'\\\\xff'::bytea::text, job = convert_from('\\xfffe', 'SQL_ASCII')");
            catalog.execute("UPDATE client SET uname = convert_from('\\xfffe', 'SQL_ASCII')");
            catalog.execute("INSERT INTO client (name, uname) VALUES (convert_from('\\xfffe', 'SQL_ASCII'), '')");
            assertThat(jobNames(catalog, "os1-fd", "p-")).containsExactly("p-a");
        }
    }

    @Test
    void aCatalogWhereNothingHasRunIsEmptyNotAnError() {
        try (TestCatalog catalog = TestCatalog.create(1026)) {
            assertThat(jobNames(catalog, "os1-fd", "p-")).isEmpty();
            catalog.addClient("os1-fd");
            assertThat(jobNames(catalog, "os1-fd", "p-")).isEmpty();
        }
    }

    @Test
    void namesAreFoundByTheIndexNotByReadingEveryRun() throws SQLException {
        try (TestCatalog catalog = TestCatalog.create(1026);
                Connection connection = catalog.connect()) {
            int client = catalog.addClient("os1-fd");
            catalog.execute("INSERT INTO job (job, name, type, level, jobstatus, clientid)"
                    + " SELECT 'run', 'p-vm' || n % 500, 'B', 'I', 'T', " + client
                    + " FROM generate_series(1, 100000) n");
            catalog.execute("UPDATE job SET type = 'C', priorjobid = 1 WHERE jobid % 1000 = 1");
            catalog.execute("ANALYZE");
            assertThat(jobNames(catalog, "os1-fd", "p-")).hasSize(500);
            try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + PostgresCatalog.JOB_NAMES)) {
                statement.setString(1, "os1-fd");
                statement.setString(2, "p-");
                statement.setString(3, "p.");
                statement.setString(4, "p.");
                StringBuilder plan = new StringBuilder();
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        plan.append(rows.getString(1)).append('\n');
                    }
                }
                assertThat(plan.toString())
                        .containsPattern("Index (Only )?Scan using job_name_idx on job")
                        .doesNotContain("Seq Scan on job");
            }
        }
    }

    @Test
    void aMissingIndexIsNoticedAndAnotherOneDoesNotStandIn() throws SQLException {
        try (TestCatalog catalog = TestCatalog.create(1026);
                Connection connection = catalog.connect()) {
            assertThat(hasIndex(connection)).isTrue();
            catalog.execute("DROP INDEX job_name_idx");
            catalog.execute("CREATE INDEX plain ON job (name)");
            catalog.execute("CREATE INDEX second ON job (clientid, name text_pattern_ops)");
            assertThat(hasIndex(connection)).isFalse();
            catalog.execute("CREATE INDEX other_name ON job (name text_pattern_ops)");
            assertThat(hasIndex(connection)).isTrue();
        }
    }

    private static boolean hasIndex(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(PostgresCatalog.INDEX_FOUND)) {
            return rows.next();
        }
    }

    private static Set<String> jobNames(TestCatalog catalog, String client, String prefix) {
        return read(catalog, client, prefix).known();
    }

    static JobNames read(TestCatalog catalog, String client, String prefix) {
        return new PostgresCatalogProvider()
                .create(Settings.of(catalog.settings()))
                .jobNames(new OpenStackInstance("dc1", "os1", client, "proxy", prefix, null));
    }

    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }
}
