package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.disk.StoreLock;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link below the base directory could lead anywhere, and root may be the one who follows it. */
class SymbolicLinkTest {
    @TempDir
    Path directory;

    private Path base;
    private Path outside;
    private Map<String, String> outsideBefore;

    @BeforeEach
    void make() throws IOException {
        base = Files.createDirectory(directory.resolve("base"));
        outside = Files.createDirectory(directory.resolve("outside"));
        Samples.putVm(outside);
        outsideBefore = Samples.tree(outside);
    }

    @AfterEach
    void nothingOutsideWasTouched() {
        assertThat(Samples.tree(outside)).isEqualTo(outsideBefore);
    }

    private void editsAreRefused(String... words) {
        Edit change = Samples.change(
                Samples.VM, vm -> Samples.replace(vm, Samples.UUID_2).enabled(false));
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            for (Edit edit : List.of(change, Samples.create(), Samples.remove(Samples.VM))) {
                assertThat(Samples.apply(session, edit))
                        .singleElement()
                        .extracting(EditResult::error)
                        .asString()
                        .contains(words);
            }
            session.publish(session.listing().whole());
        }
        assertThat(Samples.text(base.resolve("director.conf"))).doesNotContain("job");
    }

    private void isAProblem(StoreProblem.Kind kind) {
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            assertThat(session.read(Samples.INSTANCE).vms()).isEmpty();
            assertThat(session.read(Samples.INSTANCE).problems())
                    .singleElement()
                    .extracting(StoreProblem::kind)
                    .isEqualTo(kind);
        }
    }

    @Test
    void aLinkedVmDirectoryIsNotOurs() throws IOException {
        Path vm = Samples.vmDirectory(base);
        Files.createDirectories(vm.getParent());
        Files.createSymbolicLink(vm, Samples.vmDirectory(outside));
        isAProblem(StoreProblem.Kind.FOREIGN);
        editsAreRefused("symbolic link");
    }

    @Test
    void aLinkedJobIsNotRead() throws IOException {
        Path vm = Files.createDirectories(Samples.vmDirectory(base));
        Files.createSymbolicLink(vm.resolve("job"), Samples.vmDirectory(outside).resolve("job"));
        isAProblem(StoreProblem.Kind.UNREADABLE);
        editsAreRefused("job is a symbolic link");
    }

    @Test
    void aLinkedFileSetIsNotRead() throws IOException {
        Path vm = Files.createDirectories(Samples.vmDirectory(base));
        Samples.put(vm.resolve("job"), Samples.JOB_TEXT);
        Files.createSymbolicLink(
                vm.resolve("fileset"), Samples.vmDirectory(outside).resolve("fileset"));
        isAProblem(StoreProblem.Kind.UNREADABLE);
        editsAreRefused("fileset is a symbolic link");
    }

    @Test
    void aLinkedInstanceOrDatacenterCannotBeUsed() throws IOException {
        Files.createDirectory(base.resolve("datacenter1"));
        Files.createSymbolicLink(base.resolve("datacenter1/openstack1"), outside.resolve("datacenter1/openstack1"));
        cannotBeUsed();
        Files.delete(base.resolve("datacenter1/openstack1"));
        Files.delete(base.resolve("datacenter1"));
        Files.createSymbolicLink(base.resolve("datacenter1"), outside.resolve("datacenter1"));
        cannotBeUsed();
    }

    private void cannotBeUsed() {
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            assertThatThrownBy(() -> session.read(Samples.INSTANCE))
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("symbolic link");
            assertThat(session.readAll().vms()).isEmpty();
            assertThat(session.readAll().problems())
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.reason()).contains("is a symbolic link"));
        }
        editsAreRefused("symbolic link");
    }

    @Test
    void aLinkInThePlaceOfATemporaryFileIsRemovedAndNotWrittenThrough() throws IOException {
        Samples.putVm(base);
        Path vm = Samples.vmDirectory(base);
        for (String name : List.of(".job.tmp", ".fileset.tmp")) {
            Files.createSymbolicLink(
                    vm.resolve(name), Samples.vmDirectory(outside).resolve("job"));
        }
        Files.createSymbolicLink(
                base.resolve(".director.conf.tmp"), Samples.vmDirectory(outside).resolve("job"));
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            Edit change = Samples.change(Samples.VM, each -> Samples.replace(each, Samples.UUID_2));
            assertThat(Samples.apply(session, change))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            session.publish(session.listing().whole());
        }
        assertThat(Samples.tree(vm)).containsOnlyKeys("", "fileset", "job");
        assertThat(base.resolve(".director.conf.tmp")).doesNotExist();
    }

    @Test
    void aLinkedDirectorConfIsNotReplaced() throws IOException {
        Files.createSymbolicLink(
                base.resolve("director.conf"), Samples.vmDirectory(outside).resolve("job"));
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            assertThatThrownBy(() -> session.publish(Set.of()))
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("not a regular file");
        }
    }

    @Test
    void aLinkedLockFileIsNotOpened() throws IOException {
        Files.createSymbolicLink(
                base.resolve(StoreLock.FILE_NAME), Samples.vmDirectory(outside).resolve("job"));
        FileStore store = Samples.store(base);
        assertThatThrownBy(() -> store.open(Access.WRITE)).isInstanceOf(ProviderException.class);
    }

    @Test
    void theBaseDirectoryItselfMayBeALink() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), base);
        try (StoreSession session = Samples.store(link).open(Access.WRITE)) {
            assertThat(Samples.apply(session, Samples.create()))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            session.publish(session.listing().whole());
            assertThatThrownBy(() -> Samples.store(base).open(Access.WRITE))
                    .as("it is one directory under two names")
                    .isInstanceOf(ProviderException.class);
        }
        assertThat(Samples.text(base.resolve("director.conf"))).contains("@\"" + link + "/datacenter1/");
    }
}
