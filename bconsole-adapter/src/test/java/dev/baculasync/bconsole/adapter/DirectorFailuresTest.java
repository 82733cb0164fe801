package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.Director;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever befalls a session, none of the questions on which deletions hang is answered. */
@Timeout(600)
class DirectorFailuresTest {
    enum Question {
        RUNS("list", director -> director.runsOf("Base")),
        PURGE("purge", director -> director.purgeFiles(17)),
        CLIENT("status", director -> director.clientState("client-fd"));

        private final String verb;
        private final Consumer<Director> question;

        Question(String verb, Consumer<Director> question) {
            this.verb = verb;
            this.question = question;
        }
    }

    @TempDir
    Path folder;

    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @ParameterizedTest
    @EnumSource
    void aConsoleThatMayNotGiveTheCommandIsToldAsSuch(Question question) {
        fake.answer(question.verb + ": is an invalid command.\n");
        assertThat(failure(question, Code.BAD_ANSWER)).contains("CommandACL").contains('"' + question.verb + ' ');
    }

    @ParameterizedTest
    @EnumSource
    void aDirectorThatCannotBeReachedIsUnreachable(Question question) {
        fake.unreachable();
        failure(question, Code.UNREACHABLE);
    }

    @ParameterizedTest
    @EnumSource
    void aSessionThatHangsIsKilled(Question question) {
        fake.hangs();
        ProviderException e = catchThrowableOfType(
                ProviderException.class,
                () -> question.question.accept(new BconsoleDirector(
                        fake.console(Duration.ofMillis(500)), null, time -> {}, FakeBconsole.NEVER_LOOKED)));
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(Code.TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatIsCutIsNone(Question question) {
        fake.cut("");
        assertThat(failure(question, Code.BAD_ANSWER)).contains("cut");
        fake.session("printf '%s' \"$preamble\"; echo_in", "");
        assertThat(failure(question, Code.BAD_ANSWER)).contains("cut");
    }

    @ParameterizedTest
    @EnumSource
    void tooMuchOutputIsNoAnswer(Question question) {
        fake.session("printf '%s' \"$preamble\"; echo_in; echo_in; exec yes ''", "");
        assertThat(failure(question, Code.BAD_ANSWER)).contains("BCONSOLE_MAX_OUTPUT");
    }

    @ParameterizedTest
    @EnumSource
    void anExitStatusIsNoAnswer(Question question) {
        fake.session(
                "printf '%s' \"$preamble\"; echo_in; echo_in; cat \"$answer\"; echo_in; exit 3",
                switch (question) {
                    case RUNS -> "No results to list.\n";
                    case PURGE ->
                        "\nThis command can be DANGEROUS!!!\n\nIt purges (deletes) all Files from a Job,\n"
                                + "JobId, Client or Volume; or it purges (deletes)\nall Jobs from a Client or Volume without regard\n"
                                + "to retention periods. Normally you should use the\nPRUNE command, which respects retention"
                                + " periods.\n";
                    case CLIENT ->
                        "Connecting to Client client-fd at 127.0.0.1:9102\n[DE0029] Unable to connect to Client:"
                                + " client-fd on 127.0.0.1:9102. ERR=Connection refused\n";
                });
        assertThat(failure(question, Code.BAD_ANSWER)).contains("exit status 3");
    }

    private String failure(Question question, Code code) {
        ProviderException e = catchThrowableOfType(
                ProviderException.class,
                () -> question.question.accept(
                        new BconsoleDirector(fake.console(), null, time -> {}, FakeBconsole.NEVER_LOOKED)));
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(code);
        return e.getMessage();
    }
}
