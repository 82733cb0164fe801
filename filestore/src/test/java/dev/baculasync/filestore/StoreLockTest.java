package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.filestore.disk.StoreLock;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.StoreSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {
    @TempDir
    Path base;

    private FileStore store() {
        return Samples.builder(base)
                .clock(Clock.fixed(Samples.CREATED, Samples.ZONE))
                .build();
    }

    private ProviderException refused() {
        ProviderException e = catchThrowableOfType(
                ProviderException.class, () -> store().open(Access.WRITE).close());
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(Code.LOCKED);
        return e;
    }

    @Test
    void aSecondWriterInThisProcessIsToldWhoHoldsTheLock() {
        try (StoreSession first = store().open(Access.WRITE)) {
            String holder = "pid " + ProcessHandle.current().pid() + " on host ";
            assertThat(refused())
                    .hasMessageContaining(holder)
                    .hasMessageContaining("user " + System.getProperty("user.name"))
                    .hasMessageContaining("since 2026-05-18 19:00:00");
            // The attempt must not have let go of the first one's lock, which any other process would see.
            assertThat(runOther("try"))
                    .startsWith("LOCKED another run holds the lock")
                    .contains(holder);
            first.readAll();
        }
        store().open(Access.WRITE).close();
    }

    @Test
    void aWriterInAnotherProcessHoldsTheLockUntilItDies() throws Exception {
        Process other = start("hold");
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("TAKEN");
            assertThat(refused()).hasMessageContaining("pid " + other.pid() + " on host ");
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        store().open(Access.WRITE).close();
    }

    @Test
    void readersNeitherTakeNorMindTheLock() {
        try (StoreSession writer = store().open(Access.WRITE);
                StoreSession reader = store().open(Access.READ)) {
            assertThat(reader.readAll().vms()).isEmpty();
            assertThat(writer.publish(writer.listing().whole())).isTrue();
        }
    }

    @Test
    void theLockFileIsNotForEverybody() throws IOException {
        store().open(Access.WRITE).close();
        Path file = base.resolve(StoreLock.FILE_NAME);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(file).isEmptyFile();
    }

    @Test
    void aLockFileThatCannotBeOpenedIsAnErrorThatNamesIt() throws IOException {
        Files.createDirectory(base.resolve(StoreLock.FILE_NAME));
        ProviderException e = catchThrowableOfType(
                ProviderException.class, () -> store().open(Access.WRITE).close());
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(Code.IO);
        assertThat(e).hasMessageContaining(StoreLock.FILE_NAME);
        Files.delete(base.resolve(StoreLock.FILE_NAME));
        store().open(Access.WRITE).close();
    }

    private String runOther(String command) {
        try {
            Process other = start(command);
            String out = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return out;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process start(String command) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        base.toString(),
                        command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Another process. */
    static final class Other {
        private Other() {}

        public static void main(String[] args) throws IOException {
            try (StoreSession session = Samples.store(Path.of(args[0])).open(Access.WRITE)) {
                System.out.println(session.readAll().vms().isEmpty() ? "TAKEN" : "TAKEN, not empty");
                if (args[1].equals("hold")) {
                    // Until it is killed, or the test that started it is gone.
                    System.out.println(System.in.read());
                }
            } catch (ProviderException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }
    }
}
