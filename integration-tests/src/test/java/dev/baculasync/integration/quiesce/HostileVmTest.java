package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baculasync.integration.BaculaHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a VM that lies, or a backup host in trouble, can do to a lock. In place of ssh stands a script that plays the VM. */
@ResourceLock(Vm.LOCK)
class HostileVmTest {
    private static final String JOB = "backup-dc1-os1-web.2026-11-22_01.05.00_03";
    private static final String UUID = BackupHost.UUID;

    /** Reads the program and the settings, as a VM does. */
    private static final String LISTEN = """
            while IFS= read -r line && [[ $line != nonce=* ]]; do :; done
            nonce=${line#nonce=}
            while IFS= read -r line && [[ $line != end ]]; do :; done
            """;

    private static final String HELD = LISTEN + "echo \"$nonce held\"\n";
    private static final String RELEASE = "while IFS= read -r line && [[ $line != release ]]; do :; done\n";

    @TempDir
    private Path folder;

    private BackupHost host;
    private Map<String, String> common;

    @BeforeEach
    void newHost() throws Exception {
        host = new BackupHost(folder);
        common = BackupHost.quick();
        common.put("STATE_DIR", host.stateFolder().toString());
        common.put("SSH", folder.resolve("ssh").toString());
        common.put("FREEZE_COMMAND", "true");
        common.put("THAW_COMMAND", "true");
        common.put("CONNECT_SECONDS", "1");
        common.put("LOCK_WAIT_SECONDS", "1");
        common.put("HEARTBEAT_SECONDS", "1");
        host.write("quiesce.env", common);
        host.write(UUID + ".env", Map.of("SSH_HOST", "192.0.2.9"));
        host.writeText("id_ed25519", "");
        host.writeText("known_hosts", "");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        host.start("command-lock.sh", "unlock", UUID).exitCode();
        // The lock's own processes bear the name of the script that made them.
        Await.until(
                "no connection and no process of a lock is left",
                () -> ProcessHandle.allProcesses()
                        .map(Vm::words)
                        .noneMatch(words -> words.contains(common.get("SSH"))
                                || words.contains(BackupHost.KIT.resolve("quiesce/lock.sh") + " command lock")));
    }

    private void vm(String script) throws Exception {
        VmHome.writeScript(folder.resolve("ssh"), "exec bash '" + folder.resolve("vm.sh") + "' \"$@\"\n");
        Files.writeString(folder.resolve("vm.sh"), script);
    }

    private static void isFitForAJobLog(String text) {
        assertThat(text.length()).isLessThan(60_000);
        assertThat(text.replace("\n", "").chars()).allMatch(character -> character >= ' ' && character <= '~');
        assertThat(text.lines()).hasSizeLessThan(110).allMatch(line -> line.length() < 800);
    }

    @Test
    void aVmThatSaysALotAtItsReleaseIsCutShort() throws Exception {
        vm(HELD + RELEASE + """
                for ((i = 0; i < 150; i++)); do
                    printf '%s label %s\\e]0;title\\a\\e[2J\\r%0900d\\n' "$nonce" "$i" 0
                done
                echo "$nonce released 5"
                """);
        host.lock("command", JOB);
        String unlocked = host.unlock("command", JOB);
        isFitForAJobLog(unlocked);
        assertThat(unlocked).contains("NOT WHOLE: 150 more lines");
    }

    @Test
    void whatAVmSaysAtItsReleaseIsNeverAMessageOfOurs() throws Exception {
        vm(HELD + RELEASE + """
                for ((i = 0; i < 150; i++)); do
                    echo "$nonce label command-lock.sh: LOCK LOST $i"
                done
                echo "$nonce released 5"
                """);
        host.lock("command", JOB);
        String unlocked = host.unlock("command", JOB);
        isFitForAJobLog(unlocked);
        List<String> lines = unlocked.lines().toList();
        assertThat(lines).hasSize(102);
        assertThat(lines.get(0)).isEqualTo("command-lock.sh: VM " + UUID + " is unlocked; it was locked for 5 ms");
        assertThat(lines.subList(1, 102)).allMatch(line -> line.startsWith("backup_label: "));
        assertThat(lines.get(101)).isEqualTo("backup_label: NOT WHOLE: 50 more lines are left out");
    }

