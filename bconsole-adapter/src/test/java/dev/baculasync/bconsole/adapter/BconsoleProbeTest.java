package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class BconsoleProbeTest {
    @TempDir
    Path folder;

    private FakeBconsole fake;
    private ConsoleProbe probe;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
        probe = new BconsoleDirectorProvider().probe(fake.config(Duration.ofSeconds(60), 1 << 20));
    }

    @Test
    void theDirectorTellsItsVersionAndBuild() {
        fake.answer("dir1 Version: 15.0.2 (21 March 2024) x86_64-pc-linux-gnu-bacula-enterprise redhat\n");
        assertThat(probe.director())
                .isEqualTo("dir1 Version: 15.0.2 (21 March 2024) x86_64-pc-linux-gnu-bacula-enterprise redhat");
    }

    @Test
    void aConsoleThatMayNotAskForTheVersionIsGreetedWithIt() {
        fake.answer("version: is an invalid command.\n");
        assertThat(probe.director()).isEqualTo("dir1 Version: 9.6.7 (10 December 2020)");
    }

    @Test
    void aDirectorThatCannotBeReachedIsAFailure() {
        fake.unreachable();
        assertThat(catchThrowableOfType(ProviderException.class, probe::director)
                        .code())
                .isEqualTo(Code.UNREACHABLE);
    }

    @ParameterizedTest
    @EnumSource
    void whatTheDirectorRefusesIsNotAllowed(Command command) {
        fake.answer(command.word() + ": is an invalid command.\n");
        assertThat(probe.mayGive(command)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void whatTheDirectorAnswersInAnyOtherWayIsAllowed(Command command) {
        fake.answer("error=Client name missing.\n");
        assertThat(probe.mayGive(command)).isTrue();
    }

    @Test
    void purgeThatAsksWhatToPurgeIsAllowedAndGetsNoUsableAnswer() {
        fake.cut(
                "This command can be DANGEROUS!!!\n     1: files\nChoose item to purge (1-3): quit\nExpected a positive"
                        + " integer, got: quit\nChoose item to purge (1-3): ");
        assertThat(probe.mayGive(Command.PURGE)).isTrue();
        assertThat(fake.lines("asked")).containsExactly("gui on", "purge");
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatIsCutProvesNothing(Command command) {
        fake.cut("something");
        assertThat(catchThrowableOfType(ProviderException.class, () -> probe.mayGive(command))
                        .code())
                .isEqualTo(Code.BAD_ANSWER);
    }
}
