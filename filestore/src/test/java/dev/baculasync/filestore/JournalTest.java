package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.disk.FailingOperations;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.journal.Journal;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path base;

    private Path journal;

    @BeforeEach
    void name() {
        journal = base.resolve(Journal.FILE_NAME);
    }

    /** A session that changes one VM in a call of its own, creates another in a second call, and does not settle. */
    private void unsettled() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            assertThat(Samples.apply(session, Samples.change(Samples.VM, vm -> Samples.replace(vm, Samples.UUID_2))))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            assertThat(Samples.apply(session, Samples.create("new", "new", Samples.UUID_1)))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            session.publish(session.listing().whole());
        }
    }

    private List<String> open() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            return session.notes();
        }
    }

    @Test
    void whatIsPutBackIsTold() {
        Samples.putVm(base);
        Map<String, String> before = RunModel.vms(base);
        unsettled();
        assertThat(open())
                .containsExactly("an earlier run did not come to its end; what it had changed was rolled back: 2 VMs"
                        + " (datacenter1/openstack1/rocky9-instance1, datacenter1/openstack1/new)");
        assertThat(RunModel.vms(base)).isEqualTo(before);
        assertThat(Samples.text(base.resolve("director.conf"))).doesNotContain("/new/");
        assertThat(journal).doesNotExist();
        assertThat(open()).isEmpty();
    }

    @Test
    void whatSomebodyHasEditedIsLeftAloneAndTold() throws IOException {
        Samples.putVm(base);
        unsettled();
        Path job = Samples.vmDirectory(base).resolve("job");
        String edited = Samples.text(job) + "# by hand\n";
        Files.writeString(job, edited);
        String fileSet = Samples.text(job.resolveSibling("fileset"));
        assertThat(open()).hasSize(2).last().asString().contains("left as it is: 1 VM (datacenter1/openstack1/rocky9");
        assertThat(job).hasContent(edited);
        assertThat(job.resolveSibling("fileset")).as("they belong together").hasContent(fileSet);
        assertThat(RunModel.instance(base).resolve("new")).doesNotExist();
        assertThat(open()).as("it is theirs now").isEmpty();
    }

    @Test
    void aDirectoryThatIsALinkNowIsNotFollowed() throws IOException {
        Samples.putVm(base);
        unsettled();
        Path elsewhere = base.resolveSibling(base.getFileName() + "-elsewhere");
        Path instance = RunModel.instance(base);
        Files.move(instance, elsewhere);
        Files.createSymbolicLink(instance, elsewhere);
        Map<String, String> before = Samples.tree(elsewhere);
        assertThat(open()).singleElement().asString().contains("left as it is: 2 VMs");
        assertThat(Samples.tree(elsewhere)).isEqualTo(before);
    }

    @Test
    void anOperatorsNotesInTheDirectoryOfANewVmStay() {
        unsettledCreation();
        Path notes = Samples.put(RunModel.instance(base).resolve("new/notes.txt"), "x");
        assertThat(open()).hasSize(1);
        assertThat(notes.getParent()).isDirectoryContaining("glob:**/notes.txt");
        assertThat(notes.resolveSibling("job")).doesNotExist();
    }

    private void unsettledCreation() {
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            Samples.apply(session, Samples.create("new", "new", Samples.UUID_1));
        }
    }

    /** A process that dies while it writes a record has not touched any of the record's files. */
    @Test
    void aTornRecordCountsForNothing() throws IOException {
        Samples.putVm(base);
        Map<String, String> before = RunModel.vms(base);
        unsettled();
        byte[] whole = Files.readAllBytes(journal);
        Map<String, String> after = RunModel.vms(base);
        boolean firstSeen = false;
        for (int length = 0; length < whole.length; length++) {
            Files.write(journal, Arrays.copyOf(whole, length));
            List<String> notes = open();
            assertThat(notes).hasSizeLessThan(2);
            firstSeen |= !notes.isEmpty();
            assertThat(RunModel.instance(base).resolve("new/job")).exists();
            assertThat(journal).doesNotExist();
            if (notes.isEmpty()) {
                assertThat(RunModel.vms(base)).isIn(after, withoutFirst(before, after));
            }
        }
        assertThat(firstSeen).isTrue();
        assertThat(RunModel.vms(base)).isEqualTo(withoutFirst(before, after));
        byte[] garbled = whole.clone();
        garbled[garbled.length - 1] ^= 1;
        Files.write(journal, garbled);
        assertThat(open()).isEmpty();
        assertThat(RunModel.instance(base).resolve("new/job")).exists();
    }

    private static Map<String, String> withoutFirst(Map<String, String> before, Map<String, String> after) {
        Map<String, String> mixed = new java.util.TreeMap<>(after);
        mixed.putAll(before);
        return mixed;
    }

    @Test
    void whatCannotBeUnderstoodStopsTheSessionAndIsNotTouched() throws IOException {
        Samples.putVm(base);
        unsettled();
        Map<String, String> files = RunModel.vms(base);
        byte[] newer = Files.readAllBytes(journal);
        newer["bacula-openstack-sync journal ".length()] = '3';
        Files.write(journal, newer);
        assertThatThrownBy(this::open)
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining(journal.toString())
                .hasMessageContaining("not written by this version");
        assertThat(journal).hasBinaryContent(newer);
        assertThat(RunModel.vms(base)).isEqualTo(files);
        Files.delete(journal);
        Files.createSymbolicLink(journal, base.resolve("x"));
        assertThatThrownBy(this::open).isInstanceOf(ProviderException.class).hasMessageContaining("not a regular file");
        Files.delete(journal);
        assertThat(open()).as("and the lock was let go of").isEmpty();
    }

    @Test
    void aRecordThatCouldNotBeWrittenKeepsItsFilesUntouchedAndTheNextOneFollowsAllTheSame() throws IOException {
        Samples.putVm(base);
        Map<String, String> before = RunModel.vms(base);
        boolean[] full = {false};
        FileOperations operations = new FailingOperations((step, path) -> full[0] && step.equals("append"));
        try (StoreSession session =
                Samples.builder(base).operations(operations).build().open(Access.WRITE)) {
            Samples.apply(session, Samples.change(Samples.VM, vm -> vm.enabled(false)));
            full[0] = true;
            assertThat(Samples.apply(session, Samples.create("none", "none", Samples.UUID_2)))
                    .singleElement()
                    .extracting(EditResult::error)
                    .asString()
                    .contains("No space left", "nothing was changed");
            assertThat(RunModel.instance(base).resolve("none")).doesNotExist();
            full[0] = false;
            Samples.apply(session, Samples.create("new", "new", Samples.UUID_1));
        }
        assertThat(open()).singleElement().asString().contains("2 VMs");
        assertThat(RunModel.vms(base)).isEqualTo(before);
    }

    @Test
    void aVmThatIsChangedTwiceGoesBackToTheBeginning() {
        Samples.putVm(base);
        Map<String, String> before = RunModel.vms(base);
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            for (boolean enabled : new boolean[] {false, true, false}) {
                Samples.apply(session, Samples.change(Samples.VM, vm -> vm.enabled(enabled)));
            }
            Samples.apply(session, Samples.change(Samples.VM, vm -> Samples.replace(vm, Samples.UUID_2)));
        }
        open();
        assertThat(RunModel.vms(base)).isEqualTo(before);
    }

    @Test
    void whatWasSettledStaysAndWhatCameAfterGoes() {
        Map<String, String> settled;
        try (StoreSession session = Samples.store(base).open(Access.WRITE)) {
            Samples.apply(session, Samples.create());
            session.commit();
            assertThat(journal).doesNotExist();
            settled = RunModel.vms(base);
            Samples.apply(session, Samples.change(Samples.VM, vm -> vm.enabled(false)));
        }
        assertThat(open()).hasSize(1);
        assertThat(RunModel.vms(base)).isEqualTo(settled);
    }

    @Test
    void whoOnlyReadsSeesWhatIsThereAndLeavesNoTrace() throws IOException {
        unsettledCreation();
        byte[] bytes = Files.readAllBytes(journal);
        Map<String, String> before = Samples.tree(base);
        try (StoreSession session = Samples.store(base).open(Access.READ)) {
            assertThat(session.read(Samples.INSTANCE).vms()).hasSize(1);
            assertThat(session.readAll().vms()).hasSize(1);
            assertThat(session.readAll().problems()).isEmpty();
            assertThat(session.notes()).isEmpty();
        }
        assertThat(Samples.tree(base)).isEqualTo(before);
        assertThat(journal).hasBinaryContent(bytes);
    }

    @Test
    void itsFilesAreNotForEverybodyAndNoDirectorTakesThemForConfiguration() throws IOException {
        unsettledCreation();
        for (String name : List.of(Journal.FILE_NAME, PendingMark.FILE_NAME)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(base.resolve(name))))
                    .isEqualTo("rw-r-----");
            assertThat(name).startsWith(".").doesNotEndWith("job").doesNotEndWith("fileset");
        }
        assertThat(new String(Files.readAllBytes(journal), StandardCharsets.ISO_8859_1))
                .startsWith("bacula-openstack-sync journal 2\n");
    }

    @Test
    void aFileThatIsEditedBetweenPlanningAndWritingIsNotOverwritten() {
        Samples.putVm(base);
        Path job = Samples.vmDirectory(base).resolve("job");
        String byHand = Samples.JOB_TEXT + "# by hand\n";
        FileOperations operations = new FailingOperations((step, path) -> {
            if (step.equals("append")) {
                Samples.put(job, byHand);
            }
            return false;
        });
        try (StoreSession session =
                Samples.builder(base).operations(operations).build().open(Access.WRITE)) {
            assertThat(Samples.apply(session, Samples.change(Samples.VM, vm -> vm.enabled(false))))
                    .singleElement()
                    .extracting(EditResult::error)
                    .asString()
                    .contains("changed by somebody at this very moment");
        }
        assertThat(job).hasContent(byHand);
        open();
        assertThat(job).hasContent(byHand);
    }
}