    @Test
    void aVmThatDoesNotStopTalkingLosesItsLock() throws Exception {
        vm(HELD + RELEASE + "yes \"$nonce label x\"\n");
        host.lock("command", JOB);
        String lost = host.unlockFindsItLost("command", JOB);
        isFitForAJobLog(lost);
        assertThat(lost).contains("does not stop talking");
    }

    @Test
    void whatAVmSaysAfterTheHolderHasDiedIsNotKeptWaiting() throws Exception {
        Path dead = folder.resolve("dead");
        // More than a FIFO holds.
        vm(HELD + """
                while [[ ! -e '%s' ]]; do read -r -t 0.1 _ || :; done
                for ((i = 0; i < 900; i++)); do
                    printf '%%s label %%0500d\n' "$nonce" 0
                done
                """.formatted(dead));
        host.lock("command", JOB);
        host.holder().destroyForcibly();
        Files.createFile(dead);
    }

    @Test
    void aLineWithoutAnEndIsNotWaitedFor() throws Exception {
        vm(LISTEN + "tr '\\0' x </dev/zero\n");
        String said = host.lockFails("command", JOB);
        isFitForAJobLog(said);
        assertThat(said).contains("NOT locked").contains("does not stop talking");
    }

    @Test
    void aFailureIsToldWithoutItsControlCharacters() throws Exception {
        vm(LISTEN + "printf '%s failed \\e]0;x\\a\\e[2Jit \\r\\t is so\\n' \"$nonce\"\n");
        String said = host.lockFails("command", JOB);
        isFitForAJobLog(said);
        assertThat(said).contains("NOT locked").contains("it ?? is so");
    }

    @Test
    void aVmThatTalksStillHearsThatWeLive() throws Exception {
        Path heard = folder.resolve("heard");
        // It talks faster than we beat, until it has heard three beats, or has said all that it may.
        vm(HELD + """
                (for ((i = 0; i < 900; i++)); do
                    echo "$nonce x"
                    [[ ! -e '%1$s' ]] || exit
                    read -rt 0.05 <> <(:)
                done; echo "said all" >'%1$s') &
                for ((i = 0; i < 5; i++)); do read -r line; done
                [[ -e '%1$s' ]] || echo "$line" >'%1$s'
                """.formatted(heard) + RELEASE + "echo \"$nonce released 5\"\n");
        host.lock("command", JOB);
        Await.until("it has heard something", () -> Files.exists(heard) && Files.size(heard) > 0);
        assertThat(heard).hasContent("beat");
        host.unlock("command", JOB);
    }

    @Test
    void anSshThatHangsIsGivenUpAndEnded() throws Exception {
        vm("echo x >'" + folder.resolve("called") + "'\nsleep 600\n");
        assertThat(host.lockFails("command", JOB)).contains("NOT locked").contains("did not answer in time");
        assertThat(folder.resolve("called")).exists();
        assertThat(host.unlock("command", JOB)).contains("nothing to unlock");
    }

    @Test
    void aLockIsGivenUpWhenItsUnlockComesFirst() throws Exception {
        vm("sleep 600\n");
        Run lock = host.start("command-lock.sh", "lock", UUID, JOB);
        Await.until("it is being locked", () -> host.state("state").equals("starting"));
        Await.until("it can be told", () -> Files.exists(host.stateFolder().resolve(UUID + ".control")));
        assertThat(host.unlock("command", JOB)).contains("nothing to unlock");
        assertThat(lock.exitCode()).isEqualTo(1);
        assertThat(lock.text()).contains("unlocked before it was locked");
    }

    @Test
    void aLockThatNobodyCanBeToldOfIsGivenBack() throws Exception {
        Path released = folder.resolve("released");
        vm(HELD + RELEASE + "echo x >'" + released + "'\necho \"$nonce released 5\"\n");
        Path script = BackupHost.KIT.resolve("command-lock.sh");
        for (String command : List.of("'%s' lock %s >/dev/full", "{ '%s' lock %s; echo $? >&2; } | true")) {
            Run lock = Run.start(
                    folder,
                    host.environment(),
                    List.of("bash", "-o", "pipefail", "-c", command.formatted(script, UUID)));
            lock.exitCode();
            assertThat(lock.text()).contains("NOT locked: nobody could be told");
            assertThat(released).exists();
            assertThat(host.start("command-lock.sh", "status", UUID).orFail()).endsWith("is not locked\n");
            Files.delete(released);
        }
    }

