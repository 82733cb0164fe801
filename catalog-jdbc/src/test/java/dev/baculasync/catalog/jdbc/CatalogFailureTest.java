package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

// A read from a socket does not heed an interrupt.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CatalogFailureTest {
    @SuppressWarnings("unused") // by name, below
    private static final Iterable<Integer> VERSIONS = TestCatalog.VERSIONS;

    private static final OpenStackInstance OS1 = new OpenStackInstance("dc1", "os1", "os1-fd", "proxy", "p-", null);

    private static TestCatalog catalog;

    @BeforeAll
    static void create() {
        catalog = TestCatalog.create(1026);
        int client = catalog.addClient("os1-fd");
        catalog.addJob(client, "p-vm");
    }

    @AfterAll
    static void drop() {
        catalog.close();
    }

    @ParameterizedTest
    @FieldSource("VERSIONS")
    void aCatalogOfEverySchemaVersionPassesTheCheck(int version) {
        try (TestCatalog other = TestCatalog.create(version)) {
            assertThatCode(catalog(other, config -> {})::check).doesNotThrowAnyException();
        }
    }

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket unused = new ServerSocket(0)) {
            port = unused.getLocalPort();
        }
        ProviderException e = checkFails(config -> config.port(port));
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e)
                .hasMessageStartingWith("cannot connect to the PostgreSQL catalog at localhost:" + port + "/")
                .hasMessageContaining("refused")
                .hasMessageContaining("DB_HOST");
    }

    @Test
    void aHostThatDoesNotExistIsNamed() {
        ProviderException e = checkFails(config -> config.host("catalog.invalid"));
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e).hasMessageContaining("UnknownHost").hasMessageContaining("catalog.invalid:");
    }

    @Test
    void aServerThatAcceptsAndSaysNothingIsATimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            ProviderException e =
                    checkFails(config -> config.port(silent.getLocalPort()).connectTimeout(Duration.ofSeconds(1)));
            assertThat(e.code()).isEqualTo(Code.TIMEOUT);
            assertThat(e).hasMessageStartingWith("cannot connect to the PostgreSQL catalog");
        }
    }

    @Test
    void aWrongPasswordIsToldButNotWhichOne() {
        ProviderException e =
                checkFails(config -> config.user(TestCatalog.GUARDED).password("wr0ng-secret"));
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e)
                .hasMessageStartingWith("cannot connect to the PostgreSQL catalog")
                .hasMessageContaining("password authentication failed")
                .hasMessageContaining("PGPASSFILE");
        StringWriter everything = new StringWriter();
        e.printStackTrace(new PrintWriter(everything));
        assertThat(everything.toString()).doesNotContain("wr0ng-secret");
    }

    @Test
    void noPasswordWhereOneIsWantedIsTold() {
        ProviderException e = checkFails(config -> config.user(TestCatalog.GUARDED));
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e).hasMessageContaining("password").hasMessageContaining("PGPASSWORD");
    }

    @Test
    void theDriverLooksForNoPasswordFileByItself(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("pgpass"), "*:*:*:*:corr\\:ect\\\\horse\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        System.setProperty("org.postgresql.pgpassfile", file.toString());
        try {
            assertThat(checkFails(config -> config.user(TestCatalog.GUARDED)).code())
                    .isEqualTo(Code.UNREACHABLE);
        } finally {
            System.clearProperty("org.postgresql.pgpassfile");
        }
    }

    @Test
    void aDatabaseThatDoesNotExistIsNamed() {
        ProviderException e = checkFails(config -> config.database("nowhere"));
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e).hasMessageContaining("/nowhere as postgres: ").hasMessageContaining("\"nowhere\" does not exist");
    }

    @Test
    void aDatabaseWithoutTheTablesIsNoCatalog() {
        try (TestCatalog other = TestCatalog.withoutTables("UTF8")) {
            other.execute("CREATE TABLE version (versionid int)");
            other.execute("CREATE TABLE fileset (id int)");
            ProviderException e = failure(catalog(other, config -> {})::check);
            assertThat(e.code()).isEqualTo(Code.CONFIGURATION);
            assertThat(e)
                    .hasMessageStartingWith(
                            "database " + other.database() + " is not a Bacula catalog: table(s) job, client missing");
        }
    }

    @Test
    void aTableWithoutTheColumnsIsToldByName() {
        try (TestCatalog other = TestCatalog.create(1026)) {
            other.execute("ALTER TABLE job DROP COLUMN clientid");
            ProviderException e = failure(catalog(other, config -> {})::check);
            assertThat(e.code()).isEqualTo(Code.BAD_ANSWER);
            assertThat(e).hasMessageContaining("\"clientid\" does not exist");
        }
    }

    @Test
    void tablesThatMayNotBeReadAreNamedWithTheGrantThatHelps() {
        Consumer<PostgresCatalogConfig.Builder> guarded =
                config -> config.user(TestCatalog.GUARDED).password(TestCatalog.GUARDED_PASSWORD);
        try (TestCatalog other = TestCatalog.create(1026)) {
            other.addJob(other.addClient("os1-fd"), "p-vm");
            ProviderException e = failure(catalog(other, guarded)::check);
            assertThat(e.code()).isEqualTo(Code.CONFIGURATION);
            assertThat(e)
                    .hasMessageStartingWith("permission denied")
                    .hasMessageContaining("GRANT SELECT ON job, client TO \"guarded\"");

            ProviderException query = failure(() -> catalog(other, guarded).jobNames(OS1));
            assertThat(query.code()).isEqualTo(Code.CONFIGURATION);
            assertThat(query).hasMessageContaining("permission denied for table");

            other.execute("GRANT SELECT ON job, client TO \"guarded\"");
            catalog(other, guarded).check();
            assertThat(catalog(other, guarded).jobNames(OS1).known()).containsExactly("p-vm");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT INTO version VALUES (1)", "CREATE TABLE mine (a int)"})
    void ourConnectionsCannotWrite(String sql) throws SQLException {
        CatalogServer server = new CatalogServer(config(catalog, config -> {}));
        try (Connection connection = server.open();
                Statement statement = connection.createStatement()) {
            SQLException e = catchThrowableOfType(SQLException.class, () -> statement.execute(sql));
            assertThat(e.getSQLState()).isEqualTo("25006");
        }
    }

    @Test
    void aQueryThatTakesTooLongIsCancelledOnTheServerToo() throws SQLException {
        try (Connection locker = lockJobs()) {
            ProviderException e = failure(() -> catalog(catalog, config -> config.queryTimeout(Duration.ofSeconds(1)))
                    .jobNames(OS1));
            assertThat(e.code()).isEqualTo(Code.TIMEOUT);
            assertThat(e).hasMessageContaining("os1-fd").hasMessageContaining("1 s");
            try (Statement statement = locker.createStatement();
                    ResultSet rows =
                            statement.executeQuery("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'")) {
                assertThat(rows.next()).as("somebody still waits for the lock").isFalse();
            }
            locker.rollback();
        }
        assertThat(catalog(catalog, config -> {}).jobNames(OS1).known()).containsExactly("p-vm");
    }

    @Test
    void aSessionThatTheServerEndsIsUnreachableNotEmpty() throws SQLException {
        try (Connection locker = lockJobs();
                Statement statement = locker.createStatement()) {
            CompletableFuture<ProviderException> reading = CompletableFuture.supplyAsync(
                    () -> failure(() -> catalog(catalog, config -> {}).jobNames(OS1)));
            int ended = 0;
            while (ended == 0 && !reading.isDone()) {
                try (ResultSet rows = statement.executeQuery(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                + " AND application_name = 'bacula-openstack-sync' AND datname = current_database()")) {
                    while (rows.next()) {
                        ended++;
                    }
                }
                // The view is a snapshot of the transaction otherwise, and we must stay in ours to keep the lock.
                statement.execute("SELECT pg_stat_clear_snapshot()");
            }
            ProviderException e = reading.join();
            assertThat(ended).isEqualTo(1);
            assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
            assertThat(e).hasMessageContaining("terminating connection").hasMessageContaining("os1-fd");
            locker.rollback();
        }
    }

    @Test
    void aListThatBreaksOffInTheMiddleIsAnErrorNeverAShortList() throws Exception {
        try (TestCatalog other = TestCatalog.create(1026)) {
            int client = other.addClient("os1-fd");
            other.execute("INSERT INTO job (job, name, type, level, jobstatus, clientid)"
                    + " SELECT 'run', 'p-' || n, 'B', 'F', 'T', " + client + " FROM generate_series(1, 20000) n");
            assertThat(catalog(other, config -> {}).jobNames(OS1).known()).hasSize(20000);
            try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
                Thread cutter = new Thread(() -> cutAfter(100_000, proxy, other.port()), "cutter");
                cutter.start();
                ProviderException e = failure(() -> catalog(other, config -> config.port(proxy.getLocalPort()))
                        .jobNames(OS1));
                cutter.join();
                assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(e).hasMessageContaining("connection broke");
            }
        }
    }

    /** Relays one connection to the server, and ends it after so many bytes of answers. */
    private static void cutAfter(int bytes, ServerSocket proxy, int port) {
        try (Socket near = proxy.accept();
                Socket far = new Socket("localhost", port)) {
            Thread questions = new Thread(() -> relay(near, far, Integer.MAX_VALUE), "questions");
            questions.start();
            relay(far, near, bytes);
            near.shutdownOutput();
            questions.join();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void relay(Socket from, Socket to, int bytes) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            int left = bytes;
            int read;
            while (left > 0 && (read = in.read(buffer, 0, Math.min(left, buffer.length))) > 0) {
                out.write(buffer, 0, read);
                left -= read;
            }
        } catch (IOException e) {
            // One side is gone, which is what this is for.
        }
    }

    private static Connection lockJobs() throws SQLException {
        Connection locker = catalog.connect();
        locker.setAutoCommit(false);
        try (Statement statement = locker.createStatement()) {
            statement.execute("LOCK TABLE job IN ACCESS EXCLUSIVE MODE");
        }
        return locker;
    }

    private static ProviderException checkFails(Consumer<PostgresCatalogConfig.Builder> change) {
        return failure(catalog(catalog, change)::check);
    }

    private static ProviderException failure(Runnable call) {
        ProviderException e = catchThrowableOfType(ProviderException.class, call::run);
        assertThat(e).as("a ProviderException").isNotNull();
        assertThat(e.getMessage()).doesNotContain("\n");
        return e;
    }

    private static BackupCatalog catalog(TestCatalog catalog, Consumer<PostgresCatalogConfig.Builder> change) {
        return new PostgresCatalogProvider().create(config(catalog, change));
    }

    private static PostgresCatalogConfig config(TestCatalog catalog, Consumer<PostgresCatalogConfig.Builder> change) {
        PostgresCatalogConfig.Builder builder = PostgresCatalogConfig.builder()
                .host(catalog.host())
                .port(catalog.port())
                .database(catalog.database())
                .user("postgres");
        change.accept(builder);
        return builder.build();
    }
}
