package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.disk.FailingOperations;
import dev.baculasync.filestore.disk.ModelDisk;
import dev.baculasync.filestore.journal.Journal;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import dev.baculasync.testkit.Fleets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemovalTest {
    private static final Edit REMOVE = Samples.remove(Samples.VM);

    @TempDir
    Path base;

    private Path vm;
    private Path conf;

    @BeforeEach
    void publishTwo() {
        vm = Samples.vmDirectory(base);
        conf = base.resolve("director.conf");
        try (StoreSession session = open()) {
            assertThat(apply(session, Samples.create())).isNull();
            assertThat(apply(session, Samples.create("other", "other", Samples.UUID_2)))
                    .isNull();
            session.publish(session.listing().whole());
            session.commit();
            session.loaded();
        }
    }

    private StoreSession open() {
        return Samples.store(base).open(Access.WRITE);
    }

    private StoreSession open(BiPredicate<String, Path> fails) {
        return Samples.builder(base)
                .workers(1)
                .operations(new FailingOperations(fails))
                .build()
                .open(Access.WRITE);
    }

    private static @Nullable String apply(StoreSession session, Edit edit) {
        ProviderException error = Samples.apply(session, edit).get(0).error();
        return error == null ? null : error.getMessage();
    }

    private static void finish(StoreSession session) {
        session.publish(session.listing().whole());
        session.commit();
        session.loaded();
    }

    @Test
    void aVmIsRemovedWithItsDirectoryAndNothingElseIs() {
        Samples.put(vm.resolve(".job.tmp"), "left behind");
        Map<String, String> others = RunModel.vms(base);
        others.keySet().removeIf(path -> path.contains(Samples.VM));
        try (StoreSession session = open()) {
            session.read(Samples.INSTANCE);
            assertThat(apply(session, REMOVE)).isNull();
            assertThat(session.publish(session.listing().whole()))
                    .as("the Director is to be told")
                    .isTrue();
            session.commit();
            assertThat(session.read(Samples.INSTANCE).vms())
                    .extracting(each -> each.slug())
                    .containsExactly("other");
            assertThat(session.notes()).isEmpty();
        }
        assertThat(RunModel.vms(base)).isEqualTo(others);
        assertThat(Samples.text(conf)).contains("/other/job").doesNotContain(Samples.VM);
        assertThat(base.resolve(PendingMark.FILE_NAME)).exists();
    }

    @Test
    void theLastVmLeavesItsInstancesDirectory() {
        try (StoreSession session = open()) {
            assertThat(Samples.apply(session, REMOVE, Samples.remove("other")))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            finish(session);
        }
        assertThat(RunModel.instance(base)).isEmptyDirectory();
    }

    @Test
    void itIsTakenOffTheListBeforeTheJobGoesAndTheJobGoesBeforeTheFileSet() {
        List<String> seen = new ArrayList<>();
        try (StoreSession session = open((step, path) -> {
            if (step.equals("delete") && path.startsWith(vm)) {
                assertThat(Samples.text(conf)).contains("/other/job").doesNotContain(Samples.VM);
                assertThat(base.resolve(PendingMark.FILE_NAME)).exists();
                assertThat(base.resolve(Journal.FILE_NAME)).exists();
                seen.add(String.valueOf(path.getFileName()));
            } else if (step.equals("forceDirectory")) {
                seen.add("force " + path.getFileName());
            }
            return false;
        })) {
            assertThat(apply(session, REMOVE)).isNull();
        }
        assertThat(seen)
                .containsSubsequence(
                        "force " + base.getFileName(),
                        "job",
                        "force " + Samples.VM,
                        "fileset",
                        "force " + Samples.VM,
                        Samples.VM,
                        "force openstack1");
    }

    @Test
    void whatIsNotOursStaysWithTheDirectoryAndIsTold() throws IOException {
        Samples.put(vm.resolve("notes.txt"), "x");
        Files.createSymbolicLink(vm.resolve("link"), base.resolve("director.conf"));
        try (StoreSession session = open()) {
            assertThat(apply(session, REMOVE)).isNull();
            assertThat(session.notes())
                    .containsExactly("datacenter1/openstack1/rocky9-instance1 was removed; its directory stays, because"
                            + " it holds what is not ours: link, notes.txt");
            finish(session);
        }
        assertThat(Samples.tree(vm)).containsOnlyKeys("", "link", "notes.txt");
        assertThat(conf).content().contains("/other/job").doesNotContain(Samples.VM);
        try (StoreSession session = open()) {
            assertThat(session.read(Samples.INSTANCE).problems())
                    .singleElement()
                    .extracting(StoreProblem::kind)
                    .isEqualTo(StoreProblem.Kind.FOREIGN);
            assertThat(apply(session, REMOVE)).contains("cannot remove", "nothing was changed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "fileset"})
    void aFileThatSomebodyHasChangedSinceItWasReadIsNotRemoved(String file) {
        String byHand = Samples.text(vm.resolve(file)) + "# by hand\n";
        try (StoreSession session = open((step, path) -> {
            if (step.equals("append")) {
                Samples.put(vm.resolve(file), byHand);
            }
            return false;
        })) {
            assertThat(apply(session, REMOVE)).contains("/" + file + " was changed by somebody at this very moment");
            finish(session);
        }
        assertThat(vm.resolve(file)).hasContent(byHand);
        assertThat(Samples.text(conf)).contains(Samples.VM + "/job", Samples.VM + "/fileset");
    }

    @Test
    void whatIsNotTheManagedVmThatWasMeantIsNotRemoved() throws IOException {
        Path instance = RunModel.instance(base);
        Samples.put(instance.resolve("foreign/job"), "Job { }\n");
        Samples.put(instance.resolve("broken/job"), "#@uuid: broken\nJob { Name = \"x\" }\n");
        Samples.put(instance.resolve("file"), "x");
        String moved = Samples.JOB_TEXT.replace(Samples.VM, "moved").replace("bacula-dc1-os1-fd", "old-fd");
        Samples.put(instance.resolve("moved/job"), moved);
        Samples.put(instance.resolve("moved/fileset"), Samples.FILE_SET_TEXT.replace(Samples.VM, "moved"));
        Files.createDirectory(instance.resolve("empty"));
        try (StoreSession session = open()) {
            finish(session);
        }
        Map<String, String> before = Samples.tree(base);
        try (StoreSession session = open()) {
            for (String name : List.of("foreign", "broken", "file", "moved", "empty", "none", "..", "other/../other")) {
                assertThat(apply(session, each -> VmEdit.remove(Samples.vm(name, name, Samples.UUID_1))))
                        .as(name)
                        .startsWith("cannot remove datacenter1/openstack1/")
                        .endsWith("; nothing was changed");
            }
            assertThat(session.publish(session.listing().whole())).isFalse();
        }
        assertThat(Samples.tree(base)).isEqualTo(before);
    }

    /** Nobody knows what such a list names. */
    @Test
    void nothingIsRemovedAsLongAsSomebodyElsesListIsThere() {
        Samples.put(conf, "@\"" + vm + "/job\"\n");
        Map<String, String> before = RunModel.vms(base);
        try (StoreSession session = open()) {
            List<EditResult> results =
                    Samples.apply(session, REMOVE, Samples.change("other", each -> each.displayName("x")));
            assertThat(results.get(0).error())
                    .asString()
                    .contains("not written by bacula-openstack-sync", "nothing was changed");
            assertThat(results.get(1).error()).isNull();
        }
        try (StoreSession session = open()) {
            assertThat(session.notes()).hasSize(1);
        }
        assertThat(RunModel.vms(base)).isEqualTo(before);
    }

    @Test
    void whateverElseTheListNamesStaysAndEverySpellingOfTheVmGoes() {
        String head = "# Generated by bacula-openstack-sync\n";
        String kept = "@\"/elsewhere/datacenter1/openstack1/else/job\"\n# caf\u00e9\n@/etc/bacula/more.conf\n";
        String gone = "@\"/old/base/datacenter1/openstack1/" + Samples.VM + "/fileset\"\n@" + vm + "/job\n";
        Samples.put(conf, head + gone + kept);
        try (StoreSession session = open()) {
            assertThat(apply(session, REMOVE)).isNull();
        }
        assertThat(conf).hasContent(head + kept);
    }

    @Test
    void aVmThatCouldNotBeRemovedIsListedAgain() {
        try (StoreSession session = open((step, path) -> step.equals("delete") && path.equals(vm.resolve("fileset")))) {
            session.read(Samples.INSTANCE);
            assertThat(apply(session, REMOVE))
                    .contains("cannot remove", "No space left on device", "nothing was changed");
            finish(session);
        }
        assertThat(Samples.text(conf)).contains(Samples.VM + "/job", Samples.VM + "/fileset");
        RunModel.everyListedFileIsThere(conf);
    }

    /** A disk that was broken for both the removal and its undoing must not lose a job to a run that goes on. */
    @Test
    void whatCouldNeitherBeDoneNorUndoneIsUndoneBeforeAnythingIsPublished() {
        Map<String, String> before = RunModel.vms(base);
        boolean[] broken = {false};
        try (StoreSession session = open((step, path) -> {
            broken[0] |= step.equals("delete") && path.equals(vm.resolve("fileset"));
            return broken[0] && path.startsWith(vm);
        })) {
            assertThat(apply(session, REMOVE)).contains("not all of it could be undone");
            assertThat(vm.resolve("job")).doesNotExist();
            assertThatThrownBy(() -> session.publish(Set.of())).isInstanceOf(ProviderException.class);
            assertThatThrownBy(session::commit)
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining("the next run tries again");
            broken[0] = false;
            // The fault is over, and would only come back with another removal.
            assertThat(session.publish(session.listing().whole())).isTrue();
            session.commit();
        }
        assertThat(RunModel.vms(base)).isEqualTo(before);
        assertThat(Samples.text(conf)).contains(Samples.VM + "/job");
        assertThat(base.resolve(Journal.FILE_NAME)).doesNotExist();
    }

    @Test
    void aJobThatCouldNotBeBroughtBackIsBroughtBackByTheNextRun() {
        Map<String, String> before = RunModel.vms(base);
        boolean[] broken = {false};
        try (StoreSession session = open((step, path) -> {
            broken[0] |= step.equals("delete") && path.equals(vm.resolve("fileset"));
            return broken[0] && path.startsWith(vm);
        })) {
            assertThat(apply(session, REMOVE)).isNotNull();
            assertThatThrownBy(session::commit).isInstanceOf(ProviderException.class);
        }
        open().close();
        assertThat(RunModel.vms(base)).isEqualTo(before);
    }

    /** What a run that died has half removed comes back, and can then be removed for good. */
    @Test
    void aLoneFileSetIsNeverLeftForEver() throws IOException {
        Files.setPosixFilePermissions(vm.resolve("job"), PosixFilePermissions.fromString("rw-rw-r--"));
        Files.setPosixFilePermissions(vm, PosixFilePermissions.fromString("rwxrwx---"));
        Map<String, String> before = RunModel.vms(base);
        try (StoreSession session = open((step, path) -> {
            if (step.equals("delete") && path.equals(vm.resolve("fileset"))) {
                throw new ModelDisk.PowerOff();
            }
            return false;
        })) {
            assertThatThrownBy(() -> apply(session, REMOVE)).hasCauseInstanceOf(ModelDisk.PowerOff.class);
        }
        assertThat(Samples.tree(vm)).containsOnlyKeys("", "fileset");
        try (StoreSession session = open()) {
            assertThat(Samples.rolledBack(session)).containsExactly(new VmKey("datacenter1", "openstack1", Samples.VM));
            assertThat(RunModel.vms(base)).isEqualTo(before);
            assertThat(apply(session, REMOVE)).isNull();
            finish(session);
        }
        assertThat(vm).doesNotExist();
    }

    @Test
    void whoeverRemovesTheInstanceAfterADeathMeansIt() throws IOException {
        try (StoreSession session = open()) {
            assertThat(Samples.apply(session, REMOVE, Samples.remove("other")))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
        }
        Files.delete(RunModel.instance(base));
        try (StoreSession session = open()) {
            assertThat(session.notes()).singleElement().asString().contains("left as it is: 2 VMs");
        }
        assertThat(RunModel.instance(base)).doesNotExist();
    }

    @Test
    void aVmCanBeRemovedAndCreatedAgainInOneSessionAndAllOfItUndone() throws IOException {
        Files.setPosixFilePermissions(vm.resolve("job"), PosixFilePermissions.fromString("rw-------"));
        Samples.put(vm.resolve("job"), Samples.text(vm.resolve("job")) + "# by hand\n");
        Map<String, String> before = RunModel.vms(base);
        try (StoreSession session = open()) {
            assertThat(apply(session, Samples.change(Samples.VM, each -> each.enabled(false))))
                    .isNull();
            assertThat(apply(session, REMOVE)).isNull();
            assertThat(apply(session, Samples.create())).isNull();
            session.publish(session.listing().whole());
            assertThat(Samples.text(conf)).contains(Samples.VM + "/job");
        }
        open().close();
        assertThat(RunModel.vms(base)).isEqualTo(before);
    }

    /** Each instance has a thread of its own, and there is one list. */
    @Test
    void manyInstancesCanRemoveAtOnce() throws Exception {
        int instances = 6;
        int each = 15;
        ExecutorService threads = Executors.newFixedThreadPool(instances);
        try (StoreSession session = open()) {
            for (int i = 0; i < instances; i++) {
                session.apply(creations(i, each));
            }
            session.publish(session.listing().whole());
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < instances; i++) {
                int number = i;
                running.add(threads.submit(() -> {
                    for (int j = 0; j < each; j++) {
                        assertThat(session.apply(List.of(removal(session, VmKey.of(instance(number), "vm" + j)))))
                                .extracting(EditResult::error)
                                .containsOnlyNulls();
                        assertThat(Samples.text(conf)).doesNotContain("/os" + number + "/vm" + j + "/");
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            assertThat(Samples.text(conf)).contains("/other/job").doesNotContain("/vm");
            finish(session);
        } finally {
            threads.shutdownNow();
        }
    }

    private static OpenStackInstance instance(int number) {
        return new OpenStackInstance("dc", "os" + number, "fd" + number, "proxy", "backup-" + number + "-", null);
    }

    private static List<VmEdit> creations(int instance, int count) {
        List<VmEdit> creations = new ArrayList<>();
        for (int j = 0; j < count; j++) {
            creations.add(VmEdit.create(Fleets.vm(instance(instance), "vm" + j, new UUID(0x4000L + instance, j))
                    .build()));
        }
        return creations;
    }

    private static VmEdit removal(StoreSession session, VmKey vm) {
        return VmEdit.remove(session.readAll().vms().stream()
                .filter(there -> there.key().equals(vm))
                .findAny()
                .orElseThrow());
    }
}
