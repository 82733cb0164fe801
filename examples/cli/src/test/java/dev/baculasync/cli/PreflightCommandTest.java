package dev.baculasync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baculasync.cli.CliHarness.Result;
import dev.baculasync.preflight.Finding;
import dev.baculasync.preflight.Finding.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreflightCommandTest {
    @TempDir
    Path folder;

    private CliHarness cli;

    @BeforeEach
    void harness() {
        cli = new CliHarness(folder);
    }

    @Test
    void wrongConfigurationIsAFindingAndNoReasonToStop() throws IOException {
        cli.set("GRACE_DAYS", "soon")
                .set("DB_PORT", "0")
                .set("BASE_DIR", folder + "/nowhere")
                .set("OS_AUTH_URL", "x:");
        Result result = cli.run("preflight", "--json");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).isEmpty();
        JsonNode json = new ObjectMapper().readTree(result.out());
        assertThat(json.fieldNames()).toIterable().containsExactly("checks", "summary");
        assertThat(json.get("checks").get(0).fieldNames())
                .toIterable()
                .containsExactly("section", "check", "status", "found", "advice");
        assertThat(json.get("summary").fieldNames()).toIterable().containsExactly("ok", "warn", "fail");
        int fails = 0;
        for (JsonNode check : json.get("checks")) {
            fails += check.get("status").textValue().equals("FAIL") ? 1 : 0;
        }
        assertThat(json.get("summary").get("fail").intValue()).isEqualTo(fails).isPositive();
        assertThat(result.out()).contains("GRACE_DAYS", "DB_PORT", "there is no directory", "OS_AUTH_URL");
    }

    @Test
    void whatOthersSaidCannotReachTheTerminal() {
        cli.clientsConf("d\u001b]0;x\u0007 one\n");
        for (Result result : List.of(
                cli.run("preflight"), cli.onTerminal().set("NO_COLOR", "1").run("preflight"))) {
            assertThat(result.out()).doesNotContain("\u001b").doesNotContain("\u0007");
            assertThat(result.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void aPipeGetsALineForEachCheckAndASummary() {
        Result result = cli.run("preflight");

        assertThat(result.outLines()).allMatch(line -> line.startsWith("summary\t") || line.split("\t").length == 5);
        assertThat(result.outLines()).last().asString().matches("summary\tok=\\d+\twarn=\\d+\tfail=\\d+");
    }

    @Test
    void aPersonGetsWhatToDoBelowWhatWasFound() {
        PreflightReport report = PreflightReport.of(List.of(
                new Finding("Binary", "version", Status.OK, "1.0", ""),
                new Finding("BASE_DIR", "mode", Status.WARN, "it has mode 755", "chmod 750"),
                new Finding("BASE_DIR", "inodes", Status.FAIL, "none", "make room")));
        assertThat(report.table(false)).isEqualTo("""
                STATUS  SECTION   CHECK    FOUND
                OK      Binary    version  1.0
                WARN    BASE_DIR  mode     it has mode 755
                        → chmod 750
                FAIL    BASE_DIR  inodes   none
                        → make room

                1 OK, 1 WARN, 1 FAIL
                """);
        assertThat(report.table(true)).contains("\033[31mFAIL\033[0m").contains("\033[32mOK\033[0m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"preflight now", "preflight --dry-run", "--dry-run preflight", "--client x preflight"})
    void wrongUsageOfTheCommandIsTwo(String line) {
        Result result = cli.run(line.split(" "));
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("ERROR: ");
    }

    @Test
    void jsonMayBeAskedForBeforeTheCommand() {
        assertThat(cli.run("--json", "preflight").out()).startsWith("{\n  \"checks\": [");
    }
}
