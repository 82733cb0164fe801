package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.spi.DirectorResources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Bacula that the other tests rely on is a real one, traps included. */
class RealBaculaTest {
    private static final String CLIENT = "bacula-dc1-os1-fd";
    private static final String OTHER_CLIENT = "bacula-dc1-os2-fd";
    private static final String UUID = "014c5892-5efb-4efb-bd60-4e038800475d";
    private static final String VOLUME = "/@openstack/nova/server/" + UUID + "/vol1.bvmdk";
    private static final String QUERY =
            ".query plugin=\"openstack: proxy_server=dc1-os1-proxy\" client=" + CLIENT + " parameter=server";

    private static RealBacula bacula;

    @BeforeAll
    static void start() throws Exception {
        bacula = RealBacula.start(CLIENT, OTHER_CLIENT);
    }

    @AfterAll
    static void stop() throws Exception {
        if (bacula != null) {
            bacula.close();
        }
    }

    @BeforeEach
    void includeNothing() throws Exception {
        Files.writeString(bacula.directorConf(), "");
        if (bacula.isAlive()) {
            bacula.reload();
        } else {
            bacula.restartDirector();
        }
    }

    @Test
    void theDirectorAnswersAndAcceptsItsConfiguration() throws Exception {
        assertThat(bacula.bconsole("version").text())
                .startsWith("Connecting to Director 127.0.0.1:")
                .contains("Version: " + bacula.version());
        assertThat(bacula.checkConfiguration()).isEqualTo(new RealBacula.Output(0, ""));
        assertThat(bacula.jobNames()).containsExactly("Base", "RestoreFiles");
        assertThat(bacula.ask("show all").lines())
                .anyMatch(line -> line.startsWith("JobDefs: name=mysql-consistent "))
                .anyMatch(line -> line.startsWith("Client: Name=" + OTHER_CLIENT + " "));
    }

    @Test
    void anIncludedJobIsThereAfterReloadAndMayBeDisabled() throws Exception {
        include(job("here", "DefaultJob", "fs-here") + fileSet("fs-here", "bpipe:" + VOLUME + ":id:cat"));
        assertThat(bacula.checkConfiguration().exitCode()).isZero();
        bacula.reload();
        assertThat(bacula.jobNames()).containsExactly("Base", "RestoreFiles", "here");
        assertThat(bacula.showJob("here")).contains("name=here ").contains(" Enabled=1");

        include(job("here", "DefaultJob", "fs-here").replace("}", "  Enabled = no\n}")
                + fileSet("fs-here", "bpipe:" + VOLUME + ":id:cat"));
        bacula.reload();
        assertThat(bacula.showJob("here")).contains(" Enabled=0");
    }

    @Test
    void theDirectorTellsWhichJobsItDoesNotStartAndWhichVmsTheyBackUp() throws Exception {
        String plugin = "openstack: proxy_server=dc1-os1-proxy instance=";
        include(job("by hand", "DefaultJob", "fs-by-hand")
                + fileSet("fs-by-hand", plugin + UUID.toUpperCase(Locale.ROOT))
                + job("off", "DefaultJob", "fs-off").replace("}", "  Enabled = no\n}")
                + fileSet("fs-off", plugin + UUID)
                + job("stopped", "DefaultJob", "fs-piped")
                + fileSet("fs-piped", "bpipe:" + VOLUME + ":id:cat"));
        bacula.reload();
        bacula.ask("disable job=\"stopped\"");
        DirectorResources resources = new BconsoleDirectorProvider()
                .create(new BconsoleConfig(
                        bacula.bconsole(),
                        bacula.bconsoleConf(),
                        Duration.ofMinutes(2),
                        1 << 24,
                        Map.of("PATH", "/usr/bin:/bin"),
                        null))
                .resources();
        Set<java.util.UUID> vm = Set.of(java.util.UUID.fromString(UUID));
        assertThat(resources.disabledJobs()).containsExactlyInAnyOrder("off", "stopped");
        assertThat(resources.vmsOfJobs()).isEqualTo(Map.of("by hand", vm, "off", vm));
    }

    @Test
    void whatAConsoleSaysOfAJobOutlivesReloadsButNoRestart() throws Exception {
        String rest = fileSet("fs-said", "bpipe:" + VOLUME + ":id:cat");
        String enabled = job("said", "DefaultJob", "fs-said") + rest;
        String disabled = job("said", "DefaultJob", "fs-said").replace("}", "  Enabled = no\n}") + rest;
        include(enabled);
        bacula.reload();
        bacula.ask("disable job=\"said\"");
        bacula.reload();
        assertThat(bacula.showJob("said")).contains(" Enabled=0");
        bacula.ask("enable job=\"said\"");
        include(disabled);
        bacula.reload();
        assertThat(bacula.showJob("said"))
                .as("the file says no, and the Director has read it")
                .contains(" Enabled=1");
        bacula.restartDirector();
        assertThat(bacula.showJob("said")).contains(" Enabled=0");
    }

