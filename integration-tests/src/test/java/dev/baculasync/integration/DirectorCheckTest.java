package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With DIRECTOR_CHECK, no run ends in a reload that a real Director would not survive, and no VM pays for another's fault. */
class DirectorCheckTest {
    private static final String WEB = "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String DB = "server=db01 uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7\n";
    private static final String CLASH = "server=clash uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n";
    private static final String WEB_JOB = Site.PREFIX + "web";
    private static final String DB_JOB = Site.PREFIX + "db01";
    private static final String CLASH_JOB = Site.PREFIX + "clash";
    private static final String OTHER_JOB = Site.OTHER_PREFIX + "other";

    @TempDir
    private static Path folder;

    private static Site site;
    private Program program;

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void reset() throws Exception {
        site.reset();
        program = site.program().with("DIRECTOR_CHECK", site.bacula().checkCommand());
    }

    @Test
    void whatTheCheckAcceptsIsReloaded() throws Exception {
        site.answer(WEB + DB);
        Program.Result result = site.sync(program, 0);
        assertThat(result.json().get("reload").textValue()).isEqualTo("done");
        assertThat(site.bacula().jobNames())
                .containsExactlyInAnyOrder("Base", "RestoreFiles", WEB_JOB, DB_JOB, OTHER_JOB);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aVmWhoseNamesAreTakenByHandIsPutBackAndTheOthersAreKept(boolean beforeOurs) throws Exception {
        String taken = """
                FileSet {
                  Name = "fs-datacenter1-openstack1-clash"
                  Include {
                    File = "/etc/hostname"
                  }
                }
                Job {
                  Name = "%s"
                  JobDefs = "DefaultJob"
                  Client = "%s"
                  FileSet = "Base Set"
                }
                """.formatted(CLASH_JOB, Site.CLIENT);
        String own = Files.readString(site.bacula().directorFile());
        // The Director names the second of two: our file, or the operator's with our resource's name.
        Files.writeString(site.bacula().directorFile(), beforeOurs ? taken + own : own + taken);
        site.answer(WEB + CLASH + DB);
        Program.Result result = site.sync(program, 1);
        assertThat(result.outcomes())
                .containsEntry("web", "created")
                .containsEntry("db01", "created")
                .containsEntry("other", "created")
                .containsEntry("clash", "quarantined");
        assertThat(reason(result, "clash"))
                .contains(beforeOurs ? site.vm("clash").toString() : "fs-datacenter1-openstack1-clash");
        assertThat(result.json().get("reload").textValue()).isEqualTo("done");
        assertThat(site.vm("clash")).doesNotExist();
        assertThat(site.bacula().jobNames())
                .containsExactlyInAnyOrder("Base", "RestoreFiles", WEB_JOB, DB_JOB, OTHER_JOB, CLASH_JOB);

        FileTree files = site.tree();
        Program.Result next = site.sync(program, 0);
        assertThat(next.outcomes())
                .as("the Director has both names now, so the VM gets another")
                .containsEntry("clash", "created");
        assertThat(site.bacula().jobNames()).contains(CLASH_JOB, CLASH_JOB + "-c4d13b99");
        assertThat(site.tree().files().keySet()).containsAll(files.files().keySet());
    }

    @Test
    void aDozenOfFortyVmsThatAreRefusedCostTheOthersNothing() throws Exception {
        String fleet = IntStream.range(0, 40)
                .mapToObj("server=vm%1$02d uuid=00000000-0000-4000-8000-0000000000%1$02d\n"::formatted)
                .collect(Collectors.joining());
        Set<String> refused = IntStream.range(0, 12)
                .mapToObj(i -> "vm%02d".formatted(3 * i + 2))
                .collect(Collectors.toSet());
        for (String vm : refused) {
            byHand("""
                    Job {
                      Name = "%s"
                      JobDefs = "DefaultJob"
                      Client = "%s"
                      FileSet = "Base Set"
                    }
                    """.formatted(Site.PREFIX + vm, Site.CLIENT));
        }
        Path checks = site.file("checks");
        Path counted = site.script(
                "counted-check",
                "echo >> '" + checks + "'\nexec " + site.bacula().checkCommand() + "\n");
        site.answer(fleet);
        Program.Result result = site.sync(program.with("DIRECTOR_CHECK", counted.toString()), 1);
        assertThat(result.outcomes())
                .hasSize(41)
                .allSatisfy((vm, outcome) ->
                        assertThat(outcome).as(vm).isEqualTo(refused.contains(vm) ? "quarantined" : "created"));
        assertThat(result.json().get("reload").textValue()).isEqualTo("done");
        assertThat(site.bacula().jobNames()).hasSize(2 + 41);
        assertThat(Files.readAllLines(checks))
                .as("nine are named and tried once more, the three others found by halving")
                .hasSizeLessThanOrEqualTo(2 * 9 + 2 + 3 * 2 * 5);
        for (String vm : refused) {
            assertThat(site.vm(vm)).doesNotExist();
        }
    }

    @Test
    void aFileSetThatWasMovedByHandIsNotWrittenASecondTime() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        Path fileSet = site.vm("web").resolve("fileset");
        byHand(Files.readString(fileSet));
        Files.delete(fileSet);
        String job = site.job("web");

        site.answer(WEB + DB + CLASH);
        Program.Result result = site.sync(program, 1);
        assertThat(result.outcomes())
                .containsEntry("web", "quarantined")
                .containsEntry("db01", "unchanged")
                .containsEntry("clash", "created");
        assertThat(fileSet).doesNotExist();
        assertThat(site.job("web")).isEqualTo(job);
        site.assertDirectorWouldLoadIt("what is left");
        assertThat(site.bacula().jobNames()).contains(CLASH_JOB, DB_JOB);
    }

