package dev.baculasync.preflight.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class IncludeCommandsTest {
    @TempDir
    Path folder;

    private final IncludeCommands commands = commands(Duration.ofSeconds(50));

    private static IncludeCommands commands(Duration longest) {
        return new IncludeCommands("/usr/bin:/bin", System.getProperty("user.name"), longest);
    }

    @Test
    void wordsAreThoseThatTheDirectorMakes() {
        assertThat(IncludeCommands.words(" /bin/echo  'a b'\tc \"d 'e\" f'g h'"))
                .containsExactly("/bin/echo", "a b", "c", "d 'e", "f'g", "h'");
        assertThat(IncludeCommands.words("sh -c \"open")).containsExactly("sh", "-c", "open");
        assertThat(IncludeCommands.words("")).isEmpty();
    }

    @Test
    void whatItSaysOnStandardErrorIsReadToo() {
        assertThat(commands.run("sh -c 'echo out; echo err >&2'"))
                .isEqualTo(new IncludeCommands.Output("out\nerr\n", ""));
        assertThat(commands.run("sh -c 'echo half; exit 2'").problem())
                .startsWith("ends with exit status 2, and what it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep 1000", "sh -c 'sleep 1000 & sleep 1000'", "sh -c 'exec >&- 2>&-; sleep 1000'"})
    void aCommandThatDoesNotEndIsEnded(String command) {
        assertThat(commands(Duration.ofSeconds(1)).run(command).problem()).startsWith("does not end within 1 s");
    }

    @Test
    void aFileThatOthersMayChangeIsObjectedTo() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        for (String mode : List.of("rw-rw----", "rw----rw-")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThat(commands.objection(file).orElseThrow()).contains("may change " + file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(commands.objection(file)).isEmpty();
        assertThat(new IncludeCommands("", "nobody-else").objection(file).isPresent())
                .isEqualTo(!Files.getOwner(file).getName().equals("root"));
        assertThat(commands.objection(folder.resolve("none"))).isPresent();
    }
}