    @Test
    void aBackupThroughAPluginHasItsFilesInTheCatalog() throws Exception {
        include(job("piped", "LinuxVMJob", "fs-piped") + fileSet("fs-piped", "bpipe:" + VOLUME + ":id:cat"));
        bacula.reload();
        RealBacula.JobRun run = bacula.runJob("piped");
        assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        assertThat(bacula.ask("list files jobid=" + run.jobId())).contains(" " + VOLUME + " ");
        assertThat(bacula.catalog()
                        .column(
                                "SELECT VolumeName FROM Media JOIN JobMedia USING (MediaId) WHERE JobId = ?",
                                run.jobId()))
                .hasSize(1);
    }

    /** Why nobody may be told to remove a volume's file without another look: it may have become a new volume's. */
    @Test
    void theNameOfTheNewestVolumeIsGivenAgainOnceTheCatalogHasForgottenIt() throws Exception {
        include(job("piped", "LinuxVMJob", "fs-piped") + fileSet("fs-piped", "bpipe:" + VOLUME + ":id:cat"));
        bacula.reload();
        String newest = "SELECT VolumeName FROM Media ORDER BY MediaId DESC LIMIT 1";
        assertThat(bacula.runJob("piped").status()).isEqualTo("T");
        String name = bacula.catalog().column(newest).get(0);
        long size = Files.size(bacula.volume(name));
        bacula.catalog().execute(List.of("DELETE FROM Media WHERE VolumeName = '" + name + "'"));
        assertThat(bacula.runJob("piped").status()).isEqualTo("T");
        assertThat(bacula.catalog().column(newest)).containsExactly(name);
        assertThat(Files.size(bacula.volume(name)))
                .as("what was there is still there")
                .isGreaterThan(size);
    }

    @Test
    void aGeneratedFileSetRunsWithTheRunnableProxyOnly() throws Exception {
        include(job("runs", "DefaultJob", "fs-runs")
                + fileSet("fs-runs", "openstack: proxy_server=" + RealBacula.RUNNABLE_PROXY + " instance=" + UUID)
                + job("fails", "DefaultJob", "fs-fails")
                + fileSet("fs-fails", "openstack: proxy_server=dc1-os1-proxy instance=" + UUID));
        bacula.reload();
        RealBacula.JobRun good = bacula.runJob("runs");
        assertThat(good.status()).as(good.transcript()).isEqualTo("T");
        RealBacula.JobRun bad = bacula.runJob("fails");
        assertThat(bad.status()).as(bad.transcript()).isEqualTo("f");
    }

    @Test
    void aReloadWithAnUnknownJobDefsEndsTheOldDirectorAndARestartBringsItBack() throws Exception {
        boolean old = bacula.version().startsWith("9.");
        bacula.answerQuery(CLIENT, "server=vm1 uuid=" + UUID + "\n");
        include(job("bad", "NoSuchJobDefs", "Base Set"));
        assertThat(bacula.checkConfiguration().exitCode()).isEqualTo(1);
        assertThat(bacula.checkConfiguration().text())
                .contains("NoSuchJobDefs")
                .contains(bacula.directorConf().toString());
        bacula.reload();
        if (old) {
            assertThat(bacula.director().awaitEnd()).isTrue();
            assertThat(bacula.isAlive()).isFalse();
            assertThat(bacula.bconsoleWithQuery(QUERY).exitCode()).isEqualTo(1);
        } else {
            assertThat(bacula.jobNames()).doesNotContain("bad");
        }

        include(job("good", "DefaultJob", "Base Set"));
        bacula.restartDirector();
        assertThat(bacula.jobNames()).contains("good");
    }

    @Test
    void queryPrintsWhatTheClientAnswersAsBconsoleDoes() throws Exception {
        bacula.answerQuery(CLIENT, "server=half uuid=" + UUID + "\nerror=plugin protocol error");
        String text = bacula.bconsoleWithQuery("gui on", QUERY, "version").text();
        assertThat(text.lines().skip(2))
                .containsExactly(
                        "Enter a period to cancel a command.",
                        "gui on",
                        QUERY,
                        "server=half uuid=" + UUID,
                        "error=plugin protocol errorversion",
                        bacula.ask("version").replace("\n", ""),
                        "quit");
    }

