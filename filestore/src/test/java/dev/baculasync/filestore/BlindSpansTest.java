package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.BlindSpan;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlindSpansTest {
    private static final Instant NOW = Samples.CREATED;

    @TempDir
    Path base;

    private Path file;

    @BeforeEach
    void put() {
        Samples.putVm(base);
        file = RunModel.instance(base).resolve(".bacula-openstack-sync.blind");
    }

    private void note(boolean worked, Instant at, Instant oldestAbsence) {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            session.noteDiscovery(Samples.INSTANCE, worked, at, oldestAbsence);
        }
    }

    private StoredInstance read() {
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            return session.read(Samples.INSTANCE);
        }
    }

    @Test
    void nothingIsWrittenAsLongAsNobodyIsAbsent() {
        Map<String, String> before = Samples.tree(base);
        note(false, NOW, null);
        note(true, NOW, null);
        note(true, NOW, NOW);
        assertThat(Samples.tree(base)).isEqualTo(before);
    }

    @Test
    void anInstanceWithoutADirectoryHasNobodyWhoIsAbsent() throws IOException {
        Files.move(RunModel.instance(base), base.resolve("datacenter1/other"));
        note(false, NOW, NOW);
        assertThat(RunModel.instance(base)).doesNotExist();
    }

    @Test
    void theFileIsReadableByPeopleAndByBacula() throws IOException {
        note(false, NOW, NOW);
        assertThat(file).hasContent("2026-05-18T17:00:00Z -\n");
        note(true, NOW.plusSeconds(60), NOW);
        assertThat(file).hasContent("2026-05-18T17:00:00Z 2026-05-18T17:01:00Z\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        note(true, NOW.plusSeconds(90), null);
        assertThat(file).doesNotExist();
    }

    @Test
    void itIsNoVmNoProblemAndNoChange() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            session.publish(session.listing().whole());
            session.loaded(List.of(Samples.INSTANCE));
        }
        note(false, NOW, NOW);
        Samples.put(file.resolveSibling(FileBatch.temporaryName(BlindSpans.FILE_NAME)), "2026");
        assertThat(read().problems()).isEmpty();
        assertThat(read().vms()).hasSize(1);
        assertThat(read().blind()).containsExactly(new BlindSpan(NOW, null));
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            assertThat(session.notes()).isEmpty();
            assertThat(session.readAll().problems()).isEmpty();
            assertThat(session.publish(session.listing().whole())).isFalse();
        }
        assertThat(base.resolve(Journal.FILE_NAME)).doesNotExist();
    }

    @Test
    void aLineThatIsNotUnderstoodMeansBlindSinceEverUntilDiscoveryWorks() {
        for (String line :
                List.of("rubbish", "2026-05-18T17:00:00Z", "yesterday -", "2026-05-18T19:00:00Z later", "")) {
            Samples.put(file, "2026-05-18T17:00:00Z 2026-05-18T18:00:00Z\n" + line + "\n");
            assertThat(read().blind()).containsExactly(new BlindSpan(Instant.EPOCH, null));
            assertThat(read().problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.reason()).contains("not understood"));
        }
        note(true, Instant.parse("2026-05-18T21:00:00Z"), NOW);
        assertThat(read().blind()).containsExactly(new BlindSpan(Instant.EPOCH, Instant.parse("2026-05-18T21:00:00Z")));
    }

    @Test
    void aFileThatCannotBeReadMeansBlindSinceEver() throws IOException {
        Files.createDirectory(file);
        assertThat(read().blind()).containsExactly(new BlindSpan(Instant.EPOCH, null));
        assertThat(read().vms()).hasSize(1);
        Files.delete(file);
        Samples.put(file, new byte[(1 << 20) + 1]);
        assertThat(read().blind()).containsExactly(new BlindSpan(Instant.EPOCH, null));
        Files.delete(file);
        Files.createSymbolicLink(file, Samples.vmDirectory(base).resolve("job"));
        assertThat(read().blind()).containsExactly(new BlindSpan(Instant.EPOCH, null));
    }

    /** It is somebody else's: told once, never followed, never replaced, and no reason for anybody else to stop. */
    @Test
    void whatIsNoFileStopsNobodyAndIsLeftAsItIs() throws IOException {
        Path elsewhere = Samples.put(base.resolve("elsewhere"), "2026-05-18T17:00:00Z -\n");
        for (int kind = 0; kind < 4; kind++) {
            switch (kind) {
                case 0 -> Files.createDirectory(file);
                case 1 -> Files.writeString(Files.createDirectory(file).resolve("notes.txt"), "x");
                case 2 -> Files.createSymbolicLink(file, elsewhere);
                default -> Files.createSymbolicLink(file, base.resolve("nowhere"));
            }
            Map<String, String> before = Samples.tree(base);
            for (boolean worked : new boolean[] {false, true, true, false}) {
                note(worked, NOW.plusSeconds(60), NOW);
                note(worked, NOW.plusSeconds(60), null);
                assertThat(Samples.tree(base)).isEqualTo(before);
                assertThat(read().blind()).containsExactly(new BlindSpan(Instant.EPOCH, null));
                assertThat(read().vms()).hasSize(1);
                assertThat(read().problems()).singleElement().satisfies(problem -> {
                    assertThat(problem.kind()).isEqualTo(StoreProblem.Kind.FOREIGN);
                    assertThat(problem.reason())
                            .contains("datacenter1/openstack1/.bacula-openstack-sync.blind", "remove it");
                });
            }
            if (kind == 1) {
                Files.delete(file.resolve("notes.txt"));
            }
            Files.delete(file);
        }
        assertThat(read().blind()).isEmpty();
        assertThat(read().problems()).isEmpty();
    }
}
