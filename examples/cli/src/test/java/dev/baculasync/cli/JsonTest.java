package dev.baculasync.cli;

import static dev.baculasync.cli.CliHarness.FIRST;
import static dev.baculasync.cli.CliHarness.SECOND;
import static dev.baculasync.cli.CliHarness.UUID_1;
import static dev.baculasync.cli.CliHarness.UUID_2;
import static dev.baculasync.cli.CliHarness.stored;
import static dev.baculasync.cli.CliHarness.vm;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baculasync.cli.CliHarness.Result;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ReloadResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    Path folder;

    private CliHarness cli;

    @BeforeEach
    void twoInstances() {
        cli = new CliHarness(folder);
        cli.inventory.set(FIRST, vm("rocky9-instance1", UUID_1));
        cli.inventory.set(SECOND, vm("db", UUID_2));
    }

    @Test
    void theReportHasTheFieldsThatProgramsRelyOnInTheirOrder() throws Exception {
        JsonNode report = sync("sync", "--json");

        assertThat(fields(report))
                .containsExactly(
                        "schema",
                        "dryRun",
                        "startedAt",
                        "finishedAt",
                        "exitCode",
                        "reload",
                        "summary",
                        "notes",
                        "digest",
                        "clients");
        assertThat(report.get("schema").intValue()).isOne();
        assertThat(report.get("summary").isObject()).isTrue();
        assertThat(report.get("notes").isArray()).isTrue();
        assertThat(report.get("digest").isNull()).isTrue();
        assertThat(report.get("dryRun").isBoolean()).isTrue();
        assertThat(report.get("startedAt").textValue()).isEqualTo("2026-11-21T22:00:00Z");
        assertThat(report.get("finishedAt").textValue()).isEqualTo("2026-11-21T22:00:00Z");
        assertThat(report.get("exitCode").isInt()).isTrue();
        assertThat(report.get("exitCode").intValue()).isZero();
        assertThat(report.get("reload").textValue()).isEqualTo("off");
        assertThat(report.get("clients")).hasSize(2);

        JsonNode client = report.get("clients").get(0);
        assertThat(fields(client))
                .containsExactly(
                        "client",
                        "datacenter",
                        "openstack",
                        "discovery",
                        "error",
                        "notes",
                        "digest",
                        "vms",
                        "actionRequired");
        assertThat(client.get("notes").isArray()).isTrue();
        assertThat(client.get("digest").isNull()).isTrue();
        assertThat(client.get("client").textValue()).isEqualTo("bacula-dc1-os1-fd");
        assertThat(client.get("datacenter").textValue()).isEqualTo("datacenter1");
        assertThat(client.get("openstack").textValue()).isEqualTo("openstack1");
        assertThat(client.get("discovery").textValue()).isEqualTo("complete");
        assertThat(client.get("error").isNull()).isTrue();
        assertThat(client.get("actionRequired").isArray()).isTrue();

        JsonNode vm = client.get("vms").get(0);
        assertThat(fields(vm)).containsExactly("vm", "uuid", "job", "outcome", "reason", "warnings");
        assertThat(vm.get("vm").textValue()).isEqualTo("rocky9-instance1");
        assertThat(vm.get("uuid").textValue()).isEqualTo(UUID_1.toString());
        assertThat(vm.get("job").textValue()).isEqualTo("backup-dc1-os1-rocky9-instance1");
        assertThat(vm.get("outcome").textValue()).isEqualTo("created");
        assertThat(vm.get("reason").isTextual()).isTrue();
        assertThat(vm.get("warnings").isArray()).isTrue();
    }

    @Test
    void whatWentWrongIsInTheReport() throws Exception {
        cli.director.reloadsEnd(ReloadResult.Kind.REFUSED);
        cli.set("RELOAD_AFTER_SYNC", "1").inventory.set(SECOND);

        Result result = cli.run("sync", "--json");
        JsonNode report = MAPPER.readTree(result.out());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(report.get("exitCode").intValue()).isEqualTo(1);
        assertThat(report.get("reload").textValue()).isEqualTo("failed");
        assertThat(report.get("clients").get(1).get("discovery").textValue()).isEqualTo("failed");
        assertThat(report.get("clients").get(1).get("error").textValue()).isEqualTo("the list is empty");
        assertThat(result.errLines()).first().asString().startsWith("ERROR: DIRECTOR: reload failed: ");
    }

    @Test
    void aVmWhoseIdentityIsInDoubtHasNoUuidAndNoJob() throws Exception {
        cli.inventory.answer(
                FIRST,
                Discovery.complete(
                        List.of(vm("web", UUID_1)), List.of(new DoubtfulVm("it has no uuid", "odd", Set.of()))));

        JsonNode vms = sync("sync", "--json").get("clients").get(0).get("vms");

        assertThat(vms).anySatisfy(vm -> {
            assertThat(vm.get("vm").textValue()).isEqualTo("odd");
            assertThat(vm.get("uuid").isNull()).isTrue();
            assertThat(vm.get("job").isNull()).isTrue();
            assertThat(vm.get("outcome").textValue()).isEqualTo("quarantined");
        });
    }

    @Test
    void nothingButTheDocumentIsOnStandardOutputAndItEndsItsLine() throws Exception {
        cli.inventory.set(FIRST, new LiveVm("web", UUID_1, "nosuch", false, List.of()));

        Result result = cli.onTerminal().run("--json", "--dry-run");

        assertThat(MAPPER.readTree(result.out()).get("dryRun").booleanValue()).isTrue();
        assertThat(result.out())
                .startsWith("{\n  \"schema\": 1,\n  \"dryRun\": true,\n")
                .endsWith("\n}\n");
        assertThat(result.err()).startsWith("WARN: ");
    }

    @Test
    void aHostileNameIsExactForProgramsAndHarmlessForTerminals() throws Exception {
        String name = "Bäcker\u001b[2J\u007f\u009b1m\n\u202e\ud800\"\\日本";
        cli.inventory.set(FIRST, vm(name, UUID_1));

        Result result = cli.run("sync", "--json");

        assertThat(MAPPER.readTree(result.out()).at("/clients/0/vms/0/vm").textValue())
                .isEqualTo(name);
        assertThat(result.out().codePoints().filter(c -> c != '\n')).noneMatch(SafeText::isUnsafe);
        assertThat(result.out()).contains("Bäcker", "日本");
    }

    @Test
    void statusHasTheFieldsThatProgramsRelyOnInTheirOrder() throws Exception {
        cli.store.put(stored(FIRST, "web", UUID_1));

        JsonNode status = MAPPER.readTree(cli.run("status", "--json").out());

        assertThat(fields(status)).containsExactly("vms");
        JsonNode vm = status.get("vms").get(0);
        assertThat(fields(vm))
                .containsExactly(
                        "vm",
                        "uuid",
                        "datacenter",
                        "openstack",
                        "client",
                        "job",
                        "state",
                        "since",
                        "enabled",
                        "jobdefs");
        assertThat(vm.get("since").isNull()).isTrue();
        assertThat(vm.get("enabled").isBoolean()).isTrue();
        assertThat(vm.get("state").textValue()).isEqualTo("active");
        assertThat(vm.get("jobdefs").textValue()).isEqualTo("DefaultJob");
    }

    private JsonNode sync(String... arguments) throws JsonProcessingException {
        return MAPPER.readTree(cli.run(arguments).out());
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
