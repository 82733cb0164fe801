package dev.baculasync.cli;

import static dev.baculasync.cli.CliHarness.FIRST;
import static dev.baculasync.cli.CliHarness.NOW;
import static dev.baculasync.cli.CliHarness.SECOND;
import static dev.baculasync.cli.CliHarness.UUID_1;
import static dev.baculasync.cli.CliHarness.UUID_2;
import static dev.baculasync.cli.CliHarness.stored;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.CliHarness.Result;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {
    private static final UUID UUID_3 = UUID.fromString("33333333-3333-4333-8333-333333333333");

    @TempDir
    Path folder;

    private CliHarness cli;

    @BeforeEach
    void oneVmInEachState() {
        cli = new CliHarness(folder);
        cli.store
                .put(stored(SECOND, "web", UUID_3, JobStatus.DISABLED, null, Stamp.of(NOW)))
                .put(stored(FIRST, "web", UUID_1))
                .put(stored(FIRST, "db", UUID_2, JobStatus.ACTIVE, new Stamp(null, "last week"), null));
    }

    @Test
    void aPipeGetsOneLineForEachVmInOrder() {
        Result result = cli.run("status");

        assertThat(result.exitCode()).isZero();
        assertThat(result.outLines())
                .containsExactly(
                        "missing\tdatacenter1/openstack1\tdb\t" + UUID_2
                                + "\tbackup-dc1-os1-db\tlast week\tyes\tDefaultJob\tbacula-dc1-os1-fd",
                        "active\tdatacenter1/openstack1\tweb\t" + UUID_1
                                + "\tbackup-dc1-os1-web\t-\tyes\tDefaultJob\tbacula-dc1-os1-fd",
                        "disabled\tdatacenter2/openstack1\tweb\t" + UUID_3
                                + "\tbackup-dc2-os1-web\t2026-11-21T22:00:00Z\tno\tDefaultJob\tbacula-dc2-os1-fd");
    }

    @Test
    void aVmIsFoundByItsNameItsUuidOrItsJob() {
        assertThat(cli.run("status", "web").outLines()).hasSize(2);
        assertThat(cli.run("status", UUID_1.toString().toUpperCase(Locale.ROOT)).outLines())
                .singleElement()
                .asString()
                .contains("backup-dc1-os1-web");
        assertThat(cli.run("status", "backup-dc2-os1-web").outLines())
                .singleElement()
                .asString()
                .contains(UUID_3.toString());
    }

    @Test
    void aNameThatBeginsWithAnAtIsANameAndNotAFile() {
        String name = "@" + folder.resolve("clients.conf");
        cli.store.put(stored(FIRST, name, UUID.fromString("55555555-5555-4555-8555-555555555555")));

        assertThat(cli.run("status", name).outLines()).hasSize(1);
    }

    @Test
    void aVmThatNobodyKnowsIsAnErrorAndTheDocumentIsStillWhole() {
        Result result = cli.run("status", "we", "--json");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).isEqualTo("ERROR: no VM, UUID or job \"we\" is known to the files\n");
        assertThat(result.out()).isEqualTo("{\n  \"vms\": []\n}\n");
    }

    @Test
    void nothingButTheStoreIsNeeded() throws Exception {
        Files.delete(folder.resolve("clients.conf"));
        cli.set("GRACE_DAYS", "nonsense").set("CLEANUP_AFTER_DAYS", "90");

        assertThat(cli.run("status").exitCode()).isZero();
        assertThat(cli.created).containsExactly("store");
    }

    @Test
    void aStoreThatIsSetUpWronglyIsRefused() {
        Result result = cli.set("BASE_DIR", "/nowhere").set("LOG_LEVEL", "loud").run("status");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errLines()).hasSize(2);
    }

    @Test
    void filesThatCannotBeReadAreListedAndTheOthersShown() {
        cli.store
                .put(FIRST, new StoreProblem(StoreProblem.Kind.UNREADABLE, "bad", null, "bad/job: two #@uuid: lines"))
                .put(FIRST, new StoreProblem(StoreProblem.Kind.FOREIGN, "own", null, "own: not ours"));

        Result result = cli.run("status");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errLines()).containsExactly("ERROR: bad/job: two #@uuid: lines");
        assertThat(result.outLines()).hasSize(3);
    }

    @Test
    void aTerminalGetsAlignedColumnsAndASummary() {
        List<String> lines = cli.set("NO_COLOR", "1").onTerminal().run("status").outLines();

        int vm = lines.get(0).indexOf("VM ");
        assertThat(lines.subList(1, 4))
                .extracting(line -> line.substring(vm, vm + 3).strip())
                .containsExactly("db", "web", "web");
        assertThat(lines).last().isEqualTo("3 VMs: 1 active, 1 missing, 1 disabled");
    }

    @Test
    void veryLongNamesDoNotTearTheTableApart() {
        cli.store.put(stored(FIRST, "x".repeat(120), UUID.fromString("44444444-4444-4444-8444-444444444444")));

        assertThat(cli.onTerminal().run("status").out())
                .contains("x".repeat(47) + "…")
                .doesNotContain("x".repeat(48) + " ");
    }

    @Test
    void optionsOfSyncAreRefused() {
        assertThat(cli.run("--dry-run", "status").exitCode()).isEqualTo(2);
        assertThat(cli.run("status", "--dry-run").exitCode()).isEqualTo(2);
        assertThat(cli.run("--json", "status").out()).startsWith("{");
    }
}
