package dev.baculasync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    @Test
    void wrongUsageIsExitStatusTwo() {
        assertThat(Demo.run(new String[] {}, out, out, Map.of())).isEqualTo(2);
        assertThat(Demo.run(new String[] {"--help"}, out, out, Map.of())).isEqualTo(2);
        assertThat(said.toString(StandardCharsets.UTF_8)).startsWith("usage: ");
    }

    @Test
    void aFolderThatCannotBeUsedIsExitStatusOneAndSaysWhy(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("precious"), "x");

        assertThat(Demo.run(new String[] {folder.toString()}, out, out, Map.of()))
                .isEqualTo(1);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("name another folder");
    }
}
