package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code command-lock.sh}: a process that writes is frozen and thawed by commands of the operator. */
@ResourceLock(Vm.LOCK)
class CommandLockTest {
    private static final int LINE = "line\n".length();
    private static final String JOB = "backup-dc1-os1-app01.2026-11-22_01.05.00_03";

    @TempDir
    private static Path folder;

    private static Vm vm;
    private static Process writer;

    @TempDir
    private Path hostFolder;

    private BackupHost host;

    @BeforeAll
    static void start() throws Exception {
        vm = Vm.start(folder);
        writer = vm.daemon(
                "writer", Map.of(), List.of("bash", "-c", "while echo line >>written; do read -rt 0.02 <> <(:); done"));
        goesOn();
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
        host.know(vm, commands(freeze(), thaw()));
    }

    private static String freeze() {
        return "kill -STOP " + writer.pid();
    }

    /** Notes itself down, so that a second time is seen; does nothing if it cannot print before. */
    private String thaw() {
        return "echo thawing && { echo >>" + hostFolder.resolve("thaws") + "; kill -CONT " + writer.pid() + "; }";
    }

    private void isThawedOnce() throws Exception {
        Path thaws = hostFolder.resolve("thaws");
        Await.until("it is thawed", () -> Files.exists(thaws) && Files.size(thaws) > 0);
        Await.until("no shell of a lock is left", () -> vm.lockShells().isEmpty());
        assertThat(thaws).hasContent("\n");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        host.start("command-lock.sh", "unlock", BackupHost.UUID).exitCode();
        Await.until("no shell of a lock is left", () -> vm.lockShells().isEmpty());
        goesOn();
    }

    private static Map<String, String> commands(String freeze, String thaw) {
        return Map.of("FREEZE_COMMAND", freeze, "THAW_COMMAND", thaw);
    }

