package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.integration.RealBacula.JobRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as built, through the life of a VM, on files, catalog and Director, without a hand on anything. */
class MainPathTest {
    private static final String ONE = "bacula-dc1-os1-fd";
    private static final String TWO = "bacula-dc2-os1-fd";
    private static final String WEB = "server=rocky9-instance1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String DB = "server=db01 uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7 tag=mysql-consistent\n";
    private static final String SCRATCH =
            "server=scratch (tmp) uuid=eafffb4a-634c-4751-93e2-aa75778b8e5b backup=false\n";
    private static final String SPACED = "server=my vm uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n";
    private static final String OTHER = "server=win1 uuid=5f0f7a6e-0b0e-4b0e-9d7a-1d2c3b4a5f60\n";
    private static final String WEB_JOB = "backup-dc1-os1-rocky9-instance1";

    @TempDir
    private Path folder;

    private RealBacula bacula;
    private Program program;

    @BeforeEach
    void start() throws Exception {
        bacula = RealBacula.start(ONE, TWO);
        Path clients = Files.writeString(folder.resolve("clients.conf"), """
                # datacenter openstack client proxy_server job_prefix jobdefs
                datacenter1 openstack1 %s %s backup-dc1-os1-
                datacenter2 openstack1 %s %s backup-dc2-os1- WindowsVMJob   # Windows
                """.formatted(
                        ONE, RealBacula.RUNNABLE_PROXY, TWO, RealBacula.RUNNABLE_PROXY));
        program = new Program(Files.createDirectory(folder.resolve("run")))
                .with(bacula.settings())
                .with("CLIENTS_CONF", clients.toString())
                .with("RELOAD_AFTER_SYNC", "1");
        bacula.answerQuery(ONE, WEB + DB + SCRATCH + SPACED);
        bacula.answerQuery(TWO, OTHER);
    }

    @AfterEach
    void stop() throws Exception {
        if (bacula != null) {
            bacula.close();
        }
    }

