package dev.baculasync.cli.preflight;

import static dev.baculasync.cli.preflight.SoundInstallation.FIRST;
import static dev.baculasync.cli.preflight.SoundInstallation.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
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
                .anyMatch(line -> line.startsWith("WARN fd2: 1 records contradict themselves: two names"));
    }

    @Test
    void aNameInAnotherCaseIsPointedOut() {
        site.policy.jobDefs("defaultjob");
        assertThat(resources())
                .anyMatch(line -> line.startsWith("FAIL JobDefs defaultjob: ")
                        && line.contains("\"DefaultJob\" does, and case counts"));
    }

    @Test
    void anInstancesOwnJobDefsAreLookedUp() {
        site.write("clients.conf", "dc1 os1 fd1 proxy1 backup-dc1- LinuxVMJob\n");
        assertThat(resources())
                .anyMatch(line -> line.startsWith("FAIL JobDefs LinuxVMJob: ") && line.contains("clients.conf"));
        site.director.jobDefs(Set.of("DefaultJob", "LinuxVMJob"));
        assertThat(resources()).contains("OK JobDefs LinuxVMJob: there");
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
