package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The login and the database's client are different users, as with sudo: no signal of the one reaches the other. Both are
 * numbers that no account has, so none has to be made; in place of sudo stands a program that root has given away.
 */
@ResourceLock(Vm.LOCK)
class OtherUserTest {
    private static final String JOB = "backup-dc1-os1-db01.2026-11-22_01.05.00_03";
    private static final int LOGIN = 64_101;
    private static final int ADMIN = 64_102;

    @TempDir
    private static Path folder;

    private static Vm vm;
    private static MariaDb mariaDb;
    private static Postgres postgres;

    @TempDir
    private Path hostFolder;

    private BackupHost host;

    @BeforeAll
    static void start() throws Exception {
        VmHome.orSkip();
        assumeTrue(VmHome.isRoot(), "only root can become two other users");
        Path login = Files.createDirectories(folder.resolve("login"));
        Files.setAttribute(login, "unix:uid", LOGIN);
        vm = Vm.start(folder, become("setpriv", LOGIN));
        mariaDb = MariaDb.start(vm);
        mariaDb.grant("admin", "");
        postgres = Postgres.start(vm);
        Path become = Files.copy(Path.of("/usr/bin/setpriv"), vm.program("become"));
        Files.setAttribute(become, "unix:gid", LOGIN);
        Files.setAttribute(become, "unix:mode", 04750);
        vm.installScript("sudo", """
                [ "$1 $2 $3 $4" = "-n -u admin --" ] || exit 1
                shift 4
                PGPASSWORD='%s' exec %s "$@"
                """.formatted(Postgres.PASSWORD, String.join(" ", become(become.toString(), ADMIN))));
    }

    /** The user may read everything, so that it matters to nobody where the packages and the test's folder are. */
    private static List<String> become(String program, int user) {
        return List.of(
                program,
                "--reuid=" + user,
                "--regid=" + user,
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search",
                "--");
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
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (String script : List.of("mysql-lock.sh", "postgresql-lock.sh")) {
            host.start(script, "unlock", BackupHost.UUID).exitCode();
        }
        Await.until("no shell of a lock is left", () -> vm.lockShells().isEmpty());
    }

    /** An ssh that writes down what is sent to the VM. */
    private Path sent() throws Exception {
        Path sent = hostFolder.resolve("sent");
        Path ssh = hostFolder.resolve("ssh");
        VmHome.writeScript(ssh, "tee '" + sent + "' | '" + vm.program("ssh") + "' \"$@\"\n");
        return sent;
    }

    private void know(Map<String, String> settings, Map<String, String> more) throws Exception {
        settings.remove("DB_PASSWORD");
        settings.put("DB_SUDO_USER", "admin");
        settings.putAll(more);
        host.know(vm, settings);
    }

    private static ProcessHandle client() throws Exception {
        List<ProcessHandle> children = vm.lockShells().get(0).children().toList();
        assertThat(children).hasSize(1);
        Path process = Path.of("/proc/" + children.get(0).pid());
        assertThat(Files.getAttribute(process, "unix:uid")).isEqualTo(ADMIN);
        assertThat(Files.getAttribute(Path.of("/proc/" + vm.lockShells().get(0).pid()), "unix:uid"))
                .isEqualTo(LOGIN);
        return children.get(0);
    }

    private void holdsPastHeartbeats(String driver, Map<String, String> settings) throws Exception {
        Path sent = sent();
        know(settings, Map.of("SSH", hostFolder.resolve("ssh").toString(), "HEARTBEAT_SECONDS", "1"));
        host.lock(driver, JOB);
        client();
        long before = beats(sent);
        Await.until("two more beats", () -> beats(sent) >= before + 2);
        host.unlock(driver, JOB);
    }

    private static long beats(Path sent) throws Exception {
        return Files.readAllLines(sent).stream().filter("beat"::equals).count();
    }

    @Test
    void aLockOfAnotherUserIsHeldPastHeartbeats() throws Exception {
        holdsPastHeartbeats("mysql", mariaDbSettings());
        holdsPastHeartbeats("postgresql", postgres.settings());
    }

    private static Map<String, String> mariaDbSettings() {
        return mariaDb.settings("admin", "");
    }

    /** Its client stands still, and no signal of ours reaches it; the limit is far away. */
    @Test
    void aClientThatNoSignalReachesIsPutOutByItsServer() throws Exception {
        know(mariaDbSettings(), Map.of("LOCK_WAIT_SECONDS", "1"));
        int rows = mariaDb.rows();
        List<ProcessHandle> stopped = new ArrayList<>();
        try {
            host.lock("mysql", JOB);
            stopped.add(client());
            Vm.signal("STOP", stopped.get(0));
            Run writer = mariaDb.writeBlocks();
            vm.network().cut();
            mariaDb.goesOn(writer, rows);
            host.unlockFindsItLost("mysql", JOB);

            // The same when its answer to the unlock does not come.
            Await.until("no shell of a lock is left", () -> vm.lockShells().isEmpty());
            host.lock("mysql", JOB);
            stopped.add(client());
            Vm.signal("STOP", stopped.get(1));
            writer = mariaDb.writeBlocks();
            host.unlockFindsItLost("mysql", JOB);
            mariaDb.goesOn(writer, rows + 1);

            Await.until("no shell of a lock is left", () -> vm.lockShells().isEmpty());
            know(postgres.settings(), Map.of("LOCK_WAIT_SECONDS", "1"));
            long aborted = postgres.aborted();
            host.lock("postgresql", JOB);
            stopped.add(client());
            Vm.signal("STOP", stopped.get(2));
            vm.network().cut();
            Await.until("the server has ended the backup", () -> postgres.aborted() == aborted + 1);
            host.unlockFindsItLost("postgresql", JOB);
        } finally {
            for (ProcessHandle process : stopped) {
                Vm.signal("KILL", process);
            }
        }
    }

    /** A server that does not come to an end with its statement is left when the statement has had its time. */
    @Test
    void aLockThatAnotherUserCannotHaveInTimeBlocksNobody() throws Exception {
        know(mariaDbSettings(), Map.of("LOCK_WAIT_SECONDS", "2"));
        int rows = mariaDb.rows();
        Run busy = mariaDb.run("application", "lock tables shop.other write; select 'got it'; select sleep(600)");
        Await.until("a table is locked", () -> busy.text().contains("got it"));
        try {
            assertThat(host.lockFails("mysql", JOB)).contains("NOT locked").contains("Lock wait timeout");
            mariaDb.goesOn(mariaDb.write(), rows);
        } finally {
            busy.process().destroyForcibly();
            mariaDb.sql("kill "
                    + mariaDb.sql("select id from information_schema.processlist where info like '%sleep(600)'"
                            + " and id <> connection_id()"));
        }
    }
}