    @Test
    void aVmIsProtectedVanishesIsDisabledAndComesBack() throws Exception {
        Map<String, String> dryFiles = tree();
        Program.Result dry = program.run("sync", "--dry-run", "--json");
        assertThat(dry.json().get("dryRun").booleanValue()).isTrue();
        assertThat(tree()).as("a dry run leaves no trace").isEqualTo(dryFiles);

        Program.Result first = sync(0);
        assertThat(first.outcomes())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "rocky9-instance1", "created",
                        "db01", "created",
                        "scratch (tmp)", "opted-out",
                        "my vm", "created",
                        "win1", "created"));
        assertThat(dry.outcomes()).isEqualTo(first.outcomes());
        assertThat(first.json().get("reload").textValue()).isEqualTo("done");
        assertThat(bacula.checkConfiguration()).isEqualTo(new RealBacula.Output(0, ""));
        assertThat(bacula.jobNames())
                .containsExactlyInAnyOrder(
                        "Base",
                        "RestoreFiles",
                        WEB_JOB,
                        "backup-dc1-os1-db01",
                        "backup-dc1-os1-my_vm-c4d13b99",
                        "backup-dc2-os1-win1");
        assertThat(job("datacenter1", "db01")).contains("JobDefs    = \"mysql-consistent\"");
        assertThat(job("datacenter1", "rocky9-instance1")).contains("JobDefs    = \"DefaultJob\"");
        assertThat(job("datacenter2", "win1")).contains("JobDefs    = \"WindowsVMJob\"");

        JobRun run = bacula.runJob(WEB_JOB);
        assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        assertThat(bacula.catalog().column("SELECT Name FROM Job WHERE JobId = ?", run.jobId()))
                .containsExactly(WEB_JOB);

        Map<String, String> files = tree();
        Program.Result second = sync(0);
        assertThat(second.outcomes().get("rocky9-instance1")).isEqualTo("unchanged");
        assertThat(second.json().get("reload").textValue()).isEqualTo("not-needed");
        assertThat(tree()).as("a run right after a run changes nothing").isEqualTo(files);

        bacula.answerQuery(ONE, DB + SCRATCH + SPACED);
        assertThat(sync(0).outcomes().get("rocky9-instance1")).isEqualTo("grace-started");
        assertThat(job("datacenter1", "rocky9-instance1")).contains("#@missing-since: ");
        program.laterBy(Duration.ofDays(13));
        assertThat(sync(0).outcomes().get("rocky9-instance1")).isEqualTo("in-grace");
        assertThat(bacula.showJob(WEB_JOB)).contains(" Enabled=1");
        assertThat(status("rocky9-instance1").get("state").textValue()).isEqualTo("missing");

        bacula.answerQuery(ONE, WEB + DB + SCRATCH + SPACED);
        assertThat(sync(0).outcomes().get("rocky9-instance1")).isEqualTo("returned");
        assertThat(job("datacenter1", "rocky9-instance1")).doesNotContain("#@missing-since: ");

        bacula.answerQuery(ONE, DB + SCRATCH + SPACED);
        assertThat(sync(0).outcomes().get("rocky9-instance1")).isEqualTo("grace-started");
        program.laterBy(Duration.ofDays(15));
        Program.Result disabling = sync(0);
        assertThat(disabling.outcomes().get("rocky9-instance1")).isEqualTo("disabled");
        assertThat(disabling.json().get("reload").textValue()).isEqualTo("done");
        assertThat(bacula.showJob(WEB_JOB)).contains(" Enabled=0");
        assertThat(bacula.showJob("backup-dc1-os1-db01")).contains(" Enabled=1");
        assertThat(sync(0).outcomes().get("rocky9-instance1")).isEqualTo("still-disabled");
        assertThat(status("rocky9-instance1").get("state").textValue()).isEqualTo("disabled");

        bacula.answerQuery(ONE, WEB + DB + SCRATCH + SPACED);
        assertThat(sync(0).outcomes().get("rocky9-instance1")).isEqualTo("restored");
        assertThat(bacula.showJob(WEB_JOB)).contains(" Enabled=1");
        assertThat(job("datacenter1", "rocky9-instance1"))
                .contains("#@status:        active")
                .contains("#@reenabled: ")
                .doesNotContain("#@disabled: ");
        assertThat(bacula.checkConfiguration()).isEqualTo(new RealBacula.Output(0, ""));
        assertThat(bacula.catalog().column("SELECT Name FROM Job WHERE JobId = ?", run.jobId()))
                .as("history is intact")
                .containsExactly(WEB_JOB);
    }

    @Test
    void anInstanceThatFailsIsLeftAloneAndTheOthersGoOn() throws Exception {
        bacula.forgetQuery(ONE);
        Program.Result result = sync(1);
        JsonNode failed = result.json().get("clients").get(0);
        assertThat(failed.get("discovery").textValue()).isEqualTo("failed");
        assertThat(failed.get("error").textValue()).contains(ONE).contains("not found");
        assertThat(result.outcomes()).isEqualTo(Map.of("win1", "created"));
        assertThat(bacula.jobNames()).contains("backup-dc2-os1-win1");
    }

    @Test
    void aVmThatOnlyTheSecondLookShowsIsNotMissing() throws Exception {
        sync(0);
        bacula.answerQuery(ONE, DB, WEB + DB + SCRATCH + SPACED);
        assertThat(sync(0).outcomes().get("rocky9-instance1")).isEqualTo("unchanged");
    }

    @Test
    void aFileDaemonThatIsNotThereFailsItsInstances() throws Exception {
        sync(0);
        Map<String, String> files = tree();
        bacula.fileDaemon().stop();
        Program.Result result = sync(1);
        for (JsonNode client : result.json().get("clients")) {
            assertThat(client.get("discovery").textValue()).isIn("failed", "incomplete");
            assertThat(client.get("error").textValue())
                    .contains(client.get("client").textValue());
        }
        assertThat(tree()).isEqualTo(files);
    }

    @Test
    void whatTheDirectorDoesNotHaveIsNeverWritten() throws Exception {
        bacula.answerQuery(ONE, WEB.replace("\n", " tag=no-such-policy\n") + DB);
        Program.Result result = program.with("JOBDEFS", "DefaultJob").run("sync", "--json");
        assertThat(result.exitCode()).isZero();
        assertThat(job("datacenter1", "rocky9-instance1")).contains("JobDefs    = \"DefaultJob\"");
        assertThat(result.err()).contains("no-such-policy").contains("rocky9-instance1");

        bacula.answerQuery(ONE, WEB + DB + SPACED);
        Program.Result wrong = program.with("STORAGE", "NoSuchStorage").run("sync", "--json");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.outcomes().get("my vm")).isEqualTo("failed");
        assertThat(wrong.out()).contains("Storage \\\"NoSuchStorage\\\" is not among what the Director shows");
        assertThat(bacula.checkConfiguration().exitCode()).isZero();
        assertThat(bacula.isAlive()).isTrue();
    }

    @Test
    void aDirectorThatDiesOfSomebodyElsesConfigurationIsTheFirstThingTold() throws Exception {
        Files.writeString(
                bacula.directorFile(),
                Files.readString(bacula.directorFile())
                        + "\nJob {\n  Name = \"by-hand\"\n  JobDefs = \"gone\"\n  Client = \"" + ONE + "\"\n}\n");
        Program.Result result = program.run("sync");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out().lines().findFirst().orElseThrow()).startsWith("DIRECTOR: ");
    }

    @Test
    void aCatalogThatCannotBeReachedChangesNothing() throws Exception {
        sync(0);
        Map<String, String> files = tree();
        bacula.answerQuery(
                ONE, DB.replace("db01", "renamed") + SPACED + "server=new uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a2\n");
        Program.Result result = program.with("DB_PORT", "1").run("sync");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .containsOnlyOnce("cannot connect to the PostgreSQL catalog")
                .doesNotContain(CatalogDatabase.PASSWORD);
        assertThat(tree()).isEqualTo(files);
    }

    @Test
    void aDatabaseThatIsNoCatalogIsToldSo() throws Exception {
        Program.Result result = program.with("DB_NAME", "postgres").run("sync");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("postgres").contains("not a Bacula catalog");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceAndNothingIsTouched() throws Exception {
        Map<String, String> files = tree();
        Path clients = Files.writeString(folder.resolve("bad.conf"), "one two\nd o c p x- bad\"name\n");
        Program.Result result = program.with("CLIENTS_CONF", clients.toString())
                .with("GRACE_DAYS", "soon")
                .with("PARALLEL", "0")
                .with("POLICY_DRIFT", "maybe")
                .with("BCONSOLE", "/nowhere/bconsole")
                .run("sync", "--json");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .contains("GRACE_DAYS", "PARALLEL", "POLICY_DRIFT", "bconsole not found", "bad.conf:1", "bad.conf:2");
        assertThat(tree()).isEqualTo(files);
    }

    @Test
    void aBconsoleThatHangsOrFloodsIsEndedAndToldOf() throws Exception {
        for (Map.Entry<String, String> bad :
                Map.of("exec sleep 600", "1", "yes too much", "30").entrySet()) {
            Path script = folder.resolve("bconsole");
            Files.writeString(script, "#!/bin/sh\n" + bad.getKey() + "\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
            Program.Result result = program.with("BCONSOLE", script.toString())
                    .with("BCONSOLE_TIMEOUT", bad.getValue())
                    .with("BCONSOLE_MAX_OUTPUT", "1M")
                    .run("sync", "--json");
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.json().get("clients"))
                    .hasSize(2)
                    .allSatisfy(client -> assertThat(client.get("error").textValue())
                            .containsAnyOf("BCONSOLE_TIMEOUT", "BCONSOLE_MAX_OUTPUT"));
            assertThat(tree().keySet()).noneMatch(file -> file.endsWith("/job"));
        }
    }

    @Test
    void aSecondRunSaysWhoHoldsTheLock() throws Exception {
        Path script = folder.resolve("bconsole");
        Path started = folder.resolve("started");
        Files.writeString(script, "#!/bin/sh\n: > '" + started + "'\nexec sleep 600\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Program blocked = new Program(Files.createDirectory(folder.resolve("blocked")))
                .with(bacula.settings())
                .with("CLIENTS_CONF", folder.resolve("clients.conf").toString())
                .with("BCONSOLE", script.toString());
        Process holder = blocked.start("sync");
        try {
            Site.await(started);
            Program.Result second = program.run("sync");
            assertThat(second.exitCode()).isEqualTo(3);
            assertThat(second.err()).contains(Long.toString(holder.pid()));
            assertThat(program.run("status").exitCode()).isZero();
        } finally {
            holder.descendants().forEach(ProcessHandle::destroyForcibly);
            holder.destroyForcibly().waitFor();
        }
        assertThat(sync(0).outcomes()).containsEntry("win1", "created");
    }

    private Program.Result sync(int exitCode) throws Exception {
        Program.Result result = program.run("sync", "--json");
        assertThat(result.exitCode())
                .as("%s%s%s", result.out(), result.err(), bacula.messages())
                .isEqualTo(exitCode);
        assertThat(result.json().get("exitCode").intValue()).isEqualTo(exitCode);
        return result;
    }

    private JsonNode status(String vm) throws Exception {
        Program.Result result = program.run("status", vm, "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.json().get("vms")).hasSize(1);
        return result.json().get("vms").get(0);
    }

    private String job(String datacenter, String vm) throws IOException {
        return Files.readString(bacula.baseDir()
                .resolve(datacenter)
                .resolve("openstack1")
                .resolve(vm)
                .resolve("job"));
    }

    private Map<String, String> tree() throws IOException {
        return FileTree.of(bacula.baseDir()).files();
    }
}