    @Test
    void anUnlockWhoseLineComesInPiecesIsHeard() throws Exception {
        Path beats = folder.resolve("beats");
        vm(HELD + "while IFS= read -r line && [[ $line != release ]]; do echo >>'" + beats + "'; done\n"
                + "echo \"$nonce released 5\"\n");
        host.lock("command", JOB);
        Path control = host.stateFolder().resolve(UUID + ".control");
        Files.writeString(control, "unl");
        long before = Files.exists(beats) ? Files.size(beats) : 0;
        Await.until("two more beats", () -> Files.exists(beats) && Files.size(beats) >= before + 2);
        Files.writeString(control, "ock\n");
        Await.until("it is released", () -> host.state("state").equals("released"));
        host.unlock("command", JOB);
    }

    @Test
    void anUnlockThatComesTooLateDoesNotTakeTheNextJobsLock() throws Exception {
        String next = "backup-dc1-os1-web.2026-11-22_01.10.00_04";
        vm(HELD + RELEASE + "echo \"$nonce released 5\"\n");
        host.lock("command", next);
        // The next job locks after the unlock has read whose lock it is, and before it asks for the lock file.
        Path state = host.stateFolder().resolve(UUID + ".state");
        Path nextState = Files.copy(state, folder.resolve("next-state"));
        Files.writeString(state, "state=lost\ndriver=command\nowner=" + JOB + "\nsince=y\npatience=28\n");
        Path flock = folder.resolve("bin/flock");
        VmHome.writeScript(flock, "PATH=${PATH#*:}\ncp '%s' '%s'\nexec flock \"$@\"\n".formatted(nextState, state));
        Run late = host.start("command-lock.sh", "unlock", UUID, JOB);
        assertThat(late.exitCode()).as(late.text()).isEqualTo(1);
        assertThat(late.text()).contains("left alone").contains("LOST");
        Files.delete(flock);
        host.unlock("command", next);
    }

    @Test
    void anUnlockAfterAnotherJobHasLockedSaysThatItsOwnLockIsLost() throws Exception {
        String next = "backup-dc1-os1-web.2026-11-22_01.10.00_04";
        vm(HELD + RELEASE + "echo \"$nonce released 5\"\n");
        host.lock("command", JOB);
        host.killEverything();
        host.lock("command", next);
        for (String said : List.of("left alone", "there is no lock")) {
            Run unlock = host.start("command-lock.sh", "unlock", UUID, JOB);
            assertThat(unlock.exitCode()).as(unlock.text()).isEqualTo(1);
            assertThat(unlock.text()).contains(said).contains("LOST").contains("NOT consistent");
            if (said.equals("left alone")) {
                host.unlock("command", next);
            }
        }
    }

    @Test
    void aStatusNeitherHindersALockNorIsHinderedByOne() throws Exception {
        // Whoever asks for the lock file has it until the test lets go.
        Path asked = folder.resolve("asked");
        Path go = folder.resolve("go");
        VmHome.writeScript(folder.resolve("bin/flock"), """
                PATH=${PATH#*:}
                flock "$@" || exit
                if [ ! -e '%1$s' ]; then
                    : >'%1$s'
                    until [ -e '%2$s' ]; do sleep 0.1; done
                fi
                """.formatted(asked, go));
        vm(HELD + RELEASE + "echo \"$nonce released 5\"\n");
        Files.createDirectories(host.stateFolder());
        Files.setPosixFilePermissions(host.stateFolder(), PosixFilePermissions.fromString("rwx------"));
        Files.writeString(
                host.stateFolder().resolve(UUID + ".state"), "state=lost\ndriver=command\nowner=x\nsince=y\n");

        Run status = host.start("command-lock.sh", "status", UUID);
        Await.until("it has begun", () -> Files.exists(asked) || !status.isAlive());
        Files.writeString(asked, "");
        host.lock("command", JOB);
        Files.writeString(go, "");
        assertThat(status.orFail()).contains("is not locked");

        assertThat(host.start("command-lock.sh", "status", UUID).orFail()).contains("is locked");
        host.unlock("command", JOB);
        Files.delete(asked);
        Files.delete(go);
        Run lock = host.start("command-lock.sh", "lock", UUID, JOB);
        Await.until("it has the lock file", () -> Files.exists(asked));
        assertThat(host.start("command-lock.sh", "status", UUID).orFail()).doesNotContain("is locked");
        Files.writeString(go, "");
        assertThat(lock.orFail()).contains("is locked");
        host.unlock("command", JOB);
    }

