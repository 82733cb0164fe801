package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.disk.FailingOperations;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.ModelDisk;
import dev.baculasync.filestore.disk.ModelDisk.Fault;
import dev.baculasync.filestore.disk.ModelDisk.PowerOff;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Ledger.Entry;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must outlive a run is there in full or not at all, and damage is told and never guessed at. */
class LedgerFilesTest {
    private static final Entry ONE = new Entry("one", "a text");
    private static final Entry TWO = new Entry("two", "tab\tand\nline");
    private static final Entry NEW = new Entry("new", "");

    @TempDir
    Path directory;

    private static Path file(Path base, String kind) {
        return base.resolve(".bacula-openstack-sync.ledger-" + kind);
    }

    private static StoreSession open(Path base, FileOperations operations) {
        return Samples.builder(base).operations(operations).build().open(Access.WRITE);
    }

    private static List<Entry> entries(Path base, String kind) {
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            return session.ledger().entries(kind);
        }
    }

    private static void update(Path base, FileOperations operations) {
        try (StoreSession session = open(base, operations)) {
            session.ledger().update("held", ONE::equals, List.of(NEW));
        }
    }

    private void remember(Entry... entries) {
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            session.ledger().update("held", entry -> false, List.of(entries));
        }
    }

    @Test
    void anEntryIsALineOfAFileThatBelongsToBacula() throws IOException {
        remember(ONE, TWO);
        Path file = file(directory, "held");
        assertThat(file).hasContent("one\ta text\ntwo\ttab\\u0009and\\u000aline\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(Files.getAttribute(directory, "unix:uid"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        remember(NEW);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .as("as somebody has made it")
                .isEqualTo("rw-rw-r--");
    }

    @Test
    void whereThereIsNothingToRememberThereIsNoFile() {
        remember();
        assertThat(file(directory, "held")).doesNotExist();
        remember(ONE);
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            session.ledger().update("held", entry -> true, List.of());
        }
        assertThat(file(directory, "held")).doesNotExist();
    }

    @Test
    void whatChangesNothingWritesNothing() {
        remember(ONE);
        FileOperations operations = new FailingOperations(
                (step, path) -> step.equals("createFile") && path.toString().contains("ledger"));
        try (StoreSession session = open(directory, operations)) {
            session.ledger().update("held", TWO::equals, List.of());
        }
        assertThat(entries(directory, "held")).containsExactly(ONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "one\ta text",
                "one\ta text\ntwo",
                "one a text\n",
                "one\ta text\n\n",
                "\none\ta text\n",
                "one\ta text\tmore\n",
                "one\ta text\r\n",
                "one\ta text \n",
                "one\ta \\ text\n",
                "one\ta \\u0041 text\n",
                "one\ta \u0000 text\n",
                "one\ta \u00ff text\n"
            })
    void aFileThatWasNotWrittenSoIsBelievedInNoPartAndCostsNoOtherKind(String content) throws IOException {
        Files.write(file(directory, "held"), content.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> entries(directory, "held"))
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining(file(directory, "held").toString())
                .hasMessageContaining("move it away");
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            assertThatThrownBy(() -> session.ledger().update("held", entry -> true, List.of(ONE)))
                    .isInstanceOf(ProviderException.class);
            session.ledger().update("check", entry -> true, List.of(TWO));
            assertThat(session.ledger().entries("check")).containsExactly(TWO);
        }
        assertThat(Files.readAllBytes(file(directory, "held")))
                .isEqualTo(content.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void whatIsNoFileIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "one\ta text\n");
        Files.createSymbolicLink(file(directory, "held"), elsewhere);
        Files.createDirectory(file(directory, "check"));
        for (String kind : List.of("held", "check")) {
            assertThatThrownBy(() -> entries(directory, kind))
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("not a regular file");
        }
        assertThatThrownBy(() -> update(directory, FileOperations.DISK)).isInstanceOf(ProviderException.class);
        assertThat(elsewhere).hasContent("one\ta text\n");
    }

    @Test
    void aKindIsAWordOfLettersAndNoPath() {
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            for (String kind : List.of("", "a/b", "..", "A", "a b", "h\u00e9ld", "a1")) {
                assertThatThrownBy(() -> session.ledger().entries(kind)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> session.ledger().update(kind, entry -> true, List.of(ONE)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    /** Nor for a datacenter, nor for an instance or a VM below one. */
    @Test
    void itIsNotTakenForAnythingElse() throws IOException {
        Samples.putVm(directory);
        remember(ONE);
        Files.writeString(directory.resolve("." + file(directory, "held").getFileName() + ".tmp"), "left over");
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            assertThat(session.notes()).isEmpty();
            assertThat(session.readAll().problems()).isEmpty();
            assertThat(session.readAll().vms()).hasSize(1);
            session.publish(session.listing().whole());
            session.commit();
            assertThat(session.ledger().entries("held")).containsExactly(ONE);
        }
        assertThat(Samples.text(directory.resolve("director.conf"))).doesNotContain("ledger");
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DEATH", "DEATH_WITH_LOSS", "DISK_FULL", "READ_ONLY", "ONE_ERROR"})
    void whateverHappensItIsWhatItWasOrWhatItIsToBe(Fault fault) throws IOException {
        boolean reached = true;
        for (int step = 0; reached; step++) {
            Path base = Files.createDirectory(directory.resolve(fault + "-" + step));
            try (StoreSession session = open(base, FileOperations.DISK)) {
                session.ledger().update("held", entry -> false, List.of(ONE, TWO));
            }
            ModelDisk disk = ModelDisk.with(fault, step);
            boolean failed = false;
            try {
                update(base, disk);
            } catch (PowerOff | ProviderException e) {
                failed = true;
            }
            disk.startAgain();
            reached = disk.faultHappened();
            List<List<Entry>> possible =
                    !failed ? List.of(after()) : fault.isDeath() ? List.of(before(), after()) : List.of(before());
            assertThat(entries(base, "held"))
                    .as("%s at %s", fault, disk.steps())
                    .isIn(possible);
            update(base, FileOperations.DISK);
            assertThat(entries(base, "held")).containsSubsequence(after());
            try (Stream<Path> all = Files.list(base)) {
                assertThat(all.map(path -> path.getFileName().toString())).noneMatch(name -> name.endsWith(".tmp"));
            }
        }
    }

    private static List<Entry> before() {
        return List.of(ONE, TWO);
    }

    private static List<Entry> after() {
        return List.of(TWO, NEW);
    }
}
