package dev.baculasync.preflight;

import static dev.baculasync.preflight.SoundInstallation.FIRST;
import static dev.baculasync.preflight.SoundInstallation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sections that have little to say: Binary, clients.conf, .query, Director resources. */
class SmallSectionsTest {
    @TempDir
    Path folder;

    private SoundInstallation site;

    @BeforeEach
    void site() {
        site = new SoundInstallation(folder);
    }

    @Test
    void aLinkOnThePathIsTheProgramItself() throws Exception {
        Path link = Files.createDirectory(folder.resolve("links")).resolve("bacula-openstack-sync");
        Files.createSymbolicLink(link, folder.resolve("bin/bacula-openstack-sync"));
        site.environment.put("PATH", "relative::/nowhere:" + link.getParent());
        assertThat(SoundInstallation.find(new BinarySection(site.installation())))
                .contains("OK PATH: " + link);
        site.environment.remove("PATH");
        assertThat(SoundInstallation.find(new BinarySection(site.installation())))
                .anyMatch(line -> line.startsWith("WARN PATH: no bacula-openstack-sync is on PATH"));
    }

    @Test
    void aGoodLineIsCheckedBesideABadOne() {
        site.write("clients.conf", "dc1 os1 fd1 proxy1 backup-dc1-\nshort\n");
        assertThat(SoundInstallation.find(new ClientsConfSection(site.installation())))
                .anyMatch(line -> line.startsWith("FAIL line 2: "))
                .anyMatch(line -> line.startsWith("OK instances: 1 in "));
        assertThat(query()).containsExactly("OK fd1: 1 VM");
    }

