package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mysql-lock.sh} with a real SSH server and a real MariaDB: what holds while the lock is there, and what ends it. */
@ResourceLock(Vm.LOCK)
class MariaDbLockTest {
    private static final String JOB = "backup-dc1-os1-db01.2026-11-22_01.05.00_03";
    private static final String OTHER_JOB = "backup-dc1-os1-db01.2026-11-22_02.05.00_04";

    @TempDir
    private static Path folder;

    private static Vm vm;
    private static MariaDb database;

    @TempDir
    private Path hostFolder;

    private BackupHost host;

    @BeforeAll
    static void start() throws Exception {
        vm = Vm.start(folder);
        database = MariaDb.start(vm);
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
        host.know(vm, database.settings());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        host.start("mysql-lock.sh", "unlock", BackupHost.UUID).exitCode();
        Await.until("no session of a lock is left", () -> database.lockSessions() == 0);
        Await.until("no shell of a lock is left", () -> vm.lockShells().isEmpty());
    }

    @Test
    void whileTheLockIsHeldAWriterBlocksAndAReaderDoesNot() throws Exception {
        int rows = database.rows();
        host.lock("mysql", JOB);
        Run writer = database.writeBlocks();
        String unlocked = host.unlock("mysql", JOB);
        database.goesOn(writer, rows);
        assertThat(BackupHost.windowMillis(unlocked)).isPositive();
    }

    @Test
    void whoReadsTheOutputToItsEndIsNotKeptWaitingByTheLock() throws Exception {
        // As the File Daemon does it: both outputs in one pipe.
        Run lock = Run.start(
                hostFolder,
                host.environment(),
                List.of(
                        "sh",
                        "-c",
                        "\"$0\" lock \"$1\" job 2>&1 | cat",
                        BackupHost.KIT.resolve("mysql-lock.sh").toString(),
                        BackupHost.UUID));
        assertThat(lock.orFail()).contains("is locked");
        assertThat(host.state("state")).isEqualTo("held");
        host.unlock("mysql", "job");
    }

    @Test
    void theWindowIsMeasured() throws Exception {
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            host.lock("mysql", JOB);
            shortest = Math.min(shortest, BackupHost.windowMillis(host.unlock("mysql", JOB)));
        }
        System.out.println("mysql: shortest of 5 lock windows with nothing to do in them: " + shortest + " ms");
        assertThat(shortest).isPositive();
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void whateverDiesTheWriterGoesOnAndTheUnlockTellsIt(Death death) throws Exception {
        int rows = database.rows();
        host.lock("mysql", JOB);
        Run writer = database.writeBlocks();
        death.strike(host, vm);
        database.goesOn(writer, rows);
        host.unlockFindsItLost("mysql", JOB);

        host.lock("mysql", OTHER_JOB);
        host.unlock("mysql", OTHER_JOB);
    }

    @Test
    void aForgottenLockEndsAtItsLimit() throws Exception {
        limit(1, 18);
        int rows = database.rows();
        host.lock("mysql", JOB);
        Run writer = database.write();
        database.goesOn(writer, rows);
        assertThat(host.unlockFindsItLost("mysql", JOB)).contains("the limit of 18 seconds");
    }

    @Test
    void theServerItselfEndsALockWhoseProcessesCannot() throws Exception {
        limit(1, 18);
        int rows = database.rows();
        host.lock("mysql", JOB);
        ProcessHandle shell = vm.lockShells().get(0);
        List<ProcessHandle> stopped =
                Stream.concat(Stream.of(shell), shell.descendants()).collect(Collectors.toList());
        for (ProcessHandle process : stopped) {
            Vm.signal("STOP", process);
        }
        try {
            database.goesOn(database.write(), rows);
        } finally {
            for (ProcessHandle process : stopped) {
                Vm.signal("CONT", process);
            }
        }
        host.unlockFindsItLost("mysql", JOB);
    }

    private void limit(int wait, int limit) throws Exception {
        Map<String, String> settings = database.settings();
        settings.put("LOCK_WAIT_SECONDS", Integer.toString(wait));
        settings.put("MAX_LOCK_SECONDS", Integer.toString(limit));
        host.know(vm, settings);
    }

