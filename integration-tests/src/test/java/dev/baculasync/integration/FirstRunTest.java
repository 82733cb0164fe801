package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.integration.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first nights on a site that the tool before has run for years: its tree, its {@code find} line, a catalog with names of
 * jobs long gone, jobs written by hand, and what operators have disabled in bconsole.
 */
class FirstRunTest {
    private static final String CLIENT = Site.CLIENT;
    private static final int VMS = 12;

    @TempDir
    private Path folder;

    private RealBacula bacula;
    private Program program;
    private Path instance;

    @BeforeEach
    void growUp() throws Exception {
        bacula = RealBacula.start(RealBacula.Include.FIND, 1, CLIENT);
        instance = bacula.baseDir().resolve("datacenter1").resolve("openstack1");
        for (int vm = 0; vm < VMS; vm++) {
            write(name(vm), uuid(vm), "active", "");
        }
        write("away", uuid(50), "active", "#@missing-since: 2026-11-27 19:00:00\n");
        write("retired", uuid(51), "disabled", "#@disabled:      2025-05-18 19:00:00\n");
        byHand(instance.resolve("manual"), "nightly-manual", uuid(5));
        byHand(instance.resolve("old").resolve("deep"), "nightly-deep", uuid(61));
        Files.writeString(
                bacula.directorFile(),
                Files.readString(bacula.directorFile()) + job("nightly-two", "two-set") + fileSet("two-set", uuid(2)));
        for (int gone = 0; gone < 300; gone++) {
            bacula.catalog().execute(List.of("""
                    INSERT INTO Job (Job, Name, Type, Level, ClientId, JobStatus, StartTime, EndTime, JobTDate)
                    SELECT '%1$s.%2$d', '%1$s', 'B', 'F', ClientId, 'T', now() - interval '3 years',
                        now() - interval '3 years', extract(epoch FROM now() - interval '3 years')::bigint
                    FROM Client WHERE Name = '%3$s'
                    """.formatted(Site.PREFIX + "gone" + gone, gone, CLIENT)));
        }
        bacula.reload();
        bacula.ask("disable job=" + Site.PREFIX + name(3));
        assertThat(bacula.jobNames()).contains(Site.PREFIX + name(0), "nightly-manual", "nightly-deep", "nightly-two");
        Path clients = Files.writeString(
                folder.resolve("clients.conf"),
                "datacenter1 openstack1 " + CLIENT + " dc1-os1-proxy " + Site.PREFIX + "\n");
        program = new Program(Files.createDirectory(folder.resolve("run")))
                .with(bacula.settings())
                .with("CLIENTS_CONF", clients.toString())
                .with("RELOAD_AFTER_SYNC", "1");
    }

    @AfterEach
    void stop() throws IOException {
        if (bacula != null) {
            bacula.close();
        }
    }

    private static String name(int vm) {
        return "vm%02d".formatted(vm);
    }

    private static String uuid(int vm) {
        return "00000000-0000-4000-8000-0000000000%02d".formatted(vm);
    }

    private static String fleet(int vms) {
        return IntStream.range(0, vms)
                .mapToObj(vm -> "server=" + name(vm) + " uuid=" + uuid(vm) + "\n")
                .collect(Collectors.joining());
    }

    /** As the tool before writes them. */
    private void write(String vm, String uuid, String status, String stamps) throws IOException {
        Path directory = Files.createDirectories(instance.resolve(vm));
        String headers = """
                #@vm: %s
                #@uuid:          %s
                #@datacenter:    datacenter1
                #@openstack:     openstack1
                #@client:        %s
                #@status:        %s
                %s# Managed by bacula-openstack-sync | created: 2025-01-18 19:00:00

                """.formatted(vm, uuid, CLIENT, status, stamps);
        String job = job(Site.PREFIX + vm, "fs-datacenter1-openstack1-" + vm);
        Files.writeString(
                directory.resolve("job"),
                headers + (status.equals("active") ? job : job.replace("Enabled    = yes", "Enabled    = no")));
        Files.writeString(directory.resolve("fileset"), fileSet("fs-datacenter1-openstack1-" + vm, uuid));
    }

