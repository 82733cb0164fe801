package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.disk.ModelDisk;
import dev.baculasync.filestore.disk.ModelDisk.Fault;
import dev.baculasync.filestore.disk.ModelDisk.PowerOff;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InstanceRemovalTest {
    @TempDir
    Path base;

    private Path instance;

    @BeforeEach
    void anInstanceWithoutVms() {
        prepare(base);
        instance = RunModel.instance(base);
    }

    /** All VMs are removed; an empty directory and what a creation left behind are there. */
    private static void prepare(Path base) {
        Samples.putVm(base);
        try (StoreSession session = RunModel.open(base, ModelDisk.sound())) {
            assertThat(Samples.apply(session, Samples.remove(Samples.VM)))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            session.publish(session.listing().whole());
            session.commit();
            session.loaded();
        }
        Path instance = RunModel.instance(base);
        Samples.put(instance.resolve(Samples.VM).resolve("fileset"), Samples.FILE_SET_TEXT);
        Samples.put(instance.resolve(Samples.VM).resolve(".job.tmp"), "half");
        Samples.put(instance.resolve("empty/x"), "");
        try {
            Files.delete(instance.resolve("empty/x"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean remove() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            return session.removeInstance(Samples.INSTANCE);
        }
    }

    @Test
    void nothingIsLeftOfAnInstance() {
        assertThat(remove()).isTrue();
        assertThat(Samples.tree(base)).containsOnlyKeys("", "director.conf");
        assertThat(base.resolve(PendingMark.FILE_NAME))
                .as("a Director may have had the lone FileSet")
                .exists();
        assertThat(remove()).as("and again").isTrue();
    }

    @Test
    void whatElseTheDatacenterHoldsStays() throws IOException {
        Path other = Files.createDirectory(instance.resolveSibling("openstack2"));
        assertThat(remove()).isTrue();
        assertThat(instance).doesNotExist();
        assertThat(other).isEmptyDirectory();
    }

    @Test
    void anInstanceThatHoldsAnythingElseIsNotTouched() throws IOException {
        Path managed = instance.resolve("web");
        Samples.put(managed.resolve("fileset"), Samples.FILE_SET_TEXT.replace(Samples.VM, "web"));
        Samples.put(managed.resolve("job"), Samples.JOB_TEXT.replace(Samples.VM, "web"));
        isNotTouched();
        Files.delete(managed.resolve("job"));
        Samples.put(managed.resolve("fileset"), Samples.text(managed.resolve("fileset")) + "# by hand\n");
        isNotTouched();
        Files.move(managed.resolve("fileset"), instance.resolve("README"));
        isNotTouched();
        Files.delete(instance.resolve("README"));
        Files.createSymbolicLink(instance.resolve("link"), managed);
        isNotTouched();
        Files.delete(instance.resolve("link"));
        assertThat(remove()).isTrue();
    }

    private void isNotTouched() {
        Map<String, String> before = Samples.tree(base);
        assertThat(remove()).isFalse();
        assertThat(Samples.tree(base)).isEqualTo(before);
    }

    @Test
    void aLinkInItsPlaceIsNotFollowed() throws IOException {
        Path elsewhere = Files.createDirectory(base.resolve(".elsewhere"));
        Path moved = Files.move(instance, elsewhere.resolve("openstack1"));
        Files.createSymbolicLink(instance, moved);
        Map<String, String> before = Samples.tree(base);
        assertThatThrownBy(this::remove).isInstanceOf(ProviderException.class).hasMessageContaining("symbolic link");
        Files.delete(instance);
        Files.delete(instance.getParent());
        Files.createSymbolicLink(instance.getParent(), elsewhere);
        assertThatThrownBy(this::remove).isInstanceOf(ProviderException.class).hasMessageContaining("symbolic link");
        Files.delete(instance.getParent());
        Files.createDirectory(instance.getParent());
        Files.createSymbolicLink(instance, moved);
        assertThat(Samples.tree(base)).isEqualTo(before);
    }

    /** It would not be there any more for what is to be put back. */
    @Test
    void whatIsNotSettledKeepsItsInstance() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            Samples.apply(session, Samples.create("web", "web", Samples.UUID_2));
            assertThatThrownBy(() -> session.removeInstance(Samples.INSTANCE)).isInstanceOf(ProviderException.class);
            assertThat(instance).exists();
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void whereverItEndsItCanBeDoneAgain(Fault fault) throws IOException {
        boolean reached = true;
        int step = 0;
        for (; reached; step++) {
            Path trial = base.resolve("trial" + step);
            prepare(trial);
            ModelDisk disk = ModelDisk.with(fault, step);
            try (StoreSession session = RunModel.open(trial, disk)) {
                session.removeInstance(Samples.INSTANCE);
            } catch (ProviderException e) {
                assertThat(e.getMessage()).contains("; ");
            } catch (PowerOff e) {
                // So it shall be.
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(PowerOff.class);
            }
            disk.startAgain();
            reached = disk.faultHappened();
            RunModel.everyListedFileIsThere(trial.resolve("director.conf"));
            try (StoreSession session = RunModel.open(trial, ModelDisk.sound())) {
                assertThat(session.removeInstance(Samples.INSTANCE)).isTrue();
                assertThat(session.publish(session.listing().whole()))
                        .as("the Director is to be told, dead at " + disk.steps())
                        .isTrue();
            }
            assertThat(Samples.tree(trial)).containsOnlyKeys("", "director.conf");
        }
        assertThat(step).isGreaterThan(15);
    }
}
