package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class BoundedProcessTest {
    private static final Duration LONG = Duration.ofSeconds(50);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final long MEGABYTE = 1 << 20;

    @TempDir
    Path folder;

    private FakeBconsole fake;
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void handsOnWhatIsPrintedAndTheExitStatus() {
        fake.session("read -r all; echo \"got $all\"; echo oops >&2; exit 7", "");
        assertThat(run(LONG, MEGABYTE)).isEqualTo(Ending.exited(7));
        assertThat(lines).containsExactly("got gui on", "oops");
    }

    @Test
    void theLastLineNeedsNoNewline() {
        fake.session("printf 'one\\ntwo'", "");
        assertThat(run(LONG, MEGABYTE)).isEqualTo(Ending.exited(0));
        assertThat(lines).containsExactly("one", "two");
    }

    @Test
    void aProcessThatHangsIsKilledWithItsChildren() {
        fake.session("sleep 1000 & echo $! > \"$here/child\"; sleep 1000", "");
        assertThat(run(SHORT, MEGABYTE)).isEqualTo(Ending.killed(Ending.Kind.TIMED_OUT));
        assertNoChildrenLeft();
        long child = Long.parseLong(fake.lines("child").get(0));
        // An orphan is nobody's descendant; one that was not killed would keep this waiting until the test's time-out.
        ProcessHandle.of(child).ifPresent(process -> process.onExit().join());
    }

    @Test
    void aProcessThatClosesItsOutputAndStaysIsKilled() {
        fake.session("exec sleep 1000 >&- 2>&-", "");
        assertThat(run(SHORT, MEGABYTE)).isEqualTo(Ending.killed(Ending.Kind.TIMED_OUT));
        assertNoChildrenLeft();
    }

    @Test
    void aFloodIsStoppedAtTheCap() {
        fake.session("exec yes", "");
        assertThat(run(LONG, MEGABYTE)).isEqualTo(Ending.killed(Ending.Kind.TOO_MUCH_OUTPUT));
        assertThat(lines.size()).isLessThanOrEqualTo((int) (MEGABYTE / 2));
        assertNoChildrenLeft();
    }

    @Test
    void aLineWithoutEndIsStopped() {
        fake.session("exec cat /dev/zero", "");
        assertThat(run(LONG, 64 * MEGABYTE)).isEqualTo(Ending.killed(Ending.Kind.LINE_TOO_LONG));
    }

    @Test
    void outputJustBelowTheCapIsReadToItsEnd() {
        fake.session("head -c 1048576 /dev/zero | tr '\\0' '\\n'", "");
        assertThat(run(LONG, MEGABYTE)).isEqualTo(Ending.exited(0));
        assertThat(lines).hasSize((int) MEGABYTE);
    }

    @Test
    void hugeOutputIsStreamed() {
        String job = "Job: name=backup-dc1-os1-some-vm JobType=66 level=Incremental Priority=10 Enabled=1";
        fake.session("yes '" + job + "' | head -n 1000000", "");
        AtomicLong count = new AtomicLong();
        Ending ending = BoundedProcess.bconsole(fake.config(LONG, 256 * MEGABYTE), SHORT)
                .run("gui on\n", line -> count.addAndGet(line.equals(job) ? 1 : 0));
        assertThat(ending).isEqualTo(Ending.exited(0));
        assertThat(count).hasValue(1_000_000);
    }

    @Test
    void aGrandchildThatKeepsThePipeOpenHoldsNobodyUp() {
        fake.session("sleep 1000 & echo $! > \"$here/grandchild\"; echo answer", "");
        assertThat(run(LONG, MEGABYTE)).isEqualTo(Ending.exited(0));
        assertThat(lines).containsExactly("answer");
        long grandchild = Long.parseLong(fake.lines("grandchild").get(0));
        assertThat(ProcessHandle.of(grandchild))
                .hasValueSatisfying(
                        process -> assertThat(process.destroyForcibly()).isTrue());
    }

    @Test
    void aProcessThatReadsNothingIsNotAnError() {
        fake.session("exec <&-; echo cannot connect; exit 1", "");
        assertThat(run(LONG, MEGABYTE)).isEqualTo(Ending.exited(1));
        assertThat(lines).containsExactly("cannot connect");
    }

    @Test
    void aMissingProgramIsAConfigurationError() {
        BconsoleConfig config = new BconsoleConfig(folder.resolve("nowhere"), null, LONG, MEGABYTE, Map.of(), null);
        assertThatExceptionOfType(ProviderException.class)
                .isThrownBy(() -> BoundedProcess.bconsole(config, SHORT).run("", lines::add))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.CONFIGURATION))
                .withMessageContaining("BCONSOLE")
                .withMessageContaining("nowhere");
    }

    /** A process that is killed with its parent has nobody to clean up after it. */
    @Test
    void thereIsNoHomeToReadFromOrToLeaveAnythingIn() {
        fake.session(
                "pwd; cat \"$HOME/.bconsolerc\" 2>/dev/null; mkdir \"$HOME/d\" 2>/dev/null && echo made;"
                        + " (echo x > \"$HOME/.bconsole_history\") 2>/dev/null && echo written; echo end",
                "");
        fake.session("pwd; exec sleep 1000", "");
        run(LONG, MEGABYTE);
        run(SHORT, MEGABYTE);
        assertThat(lines).containsExactly("/", "end", "/");
    }

    @Test
    void nothingOfOurEnvironmentGetsThroughButWhatIsConfigured() {
        fake.session("env | cut -d= -f1 | grep -v -E '^(PWD|OLDPWD|SHLVL|_)$' | sort", "");
        run(LONG, MEGABYTE);
        assertThat(lines).containsExactly("HOME", "LANG", "PATH");
    }

    @Test
    void theConfigurationFileIsPassedAsAnAbsolutePath() {
        fake.session("true", "");
        BconsoleConfig config = new BconsoleConfig(
                fake.program(),
                Path.of("some where/bconsole.conf"),
                LONG,
                MEGABYTE,
                Map.of("PATH", "/usr/bin:/bin"),
                null);
        BoundedProcess.bconsole(config, SHORT).run("", lines::add);
        assertThat(fake.lines("arguments"))
                .containsExactly("-n -c " + Path.of("some where/bconsole.conf").toAbsolutePath());
    }

    @Test
    void anInterruptKillsTheProcessAndIsPassedOn() {
        fake.hangs();
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(ProviderException.class)
                    .isThrownBy(() -> run(LONG, MEGABYTE))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(Code.INTERRUPTED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertNoChildrenLeft();
    }

    @Test
    void aConsumerThatThrowsEndsTheProcess() {
        fake.session("echo one; exec sleep 1000", "");
        assertThatThrownBy(() -> BoundedProcess.bconsole(fake.config(LONG, MEGABYTE), SHORT)
                        .run("", line -> {
                            throw new IllegalStateException(line);
                        }))
                .hasMessage("one");
        assertNoChildrenLeft();
    }

    private Ending run(Duration timeout, long maxOutput) {
        return BoundedProcess.bconsole(fake.config(timeout, maxOutput), SHORT)
                .run("gui on\nstatus dir\nquit\n", lines::add);
    }

    /** Whoever was killed may take a moment to go; whoever was not would keep this waiting until the test's time-out. */
    private static void assertNoChildrenLeft() {
        ProcessHandle.current()
                .descendants()
                .forEach(process -> process.onExit().join());
    }
}
