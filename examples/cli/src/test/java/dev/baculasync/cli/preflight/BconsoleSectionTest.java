package dev.baculasync.cli.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.bconsole.adapter.ConsoleProbe.Command;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BconsoleSectionTest {
    @TempDir
    Path folder;

    private SoundInstallation site;

    @BeforeEach
    void site() {
        site = new SoundInstallation(folder);
    }

    @Test
    void theCommandsOfCleanupAreOnlyAskedForWhenThereIsCleanup() {
        assertThat(find()).noneMatch(line -> line.contains("command list") || line.contains("command purge"));
        site.policy.cleanupAfter(Duration.ofDays(90));
        assertThat(find()).contains("OK command list: allowed", "OK command purge: allowed");
    }

    @Test
    void reloadIsOnlyAskedForWhenRunsReload() {
        assertThat(find()).anyMatch(line -> line.startsWith("OK command reload: allowed"));
        site.environment.remove("RELOAD_AFTER_SYNC");
        assertThat(find()).noneMatch(line -> line.contains("command reload"));
    }

    @Test
    void aDirectorThatHasQueryAndRefusesItHasAnAclInTheWay() {
        site.console.refused.add(Command.QUERY);
        assertThat(find())
                .anyMatch(line ->
                        line.startsWith("FAIL command .query") && line.contains("add .query to the CommandACL"));
    }

    @Test
    void whatANamedConsoleMayDoIsReadFromTheDirectorsFile() {
        site.write("bconsole.conf", "Console { Name = ops; Password = secret; }");
        site.write(
                "bacula-dir.conf", "Console {\n Name = ops\n CommandACL = status, .jobs\n Command ACL = RELOAD\n}\n");
        assertThat(find()).contains("OK command reload: allowed by the CommandACL of Console \"ops\"");
        site.write("bacula-dir.conf", "Console {\n Name = ops\n CommandACL = \"*all*\"\n}\n");
        assertThat(find()).contains("OK command reload: allowed by the CommandACL of Console \"ops\"");
        site.write("bacula-dir.conf", "Console {\n Name = ops\n}\n");
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL command reload: the Director refuses it"));
    }

    @Test
    void whatCannotBeReadIsSaidToBeUnknown() throws Exception {
        site.write("bconsole.conf", "Console { Name = ops; Password = secret; }");
        assertThat(find())
                .anyMatch(line -> line.startsWith("WARN command reload: cannot be told without reloading")
                        && line.contains("\"ops\""));
        Files.delete(site.bconsoleConf);
        assertThat(find()).anyMatch(line -> line.startsWith("WARN command reload: cannot be told without reloading"));
    }

    @Test
    void aDirectorThatLetsNobodyInIsOneFault() {
        site.console.failure = new ProviderException(Code.UNREACHABLE, "bconsole cannot connect: bad password");
        assertThat(find())
                .filteredOn(line -> line.startsWith("FAIL"))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("FAIL connection: bconsole cannot connect: bad password"));
    }

    private List<String> find() {
        Installation installation = site.installation();
        return SoundInstallation.find(new BconsoleSection(installation, new KnownDirector(installation)));
    }
}