    private static void byHand(Path directory, String job, String uuid) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("job"), job(job, job + "-set"));
        Files.writeString(directory.resolve("fileset"), fileSet(job + "-set", uuid));
    }

    private static String job(String name, String fileSet) {
        return """
                Job {
                  Name       = "%s"
                  JobDefs    = "DefaultJob"
                  Client     = "%s"
                  FileSet    = "%s"
                  Storage    = "File1"
                  Pool       = "Default"
                  Schedule   = "WeeklyCycle"
                  Messages   = "Standard"
                  Enabled    = yes
                }
                """.formatted(name, CLIENT, fileSet);
    }

    private static String fileSet(String name, String uuid) {
        return """
                FileSet {
                  Name = "%s"
                  Include {
                    Options {
                      signature = SHA256
                    }
                    Plugin = "openstack: proxy_server=dc1-os1-proxy instance=%s"
                  }
                }
                """.formatted(name, uuid);
    }

    private Result night() throws Exception {
        Result result = program.run("sync", "--json");
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(bacula.checkConfiguration().exitCode()).isZero();
        assertThat(bacula.showJob(Site.PREFIX + name(3)))
                .as("a console has disabled it")
                .contains("Enabled=0");
        return result;
    }

    private static List<String> warnings(Result result, String vm) throws IOException {
        List<String> warnings = new ArrayList<>();
        for (JsonNode each : result.json().get("clients").get(0).get("vms")) {
            if (each.get("vm").textValue().equals(vm)) {
                each.get("warnings").forEach(warning -> warnings.add(warning.textValue()));
            }
        }
        return warnings;
    }

    @Test
    void noJobIsLostNoneIsDoubledAndNothingIsHeldForEver() throws Exception {
        Set<String> grown = new TreeSet<>(bacula.jobNames());
        FileTree tree = FileTree.of(instance);
        bacula.answerQuery(CLIENT, fleet(VMS));

        Map<String, String> dry =
                program.with("DRYRUN", "1").run("sync", "--json").outcomes();
        program.with("DRYRUN", "0");
        for (int night = 0; night < 2; night++) {
            Result result = night();
            assertThat(result.outcomes())
                    .isEqualTo(dry)
                    .hasSize(VMS + 2)
                    .containsEntry(name(0), "unchanged")
                    .containsEntry("away", "in-grace")
                    .containsEntry("retired", "still-disabled");
            assertThat(FileTree.of(instance)).as("no file needs a change").isEqualTo(tree);
            assertThat(bacula.jobNames()).isEqualTo(grown);
            assertThat(warnings(result, name(2))).singleElement().asString().contains("nightly-two");
            assertThat(warnings(result, name(3))).singleElement().asString().contains("a console has disabled it");
            assertThat(warnings(result, name(4))).isEmpty();
            assertThat(warnings(result, name(5)))
                    .singleElement()
                    .asString()
                    .contains("nightly-manual in datacenter1/openstack1/manual", "backs up this VM as well");
            assertThat(result.json().get("clients").get(0).get("notes").toString())
                    .contains("manual/job has no #@ headers", "300 job(s)", "known to the catalog only");
        }

        bacula.answerQuery(CLIENT, fleet(VMS + 1));
        assertThat(night().outcomes()).containsEntry(name(VMS), "created");
        grown.add(Site.PREFIX + name(VMS));
        assertThat(bacula.jobNames()).isEqualTo(grown);

        readDirectorConf(instance.resolve("manual"), instance.resolve("old").resolve("deep"));
        assertThat(bacula.checkConfiguration().exitCode()).isZero();
        bacula.reload();
        assertThat(bacula.jobNames()).as("as the manual tells to migrate").isEqualTo(grown);
        bacula.answerQuery(CLIENT, fleet(VMS + 2));
        assertThat(night().outcomes()).containsEntry(name(VMS + 1), "created");
        grown.add(Site.PREFIX + name(VMS + 1));
        assertThat(bacula.jobNames()).isEqualTo(grown);
        bacula.restartDirector();
        assertThat(bacula.jobNames()).isEqualTo(grown);
    }

    /** One edit that replaces the {@code find} line, and names what is written by hand. */
    private void readDirectorConf(Path... byHand) throws IOException {
        StringBuilder lines = new StringBuilder(RealBacula.Include.DIRECTOR_CONF.line(bacula.baseDir()));
        for (Path directory : byHand) {
            lines.append("\n@\"").append(directory.resolve("job")).append('"');
            lines.append("\n@\"").append(directory.resolve("fileset")).append('"');
        }
        String find = RealBacula.Include.FIND.line(bacula.baseDir());
        String configuration = Files.readString(bacula.directorFile());
        assertThat(configuration).contains(find);
        Files.writeString(bacula.directorFile(), configuration.replace(find, lines));
    }
}
