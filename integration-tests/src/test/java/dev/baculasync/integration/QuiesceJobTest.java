package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.quiesce.Await;
import dev.baculasync.integration.quiesce.BackupHost;
import dev.baculasync.integration.quiesce.MariaDb;
import dev.baculasync.integration.quiesce.Vm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The JobDefs samples in a real Director, and a real job that locks a real database while it runs. */
@ResourceLock(Vm.LOCK)
class QuiesceJobTest {
    private static final String SCRIPTS = "/opt/bacula/scripts/";

    @TempDir
    private static Path folder;

    private static Site site;
    private static Vm vm;
    private static MariaDb database;
    private static String ownConfiguration;

    @TempDir
    private Path hostFolder;

    private BackupHost host;

    @BeforeAll
    static void start() throws Exception {
        vm = Vm.start(Files.createDirectories(folder.resolve("vm")));
        database = MariaDb.start(vm);
        site = Site.start(Files.createDirectories(folder.resolve("site")));
        ownConfiguration = Files.readString(site.bacula().directorFile())
                        // Its own resource of that name makes room for the sample.
                        .replaceFirst("(?s)JobDefs \\{\n  Name = \"mysql-consistent\".*?\n}\n", "")
                + """
                Pool {
                  Name = "DatabasePool"
                  Pool Type = Backup
                }
                Schedule {
                  Name = "DailyCycle"
                }
                """;
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
        if (vm != null) {
            vm.close();
        }
    }

    @BeforeEach
    void newHost() throws Exception {
        site.reset();
        host = new BackupHost(hostFolder, site.bacula().baseDir());
        host.know(vm, database.settings());
    }

    @AfterEach
    void nothingIsLocked() throws Exception {
        Await.until("nothing is locked", () -> database.lockSessions() == 0);
    }

