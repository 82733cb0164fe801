package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.disk.FailingOperations;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.journal.Journal;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.StoreSession;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process, with a real disk, is killed in the midst of its edits. */
class KilledProcessTest {
    private static final int COUNT = 200;
    private static final int REMOVED = 40;

    @TempDir
    Path base;

    private static List<Edit> edits() {
        List<Edit> edits = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            edits.add(Samples.create("vm" + i, "vm" + i, new UUID(0x4000L, i)));
        }
        edits.add(Samples.change(Samples.VM, vm -> Samples.replace(vm, Samples.UUID_2)));
        for (int i = 0; i < REMOVED; i++) {
            edits.add(Samples.remove("old" + i));
        }
        return edits;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 77, 2 * COUNT, 2 * COUNT + 2, 2 * COUNT + 30})
    void theNextSessionUndoesItAndWorks(int forced) throws Exception {
        Samples.putVm(base);
        for (int i = 0; i < REMOVED; i++) {
            Path old = RunModel.instance(base).resolve("old" + i);
            Samples.put(old.resolve("fileset"), Samples.FILE_SET_TEXT.replace(Samples.VM, "old" + i));
            Samples.put(old.resolve("job"), Samples.JOB_TEXT.replace(Samples.VM, "old" + i));
        }
        Map<String, String> before = RunModel.vms(base);
        Process other = start(forced);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("IN THE MIDST");
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(base.resolve(Journal.FILE_NAME)).exists();
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            assertThat(RunModel.vms(base)).isEqualTo(before);
            assertThat(session.notes()).singleElement().asString().contains("rolled back: ");
            assertThat(Samples.apply(session, edits()))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            assertThat(session.publish(session.listing().whole())).isTrue();
            session.commit();
            session.loaded();
            assertThat(session.read(Samples.INSTANCE).vms()).hasSize(COUNT + 1);
        }
        RunModel.assertLoads(base, List.of(RunModel.vms(base)));
        assertThat(Samples.tree(base).keySet()).noneMatch(path -> path.endsWith(".tmp") || path.contains("journal"));
    }

    private Process start(int forced) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        base.toString(),
                        Integer.toString(forced))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The process to be killed; stands still once it has renamed or removed so many files. */
    static final class Other {
        private Other() {}

        public static void main(String[] args) {
            Path base = Path.of(args[0]);
            AtomicInteger left = new AtomicInteger(Integer.parseInt(args[1]));
            FileOperations operations = new FailingOperations((step, path) -> {
                if (step.equals("forceDirectory")
                        && Files.exists(path.resolve("fileset"))
                        && left.decrementAndGet() == 0) {
                    System.out.println("IN THE MIDST");
                    standStill();
                }
                return false;
            });
            try (StoreSession session =
                    Samples.builder(base).operations(operations).build().open(Access.WRITE)) {
                Samples.apply(session, edits());
            }
        }

        private static void standStill() {
            try {
                // Until it is killed, or the test that started it is gone.
                System.out.println(System.in.read());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
