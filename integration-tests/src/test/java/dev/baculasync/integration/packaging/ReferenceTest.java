package dev.baculasync.integration.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.CommandReference;
import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Manual page and completion are those of the command line that is there. */
class ReferenceTest {
    private static final Path DOC = Shipped.tree().resolve("doc");

    @Test
    void theManualHasEveryCommandEveryVariableAndEveryExitCode() throws IOException {
        String page = Files.readString(DOC.resolve("bacula-openstack-sync.8"));

        assertThat(page.lines().filter(line -> line.startsWith(".")))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|TP|PP)( \"[^\"]*\")*"));
        assertThat(CommandReference.commandLine().getSubcommands()).isNotEmpty();
        CommandReference.commandLine().getSubcommands().keySet().stream()
                .filter(command -> !command.equals("help"))
                .forEach(command -> assertThat(page).contains(".SS \"" + command.replace("-", "\\-") + "\""));
        CommandReference.variables()
                .keySet()
                .forEach(variable -> assertThat(page).contains("\\fB" + variable + "\\fR\n"));
        assertThat(page).contains(".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\n").contains("another run holds the lock");
        assertThat(page).contains("\\fB\\-\\-dry\\-run\\fR").doesNotContain("%n", "@|");
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        assertThat(completed("bacula-openstack-sync", "st")).contains("status");
        assertThat(completed("bacula-openstack-sync", ""))
                .contains(CommandReference.commandLine().getSubcommands().keySet());
        assertThat(completed("bacula-openstack-sync", "delete-client", "--d")).contains("--dry-run");
    }

    private static String completed(String... words) throws Exception {
        String script = """
                . '%s'
                COMP_WORDS=(%s)
                COMP_CWORD=%d
                _complete_bacula-openstack-sync
                echo "${COMPREPLY[@]}"
                """.formatted(
                        DOC.resolve("bacula-openstack-sync.bash"),
                        Arrays.stream(words).map(word -> "'" + word + "'").collect(Collectors.joining(" ")),
                        words.length - 1);
        Result result = new Command("/bin/bash", "-c", script).run();
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out();
    }
}
