package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.BaculaHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A lock is over at its limit, the time that its end takes included. The program for the VM runs here in a time of the
 * test's own: only waiting makes it go on, and everything takes as long as it may.
 */
@ResourceLock(Vm.LOCK)
class LimitTest {
    /** Hundredths of a second since the VM's start; what was sent to the session, with when. */
    private static final String OWN_TIME = """
            clock() { now=$((time / 100)); }
            # Nobody says anything but the backup host, which beats each second; what is waited for does not come.
            read() {
                local seconds= from=0
                while (($# > 0)); do
                    case $1 in
                        -t) seconds=$2; shift ;;
                        -u) from=$2; shift ;;
                        *) name=$1 ;;
                    esac
                    shift
                done
                if [[ $name == line && $from == 0 ]]; then
                    line=beat time=$((time + first_beat))
                    first_beat=100
                    return 0
                fi
                time=$((time + 100 * seconds))
                return 142
            }
            kill() { :; }
            send() { echo "sent $((time - began)) $*" >&2; }
            # Each answer comes when it must at the latest, and not before.
            expect() {
                time=$((time + 100 * $1))
                echo "answered $((time - began))" >&2
                answer='7 150000'
            }
            said= because= session=$BASHPID
            fail() { echo "failed $*"; exit 1; }
            """;

    private static final Pattern EVENT = Pattern.compile("(sent|answered|held|watched|over|rescue) (\\d+)(.*)");

    /** How long the server is to bear a session that says nothing. */
    private static final Pattern SILENCE =
            Pattern.compile("(?:wait_timeout = |idle_session_timeout = ')(\\d+)(?:s'|;$)");

    @TempDir
    private Path folder;

    private VmProgram program(String driver, int wait, int limit) throws Exception {
        VmProgram program = new VmProgram(Files.createTempDirectory(folder, "program"), driver, wait, limit);
        for (String name : List.of("mysql", "psql")) {
            program.program(name, "exit 1\n");
        }
        return program;
    }

    private Map<String, Long> play(String driver, int wait, int limit, int fraction, int firstBeat) throws Exception {
        Run run = program(driver, wait, limit).play(OWN_TIME + """
                exec {to}>/dev/null {from}</dev/null
                time=%d first_beat=%d
                began=$time
                driver_ready
                set_limit
                driver_lock
                echo "held $((time - began))"
                watch_lock
                [[ $why != *limit* ]] || echo "watched $((time - began))"
                end_session
                echo "over $((time - began))"
                echo "rescue $((100 * rescue_seconds))"
                """.formatted(100_000 + fraction, firstBeat));
        Map<String, Long> events = new HashMap<>();
        long silence = 0;
        for (String line : run.orFail().split("\n")) {
            Matcher event = EVENT.matcher(line);
            if (event.matches()) {
                long at = Long.parseLong(event.group(2));
                events.merge(event.group(1), at, Math::max);
                Matcher told = SILENCE.matcher(event.group(3));
                if (told.find()) {
                    silence = Long.parseLong(told.group(1));
                }
                // The server counts from the end of what it was told last.
                events.merge("server", at + 100 * silence, Math::max);
            }
            if (line.startsWith("held")) {
                silence = 0;
            }
        }
        return events;
    }

    @ParameterizedTest
    @CsvSource({"1, 18", "1, 19", "2, 21", "10, 45", "10, 300", "60, 195"})
    void whatTheEndOfALockMayTakeIsWithinItsLimit(int wait, int limit) throws Exception {
        for (String driver : List.of("mysql", "postgresql", "command")) {
            for (int fraction : List.of(0, 1, 50, 99)) {
                for (int firstBeat : List.of(1, 50, 99, 100)) {
                    Map<String, Long> events = play(driver, wait, limit, fraction, firstBeat);
                    String as = driver + ", " + fraction + ", " + firstBeat;
                    assertThat(events).as(as).containsKeys("held", "watched", "over");
                    assertThat(events.get("over")).as(as).isLessThanOrEqualTo(100L * limit);
                    assertThat(events.get("watched"))
                            .as("some of the limit is left for the lock: %s", as)
                            .isGreaterThan(events.get("held"));
                    if (driver.equals("command")) {
                        assertThat(events.get("rescue"))
                                .as("a last thaw that is killed when its time is over, and the clock: %s", as)
                                .isGreaterThanOrEqualTo(100L * (wait + 2));
                    }
                    assertThat(events.get("server")).as(as).isLessThanOrEqualTo(100L * limit);
                }
            }
        }
    }

    /** A lock that fails ends in time, too, and so does one whose release gets no answer. */
    @ParameterizedTest
    @CsvSource({"1, 18", "10, 45", "10, 300", "3600, 10815"})
    void whatFailsIsOverWithinTheLimitAsWell(int wait, int limit) throws Exception {
        for (String driver : List.of("mysql", "postgresql", "command")) {
            VmProgram program = program(driver, wait, limit);
            String expect =
                    program.text().replaceFirst("(?s).*\nexpect\\(\\) \\{\n(.*?)\n}\n.*", "expect() {\n$1\n}\n");
            Run run = program.play(OWN_TIME + expect + """
                    exec {to}>/dev/null {from}</dev/null
                    # As late as a release may be asked for.
                    release() { time=$((end_at * 100 - 1)); driver_release; end_session; echo "over $((time - began))"; }
                    again() { session=$BASHPID time=100099 began=100099; driver_ready; set_limit; }
                    again
                    driver_lock && echo "locked?"
                    end_session
                    echo "over $((time - began))"
                    again
                    stop= release
                    """);
            assertThat(run.orFail().lines().filter(line -> line.startsWith("over")))
                    .as("%s: %s", driver, run.text())
                    .hasSize(2)
                    .allMatch(line -> Long.parseLong(line.substring(5)) <= 100L * limit);
        }
    }

    @Test
    void theShellOfACommandThawsInTimeIfTheOtherCannot() throws Exception {
        for (int wait : List.of(1, 10, 3600)) {
            int limit = 3 * wait + 15;
            Run run = new VmProgram(folder, "command", wait, limit)
                    .play(OWN_TIME.replace("return 142", "word=lock; return 142") + """
                            time=100099 began=100099
                            driver_ready
                            set_limit
                            run() { time=$((time + 100 * (setting[LOCK_WAIT_SECONDS] + 1))); }
                            driver_session
                            echo "over $((time - began))"
                            """);
            assertThat(run.orFail().lines().filter(line -> line.startsWith("over")))
                    .as(run.text())
                    .hasSize(1)
                    .allMatch(line -> Long.parseLong(line.substring(5)) <= 100L * limit);
        }
    }

    @Test
    void aClockThatIsSetBackDoesNotLengthenALock() throws Exception {
        Path time = Files.writeString(folder.resolve("time"), "+0");
        VmProgram program = new VmProgram(folder, "command", 1, 18);
        program.with("FREEZE_COMMAND", "true").with("THAW_COMMAND", "true");
        Run run = program.startAndWait(Map.of(
                "LD_PRELOAD",
                BaculaHome.orSkip().fakeTime().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                time.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "DONT_FAKE_MONOTONIC",
                "1"));
        try {
            Await.until("it is locked", () -> VmProgram.told(run).contains("held"), () -> text(run));
            Files.writeString(time, "-1d");
            Await.until(
                    "the limit is reached",
                    () -> VmProgram.told(run).contains("lost the limit of 18 seconds was reached"),
                    () -> text(run));
        } finally {
            run.process().descendants().forEach(ProcessHandle::destroyForcibly);
            run.process().destroyForcibly();
        }
    }

    private static String text(Run run) {
        try {
            return run.text();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
