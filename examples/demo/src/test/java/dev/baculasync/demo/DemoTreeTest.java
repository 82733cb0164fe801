package dev.baculasync.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTreeTest {
    @Test
    void aFolderOfSomebodyElseIsLeftAlone(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("precious"), "x");

        assertThatThrownBy(() -> DemoTree.prepare(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not made by this demo");
        assertThat(file).exists();
    }

    @Test
    void anEarlierDemoIsReplaced(@TempDir Path parent) throws IOException {
        Path folder = parent.resolve("tree");
        Path left = DemoTree.prepare(folder).baseDir().resolve("left");
        Files.writeString(left, "x");

        DemoTree.prepare(folder);

        assertThat(left).doesNotExist();
    }

    @Test
    void whatALinkInAnEarlierDemoPointsToIsLeftAlone(@TempDir Path parent) throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Path file = Files.writeString(outside.resolve("precious"), "x");
        Path folder = parent.resolve("tree");
        Files.createSymbolicLink(DemoTree.prepare(folder).baseDir().resolve("link"), outside);

        DemoTree.prepare(folder);

        assertThat(file).exists();
    }
}
