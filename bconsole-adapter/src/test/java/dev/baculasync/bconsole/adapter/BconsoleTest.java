package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class BconsoleTest {
    @TempDir
    Path folder;

    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void theAnswerIsWhatStandsBetweenTheEchoes() {
        fake.answer("Base\nbackup-1\n");
        assertThat(fake.console().ask(".jobs")).containsExactly("Base", "backup-1");
        assertThat(fake.lines("asked")).containsExactly("gui on", ".jobs", "quit");
    }

    @Test
    void anEmptyAnswerIsWhole() {
        fake.answer("");
        assertThat(fake.console().ask("reload")).isEmpty();
    }

    @Test
    void theEchoOfQuitIsTakenOffALineWithoutNewline() {
        fake.answer("error=plugin not found");
        assertThat(fake.console().ask(".query")).containsExactly("error=plugin not found");
    }

    @Test
    void exactlyOneQuitIsTakenOff() {
        fake.answer("server=vm tag=quit");
        assertThat(fake.console().ask(".query")).containsExactly("server=vm tag=quit");
    }

    @Test
    void aLineThatIsQuitIsPartOfTheAnswerUnlessItIsTheLast() {
        fake.answer("quit\nmore\nquit\n");
        assertThat(fake.console().ask(".jobs")).containsExactly("quit", "more", "quit");
    }

    @Test
    void anAnswerThatRepeatsTheCommandKeepsIt() {
        fake.answer(".jobs\n.jobs\n");
        assertThat(fake.console().ask(".jobs")).containsExactly(".jobs", ".jobs");
    }

    @Test
    void aConsoleThatMayNotSayGuiOnIsAnswered() {
        fake.session(
                "printf '%s' \"$preamble\"; echo_in; echo 'gui: is an invalid command.'; echo_in; cat \"$answer\"; echo_in",
                "Base\nYou have messages.\n");
        assertThat(fake.console().ask(".jobs")).containsExactly("Base");
    }

    @Test
    void aSessionThatIsCutIsABadAnswerButWhatItSaidIsHandedOn() {
        fake.cut("server=vm1\n");
        List<String> lines = new ArrayList<>();
        assertThatExceptionOfType(ProviderException.class)
                .isThrownBy(() -> fake.console().ask(".query", lines::add))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.BAD_ANSWER))
                .withMessageContaining("cut");
        assertThat(lines).containsExactly("server=vm1");
    }

    @Test
    void aCommandThatAsksBackIsABadAnswer() {
        fake.replay("status-client-unknown");
        assertCode(Code.BAD_ANSWER, "status client=bacula-dc1-os1-fd").hasMessageContaining("cut");
    }

    @Test
    void aDirectorThatCannotBeReachedIsToldInItsOwnWords() {
        fake.session(
                "echo 'Connecting to Director 127.0.0.1:9101'; echo 'Director authorization problem.'; exit 1", "");
        assertCode(Code.UNREACHABLE).hasMessageContaining("authorization problem");
    }

    @Test
    void anExitStatusAfterTheLoginIsABadAnswer() {
        fake.session("printf '%s' \"$preamble\"; echo_in; echo_in; echo_in; exit 3", "");
        assertCode(Code.BAD_ANSWER).hasMessageContaining("status 3");
    }

    @Test
    void aTimeOutNamesItsSetting() {
        fake.hangs();
        assertThatExceptionOfType(ProviderException.class)
                .isThrownBy(() -> fake.console(Duration.ofMillis(200)).ask("status dir"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.TIMEOUT))
                .withMessageContaining("BCONSOLE_TIMEOUT");
    }

    @Test
    void theOutputCapNamesItsSetting() {
        fake.session("exec yes", "");
        assertCode(Code.BAD_ANSWER).hasMessageContaining("BCONSOLE_MAX_OUTPUT");
    }

    @Test
    void theOutputCapCountsWhatIsPrintedBeforeTheAnswerToo() {
        fake.session("yes Connecting | head -c 2000000; echo_in; echo_in; echo_in", "");
        assertCode(Code.BAD_ANSWER).hasMessageContaining("BCONSOLE_MAX_OUTPUT");
    }

    @Test
    void bytesThatAreNotTextAreReplaced() {
        fake.session("printf '%s' \"$preamble\"; echo_in; echo_in; printf 'a\\377b\\n'; echo_in", "");
        assertThat(fake.console().ask(".jobs")).containsExactly("a\uFFFDb");
    }

    @Test
    void aCommandIsOneLine() {
        assertThatIllegalArgumentException().isThrownBy(() -> fake.console().ask("status dir\ndelete"));
        assertThat(fake.asked()).isEmpty();
    }

    @Test
    void aCommandThatNobodyWouldLookForInACommandAclIsNotGiven() {
        for (String command : List.of("delete jobid=1 yes", "listen", "", " status dir")) {
            assertThatIllegalArgumentException().isThrownBy(() -> fake.console().ask(command));
        }
        assertThat(fake.asked()).isEmpty();
    }

    @Test
    void onlyLegalNamesBecomeArguments() {
        assertThat(Bconsole.argument("bacula-fd")).isEqualTo("bacula-fd");
        assertThat(Bconsole.argument("bacula fd")).isEqualTo("\"bacula fd\"");
        for (String hostile : List.of("", "a\"b", "a\nb", "a\\b", "a=b", "ü", "a\tb")) {
            assertThatIllegalArgumentException().isThrownBy(() -> Bconsole.argument(hostile));
        }
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertCode(Code code) {
        return assertCode(code, "status dir");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertCode(Code code, String command) {
        ProviderException thrown = catchThrowableOfType(
                ProviderException.class, () -> fake.console().ask(command));
        assertThat(thrown).isNotNull();
        assertThat(thrown.code()).isEqualTo(code);
        return assertThat(thrown);
    }
}