    @Test
    void aClientThatThrowsDoesNotKeepTheOthersFromBeingAsked() {
        LiveVm vm = LiveVm.of("db", UUID.randomUUID());
        site.inventory.answer(
                SECOND,
                Discovery.complete(
                        List.of(vm, LiveVm.of("web", UUID.randomUUID())),
                        List.of(new DoubtfulVm("two names", "odd", Set.of()))));
        site.askedInventory = instance -> {
            if (instance.equals(FIRST)) {
                throw new ProviderException(Code.IO, "the pipe broke");
            }
            return site.inventory.discover(instance);
        };
        assertThat(query())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("FAIL fd1: the pipe broke"))
                .anyMatch(line -> line.equals("OK fd2: 2 VMs"))
                .anyMatch(line -> line.startsWith("WARN fd2: a record contradicts itself: two names"));
    }

    @Test
    void aNameInAnotherCaseIsPointedOut() {
        site.jobDefs = "defaultjob";
        assertThat(resources())
                .anyMatch(line -> line.startsWith("FAIL JobDefs defaultjob: ")
                        && line.contains("\"DefaultJob\" is there, and case counts"));
    }

    @Test
    void anInstancesOwnJobDefsAreLookedUp() {
        site.write("clients.conf", "dc1 os1 fd1 proxy1 backup-dc1- LinuxVMJob\n");
        assertThat(resources())
                .anyMatch(line -> line.startsWith("FAIL JobDefs LinuxVMJob: ") && line.contains("clients.conf"));
        site.director.jobDefs(Set.of("DefaultJob", "LinuxVMJob"));
        assertThat(resources()).contains("OK JobDefs LinuxVMJob: there");
    }

    @Test
    void jobDefsThatAreForSomethingElseAreAFail() {
        site.write("clients.conf", "dc1 os1 fd1 proxy1 backup-dc1- Typeless\n");
        site.jobDefsAllowed = Set.of("DefaultJob", "Restores");
        site.director.jobDefs(Set.of("DefaultJob", "Typeless", "Restores"));
        assertThat(resources()).contains("OK JobDefs Typeless: there", "OK JobDefs Restores: there");
        site.director.otherJobDefs(Set.of("Typeless", "Restores"));
        assertThat(resources())
                .anyMatch(line ->
                        line.startsWith("FAIL JobDefs Typeless: JobDefs \"Typeless\" has no Type, or another one")
                                && line.contains("or correct the jobdefs of dc1/os1 in clients.conf"))
                .anyMatch(line -> line.startsWith("WARN JobDefs Restores: JobDefs \"Restores\" has no Type"));
    }

    @Test
    void whatJobDefsSayInVainIsTold() {
        site.write("bacula-dir.conf", """
                JobDefs {
                  Name = DefaultJob
                  Type = Backup
                  Pool = DatabasePool
                  Schedule = "DailyCycle"
                  Storage = File1
                  Priority = 8
                }
                """);
        assertThat(resources())
                .contains("OK JobDefs DefaultJob: there")
                .anyMatch(line ->
                        line.startsWith("WARN JobDefs DefaultJob: it names what never takes effect, because generated"
                                + " jobs say it themselves: Pool DatabasePool (jobs say Default), Schedule DailyCycle (jobs say"
                                + " WeeklyCycle) -> "));
    }

    @Test
    void aResourceThatIsOnDiskAndNotLoadedNeedsAReloadOrAnAcl() {
        site.pool = "New";
        site.write("bacula-dir.conf", "Pool {\n Name = New\n Pool Type = Backup\n}\n");
        assertThat(resources())
                .anyMatch(line ->
                        line.startsWith("FAIL Pool New: Pool \"New\" is in the Director's files, but not loaded or")
                                && line.contains("reload the Director")
                                && !line.contains("PoolACL"));
        site.write("bconsole.conf", "Console { Name = ops; }\n");
        assertThat(resources())
                .anyMatch(line -> line.startsWith("FAIL Pool New: ") && line.contains("whether PoolACL of Console"));
    }

    @Test
    void aDirectorThatCannotBeAskedHidesNoNameThatItsFilesLack() {
        site.console.failure = new ProviderException(Code.UNREACHABLE, "the passwords do not agree");
        site.storage = "Changer";
        site.pool = "default";
        site.schedule = "Nightly";
        String director = """
                JobDefs { Name = DefaultJob; Type = Backup; }
                Autochanger { Name = Changer; }
                Pool { Name = Default; }
                Schedule { Name = Nightly; }
                Messages { Name = Standard; }
                Client { Name = fd1; }
                """;
        site.write("bacula-dir.conf", director);
        assertThat(resources())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("FAIL names: not checked"))
                .anyMatch(line -> line.startsWith("FAIL Pool default: Pool \"default\" does not exist in "
                                + site.directorConf + " and what it includes (\"Default\" is there, and case counts)")
                        && line.endsWith(", or correct POOL"))
                .anyMatch(line -> line.startsWith("FAIL Client fd2: "))
                .anyMatch(line -> line.startsWith("WARN Schedule Nightly: it has no Run line"));

        site.write("bacula-dir.conf", director + "@more.conf\n");
        assertThat(resources()).as("the rest may stand where nobody can look").hasSize(1);
    }

    @Test
    void whatIsThereAndLetsNoBackupHappenIsTold() {
        site.write("bacula-dir.conf", """
                Pool { Name = Default; Pool Type = Scratch; }
                Schedule { Name = WeeklyCycle; }
                Client { Name = fd2; Enabled = No; }
                Storage { Name = File1; Enabled = yes; }
                """);
        assertThat(resources())
                .anyMatch(line -> line.startsWith("FAIL Pool Default: it is for something else"))
                .anyMatch(line -> line.startsWith("WARN Schedule WeeklyCycle: it has no Run line"))
                .anyMatch(line -> line.startsWith("WARN Client fd2: it is switched off"))
                .noneMatch(line -> line.startsWith("WARN Storage"));
    }

    @Test
    void aStorageOnLocalhostIsElsewhereForAClientThatIsElsewhere() {
        String director = "Storage { Name = File1; Address = localhost; }\nClient { Name = fd1; Address = %s; }\n";
        site.write("bacula-dir.conf", director.formatted("127.0.0.1"));
        assertThat(resources()).noneMatch(line -> line.contains("its Address"));
        site.write("bacula-dir.conf", director.formatted("proxy1.example"));
        assertThat(resources())
                .anyMatch(line -> line.startsWith("WARN Storage File1: its Address is localhost, and fd1 would look"));
    }

    @Test
    void aPathThatIsRelativeLeadsElsewhereAtNight() {
        site.environment.remove("CLIENTS_CONF");
        site.environment.put("BASE_DIR", "openstack");
        site.environment.put("BCONSOLE", "bconsole");
        site.environment.put("BCONSOLE_CONF", "/etc/bacula/bconsole.conf");
        site.environment.put("B_CONSOLE", "bin/bconsole");
        assertThat(SoundInstallation.find(new RuntimeSection(site.installation())))
                .anyMatch(line -> line.startsWith("WARN B_CONSOLE: \"bin/bconsole\" is relative"))
                .anyMatch(line -> line.startsWith("WARN CLIENTS_CONF: \"./clients.conf\" is relative"))
                .anyMatch(line -> line.startsWith("WARN BASE_DIR: \"openstack\" is relative"))
                .noneMatch(line -> line.contains("BCONSOLE") || line.contains("PGPASSFILE"));
    }

    @Test
    void limitsThatLimitNothingAreTold() {
        site.grace = Duration.ZERO;
        site.maxDisablePercent = 100;
        assertThat(SoundInstallation.find(new RuntimeSection(site.installation())))
                .anyMatch(line -> line.startsWith("WARN GRACE_DAYS: 0: the first run"))
                .anyMatch(line -> line.startsWith("WARN MAX_DISABLE_PERCENT: 100: one run"));
    }

    private List<String> query() {
        Installation installation = site.installation();
        return SoundInstallation.find(new QuerySection(installation, new KnownDirector(installation)));
    }

    private List<String> resources() {
        Installation installation = site.installation();
        return SoundInstallation.find(new ResourcesSection(installation, new KnownDirector(installation)));
    }
}
