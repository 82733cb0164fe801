package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.disk.FailingOperations;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.journal.Journal;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreSession;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One reload too many does no harm; one too few leaves the Director with what is no longer there. */
class PendingMarkTest {
    private static final Edit CHANGE = Samples.change(Samples.VM, vm -> vm.enabled(false));

    @TempDir
    Path base;

    @BeforeEach
    void aDirectorThatHasLoadedEverything() {
        Samples.putVm(base);
        try (StoreSession session = open()) {
            assertThat(session.publish(session.listing().whole())).isTrue();
            session.commit();
            session.loaded();
        }
        assertThat(isPending()).isFalse();
    }

    private StoreSession open() {
        return Samples.store(base).open(Access.WRITE);
    }

    private boolean isPending() {
        try (StoreSession session = open()) {
            return session.publish(session.listing().whole());
        }
    }

    @Test
    void aRunThatDiedBeforeItToldTheDirectorLeavesThatToTheNext() {
        try (StoreSession session = open()) {
            Samples.apply(session, CHANGE);
            session.commit();
        }
        assertThat(isPending()).isTrue();
        assertThat(isPending()).as("and to the one after that").isTrue();
        try (StoreSession session = open()) {
            session.loaded();
        }
        assertThat(isPending()).isFalse();
    }

    @Test
    void itIsThereBeforeTheFirstFileIsTouched() {
        Path job = Samples.vmDirectory(base).resolve("job");
        FileOperations operations = new FailingOperations((step, path) -> {
            if (step.equals("append")) {
                assertThat(base.resolve(PendingMark.FILE_NAME)).exists();
                assertThat(job).hasContent(Samples.JOB_TEXT);
            }
            return step.equals("append");
        });
        try (StoreSession session =
                Samples.builder(base).operations(operations).build().open(Access.WRITE)) {
            assertThat(Samples.apply(session, CHANGE))
                    .extracting(EditResult::error)
                    .doesNotContainNull();
        }
        assertThat(job).hasContent(Samples.JOB_TEXT);
    }

    @Test
    void headersAloneNeverMakeIt() {
        Path job = Samples.vmDirectory(base).resolve("job");
        String list = Samples.text(base.resolve("director.conf"));
        Edit headers = Samples.change(
                Samples.VM,
                vm -> vm.displayName("another")
                        .missingSince(Stamp.of(Samples.CREATED))
                        .suspect(true));
        FileOperations operations = new FailingOperations(
                (step, path) -> step.equals("createFile") && path.endsWith(PendingMark.FILE_NAME));
        try (StoreSession session =
                Samples.builder(base).operations(operations).build().open(Access.WRITE)) {
            assertThat(Samples.apply(session, headers))
                    .extracting(EditResult::error)
                    .containsOnlyNulls();
            assertThat(session.publish(session.listing().whole())).isFalse();
            session.rollback(Samples.everything(session));
            assertThat(job).hasContent(Samples.JOB_TEXT);
            Samples.apply(session, headers);
            session.commit();
        }
        assertThat(job).content().contains("#@vm: another\n", "#@absence:       tail\n");
        assertThat(base.resolve("director.conf")).hasContent(list);
        assertThat(isPending()).isFalse();
    }

    /** Said with what a Director reads, but it is there already. */
    @Test
    void whatChangesNoByteThatADirectorReadsIsNoReasonForIt() {
        try (StoreSession session = open()) {
            Samples.apply(
                    session,
                    Samples.change(
                            Samples.VM,
                            vm -> Samples.replace(vm, Samples.UUID_1)
                                    .enabled(true)
                                    .jobDefs("DefaultJob")
                                    .reenabledAt(Stamp.of(Samples.CREATED))));
            assertThat(session.publish(session.listing().whole())).isFalse();
            session.commit();
        }
        assertThat(Samples.text(Samples.vmDirectory(base).resolve("job"))).contains("#@reenabled:");
        assertThat(isPending()).isFalse();
    }

    @Test
    void withoutItNothingIsChanged() {
        FileOperations operations = new FailingOperations(
                (step, path) -> step.equals("createFile") && path.endsWith(PendingMark.FILE_NAME));
        try (StoreSession session =
                Samples.builder(base).operations(operations).build().open(Access.WRITE)) {
            assertThat(Samples.apply(session, CHANGE))
                    .singleElement()
                    .extracting(EditResult::error)
                    .asString()
                    .contains("nothing was changed");
        }
        assertThat(Samples.vmDirectory(base).resolve("job")).hasContent(Samples.JOB_TEXT);
    }

    @Test
    void whatIsPutBackAfterTheDirectorHasLoadedItIsAChangeToo() {
        try (StoreSession session = open()) {
            Samples.apply(session, CHANGE);
            session.publish(session.listing().whole());
            session.loaded();
        }
        assertThat(isPending()).isTrue();
        assertThat(Samples.vmDirectory(base).resolve("job")).hasContent(Samples.JOB_TEXT);
    }

    @Test
    void aListThatChangesByItselfIsAChange() {
        String other = Samples.JOB_TEXT.replace(Samples.VM, "other");
        Samples.put(
                RunModel.instance(base).resolve("other/fileset"), Samples.FILE_SET_TEXT.replace(Samples.VM, "other"));
        Samples.put(RunModel.instance(base).resolve("other/job"), other);
        assertThat(isPending()).isTrue();
    }

    @Test
    void whatCannotBeWrittenDownIsToldWithWhatFollows() {
        boolean[] broken = {false};
        FileOperations later = new FailingOperations((step, path) ->
                broken[0] && step.equals("delete") && path.getParent().equals(base));
        try (StoreSession session =
                Samples.builder(base).operations(later).build().open(Access.WRITE)) {
            Samples.apply(session, CHANGE);
            session.publish(session.listing().whole());
            broken[0] = true;
            assertThatThrownBy(session::commit)
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining(Journal.FILE_NAME)
                    .hasMessageContaining("the next run rolls this one back");
            assertThatThrownBy(() -> session.loaded())
                    .isInstanceOf(ProviderException.class)
                    .hasMessageContaining(PendingMark.FILE_NAME)
                    .hasMessageContaining("the next run tells the Director again");
        }
        assertThat(isPending()).isTrue();
    }
}