    @Test
    void aSecondLockIsRefusedAndItsUnlockLeavesTheFirstAlone() throws Exception {
        int rows = database.rows();
        host.lock("mysql", JOB);
        Run writer = database.writeBlocks();
        assertThat(host.lockFails("mysql", OTHER_JOB))
                .contains("locked already")
                .contains(JOB);
        assertThat(host.lockFails("postgresql", OTHER_JOB)).contains("locked already");
        Run unlock = host.start("mysql-lock.sh", "unlock", BackupHost.UUID, OTHER_JOB);
        assertThat(unlock.exitCode()).isEqualTo(1);
        assertThat(unlock.text()).contains("left alone");
        assertThat(writer.isAlive()).isTrue();
        host.unlock("mysql", JOB);
        database.goesOn(writer, rows);
    }

    @Test
    void aSecondLockFromAnotherHostIsRefusedByTheVm() throws Exception {
        Map<String, String> settings = database.settings();
        settings.put("LOCK_WAIT_SECONDS", "1");
        host.know(vm, settings);
        host.lock("mysql", JOB);
        BackupHost other = new BackupHost(hostFolder.resolve("other"));
        other.know(vm, settings);
        assertThat(other.lockFails("mysql", OTHER_JOB)).contains("NOT locked").contains("another session");
        host.unlock("mysql", JOB);
    }

    @Test
    void anOperatorUnlocksByHand() throws Exception {
        host.lock("mysql", JOB);
        assertThat(host.start("mysql-lock.sh", "status", BackupHost.UUID).orFail())
                .contains("is locked")
                .contains(JOB);
        assertThat(host.start("mysql-lock.sh", "unlock", BackupHost.UUID).orFail())
                .contains("is unlocked");
        assertThat(host.start("mysql-lock.sh", "status", BackupHost.UUID).orFail())
                .contains("is not locked");
    }

    @Test
    void aLockThatCannotBeHadInTimeFailsAndBlocksNobody() throws Exception {
        limit(2, 900);
        int rows = database.rows();
        Run busy = database.run("application", "lock tables shop.other write; select 'got it'; select sleep(600)");
        Await.until("a table is locked", () -> busy.text().contains("got it"));
        try {
            assertThat(host.lockFails("mysql", JOB)).contains("NOT locked").contains("Lock wait timeout");
            Await.until("no session of a lock is left", () -> database.lockSessions() == 0);
            database.goesOn(database.write(), rows);
            assertThat(host.unlock("mysql", JOB)).contains("was not locked").contains("Lock wait timeout");
        } finally {
            busy.process().destroyForcibly();
            database.sql("kill "
                    + database.sql("select id from information_schema.processlist where info like '%sleep(600)'"
                            + " and id <> connection_id()"));
        }
    }

    @Test
    void aLockThatNobodyWaitsForAnyMoreIsGivenBack() throws Exception {
        Map<String, String> settings = database.settings();
        settings.put("LOCK_WAIT_SECONDS", "60");
        host.know(vm, settings);
        int rows = database.rows();
        Run busy = database.run("application", "lock tables shop.other write; select 'got it'; select sleep(600)");
        Await.until("a table is locked", () -> busy.text().contains("got it"));
        Run lock = host.start("mysql-lock.sh", "lock", BackupHost.UUID, JOB);
        Await.until("the lock waits", () -> database.lockSessions() == 1);
        lock.process().destroyForcibly();
        lock.exitCode();
        busy.process().destroyForcibly();
        database.sql("kill "
                + database.sql("select id from information_schema.processlist where info like '%sleep(600)'"
                        + " and id <> connection_id()"));
        database.goesOn(database.write(), rows);
        Await.until("the holder has given up", () -> host.state("state").equals("failed"));
    }

    @Test
    void whatCannotBeLockedFailsTheJobAndSaysWhy() throws Exception {
        host.know(vm, database.settings(MariaDb.QUIESCER, "wrong"));
        assertThat(host.lockFails("mysql", JOB)).contains("NOT locked").contains("Access denied");
        assertThat(host.unlock("mysql", JOB)).contains("nothing to unlock");

        database.sql("create or replace user 'powerless'@'localhost' identified by 'x'");
        host.know(vm, database.settings("powerless", "x"));
        assertThat(host.lockFails("mysql", JOB)).contains("NOT locked").contains("RELOAD");

        Map<String, String> nobodyThere = database.settings();
        nobodyThere.put("SSH_PORT", Integer.toString(Vm.freePort()));
        host.know(vm, nobodyThere);
        assertThat(host.lockFails("mysql", JOB)).contains("NOT locked").contains("Connection refused");

        host.know(vm, database.settings());
        Files.writeString(host.etc().resolve("known_hosts"), "127.0.0.1 " + vm.hostKey() + "\n");
        assertThat(host.lockFails("mysql", JOB))
                .as("a key that is known for an address, but not for this server")
                .contains("NOT locked")
                .contains("Host key verification failed");
    }

