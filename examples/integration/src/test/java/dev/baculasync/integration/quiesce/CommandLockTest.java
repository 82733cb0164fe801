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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code command-lock.sh}: a process that writes is frozen and thawed by commands of the operator. */
class CommandLockTest {
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
        host.know(vm, commands("kill -STOP " + writer.pid(), "kill -CONT " + writer.pid()));
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

    private static boolean isFrozen() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + writer.pid() + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    }

    private static void goesOn() throws Exception {
        long before = written();
        Await.until("the writer goes on", () -> written() > before);
    }

    @Test
    void whileTheLockIsHeldTheWriterIsFrozenAndAReaderIsNot() throws Exception {
        host.lock("command", JOB);
        assertThat(isFrozen()).isTrue();
        long before = written();
        assertThat(vm.run(List.of("cat", folder.resolve("written").toString())).orFail())
                .hasSize((int) before);
        String unlocked = host.unlock("command", JOB);
        goesOn();
        System.out.println("command: frozen for " + BackupHost.windowMillis(unlocked) + " ms");
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void whateverDiesTheWriterGoesOnAndTheUnlockTellsIt(Death death) throws Exception {
        host.lock("command", JOB);
        assertThat(isFrozen()).isTrue();
        death.strike(host, vm);
        goesOn();
        host.unlockFindsItLost("command", JOB);
    }

    @Test
    void aForgottenLockEndsAtItsLimit() throws Exception {
        Map<String, String> settings =
                new HashMap<>(commands("kill -STOP " + writer.pid(), "kill -CONT " + writer.pid()));
        settings.put("MAX_LOCK_SECONDS", "3");
        settings.put("LOCK_WAIT_SECONDS", "2");
        host.know(vm, settings);
        host.lock("command", JOB);
        goesOn();
        assertThat(host.unlockFindsItLost("command", JOB)).contains("the limit of 3 seconds");
    }

    @Test
    void aFreezeThatFailsHalfwayIsThawed() throws Exception {
        host.know(vm, commands("kill -STOP " + writer.pid() + "; exit 3", "kill -CONT " + writer.pid()));
        assertThat(host.lockFails("command", JOB)).contains("NOT locked").contains("the freeze command failed");
        goesOn();
    }

    @Test
    void aFreezeThatDoesNotEndIsThawed() throws Exception {
        Map<String, String> settings =
                new HashMap<>(commands("kill -STOP " + writer.pid() + "; sleep 600", "kill -CONT " + writer.pid()));
        settings.put("LOCK_WAIT_SECONDS", "2");
        host.know(vm, settings);
        assertThat(host.lockFails("command", JOB)).contains("NOT locked").contains("the freeze command failed");
        goesOn();
    }

    @Test
    void aThawThatFailsIsTriedAgainAndSaidLoudly() throws Exception {
        Path tries = vm.folder().resolve("tries");
        host.know(vm, commands("true", "echo >>" + tries + "; echo it is stuck; exit 7"));
        host.lock("command", JOB);
        assertThat(host.unlockFindsItLost("command", JOB)).contains("THE THAW COMMAND FAILED with exit code 7");
        assertThat(Files.readAllLines(tries)).hasSize(2);
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
