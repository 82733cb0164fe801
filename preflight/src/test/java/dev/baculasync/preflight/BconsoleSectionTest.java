package dev.baculasync.preflight;

import static dev.baculasync.preflight.SoundInstallation.mode;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        site.cleanupAfter = Duration.ofDays(90);
        assertThat(find()).contains("OK command list: allowed", "OK command purge: allowed");
    }

    @Test
    void reloadIsOnlyAskedForWhenRunsReload() {
        assertThat(find()).anyMatch(line -> line.startsWith("OK command reload: allowed"));
        site.reload = false;
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
        console("CommandACL = status, .jobs\n Command ACL = RELOAD");
        assertThat(find()).contains("OK command reload: allowed by the CommandACL of Console \"ops\"");
        console("CommandACL = \"*all*\"");
        assertThat(find()).contains("OK command reload: allowed by the CommandACL of Console \"ops\"");
        console("");
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL command reload: the Director refuses it"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CommandACL = status, *all*",
                "CommandACL = status\n CommandACL = *all*",
                "CommandACL = \"status, reload\""
            })
    void allIsAllOnlyAloneAndQuotesMakeOneName(String acl) {
        console(acl);
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL command reload: the Director refuses it"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@%s/consoles.conf",
                "@\"%s/consoles.conf\" # ours",
                "@%s/all.conf",
                "@|\"cat %s/consoles.conf\"",
                "@|\"sh -c 'echo @%s/consoles.conf'\"",
                "Console {\n Name = ops\n @%s/body.conf\n}\n",
            })
    void aConsoleInAFileThatIsIncludedIsFound(String include) {
        site.write("bconsole.conf", "Console { Name = ops; Password = secret; }");
        site.write("all.conf", "Messages { Name = m; }\n@" + folder + "/consoles.conf");
        site.write("bacula-dir.conf", include.formatted(folder) + "\n");
        for (String acl : List.of("status, .jobs", "status, reload")) {
            site.write("consoles.conf", "Console {\n Name = ops\n CommandACL = " + acl + "\n}\n");
            site.write("body.conf", "CommandACL = " + acl + "\n");
            assertThat(find())
                    .anyMatch(line -> line.startsWith(
                            acl.contains("reload")
                                    ? "OK command reload: allowed by the CommandACL of Console \"ops\""
                                    : "FAIL command reload: the Director refuses it"));
        }
    }

    @Test
    void aCommandThatOthersMayChangeIsNotRun() {
        site.write("bconsole.conf", "Console { Name = ops; Password = secret; }");
        site.write("bacula-dir.conf", "@|\"touch " + folder + "/ran\"\n");
        mode(site.directorConf, "rw-rw-r--");
        assertThat(find())
                .anyMatch(
                        line -> line.startsWith("WARN command reload: cannot be told") && line.contains("was not run"));
        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void whoClosesTheFileAsToldCanStillReadIt() {
        mode(site.bconsoleConf, "rw-r--r--");
        String close = "chmod o-rwx " + site.bconsoleConf;
        assertThat(find()).anyMatch(line -> line.startsWith("WARN configuration: ") && line.endsWith(" -> " + close));
        site.user = "bacula";
        assertThat(find())
                .anyMatch(line -> line.startsWith("WARN configuration: ")
                        && line.endsWith(" -> chown bacula " + site.bconsoleConf + " && " + close));
    }

    @Test
    void ofSeveralConsolesBconsoleTakesTheOneOfItsDirector() {
        console("CommandACL = reload");
        site.write(
                "bconsole.conf",
                "Director { Name = dir; }\nConsole { Name = any; }\nConsole { Name = other; Director = far; }\n"
                        + "Console { Name = ops; Director = DIR; }\n");
        assertThat(find()).contains("OK command reload: allowed by the CommandACL of Console \"ops\"");
        site.write("bconsole.conf", "Director { Name = dir; }\nConsole { Name = other; Director = far; }\n");
        assertThat(find())
                .anyMatch(line -> line.startsWith("OK command reload: allowed: ") && line.contains("no Console"));
    }

    @Test
    void aConsoleThatSeesSomeJobsOnlyWouldNotSeeNewOnes() {
        console("CommandACL = *all*\n JobACL = Base, backup-dc1-web");
        assertThat(find())
                .anyMatch(line -> line.startsWith(
                        "FAIL JobACL: Console \"ops\" may see these only: Base, backup-dc1-web: new jobs"))
                .anyMatch(line -> line.startsWith("WARN FileSetACL: Console \"ops\" may see none at all"))
                .anyMatch(line -> line.startsWith("FAIL CatalogACL: Console \"ops\" may use no catalog"));
        console("CommandACL = *all*\n JobACL = *all*\n FileSetACL = *all*\n CatalogACL = MyCatalog");
        assertThat(find())
                .contains("OK JobACL: all jobs, those still to come, too")
                .noneMatch(line -> line.contains("FileSetACL") || line.contains("CatalogACL"));
    }

    @Test
    void everyCommandThatTheAdapterGivesIsLookedAt() {
        site.cleanupAfter = Duration.ofDays(90);
        List<String> found = find();
        for (Command command : Command.values()) {
            assertThat(found.stream().anyMatch(line -> line.startsWith("OK command " + command.word() + ": ")))
                    .as(command.word())
                    .isEqualTo(command.use() != Command.Use.PROBE);
        }
    }

    @Test
    void whatCannotBeReadIsSaidToBeUnknown() throws Exception {
        site.write("bconsole.conf", "Console { Name = ops; Password = secret; }");
        assertThat(find())
                .anyMatch(line -> line.startsWith("WARN command reload: cannot be told without giving it")
                        && line.contains("\"ops\""));
        Files.delete(site.bconsoleConf);
        assertThat(find())
                .anyMatch(line -> line.startsWith("WARN command reload: cannot be told without giving it")
                        && line.contains("is not there"));
    }

    @Test
    void twoDirectorsInOneFileAreOneTooMany() {
        site.write("bconsole.conf", "Director { Name = a; }\nDirector { Name = b; }\n");
        assertThat(find())
                .anyMatch(line -> line.startsWith("FAIL configuration: ") && line.contains("names 2 Directors, a, b"));
    }

    @ParameterizedTest
    @CsvSource({
        "bconsole cannot connect: Director authorization problem., compare name and Password",
        "bconsole cannot connect: Config error: Keyword, mend the file",
        "bconsole cannot connect: Connecting to Director x, look whether the Director runs",
    })
    void whatIsToBeDoneFollowsFromWhatBconsoleSays(String said, String advice) {
        site.console.failure = new ProviderException(Code.UNREACHABLE, said);
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL connection: " + said + " -> " + advice));
    }

    @Test
    void aDirectorThatLetsNobodyInIsOneFault() {
        site.console.failure = new ProviderException(Code.UNREACHABLE, "bconsole cannot connect: bad password");
        assertThat(find())
                .filteredOn(line -> line.startsWith("FAIL"))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("FAIL connection: bconsole cannot connect: bad password"));
    }

    private void console(String acls) {
        site.write("bconsole.conf", "Console { Name = ops; Password = secret; }");
        site.write("bacula-dir.conf", "Console {\n Name = ops\n " + acls + "\n}\n");
    }

    private List<String> find() {
        Installation installation = site.installation();
        return SoundInstallation.find(new BconsoleSection(installation, new KnownDirector(installation)));
    }
}
