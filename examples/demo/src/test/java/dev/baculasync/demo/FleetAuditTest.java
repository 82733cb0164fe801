package dev.baculasync.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit that finds nothing is worth something only if it finds what is wrong. */
class FleetAuditTest {
    private static final OpenStackInstance INSTANCE = FleetScript.INSTANCES.get(0);
    private static final UUID VM = UUID.fromString("014c5892-5efb-4efb-bd60-4e038800475d");

    @TempDir
    private Path temporary;

    private final SimulatedOpenStack cloud = new SimulatedOpenStack();
    private DemoTree tree;
    private SimulatedDirector director;
    private FleetAudit audit;

    @BeforeEach
    void prepare() throws IOException {
        tree = DemoTree.prepare(temporary.resolve("tree"));
        director = new SimulatedDirector(tree.directorConf(), FleetScript.INSTANCES);
        audit = new FleetAudit(cloud, director, 14);
    }

    @Test
    void aLiveVmWithoutAnEnabledJobIsFound() throws IOException {
        cloud.boot(INSTANCE, LiveVm.of("web", VM));
        write("web", "backup-dc1-os1-web", "no");

        audit.checkEvening(1, report());

        assertThat(audit.violations()).containsExactly("day 1: dc1/os1: live VM web has 0 enabled jobs");
    }

    @Test
    void aJobThatOutlivesItsVmIsFound() throws IOException {
        cloud.boot(INSTANCE, LiveVm.of("web", VM));
        write("web", "backup-dc1-os1-web", "yes");
        audit.checkEvening(1, report());
        cloud.remove(INSTANCE, VM);

        audit.checkEvening(16, report());
        assertThat(audit.violations()).isEmpty();
        audit.checkEvening(17, report());

        assertThat(audit.violations())
                .containsExactly("day 17: job backup-dc1-os1-web is enabled, but its VM is gone since day 2");
    }

    @Test
    void aWrongNameAStrayFileAndAMissingIncludeAreFound() throws IOException {
        write("web", "backup-dc1-os1-other", "yes");
        Files.writeString(tree.baseDir().resolve("stray"), "");

        audit.checkTree(tree, FleetScript.INSTANCES);

        assertThat(audit.violations())
                .containsExactlyInAnyOrder(
                        "dc1/os1/web/job holds backup-dc1-os1-other instead of backup-dc1-os1-web",
                        "a file where none belongs: stray",
                        "director.conf does not name exactly the files that are there");
    }

    private void write(String part, String job, String enabled) throws IOException {
        Path folder = Files.createDirectories(tree.baseDir().resolve("dc1/os1").resolve(part));
        Path fileSetFile = Files.writeString(folder.resolve("fileset"), """
                FileSet {
                  Name = "fs-dc1-os1-%s"
                  Plugin = "openstack: proxy_server=x instance=%s"
                }
                """.formatted(part, VM));
        Path jobFile = Files.writeString(folder.resolve("job"), """
                Job {
                  Name = "%s"
                  JobDefs = "DefaultJob"
                  Client = "bacula-dc1-os1-fd"
                  FileSet = "fs-dc1-os1-%s"
                  Storage = "File1"
                  Pool = "Default"
                  Schedule = "WeeklyCycle"
                  Messages = "Standard"
                  Enabled = %s
                }
                """.formatted(job, part, enabled));
        Files.writeString(tree.directorConf(), "@\"" + fileSetFile + "\"\n@\"" + jobFile + "\"\n");
        assertThat(director.reload().detail()).isEmpty();
    }

    private static SyncReport report() {
        return new SyncReport(
                false,
                Instant.EPOCH,
                Instant.EPOCH,
                SyncReport.Reload.DONE,
                null,
                null,
                List.of(),
                null,
                List.of(new InstanceReport(
                        INSTANCE,
                        Discovery.Verdict.INCOMPLETE,
                        "short",
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        null)),
                List.of(),
                List.of());
    }
}