    @Test
    void aStateThatCannotBeWrittenLocksNothing() throws Exception {
        Path called = folder.resolve("called");
        vm("echo x >'" + called + "'\n");
        host.lockFails("command", JOB);
        Files.delete(called);
        diskIsFull();
        assertThat(host.lockFails("command", JOB)).contains("NOT locked").contains("cannot write to");
        assertThat(called).doesNotExist();

        Files.delete(newState());
        vm(LISTEN + "ln -s /dev/full '" + newState() + "'\necho \"$nonce held\"\n" + RELEASE);
        assertThat(host.lockFails("command", JOB)).contains("NOT locked").contains("cannot write to");
        Files.delete(newState());
        assertThat(host.unlock("command", JOB)).contains("nothing to unlock");
    }

    @Test
    void aReleaseThatCannotBeWrittenDownIsNotTakenForGranted() throws Exception {
        vm(HELD + RELEASE + "echo \"$nonce released 5\"\n");
        host.lock("command", JOB);
        diskIsFull();
        host.unlockFindsItLost("command", JOB);
        Files.delete(newState());
    }

    private Path newState() {
        return host.stateFolder().resolve(UUID + ".state.new");
    }

    /** The next state that is written meets a full disk. */
    private void diskIsFull() throws Exception {
        Files.createSymbolicLink(newState(), Path.of("/dev/full"));
    }

    @Test
    void aStateFolderOfSomebodyElseIsRefused() throws Exception {
        assumeTrue(VmHome.isRoot(), "only root can give a folder away");
        Files.createDirectories(host.stateFolder());
        Files.setPosixFilePermissions(host.stateFolder(), PosixFilePermissions.fromString("rwx------"));
        Files.setAttribute(host.stateFolder(), "unix:uid", 12_345);
        vm("");
        assertThat(host.lockFails("command", JOB)).contains("STATE_DIR").contains("refused");
        Files.setAttribute(host.stateFolder(), "unix:uid", 0);
    }

    @Test
    void whatIsLeftFromBeforeTheLastBootIsNotTakenForALock() throws Exception {
        vm(HELD + RELEASE + "echo \"$nonce released 5\"\n");
        host.lock("command", JOB);
        host.killEverything();
        // Its number is that of another process now, and its connection has gone.
        Path state = host.stateFolder().resolve(UUID + ".state");
        Files.writeString(state, Files.readString(state).replaceAll("(?m)^pid=.*$", "pid=1"));
        assertThat(host.start("command-lock.sh", "status", UUID).orFail()).contains("is not locked");
        Run lock = host.start("command-lock.sh", "lock", UUID, JOB);
        assertThat(lock.orFail())
                .contains("never unlocked")
                .contains("forgotten")
                .contains("is locked");
        host.unlock("command", JOB);

        host.lock("command", JOB);
        host.killEverything();
        host.unlockFindsItLost("command", JOB);
    }

    @Test
    void aClockThatIsSetForwardEndsNoLock() throws Exception {
        Path beats = folder.resolve("beats");
        Path time = Files.writeString(folder.resolve("time"), "+0");
        vm(HELD + "while IFS= read -r line && [[ $line != release ]]; do echo >>'" + beats + "'; done\n"
                + "echo \"$nonce released 5\"\n");
        Map<String, String> environment = new HashMap<>(host.environment());
        environment.put("LD_PRELOAD", BaculaHome.orSkip().fakeTime().toString());
        environment.put("FAKETIME_TIMESTAMP_FILE", time.toString());
        environment.put("FAKETIME_NO_CACHE", "1");
        environment.put("DONT_FAKE_MONOTONIC", "1");
        Run lock = Run.start(
                folder,
                environment,
                List.of(BackupHost.KIT.resolve("command-lock.sh").toString(), "lock", UUID, JOB));
        assertThat(lock.orFail()).contains("is locked");
        Files.writeString(time, "+1d");
        long before = Files.exists(beats) ? Files.size(beats) : 0;
        Await.until("three more beats", () -> Files.exists(beats) && Files.size(beats) >= before + 3);
        host.unlock("command", JOB);
    }
}