    /** A client that goes on after an error would give the answers of a lock that it was refused. */
    @Test
    void aClientThatIsSetToGoOnAfterErrorsStopsAtTheFirst() throws Exception {
        database.sql("create or replace user 'powerless'@'localhost' identified by 'x'");
        Path options = Files.writeString(
                vm.loginFolder().resolve(".my.cnf"), "[client]\nuser = powerless\npassword = x\n[mysql]\nforce\n");
        try {
            host.know(vm, database.settings("", ""));
            assertThat(host.lockFails("mysql", JOB)).contains("NOT locked").contains("RELOAD");
        } finally {
            Files.delete(options);
        }
    }

    @Test
    void anUnlockWithoutALockSaysSo() throws Exception {
        Run unlock = host.start("mysql-lock.sh", "unlock", BackupHost.UUID, JOB);
        assertThat(unlock.exitCode()).isEqualTo(1);
        assertThat(unlock.text()).contains("there is no lock");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\"b\\c#d'e;f $x `id`",
                "$(touch pwned)",
                " blanks at both ends ",
                "--password=x -p",
                "'in quotes'",
                "\\\"\\n\\t\\s%s%n!x*?[a]{b,c}~",
                "größe=1",
                "end",
                "release"
            })
    void aPasswordIsNeverAnythingButAPassword(String password) throws Exception {
        database.grant("hostile", password);
        host.know(vm, database.settings("hostile", password));
        int rows = database.rows();
        host.lock("mysql", JOB);
        Run writer = database.writeBlocks();
        host.unlock("mysql", JOB);
        database.goesOn(writer, rows);
        assertThat(vm.files().keySet()).isEmpty();
    }

    @Test
    void thePasswordIsOnNoCommandLineInNoOutputAndOnNoDisk() throws Exception {
        host.lock("mysql", JOB);
        Run status = host.start("mysql-lock.sh", "status", BackupHost.UUID);
        String seen = ProcessHandle.allProcesses().map(Vm::words).collect(Collectors.joining("\n"))
                + status.orFail()
                + vm.files()
                + files(host.stateFolder())
                + vm.printed("sshd");
        assertThat(seen)
                .as("the ssh of this lock is among what was looked at")
                .contains("HostKeyAlias=" + BackupHost.UUID);
        String unlocked = host.unlock("mysql", JOB);
        assertThat(seen + unlocked).doesNotContain(MariaDb.PASSWORD);

        host.know(vm, database.settings("unknown", MariaDb.PASSWORD));
        assertThat(host.lockFails("mysql", JOB)).doesNotContain(MariaDb.PASSWORD);
    }

    private static Map<Path, String> files(Path folder) throws Exception {
        Map<Path, String> files = new HashMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(Files::isRegularFile).collect(Collectors.toList())) {
                files.put(file, Files.readString(file));
            }
        }
        return files;
    }

    @Test
    void addressAndCredentialsComeFromTheServersProperties() throws Exception {
        Map<String, String> common = BackupHost.quick();
        common.put("STATE_DIR", host.stateFolder().toString());
        common.put("SSH", vm.program("ssh").toString());
        common.put("OPENSTACK", hostFolder.resolve("openstack-program").toString());
        common.put("DB_SOCKET", database.settings().get("DB_SOCKET"));
        common.put("DB_USER", "the property wins");
        host.write("quiesce.env", common);
        Files.delete(host.etc().resolve(BackupHost.UUID + ".env"));
        host.openStackSays("""
                {"id": "%s", "name": "$(touch pwned)", "addresses": {"net": ["10.0.0.7", "127.0.0.1"]},
                 "properties": {"backup-jobdefs": "mysql-consistent", "backup-quiesce-host": "127.0.0.1",
                  "backup-quiesce-port": "%d", "backup-quiesce-user": "%s",
                  "backup-quiesce-db-user": "%s", "backup-quiesce-db-password": "%s"}}
                """.formatted(BackupHost.UUID, vm.port(), Vm.USER, MariaDb.QUIESCER, MariaDb.PASSWORD), 0);
        int rows = database.rows();
        host.lock("mysql", JOB);
        Run writer = database.writeBlocks();
        host.unlock("mysql", JOB);
        database.goesOn(writer, rows);
    }
}