    @Test
    void aJobFileThatAnOperatorBrokeIsNamedAndCostsNobodyElse() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        Path job = site.vm("web").resolve("job");
        Files.writeString(job, site.job("web").replace("  Enabled ", "  No Such Directive = 1\n  Enabled "));

        site.answer(DB + CLASH);
        Program.Result result = site.sync(program, 1);
        assertThat(result.err().lines().findFirst().orElseThrow())
                .startsWith("WARN: datacenter1/openstack1/web: ")
                .contains("does not name them", job.toString());
        assertThat(result.outcomes())
                .containsEntry("web", "grace-started")
                .containsEntry("db01", "unchanged")
                .containsEntry("clash", "created");
        assertThat(result.json().get("reload").textValue()).isEqualTo("done");
        assertThat(job).content().contains("  No Such Directive = 1\n");
        site.assertDirectorWouldLoadIt("without the broken job");
        assertThat(site.bacula().jobNames())
                .containsExactlyInAnyOrder("Base", "RestoreFiles", CLASH_JOB, DB_JOB, OTHER_JOB);

        Files.writeString(job, site.job("web").replace("  No Such Directive = 1\n", "  Priority = 7\n"));
        Program.Result mended = site.sync(program, 0);
        assertThat(mended.outcomes()).containsEntry("web", "in-grace").containsEntry("clash", "unchanged");
        assertThat(site.job("web")).contains("  Priority = 7\n").contains("#@missing-since: ");
        assertThat(site.bacula().jobNames()).contains(CLASH_JOB, WEB_JOB);
    }

    @Test
    void somebodyElsesBrokenConfigurationPutsEverythingBackAndGivesNoReload() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        FileTree files = site.tree();
        String whole = Files.readString(site.bacula().directorFile());
        byHand("Job {\n  Name = \"by-hand\"\n  JobDefs = \"gone\"\n  Client = \"" + Site.CLIENT + "\"\n}\n");

        site.answer(DB + CLASH);
        Program.Result result = program.run("sync");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out().lines().findFirst().orElseThrow())
                .startsWith("DIRECTOR: ")
                .contains("gone");
        assertThat(site.tree().forDirector()).isEqualTo(files.forDirector());
        assertThat(site.bacula().isAlive()).isTrue();
        assertThat(site.bacula().jobNames())
                .containsExactlyInAnyOrder("Base", "RestoreFiles", WEB_JOB, DB_JOB, OTHER_JOB);

        Files.writeString(site.bacula().directorFile(), whole);
        Program.Result mended = site.sync(program, 0);
        assertThat(mended.outcomes()).containsEntry("web", "grace-started").containsEntry("clash", "created");
        assertThat(site.bacula().jobNames()).contains(WEB_JOB, CLASH_JOB);
    }

    @Test
    void aRunThatChangesNothingChecksAllTheSameAndSaysWhenItWasLastGood() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        assertThat(program.run("sync").out()).contains("last found good at ");
        String whole = Files.readString(site.bacula().directorFile());
        byHand("Job {\n  Name = \"by-hand\"\n  JobDefs = \"gone\"\n  Client = \"" + Site.CLIENT + "\"\n}\n");
        FileTree files = site.tree();
        Program.Result result = program.run("sync");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out().lines().findFirst().orElseThrow())
                .contains("would not be accepted", "was last found good at ", "gone");
        assertThat(site.tree()).isEqualTo(files);
        Program.Result dry = program.run("sync", "--dry-run");
        assertThat(dry.exitCode())
                .as("a dry run runs no command of the operator's")
                .isZero();

        Files.writeString(site.bacula().directorFile(), whole);
        site.sync(program, 0);
        assertThat(site.tree()).as("it is noted when").isNotEqualTo(files);
        assertThat(site.tree().withoutLastCheck()).isEqualTo(files.withoutLastCheck());
    }

    @Test
    void aCheckThatIsNotThereIsRefusedBeforeAnything() throws Exception {
        site.answer(WEB);
        FileTree files = site.tree();
        Program.Result result =
                program.with("DIRECTOR_CHECK", "/nowhere/bacula-dir -t").run("sync", "--json");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("DIRECTOR_CHECK").contains("/nowhere/bacula-dir");
        assertThat(site.tree()).isEqualTo(files);
    }

    @Test
    void aCheckThatDoesNotEndHasAcceptedNothing() throws Exception {
        site.answer(WEB);
        site.sync(program, 0);
        FileTree files = site.tree();
        Path pid = site.file("check.pid");
        Path hanging = site.script("hanging-check", "sleep 600 &\necho $! > '" + pid + "'\nwait\n");
        site.answer(WEB + DB);
        Program.Result result = program.with("DIRECTOR_CHECK", hanging.toString())
                .with("BCONSOLE_TIMEOUT", "8")
                .run("sync");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out().lines().findFirst().orElseThrow())
                .startsWith("DIRECTOR: ")
                .contains("BCONSOLE_TIMEOUT");
        assertThat(site.tree().forDirector()).isEqualTo(files.forDirector());
        assertThat(site.bacula().jobNames()).doesNotContain(DB_JOB);
        // It ends as soon as the kernel comes to it: waited for here, far shorter than it would run by itself.
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                .ifPresent(
                        child -> child.onExit().orTimeout(1, TimeUnit.MINUTES).join());
    }

    /** An operator's own resources, which the Director has not read yet. */
    private static void byHand(String resources) throws Exception {
        Path file = site.bacula().directorFile();
        Files.writeString(file, Files.readString(file) + "\n" + resources);
    }

    private static String reason(Program.Result result, String vm) throws Exception {
        for (JsonNode client : result.json().get("clients")) {
            for (JsonNode node : client.get("vms")) {
                if (node.get("vm").textValue().equals(vm)) {
                    return node.get("reason").textValue();
                }
            }
        }
        throw new AssertionError("no VM " + vm);
    }
}