    @Test
    void queryOfAClientWithoutAnAnswerSaysThatThereIsNoSuchClient() throws Exception {
        bacula.forgetQuery(CLIENT);
        RealBacula.Output output = bacula.bconsoleWithQuery(QUERY);
        assertThat(output.exitCode()).isZero();
        assertThat(output.text()).endsWith(QUERY + "\nerror=Client \"" + CLIENT + "\" not found.\nquit\n");
    }

    @Test
    void aSecondQueryMayHaveAnotherAnswer() throws Exception {
        bacula.answerQuery(CLIENT, "server=first\n", "server=second\n");
        assertThat(bacula.bconsoleWithQuery(QUERY).text()).endsWith(QUERY + "\nserver=first\nquit\n");
        assertThat(bacula.bconsoleWithQuery(QUERY).text()).endsWith(QUERY + "\nserver=second\nquit\n");
        assertThat(bacula.bconsoleWithQuery(QUERY).text()).endsWith(QUERY + "\nserver=second\nquit\n");
    }

    @Test
    void aListThatIsCutLooksLikeAWholeOne() throws Exception {
        bacula.answerQueryCutAfter(CLIENT, "server=first\nserver=second\n", 20);
        assertThat(bacula.bconsoleWithQuery(QUERY, "version").text())
                .contains(QUERY + "\nserver=first\nserver=version\n");
    }

    @Test
    void aListThatStallsDoesSoForAsLongAsAnybodyWaits() throws Exception {
        bacula.stallQueryAfter(CLIENT, "server=first\nserver=second\n", 20);
        CompletableFuture<RealBacula.Output> asked = CompletableFuture.supplyAsync(() -> {
            try {
                return bacula.bconsoleWithQuery(QUERY);
            } catch (IOException | InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        assertThatThrownBy(() -> asked.get(3, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        bacula.forgetQuery(CLIENT);
        assertThat(asked.get().text()).endsWith(QUERY + "\nserver=first\nserver=quit\n");
    }

    @Test
    void theFileDaemonMayBeAnotherOneAfterTheList() throws Exception {
        bacula.answerQuery(CLIENT, "server=first\n");
        String status = ".status client=" + CLIENT + " header";
        long before = bacula.fileDaemon().process().pid();
        Future<?> restart = bacula.restartFileDaemonDuringQuery(CLIENT);
        String text = bacula.bconsoleWithQuery("gui on", ".api 2", status, QUERY, status)
                .text();
        restart.get();
        long after = bacula.fileDaemon().process().pid();
        assertThat(text.lines().filter(line -> line.startsWith("pid=") || line.startsWith("server=")))
                .containsExactly("pid=" + before, "server=first", "pid=" + after);
        assertThat(after).isNotEqualTo(before);
        assertThat(bacula.bconsoleWithQuery(QUERY, status).text()).contains("\npid=" + after + "\n");
    }

    @Test
    void withoutQueryTheStandInIsTheRealBconsole() throws Exception {
        assertThat(bacula.bconsoleWithQuery("gui on", ".jobs", "version"))
                .isEqualTo(bacula.bconsole("gui on", ".jobs", "version"));
    }

    @Test
    void theDirectorMayIncludeWhatAFindCommandLists() throws Exception {
        try (RealBacula other = RealBacula.start(RealBacula.Include.FIND, 0, CLIENT)) {
            Path vm = Files.createDirectories(other.baseDir().resolve("dc1/os1/vm1"));
            Files.writeString(vm.resolve("job"), job("found", "DefaultJob", "fs-found"));
            Files.writeString(vm.resolve("fileset"), fileSet("fs-found", "bpipe:" + VOLUME + ":id:cat"));
            other.reload();
            assertThat(other.jobNames()).contains("found");
        }
    }

    private static void include(String resources) throws Exception {
        Files.writeString(bacula.directorConf(), resources);
    }

    private static String job(String name, String jobDefs, String fileSet) {
        return """
                Job {
                  Name = "%s"
                  JobDefs = "%s"
                  Client = "%s"
                  FileSet = "%s"
                }
                """.formatted(name, jobDefs, CLIENT, fileSet);
    }

    private static String fileSet(String name, String plugin) {
        return """
                FileSet {
                  Name = "%s"
                  Include {
                    Options {
                      signature = SHA256
                    }
                    Plugin = "%s"
                  }
                }
                """.formatted(name, plugin);
    }
}
