package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.bconsole.adapter.ConsoleProbe.FileDaemon;
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
import org.junit.jupiter.params.provider.EnumSource.Mode;

@Timeout(600)
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
    @EnumSource(names = "RELOAD", mode = Mode.EXCLUDE)
    void whatTheDirectorRefusesIsNotAllowed(Command command) {
        fake.answer(command.word() + ": is an invalid command.\n");
        assertThat(probe.mayGive(command)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = "RELOAD", mode = Mode.EXCLUDE)
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
    @EnumSource(names = "RELOAD", mode = Mode.EXCLUDE)
    void anAnswerThatIsCutProvesNothing(Command command) {
        fake.cut("something");
        assertThat(catchThrowableOfType(ProviderException.class, () -> probe.mayGive(command))
                        .code())
                .isEqualTo(Code.BAD_ANSWER);
    }

    @Test
    void reloadIsNeverTried() {
        assertThatIllegalArgumentException().isThrownBy(() -> probe.mayGive(Command.RELOAD));
        assertThat(fake.asked()).isEmpty();
    }

    @Test
    void aConsoleWithoutACatalogCanMakeNoUseOfList() {
        fake.answer("The defined Catalog resources are:\nSelection list for \"Catalog\" is empty!\n"
                + "Could not find a Catalog resource\n");
        assertThat(catchThrowableOfType(ProviderException.class, () -> probe.mayGive(Command.LIST)))
                .hasMessageContaining("CatalogACL");
    }

    @Test
    void aFileDaemonTellsItsVersionAndWhenItWasStarted() {
        fake.answer(
                "Connecting to Client fd1 at 127.0.0.1:9102\n\nfd1 Version: 16.0.4 (12 February 2023) x86_64 enterprise\n"
                        + "Daemon started 21-Nov-26 07:57. Jobs: run=0 running=0.\n");
        assertThat(probe.fileDaemon("fd1"))
                .contains(
                        new FileDaemon("fd1 Version: 16.0.4 (12 February 2023) x86_64 enterprise", "21-Nov-26 07:57"));
        fake.answer("Failed to connect to Client fd1.\n");
        assertThat(probe.fileDaemon("fd1")).isEmpty();
    }
}
