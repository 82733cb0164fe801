package dev.baculasync.filestore.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.Samples;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UndoTest {
    @TempDir
    Path base;

    private Path vm;
    private final List<String> steps = new ArrayList<>();

    @BeforeEach
    void makeDirectory() throws IOException {
        vm = Files.createDirectory(base.resolve("web"));
    }

    private Undo undo(BiPredicate<String, Path> fails) throws IOException {
        FileOperations operations = new FailingOperations((step, path) -> {
            steps.add(step + " " + path.getFileName());
            return fails.test(step, path);
        });
        return new Undo(operations, vm, owner(base), List.of("fileset", "job"));
    }

    private static Ownership owner(Path path) throws IOException {
        return FileOperations.DISK.ownership(path);
    }

    private List<String> changesOfFiles() {
        return steps.stream()
                .filter(step -> step.equals("delete job")
                        || step.equals("delete fileset")
                        || step.startsWith("rename ")
                        || step.startsWith("forceDirectory "))
                .toList();
    }

    private static FileBefore before(String name, String content) {
        return new FileBefore(name, content == null ? null : content.getBytes(StandardCharsets.US_ASCII), null);
    }

    @Test
    void aJobThatIsThereIsRestoredBeforeItsFileSet() throws IOException {
        Samples.put(vm.resolve("job"), "new");
        Samples.put(vm.resolve("fileset"), "new");
        Samples.put(vm.resolve(".job.tmp"), "new");
        undo((step, path) -> false)
                .undo(new IOException("first"), List.of(before("fileset", null), before("job", null)));
        assertThat(changesOfFiles())
                .containsExactly("delete job", "forceDirectory web", "delete fileset", "forceDirectory web");
        assertThat(vm).isEmptyDirectory();
    }

    @Test
    void aJobThatWasRemovedComesBackAfterItsFileSet() throws IOException {
        Owners owners = new Owners(owner(base), owner(vm));
        Files.delete(vm);
        undo((step, path) -> false)
                .restore(List.of(
                        new FileBefore("fileset", new byte[] {'f'}, owners),
                        new FileBefore("job", new byte[] {'j'}, owners)));
        assertThat(changesOfFiles())
                .containsSubsequence(
                        "rename .fileset.tmp", "forceDirectory web", "rename .job.tmp", "forceDirectory web");
        assertThat(vm.resolve("job")).hasContent("j");
        assertThat(vm.resolve("fileset")).hasContent("f");
    }

    @Test
    void theFileSetStaysWhenTheJobCannotBeRestored() throws IOException {
        Samples.put(vm.resolve("job"), "new");
        Samples.put(vm.resolve("fileset"), "new");
        List<FileBefore> files = List.of(before("fileset", null), before("job", null));
        assertThatThrownBy(() -> undo((step, path) -> step.equals("delete") && path.endsWith("job"))
                        .undo(new IOException("first"), files))
                .isInstanceOf(NotUndone.class)
                .hasMessage("first");
        assertThat(vm.resolve("fileset")).hasContent("new");
    }

    @Test
    void whatIsSuppressedInAFailureIsNothingThatWasNotUndone() throws IOException {
        IOException failure = new IOException("first");
        failure.addSuppressed(new IOException("while closing"));
        undo((step, path) -> false).undo(failure, List.of());
        assertThat(NotUndone.reason(failure)).isSameAs(failure);
        NotUndone stuck = NotUndone.of(failure, new IOException("second"));
        assertThat(NotUndone.of(stuck, new IOException("third"))).isSameAs(stuck);
        assertThat(NotUndone.reason(stuck)).isSameAs(failure);
        assertThat(stuck.consequence()).contains("second");
    }
}