    private static long written() throws IOException {
        Path file = folder.resolve("written");
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** A line that it was writing when it was told to stop may still come. */
    private static void goesOn() throws Exception {
        long before = written();
        Await.until("the writer goes on", () -> written() > before + LINE);
    }

    /** It stops when it comes out of the kernel, which may be later than whoever told it so has ended. */
    private static void isFrozen() throws Exception {
        Await.until("the writer is frozen", () -> {
            String stat = Files.readString(Path.of("/proc/" + writer.pid() + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
        });
    }

    @Test
    void whileTheLockIsHeldTheWriterIsFrozenAndAReaderIsNot() throws Exception {
        host.lock("command", JOB);
        isFrozen();
        long before = written();
        assertThat(vm.run(List.of("cat", folder.resolve("written").toString())).orFail())
                .hasSize((int) before);
        String unlocked = host.unlock("command", JOB);
        goesOn();
        isThawedOnce();
        System.out.println("command: frozen for " + BackupHost.windowMillis(unlocked) + " ms");
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void whateverDiesTheWriterGoesOnAndTheUnlockTellsIt(Death death) throws Exception {
        host.lock("command", JOB);
        isFrozen();
        death.strike(host, vm);
        goesOn();
        host.unlockFindsItLost("command", JOB);
        isThawedOnce();
    }

    @Test
    void aShellThatStandsStillIsThawedByTheOther() throws Exception {
        limit(1, 900);
        host.lock("command", JOB);
        isFrozen();
        ProcessHandle shell = vm.lockShells().get(0);
        ProcessHandle session = shell.children().findFirst().orElseThrow();
        Vm.signal("STOP", session);
        vm.network().cut();
        goesOn();
        host.unlockFindsItLost("command", JOB);
        isThawedOnce();

        limit(1, 18);
        Files.delete(hostFolder.resolve("thaws"));
        host.lock("command", JOB);
        isFrozen();
        ProcessHandle other = vm.lockShells().get(0);
        Vm.signal("STOP", other);
        try {
            goesOn();
        } finally {
            Vm.signal("CONT", other);
        }
        host.unlockFindsItLost("command", JOB);
        isThawedOnce();
    }

    private void limit(int wait, int limit) throws Exception {
        Map<String, String> settings = new HashMap<>(commands(freeze(), thaw()));
        settings.put("LOCK_WAIT_SECONDS", Integer.toString(wait));
        settings.put("MAX_LOCK_SECONDS", Integer.toString(limit));
        host.know(vm, settings);
    }

    @Test
    void aVmThatShutsDownIsThawedOnce() throws Exception {
        host.lock("command", JOB);
        ProcessHandle shell = vm.lockShells().get(0);
        for (ProcessHandle process : List.of(shell.children().findFirst().orElseThrow(), shell)) {
            Vm.signal("TERM", process);
        }
        goesOn();
        host.unlockFindsItLost("command", JOB);
        isThawedOnce();
    }

    @Test
    void aForgottenLockEndsAtItsLimit() throws Exception {
        limit(1, 18);
        host.lock("command", JOB);
        goesOn();
        assertThat(host.unlockFindsItLost("command", JOB)).contains("the limit of 18 seconds");
        isThawedOnce();
    }

    @Test
    void aFreezeThatFailsHalfwayIsThawed() throws Exception {
        host.know(vm, commands(freeze() + "; echo it is stuck; exit 3", thaw() + "; echo and thawed"));
        assertThat(host.lockFails("command", JOB))
                .contains("NOT locked")
                .contains("the freeze command failed: it is stuck");
        goesOn();
        isThawedOnce();
    }

    @Test
    void aFreezeThatDoesNotEndIsThawed() throws Exception {
        Map<String, String> settings = new HashMap<>(commands(freeze() + "; sleep 600", thaw()));
        settings.put("LOCK_WAIT_SECONDS", "2");
        host.know(vm, settings);
        assertThat(host.lockFails("command", JOB)).contains("NOT locked").contains("the freeze command failed");
        goesOn();
        isThawedOnce();
    }

    @Test
    void whatACommandPrintsIsNotTakenForOurWords() throws Exception {
        host.know(vm, commands(freeze() + "; printf frozen", thaw() + "; printf 'thawed, '"));
        host.lock("command", JOB);
        host.unlock("command", JOB);
        isThawedOnce();
    }

    @Test
    void aProcessThatACommandLeavesBehindKeepsNobodyWaiting() throws Exception {
        host.know(vm, commands("sleep 40 & " + freeze(), "sleep 40 & " + thaw()));
        for (Death death : List.of(Death.CONNECTION_CUT, Death.SESSION_ON_VM)) {
            host.lock("command", JOB);
            death.strike(host, vm);
            goesOn();
            host.unlockFindsItLost("command", JOB);
            isThawedOnce();
            Files.delete(hostFolder.resolve("thaws"));
        }
        host.lock("command", JOB);
        host.unlock("command", JOB);
        isThawedOnce();
    }

    @Test
    void aThawThatFailsIsSaidLoudlyAndNotRepeated() throws Exception {
        Path tries = hostFolder.resolve("tries");
        host.know(vm, commands("true", "echo >>" + tries + "; echo it is stuck; exit 7"));
        host.lock("command", JOB);
        assertThat(host.unlockFindsItLost("command", JOB)).contains("THE THAW COMMAND FAILED with exit code 7");
        assertThat(tries).hasContent("\n");

        host.know(vm, commands("exit 1", "echo >>" + tries + "; exit 7"));
        assertThat(host.lockFails("command", JOB))
                .contains("the freeze command failed")
                .contains("THE THAW COMMAND FAILED with exit code 7");
        assertThat(tries).hasContent("\n\n");
    }

    @Test
    void commandsComeFromTheOperatorAlone() throws Exception {
        host.know(vm, Map.of("SSH_HOST", ""));
        host.openStackSays("""
                {"id": "%s", "addresses": {"net": ["127.0.0.1"]},
                 "properties": {"backup-quiesce-freeze-command": "touch pwned", "FREEZE_COMMAND": "touch pwned",
                  "THAW_COMMAND": "touch pwned"}}
                """.formatted(BackupHost.UUID), 0);
        assertThat(host.lockFails("command", JOB)).contains("FREEZE_COMMAND and THAW_COMMAND must be set");
        assertThat(vm.files()).isEmpty();
    }
}
