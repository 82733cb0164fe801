package dev.baculasync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.lifecycle.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoRunTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private Path folder = Path.of("");
    private DemoRun.Result result = new DemoRun.Result(Map.of(), List.of("not run"));

    @BeforeAll
    void run(@TempDir Path temporary) throws Exception {
        folder = temporary.resolve("tree");
        result = new DemoRun(new PrintStream(output, true, StandardCharsets.UTF_8), Map.of("PATH", "")).run(folder);
    }

    @Test
    void everyPromiseHoldsOnEveryEvening() {
        assertThat(result.violations()).isEmpty();
    }

    /** As counted by hand in {@link FleetScript}; how long something lasts is left out where chance decides. */
    @Test
    void eachOutcomeComesAsOftenAsTheScriptCausesIt() {
        Map<Outcome, Integer> outcomes = result.outcomes();
        assertThat(outcomes)
                // 13 + 8 + 13 on the first day but for the one that opts out; web-07, the malicious one, scratch-01 in
                // the
                // end, and six batch VMs.
                .containsEntry(Outcome.CREATED, 33 + 1 + 1 + 1 + 6)
                // cache-01, mail-01, win-dc-02, five k8s nodes, three batch VMs for good, four others for some days.
                .containsEntry(Outcome.GRACE_STARTED, 1 + 1 + 1 + 5 + 3 + 4)
                .containsEntry(Outcome.RETURNED, 1 + 5 + 4)
                .containsEntry(Outcome.DISABLED, 1 + 1 + 3)
                .containsEntry(Outcome.RESTORED, 1)
                // Five k8s nodes on two evenings.
                .containsEntry(Outcome.HELD, 5 * 2)
                // scratch-01 on days 1 to 39 but for the day with a short list, monitor on days 45 to 120.
                .containsEntry(Outcome.OPTED_OUT, 39 - 1 + 76)
                .containsEntry(Outcome.RENAMED, 1)
                .containsEntry(Outcome.REPLACED, 1)
                .containsEntry(Outcome.REPAIRED, 1)
                .containsEntry(Outcome.QUARANTINED, 1)
                .containsKeys(Outcome.UNCHANGED, Outcome.IN_GRACE, Outcome.STILL_DISABLED)
                .doesNotContainKeys(Outcome.FAILED, Outcome.FILE_MISSING);
    }

    @Test
    void twoVmsWithOneNameHaveAJobEach() throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve("openstack/dc1/os1"))) {
            assertThat(entries.map(entry -> entry.getFileName().toString()).filter(name -> name.startsWith("lb")))
                    .hasSize(2);
        }
    }

    @Test
    void aMaliciousNameReachesTheTerminalHarmless() {
        String text = output.toString(StandardCharsets.UTF_8);
        assertThat(text).contains("x\"\\n../../etc\\u{1b}[31m");
        assertThat(text.codePoints().filter(c -> Character.isISOControl(c) && c != '\n'))
                .isEmpty();
    }

    @Test
    void withoutARealDirectorTheDemoSaysSo() {
        assertThat(output.toString(StandardCharsets.UTF_8))
                .containsAnyOf("No bacula-dir is installed here", "A real Director accepts the files");
    }
}
