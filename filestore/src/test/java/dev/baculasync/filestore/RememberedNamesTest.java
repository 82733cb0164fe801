package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.ModelDisk;
import dev.baculasync.filestore.disk.ModelDisk.Fault;
import dev.baculasync.filestore.disk.ModelDisk.PowerOff;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.FileNames;
import dev.baculasync.spi.IdRanges;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was purged is remembered until it is forgotten, whatever comes between. */
class RememberedNamesTest {
    private static final FileNames FIRST = names("7/1", "12-400,402");
    private static final FileNames SECOND = names("7/1", "401");
    private static final FileNames OTHER = names("8/1", "5");

    @TempDir
    Path directory;

    private static FileNames names(String catalog, String paths) {
        return new FileNames(catalog, IdRanges.parse(paths), IdRanges.parse("3,7-9"));
    }

    private static Path file(Path base) {
        return base.resolve(".bacula-openstack-sync.names");
    }

    private static StoreSession open(Path base, FileOperations operations) {
        return Samples.builder(base).operations(operations).build().open(Access.WRITE);
    }

    private static List<FileNames> remembered(Path base) {
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            return session.rememberedNames();
        }
    }

    @Test
    void aPurgeIsALine() {
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            session.rememberNames(FIRST);
            session.rememberNames(new FileNames("7/1", IdRanges.NONE, IdRanges.of(1)));
        }
        assertThat(file(directory)).hasContent("7/1 path 12-400,402 filename 3,7-9\n7/1 path - filename 1\n");
    }

    /** Many VMs have the same directories, and a run that was interrupted comes again every night. */
    @Test
    void whatIsRememberedAlreadyIsNotWrittenAgain() {
        for (int night = 0; night < 3; night++) {
            try (StoreSession session = open(directory, FileOperations.DISK)) {
                session.rememberNames(FIRST);
                session.rememberNames(new FileNames("7/1", IdRanges.parse("399-401"), IdRanges.of(8)));
            }
        }
        assertThat(file(directory)).hasContent("7/1 path 12-400,402 filename 3,7-9\n7/1 path 401 filename -\n");
    }

    @Test
    void whatALineEndsInTheMiddleOfWasNotPurgedYet() throws IOException {
        for (String torn : List.of("7", "7/1 path 12-4", "7/1 path 12-400 filename -", "\0\0\0\0")) {
            Files.writeString(file(directory), "7/1 path 12-400,402 filename 3,7-9\n" + torn);
            assertThat(remembered(directory)).containsExactly(FIRST);
            try (StoreSession session = open(directory, FileOperations.DISK)) {
                session.rememberNames(SECOND);
            }
            assertThat(remembered(directory)).containsExactly(FIRST.and(SECOND));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "anything",
                "7/1 path 12-400",
                "7/1 path 12-400 filename",
                "7/1 path 400-12 filename -",
                "7/1 path 12-400 filename - more",
                "7/1 path 1;DROP filename -",
                "7/1 paths 1 filename -",
                " path 1 filename -",
                "\u001b[2J"
            })
    void aFileWithAnythingElseInItIsNotBelievedAndNothingMayBePurged(String line) throws IOException {
        String text = "7/1 path 1 filename -\n" + line + "\n";
        Files.writeString(file(directory), text);
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            assertThatThrownBy(session::rememberedNames)
                    .isInstanceOf(ProviderException.class)
                    .hasMessageStartingWith(
                            "cannot read " + file(directory) + ": it has a line that was not written by")
                    .message()
                    .doesNotContain("\n", "\u001b");
            assertThatThrownBy(() -> session.rememberNames(FIRST))
                    .isInstanceOf(ProviderException.class)
                    .hasMessageEndingWith("so nothing is purged");
            assertThatThrownBy(() -> session.forgetNames("7/1")).isInstanceOf(ProviderException.class);
        }
        assertThat(file(directory)).hasContent(text);
    }

    @Test
    void aLinkIsNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "");
        Files.createSymbolicLink(file(directory), elsewhere);
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            assertThatThrownBy(() -> session.rememberNames(FIRST)).hasMessageContaining("not a regular file");
        }
        assertThat(elsewhere).isEmptyFile();
    }

    @Test
    void catalogsAreForgottenEachForItself() {
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            session.rememberNames(FIRST);
            session.rememberNames(OTHER);
            session.rememberNames(SECOND);
            session.forgetNames("7/1");
            assertThat(session.rememberedNames()).containsExactly(OTHER);
            session.rememberNames(FIRST);
        }
        assertThat(remembered(directory)).containsExactly(FIRST, OTHER);
        try (StoreSession session = open(directory, FileOperations.DISK)) {
            session.forgetNames("8/1");
            session.forgetNames("7/1");
            session.forgetNames("7/1");
        }
        assertThat(file(directory)).doesNotExist();
    }

    /** Whatever happens at whichever step: what is known to be remembered is, and what is not told to be forgotten too. */
    @ParameterizedTest
    @EnumSource(Fault.class)
    void aFaultAtAnyStepForgetsNothing(Fault fault) throws IOException {
        boolean reached = true;
        for (int step = 0; reached; step++) {
            Path base = Files.createDirectory(directory.resolve("at" + step));
            List<FileNames> purged = new ArrayList<>();
            ModelDisk disk = ModelDisk.with(fault, step);
            boolean mayBeForgotten = false;
            try (StoreSession session = open(base, disk)) {
                for (FileNames names : List.of(FIRST, OTHER, SECOND)) {
                    try {
                        session.rememberNames(names);
                        purged.add(names);
                    } catch (ProviderException e) {
                        assertThat(fault.isDeath()).isFalse();
                    }
                }
                mayBeForgotten = true;
                session.forgetNames("7/1");
                session.forgetNames("8/1");
            } catch (PowerOff | ProviderException e) {
                // So it shall be.
            }
            reached = disk.faultHappened();
            disk.startAgain();
            List<FileNames> remembered = remembered(base);
            if (mayBeForgotten) {
                assertThat(remembered)
                        .as("%s at %d", fault, step)
                        .allMatch(names -> names.catalog().equals("8/1")
                                || purged.stream()
                                        .filter(name -> name.catalog().equals("7/1"))
                                        .allMatch(name -> names.and(name).equals(names)));
            } else {
                for (FileNames names : purged) {
                    assertThat(remembered)
                            .as("%s at %d", fault, step)
                            .anyMatch(found -> found.catalog().equals(names.catalog())
                                    && found.and(names).equals(found));
                }
            }
            try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
                session.rememberNames(FIRST);
                assertThat(session.rememberedNames())
                        .filteredOn(names -> names.catalog().equals("7/1"))
                        .singleElement()
                        .matches(names -> names.and(FIRST).equals(names));
                session.forgetNames("7/1");
                session.forgetNames("8/1");
            }
            assertThat(remembered(base)).isEmpty();
        }
    }
}
