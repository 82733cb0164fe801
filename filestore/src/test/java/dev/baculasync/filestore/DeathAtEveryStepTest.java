package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.RunModel.Ending;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.ModelDisk;
import dev.baculasync.filestore.disk.ModelDisk.Fault;
import dev.baculasync.filestore.disk.ModelDisk.PowerOff;
import dev.baculasync.filestore.journal.Journal;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A run dies at each of its steps in turn, or something fails there. Whatever is left must load in a Director, the next
 * session must bring back what was before (or keep what was settled), and a run after that must come to the same end.
 */
class DeathAtEveryStepTest {
    private static final String PLACE = "base";

    /** What is not forced is lost by the model, not by a disk; so memory will do where it can be had. */
    static final class Memory implements TempDirFactory {
        private static final Path SHARED = Path.of("/dev/shm");

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.isWritable(SHARED)
                    ? Files.createTempDirectory(SHARED, "death")
                    : Files.createTempDirectory("death");
        }
    }

    @TempDir(factory = Memory.class)
    Path directory;

    private int published;
    private Map<String, String> before;
    private Map<String, String> accepted;

    @BeforeEach
    void whatIsWhole() throws IOException {
        Path base = fresh();
        before = RunModel.vms(base);
        ModelDisk sound = ModelDisk.sound();
        new RunModel(base, Ending.ACCEPTED).run(sound);
        published = afterPublishing(sound);
        accepted = RunModel.vms(base);
        assertThat(accepted).isNotEqualTo(before);
    }

    /** Takes the place of the one before, since thousands of them would be slow to make. */
    private Path fresh() throws IOException {
        Path place = directory.resolve(PLACE);
        ModelDisk.removeAll(place);
        return RunModel.prepare(place);
    }

    private List<Map<String, String>> versions() {
        return List.of(before, accepted);
    }

    /** With the paths in it made comparable. */
    private static Map<String, String> whole(Path base) {
        Map<String, String> tree = Samples.tree(base);
        tree.replaceAll((path, content) -> content.replace(base.toString(), PLACE));
        return tree;
    }

    /** Putting back a part has all steps of the other endings; where nobody dies, that one does for all. */
    static Stream<Arguments> faultsAndEndings() {
        return Stream.of(Fault.values())
                .flatMap(fault -> Stream.of(Ending.values())
                        .filter(ending -> fault.isDeath() || ending == Ending.PARTLY_PUT_BACK)
                        .map(ending -> Arguments.of(fault, ending)));
    }

    /** Lets a fault happen, and the machine start again. */
    private static void suffer(RunModel model, ModelDisk disk) throws IOException {
        suffer(() -> model.run(disk), disk);
    }

    private static void suffer(Runnable run, ModelDisk disk) throws IOException {
        try {
            run.run();
        } catch (PowerOff | ProviderException e) {
            // So it shall be.
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(PowerOff.class);
        }
        disk.startAgain();
    }

    private static void recover(Path base, FileOperations disk) {
        RunModel.open(base, disk).close();
    }

    @ParameterizedTest
    @MethodSource("faultsAndEndings")
    void whateverHappensTheFilesLoadAndTheNextRunMakesGood(Fault fault, Ending ending) throws IOException {
        Path model = fresh();
        new RunModel(model, ending).run(ModelDisk.sound());
        Map<String, String> done = whole(model);
        Map<String, String> doneVms = RunModel.vms(model);
        int step = 0;
        for (boolean reached = true; reached; step++) {
            Path base = fresh();
            RunModel run = new RunModel(base, ending);
            ModelDisk disk = ModelDisk.with(fault, step);
            suffer(run, disk);
            reached = disk.faultHappened();
            try {
                RunModel.assertLoads(base, versions());
                try (StoreSession session = RunModel.open(base, ModelDisk.sound())) {
                    RunModel.assertLoads(base, versions());
                    assertThat(base.resolve(Journal.FILE_NAME)).doesNotExist();
                    Map<String, String> vms = RunModel.vms(base);
                    if (fault.isDeath()) {
                        assertThat(vms).as("all or nothing").isIn(before, doneVms);
                    }
                    assertThat(session.publish(session.listing().whole()) || vms.equals(before) || run.loadedBegun())
                            .as("the Director is to be told")
                            .isTrue();
                }
                new RunModel(base, ending).run(ModelDisk.sound());
                assertThat(whole(base)).isEqualTo(done);
                assertThat(base.resolve(PendingMark.FILE_NAME)).doesNotExist();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(fault + " at " + step + " of " + disk.steps(), e);
            }
        }
        assertThat(step).isGreaterThan(60);
    }

    @ParameterizedTest
    @EnumSource(
            value = Ending.class,
            names = {"ACCEPTED", "PARTLY_PUT_BACK"})
    void theUndoingMayDieAsWell(Ending ending) throws IOException {
        Path model = fresh();
        ModelDisk sound = ModelDisk.sound();
        new RunModel(model, ending).run(sound);
        Map<String, String> done = whole(model);
        // In the midst of the edits, after them, after publishing, in the midst of putting back, and before settling.
        int count = sound.steps().size();
        List<Integer> deaths = List.of(
                after(sound, " rename fileset"),
                after(sound, " delete job"),
                afterPublishing(sound),
                (afterPublishing(sound) + count) / 2,
                count - 4);
        for (Fault fault : List.of(Fault.DEATH, Fault.DEATH_WITH_LOSS)) {
            for (int death : deaths) {
                boolean reached = true;
                for (int step = 0; reached; step++) {
                    Path base = fresh();
                    suffer(new RunModel(base, ending), ModelDisk.with(Fault.DEATH, death));
                    ModelDisk disk = ModelDisk.with(fault, step);
                    try {
                        recover(base, disk);
                    } catch (PowerOff e) {
                        // So it shall be.
                    } catch (CompletionException e) {
                        assertThat(e).hasCauseInstanceOf(PowerOff.class);
                    }
                    disk.startAgain();
                    reached = disk.faultHappened();
                    try {
                        RunModel.assertLoads(base, versions());
                        recover(base, ModelDisk.sound());
                        RunModel.assertLoads(base, versions());
                        new RunModel(base, ending).run(ModelDisk.sound());
                        assertThat(whole(base)).isEqualTo(done);
                    } catch (AssertionError | RuntimeException e) {
                        throw new AssertionError("dead at " + death + ", then at " + disk.steps(), e);
                    }
                }
            }
        }
    }

    /** As when it is looked for what of a run's changes is refused. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DEATH", "DEATH_WITH_LOSS"})
    void aRunThatAppliesAgainWhatItPutBackLosesOnlyWhatWasNotAcceptedYet(Fault fault) throws IOException {
        Path model = fresh();
        applyInParts(model, ModelDisk.sound());
        Map<String, String> done = whole(model);
        Map<String, String> doneVms = RunModel.vms(model);
        assertThat(doneVms).isNotIn(before, accepted);
        int step = 0;
        for (boolean reached = true; reached; step++) {
            Path base = fresh();
            ModelDisk disk = ModelDisk.with(fault, step);
            suffer(() -> applyInParts(base, disk), disk);
            reached = disk.faultHappened();
            try {
                RunModel.assertLoads(base, versions());
                try (StoreSession session = RunModel.open(base, ModelDisk.sound())) {
                    RunModel.assertLoads(base, versions());
                    Map<String, String> vms = RunModel.vms(base);
                    assertThat(vms).isIn(before, doneVms);
                    assertThat(session.publish(session.listing().whole()) || vms.equals(before) || !reached)
                            .as("the Director is to be told")
                            .isTrue();
                }
                applyInParts(base, ModelDisk.sound());
                assertThat(whole(base)).isEqualTo(done);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(fault + " at " + step + " of " + disk.steps(), e);
            }
        }
        assertThat(step).isGreaterThan(100);
    }

    private static void applyInParts(Path base, FileOperations disk) {
        try (StoreSession session = RunModel.open(base, disk)) {
            List<VmEdit> edits =
                    RunModel.edits().stream().map(edit -> edit.in(session)).toList();
            session.apply(edits);
            session.publish(session.listing().whole());
            session.rollback(Samples.everything(session));
            session.publish(session.listing().whole());
            session.apply(edits.subList(0, 3));
            session.publish(session.listing().whole());
            session.commit();
            session.apply(edits.subList(3, edits.size()));
            session.publish(session.listing().whole());
            session.rollback(Samples.everything(session));
            session.publish(session.listing().whole());
            session.commit();
        }
    }

    /** Headers are comments to a Director: whatever is left of them, it has loaded already. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DEATH", "DEATH_WITH_LOSS"})
    void aRunThatChangesHeadersAloneLeavesNothingToLoadWhereverItDies(Fault fault) throws IOException {
        Path model = fresh();
        changeHeaders(model, ModelDisk.sound());
        Map<String, String> done = whole(model);
        Map<String, String> doneVms = RunModel.vms(model);
        assertThat(doneVms).isNotEqualTo(before);
        int step = 0;
        for (boolean reached = true; reached; step++) {
            Path base = fresh();
            ModelDisk disk = ModelDisk.with(fault, step);
            suffer(() -> changeHeaders(base, disk), disk);
            reached = disk.faultHappened();
            try {
                RunModel.assertLoads(base, List.of(before, doneVms));
                try (StoreSession session = RunModel.open(base, ModelDisk.sound())) {
                    assertThat(RunModel.vms(base)).isIn(before, doneVms);
                    assertThat(Samples.rolledBack(session)).isEmpty();
                    assertThat(session.publish(session.listing().whole())).isFalse();
                }
                changeHeaders(base, ModelDisk.sound());
                assertThat(whole(base)).isEqualTo(done);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(fault + " at " + step + " of " + disk.steps(), e);
            }
        }
        assertThat(step).isGreaterThan(20);
    }

    private static void changeHeaders(Path base, FileOperations disk) {
        try (StoreSession session = RunModel.open(base, disk)) {
            Samples.apply(
                    session,
                    Samples.change(
                            RunModel.REPLACED,
                            vm -> vm.missingSince(Stamp.of(Samples.CREATED)).suspect(true)),
                    Samples.change(RunModel.DISABLED, vm -> vm.displayName("another")));
            assertThat(session.publish(session.listing().whole())).isFalse();
            session.commit();
        }
    }

    /** Until a Director has loaded what there is now, it may hold what the first of the dead had written. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DEATH", "DEATH_WITH_LOSS"})
    void whatTheFirstOfTwoDeadHadListedIsRememberedByTheThird(Fault fault) throws IOException {
        boolean reached = true;
        int step = 0;
        for (; reached; step++) {
            Path base = fresh();
            die(base);
            RunModel second = new RunModel(base, Ending.ACCEPTED);
            ModelDisk disk = ModelDisk.with(fault, step);
            suffer(second, disk);
            reached = disk.faultHappened();
            try (StoreSession third = RunModel.open(base, ModelDisk.sound())) {
                if (!second.loadedBegun()) {
                    assertThat(Samples.rolledBack(third))
                            .as("dead at " + disk.steps())
                            .extracting(VmKey::slug)
                            .contains(RunModel.NEW_1, RunModel.NEW_2);
                }
                assertThat(reached || Samples.rolledBack(third).isEmpty()).isTrue();
            }
        }
        assertThat(step).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"DISK_FULL", "READ_ONLY", "ONE_ERROR"})
    void anUndoingThatFailsIsToldAndCanBeRepeated(Fault fault) throws IOException {
        int failures = 0;
        boolean reached = true;
        for (int step = 0; reached; step++) {
            Path base = fresh();
            die(base);
            ModelDisk disk = ModelDisk.with(fault, step);
            try {
                recover(base, disk);
            } catch (ProviderException e) {
                failures++;
                assertThat(e.getMessage()).contains(fault == Fault.READ_ONLY ? "Read-only" : "");
            }
            reached = disk.faultHappened();
            RunModel.assertLoads(base, versions());
            recover(base, ModelDisk.sound());
            RunModel.assertLoads(base, versions());
            assertThat(RunModel.vms(base)).isEqualTo(before);
        }
        assertThat(failures).isGreaterThan(10);
    }

    /** Lets a run die right after it has published. */
    private void die(Path base) throws IOException {
        suffer(new RunModel(base, Ending.ACCEPTED), ModelDisk.with(Fault.DEATH, published));
    }

    private static int after(ModelDisk disk, String step) {
        int at = 0;
        while (!disk.steps().get(at).endsWith(step)) {
            at++;
        }
        return at + 1;
    }

    /** The list is replaced twice: first without what is to be removed, then with all that is there. */
    private static int afterPublishing(ModelDisk disk) {
        List<String> steps = disk.steps();
        int takenOff = after(disk, " rename director.conf");
        while (!steps.get(takenOff).endsWith(" rename director.conf")) {
            takenOff++;
        }
        return takenOff + 1;
    }

    @Test
    void whatSomebodyHasDoneSinceSurvives() throws IOException {
        byte[] line = "# by hand\n".getBytes(StandardCharsets.US_ASCII);
        List<String> files = List.of(
                "new-1/job",
                "new-1/fileset",
                "replaced/job",
                "replaced/fileset",
                "disabled/job",
                "bare/fileset",
                "removed/job");
        int survived = 0;
        for (String file : files) {
            boolean reached = true;
            for (int step = 0; reached; step++) {
                Path base = fresh();
                ModelDisk disk = ModelDisk.with(Fault.DEATH, step);
                suffer(new RunModel(base, Ending.ACCEPTED), disk);
                reached = disk.faultHappened();
                Path edited = RunModel.instance(base).resolve(file);
                if (!Files.exists(edited)) {
                    continue;
                }
                Files.write(edited, line, StandardOpenOption.APPEND);
                Map<String, String> own = vmOf(edited);
                boolean unsettled = Files.exists(base.resolve(Journal.FILE_NAME));
                try (StoreSession session = RunModel.open(base, ModelDisk.sound())) {
                    Map<String, String> after = vmOf(edited);
                    own.keySet().removeIf(path -> path.endsWith(".tmp"));
                    after.keySet().removeIf(path -> path.endsWith(".tmp"));
                    assertThat(after).isEqualTo(own);
                    if (unsettled && !session.notes().isEmpty()) {
                        survived++;
                        assertThat(session.notes())
                                .anyMatch(note -> note.contains("somebody has edited since")
                                        && note.contains(file.substring(0, file.indexOf('/'))));
                    }
                    session.publish(session.listing().whole());
                }
                RunModel.assertLoads(base, List.of(before, accepted, RunModel.vms(base)));
            }
        }
        assertThat(survived).isGreaterThan(100);
    }

    private static Map<String, String> vmOf(Path file) {
        return Samples.tree(file.getParent());
    }
}