    private static String samples() throws IOException {
        try (Stream<Path> files = Files.list(BackupHost.KIT.resolve("jobdefs"))) {
            return files.sorted().map(QuiesceJobTest::read).collect(Collectors.joining());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void configure(String jobDefs) throws IOException {
        Files.writeString(site.bacula().directorFile(), ownConfiguration + jobDefs);
    }

    /** The samples with the scripts where they are here, and one that tells between the two whether the VM is locked. */
    private String samplesThatRun() throws IOException {
        String here = "/usr/bin/env QUIESCE_ETC=" + host.etc() + " " + BackupHost.KIT + "/";
        return samples()
                .replaceAll(
                        "(?s)(JobDefs \\{\n  Name = \"mysql-consistent\".*?\n  }\n)",
                        "$1  RunScript {\n    Command = \"" + SCRIPTS + "mysql-lock.sh status " + BackupHost.UUID
                                + "\"\n    RunsWhen = Before\n    RunsOnClient = Yes\n  }\n")
                .replace(SCRIPTS, here);
    }

    @Test
    void theDirectorAcceptsTheSamples() throws Exception {
        String samples = samples();
        assertThat(samples)
                .contains("Name = \"mysql-consistent\"")
                .contains("Name = \"postgresql-consistent\"")
                .contains("Name = \"command-consistent\"");
        configure(samples);
        site.assertDirectorWouldLoadIt("the samples as they are");
        configure(samples.replaceFirst("RunsOnFailure", "RunsOnFailures"));
        assertThat(site.bacula().checkConfiguration().exitCode())
                .as("the check does find what is wrong in them")
                .isNotZero();
        Stream.of(samples.split("\n"))
                .filter(line -> line.contains(SCRIPTS))
                .map(line -> line.replaceFirst(".*" + SCRIPTS + "(\\S+) .*", "$1"))
                .forEach(script -> assertThat(BackupHost.KIT.resolve(script)).isExecutable());
    }

    /** From the tag of a VM with this name to the job's end. */
    private RealBacula.JobRun backUp(String vmName) throws Exception {
        create(vmName);
        return site.bacula().runJob(Site.PREFIX + vmName);
    }

    private void create(String vmName) throws Exception {
        configure(samplesThatRun());
        site.bacula().reload();
        site.answer("server=" + vmName + " uuid=" + BackupHost.UUID + " tag=mysql-consistent\n");
        site.sync(site.program(), 0);
        assertThat(site.job(vmName)).contains("mysql-consistent").contains(BackupHost.UUID);
    }

    @Test
    void aTaggedVmIsLockedWhileItsJobRuns() throws Exception {
        RealBacula.JobRun run = backUp("db01");
        assertThat(run.transcript())
                .containsSubsequence(
                        "is locked, for 900 seconds at most",
                        "is locked: mysql, by " + Site.PREFIX + "db01.2",
                        "is unlocked; it was locked for");
        assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        assertThat(database.lockSessions()).isZero();
        System.out.println("mysql: a job of the real Bacula: "
                + run.transcript().replaceFirst("(?s).*(it was locked for \\d+ ms).*", "$1"));
    }

    @Test
    void aVmThatCannotBeLockedFailsItsJobAndIsNotBackedUp() throws Exception {
        Map<String, String> settings = database.settings();
        settings.put("DB_PASSWORD", "wrong");
        host.know(vm, settings);

        RealBacula.JobRun run = backUp("db02");
        assertThat(run.transcript())
                .contains("NOT locked")
                .contains("Access denied")
                .contains("nothing to unlock");
        assertThat(run.status()).as(run.transcript()).isNotEqualTo("T");
        assertThat(database.lockSessions()).isZero();
    }

    /** As the README and the samples say: what a generated job names itself, its JobDefs do not decide. */
    @Test
    void theGeneratedJobNamesPoolScheduleStorageAndMessagesItself() throws Exception {
        assertThat(samples()).contains("Pool = \"DatabasePool\"").contains("Schedule = \"DailyCycle\"");
        RealBacula.JobRun run = backUp("db03");
        assertThat(site.job("db03"))
                .containsPattern("\n  Pool +=")
                .containsPattern("\n  Schedule +=")
                .containsPattern("\n  Storage +=")
                .containsPattern("\n  Messages +=");
        assertThat(run.transcript()).contains("Pool:                   \"Default\" (From Job resource)");
    }

    /** A job that copies until it is let go or ended. */
    private int startAndHold(String vmName, VmDisks disks) throws Exception {
        create(vmName);
        disks.putInto(site.vm(vmName).resolve("fileset"), BackupHost.UUID);
        site.bacula().reload();
        disks.fill(BackupHost.UUID, new byte[] {1});
        disks.hold(BackupHost.UUID);
        int jobId = site.bacula().startJob(Site.PREFIX + vmName);
        Site.await(disks.reading(BackupHost.UUID));
        assertThat(database.lockSessions()).isEqualTo(1);
        return jobId;
    }

    @Test
    void aJobThatIsCancelledUnlocksItsVm() throws Exception {
        VmDisks disks = new VmDisks(Files.createDirectories(folder.resolve("disks-to-cancel")));
        int jobId = startAndHold("db04", disks);
        site.bacula().ask("cancel jobid=" + jobId);
        disks.release(BackupHost.UUID);
        RealBacula.JobRun run = site.bacula().await(jobId);
        assertThat(run.status()).as(run.transcript()).isEqualTo("A");
        // The File Daemon runs its scripts when its own side has ended; the Director need not wait for that.
        Await.until("the VM is unlocked", () -> database.lockSessions() == 0);
    }

    @Test
    void aDirectorThatDiesLeavesNothingLocked() throws Exception {
        VmDisks disks = new VmDisks(Files.createDirectories(folder.resolve("disks-without-director")));
        startAndHold("db05", disks);
        site.bacula().director().stop();
        try {
            disks.release(BackupHost.UUID);
            Await.until("the VM is unlocked", () -> database.lockSessions() == 0);
        } finally {
            site.bacula().restartDirector();
        }
    }
}
