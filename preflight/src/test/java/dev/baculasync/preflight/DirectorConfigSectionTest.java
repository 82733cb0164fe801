package dev.baculasync.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.preflight.config.BaculaFile;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.testkit.InMemoryDirector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectorConfigSectionTest {
    @TempDir
    Path folder;

    private SoundInstallation site;
    private String line;

    @BeforeEach
    void site() {
        site = new SoundInstallation(folder);
        line = "@\"" + site.baseDir.resolve("director.conf") + "\"";
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "  %s  ", "@%s/director.conf", "Director {\n}\n# @|\"find %2$s\"\n%s\n"})
    void theOneFileIsTheRightWay(String text) {
        site.write(
                "bacula-dir.conf",
                text.replace("@%s/", "@" + site.baseDir + "/").formatted(line, site.baseDir));
        assertThat(include()).singleElement().asString().startsWith("OK");
    }

    @Test
    void aLineThatLeadsThereByALinkIsTheSame() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), site.baseDir);
        site.write("bacula-dir.conf", "@\"" + link.resolve("director.conf") + "\"\n");
        assertThat(include()).singleElement().asString().startsWith("OK");
    }

    @Test
    void aLineInAnIncludedFileCounts() {
        site.write("more/openstack.conf", line + "\n");
        site.write("bacula-dir.conf", "@" + folder.resolve("more/openstack.conf") + "\n");
        assertThat(include()).singleElement().asString().startsWith("OK");
    }

    @Test
    void passwordsThatAnybodyMayReadAreTold() {
        SoundInstallation.mode(folder, "rwxr-xr-x");
        Path consoles = site.write("consoles.conf", "Console {\n  Name = ops\n  Password = \"secret\"\n}\n");
        Path pools = site.write("pools.conf", "Pool {\n  Name = Default\n  # Password = \"none\"\n}\n");
        site.write("bacula-dir.conf", line + "\n@" + consoles + "\n@" + pools + "\n");
        for (Path file : List.of(consoles, pools, site.directorConf)) {
            SoundInstallation.mode(file, "rw-r--r--");
        }
        assertThat(passwords())
                .singleElement()
                .isEqualTo(
                        "WARN passwords: " + consoles + " has mode 644: anybody may read the passwords in it -> chgrp "
                                + site.user + " " + consoles + " && chmod 640 " + consoles);

        site.write("bacula-dir.conf", line + "\n@" + consoles + "\nCatalog {\n Name = c\n dbpassword = secret\n}\n");
        assertThat(passwords()).hasSize(2).anyMatch(found -> found.contains(site.directorConf + " has mode 644"));

        SoundInstallation.mode(consoles, "rw-r-----");
        SoundInstallation.mode(site.directorConf, "rw-r-----");
        assertThat(passwords()).isEmpty();
    }

    @Test
    void passwordsInAClosedDirectoryAreNothingToTell() {
        SoundInstallation.mode(folder, "rwxr-x---");
        site.write("bacula-dir.conf", line + "\nConsole {\n Name = ops\n Password = secret\n}\n");
        SoundInstallation.mode(site.directorConf, "rw-r--r--");
        assertThat(passwords()).isEmpty();
        SoundInstallation.mode(folder, "rwxr-xr-x");
        assertThat(passwords()).hasSize(1);
    }

    @Test
    void whatAFindLineLoadsAndTheListWouldNotIsToldBeforeTheLineIsReplaced() {
        site.stored("web");
        List<Path> ours = List.of(
                site.write("openstack/dc1/os1/web/job", "Job { Name = backup-dc1-web; }\n"),
                site.write("openstack/dc1/os1/web/fileset", "FileSet { Name = web; }\n"));
        Path job = site.write("openstack/dc1/os1/manual/job", "Job { Name = nightly; }\n");
        Path fileSet = site.write("openstack/dc1/os1/manual/fileset", "FileSet { Name = nightly; }\n");
        Path deep = site.write("openstack/dc1/os1/web/old/job", "Job { Name = old; }\n");
        Path top = site.write("openstack/job", "Job { Name = top; }\n");
        String find = "@|\"find " + site.baseDir + " -type f ( -name job -o -name fileset ) -printf @%p\\\\n\"";
        site.write("bacula-dir.conf", find + "\n");
        assertThat(unlisted())
                .singleElement()
                .asString()
                .startsWith("WARN files on no list: 4 files called job or fileset are not on director.conf's list")
                .contains(fileSet + ", " + job + ", " + deep + " and 1 more; @|\"find")
                .contains("before you replace that line", "@\"" + fileSet + "\"")
                .doesNotContain(ours.get(0).toString());

        site.write("bacula-dir.conf", line + "\n@\"" + job + "\"\n@\"" + fileSet + "\"\n");
        assertThat(unlisted())
                .singleElement()
                .asString()
                .contains(
                        "2 files",
                        deep + ", " + top + "; the Director does not load them -> if a file is to be loaded");

        site.write("bacula-dir.conf", line + "\n@|\"cat /nowhere/more\"\n@\"" + job + "\"\n@\"" + fileSet + "\"\n");
        site.write("openstack/director.conf", "@\"" + deep + "\"\n@\"" + top + "\"\n");
        assertThat(unlisted()).isEmpty();
    }

    private List<String> unlisted() {
        Installation installation = site.installation();
        return SoundInstallation.find(new DirectorConfigSection(installation, new KnownDirector(installation))).stream()
                .filter(found -> found.contains(" files on no list: "))
                .toList();
    }

    private List<String> passwords() {
        Installation installation = site.installation();
        return SoundInstallation.find(new DirectorConfigSection(installation, new KnownDirector(installation))).stream()
                .filter(found -> found.contains(" passwords: "))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@|sh -c 'find %s -type f \\( -name job -o -name fileset \\) -print0 | xargs -0 -I{} echo @{}'",
                "@|\"sh -c 'find %s \\\\( -name job -o -name fileset \\\\) | xargs -I{} echo @{}'\"",
                "@|\"sh -c 'for f in $(find %s -name job -o -name fileset); do echo @$f; done'\"",
                "@|\"find %s ( -name job -o -name fileset ) -exec echo @{} ;\"",
            })
    void aProcessForEachFileIsSlow(String command) {
        site.write("bacula-dir.conf", command.formatted(site.baseDir));
        assertThat(include())
                .singleElement()
                .asString()
                .startsWith("WARN")
                .contains("71 s for 10,000 jobs")
                .endsWith("replace it by the line " + line);
    }

    @Test
    void anyOtherCommandMayFailWithoutAWord() {
        site.write(
                "bacula-dir.conf", "@|\"find " + site.baseDir + " ( -name job -o -name fileset ) -printf @%p\\\\n\"\n");
        assertThat(include())
                .singleElement()
                .asString()
                .startsWith("WARN")
                .contains("gone without a word")
                .doesNotContain("71 s");
    }

    @Test
    void aFindLineThatFindsTheListTooDefinesEveryJobTwice() {
        site.write("bacula-dir.conf", "@|\"find " + folder + " -name director.conf -printf @%p\\\\n\"\n");
        assertThat(include()).singleElement().asString().startsWith("OK");
        site.write("bacula-dir.conf", "@|\"find " + site.baseDir + " -name d*.conf -printf @%p\\\\n\"\n");
        assertThat(include()).anyMatch(found -> found.startsWith("FAIL") && found.contains("names director.conf, too"));
    }

    @Test
    void bothWaysAtOnceDefineEveryJobTwice() {
        site.write("bacula-dir.conf", line + "\n@|\"find " + site.baseDir + " -type f -name job\"\n");
        assertThat(include()).anyMatch(found -> found.startsWith("FAIL") && found.contains("defined twice"));
    }

    @Test
    void aFileThatTwoLinesLeadToIsDefinedTwiceWhateverTheyLookLike() throws Exception {
        Files.createSymbolicLink(folder.resolve("link"), folder);
        site.write("openstack/dc1/os1/web/job", "");
        site.write("openstack/director.conf", "@\"" + site.baseDir + "/dc1/os1/web/job\"\n");
        site.write("pool.conf", "Pool { Name = p; }\n");
        site.write("acl.conf", "CommandACL = *all*\n");
        site.write(
                "bacula-dir.conf",
                line + "\n@|\"find " + folder + "/link/openstack -name job -printf @%p\\\\n\"\n@" + folder
                        + "/pool.conf @" + folder + "/link/pool.conf\n"
                        + "Console {\n Name = a\n @" + folder + "/acl.conf\n}\nConsole {\n Name = b\n @" + folder
                        + "/acl.conf\n}\n");
        assertThat(include())
                .anyMatch(found -> found.startsWith("FAIL include line: " + site.baseDir
                        + "/dc1/os1/web/job is included" + " twice, by the output of @|\"find "))
                .anyMatch(found -> found.startsWith("FAIL include line: " + folder + "/pool.conf is included twice, by "
                        + folder + "/bacula-dir.conf and by " + folder + "/bacula-dir.conf"))
                .noneMatch(found -> found.contains("acl.conf is included twice"));
    }

    @Test
    void aCommandThatListsTheListOnlyIsTheRightWayToo() {
        site.write("bacula-dir.conf", "@|\"sh -c 'echo " + line.replace("\"", "") + "'\"\n");
        assertThat(include()).singleElement().asString().startsWith("OK");
    }

    @Test
    void noLineAtAllIsAFailAndWhatCannotBeSeenADoubt() {
        site.write("bacula-dir.conf", "Director {\n}\n#" + line + "\n");
        assertThat(include())
                .singleElement()
                .asString()
                .startsWith("FAIL")
                .endsWith("touch that file first if it is not there");
        site.write("bacula-dir.conf", "@|\"/bin/echo # no jobs here\"\n");
        assertThat(include()).singleElement().asString().startsWith("FAIL include line: no line of ");
        site.write("bacula-dir.conf", "@conf.d/jobs.conf\n");
        assertThat(include()).singleElement().asString().startsWith("WARN").contains("conf.d/jobs.conf", "is relative");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "@/nowhere/jobs.conf;                 is not there: the Director cannot start",
                "@%s;                                 leads to a directory",
                "@|\"/nowhere/generate-jobs --all\";  cannot be started",
                "@|\"sh -c 'exit 3'\";                ends with exit status 3 and prints nothing",
                "@|\"ls /nowhere-at-all\";            ends with exit status",
            })
    void anIncludeThatGivesNothingOrRubbishIsTold(String text, String fault) {
        site.write("bacula-dir.conf", line + "\n" + text.formatted(site.baseDir) + "\n");
        assertThat(include())
                .hasSize(2)
                .anyMatch(found -> found.startsWith("FAIL include line: " + text.formatted(site.baseDir))
                        && found.contains(fault));
    }

    @Test
    void aFindLineThatFindsNoneOfTheJobsIsTold() {
        site.stored("web");
        site.write("bacula-dir.conf", "@|\"find " + site.baseDir + " -name jobs -o -name filesets\"\n");
        assertThat(include())
                .anyMatch(found -> found.startsWith("FAIL")
                        && found.contains("job and fileset of 0 of the 1 jobs below BASE_DIR"));
        // An operator's own job beside ours is none of them.
        site.write("openstack/own/job", "Job {\n  Name = own\n}\n");
        site.write("openstack/own/fileset", "FileSet {\n  Name = own\n}\n");
        site.write("bacula-dir.conf", find("own"));
        assertThat(include()).anyMatch(found -> found.contains("job and fileset of 0 of the 1 jobs below BASE_DIR"));
    }

    @Test
    void severalFindLinesMayEachFindAPart() {
        site.stored("web").stored("db");
        for (String vm : List.of("web", "db")) {
            site.write("openstack/dc1/os1/" + vm + "/job", "");
            site.write("openstack/dc1/os1/" + vm + "/fileset", "");
        }
        site.write("bacula-dir.conf", find("dc1/os1/web"));
        assertThat(include()).anyMatch(found -> found.startsWith("FAIL") && found.contains("of 1 of the 2 jobs"));
        site.write("bacula-dir.conf", find("dc1/os1/web") + find("dc1/os1/db"));
        assertThat(include()).hasSize(2).allMatch(found -> found.startsWith("WARN"));
    }

    private String find(String below) {
        return "@|\"find " + site.baseDir + "/" + below + " ( -name job -o -name fileset ) -printf @%p\\\\n\"\n";
    }

    @Test
    void aFindLineThatForgetsTheFileSetsIsTold() {
        site.write("bacula-dir.conf", "@|\"find " + site.baseDir + " -name job -printf @%p\\\\n\"\n");
        assertThat(include()).anyMatch(found -> found.startsWith("FAIL") && found.contains("names no fileset"));
    }

    @Test
    void theListIncludedTwiceIsToldWhileItIsStillEmpty() {
        site.write("bacula-dir.conf", line + "\n" + line + "\n");
        assertThat(include()).anyMatch(found -> found.startsWith("FAIL") && found.contains("is included twice"));
    }

    @Test
    void whatACommandSaysOfItsFailureDoesNotHideTheNextLine() {
        for (String command : List.of("/usr/local/bin/gen-jobs", "ls /nowhere")) {
            site.write("bacula-dir.conf", "@|\"" + command + "\"\n" + line + "\n");
            assertThat(include()).anyMatch(found -> found.startsWith("OK include line: " + line));
        }
    }

    @Test
    void whatTheCheckSaysTwiceIsToldOnce() {
        site.director.checksEnd(() -> new ConfigCheck(
                ConfigCheck.Kind.REFUSED, "bacula-dir: ERROR; line 7; 22-Nov 08:46 bacula-dir: ERROR; line 7"));
        assertThat(find())
                .anyMatch(
                        found -> found.startsWith(
                                "FAIL DIRECTOR_CHECK: the configuration on disk is refused: bacula-dir: ERROR; line 7 -> mend"));
    }

    @Test
    void anIncludeThatIncludesItselfIsToldOnce() {
        site.write("loop.conf", "@" + folder + "/loop.conf\n");
        site.write("bacula-dir.conf", line + "\n@" + folder + "/loop.conf\n");
        assertThat(include()).anyMatch(found -> found.startsWith("FAIL") && found.contains("and by itself"));
    }

    @Test
    void aLineThatNamesAFileThatIsNotThereKeepsTheDirectorFromStarting() throws Exception {
        Files.delete(site.baseDir.resolve("director.conf"));
        assertThat(include()).singleElement().asString().startsWith("FAIL").contains("cannot start", "touch it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/usr/sbin/bacula-dir -t -c /etc/x.conf", "bacula-dir -tc /etc/x.conf", "/usr/local/bin/check"})
    void anyOtherCheckIsRun(String command) {
        site.environment.put("DIRECTOR_CHECK", command);
        assertThat(find()).contains("OK DIRECTOR_CHECK: the configuration on disk is accepted");
    }

    @Test
    void theFileIsTheOneThatTheCheckNames() {
        Path other = site.write("elsewhere/dir.conf", "Director {\n}\n");
        site.environment.put("DIRECTOR_CHECK", "/usr/sbin/bacula-dir -t -c '" + other + "'");
        assertThat(include()).singleElement().asString().startsWith("FAIL").contains(other.toString());
    }

    @Test
    void theFileIsTheOneThatTheDirectorWasStartedWithAndTheCheckIsToNameIt() {
        Path other = site.write("elsewhere/dir.conf", "Director {\n}\n");
        site.daemons = program -> Optional.of(new Daemons.Daemon(site.user, SoundInstallation.NOW, Optional.of(other)));
        assertThat(include()).singleElement().asString().startsWith("FAIL").contains(other.toString());
        site.environment.put("DIRECTOR_CHECK", "/usr/sbin/bacula-dir -t -c " + site.directorConf);
        assertThat(find())
                .anyMatch(found -> found.startsWith("FAIL DIRECTOR_CHECK: it checks " + site.directorConf
                        + ", but the Director of this host was started with " + other));
    }

    @Test
    void withoutACheckNothingGuardsAReload() {
        site.director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.NOT_SET_UP, ""));
        assertThat(find()).anyMatch(found -> found.startsWith("WARN DIRECTOR_CHECK: unset"));
    }

    @Test
    void jobsOnDiskAndInTheDirectorAreCompared() {
        site.stored("web").stored("db");
        assertThat(site.director.reload().kind()).isEqualTo(ReloadResult.Kind.DONE);
        assertThat(find()).contains("OK loaded jobs: the Director has all 2 jobs that are on disk");
        site.store.remove(SoundInstallation.FIRST, "db");
        site.stored("new");
        assertThat(find())
                .anyMatch(found ->
                        found.startsWith("WARN loaded jobs: 1 of 2 jobs on disk are not loaded: backup-dc1-new"))
                .anyMatch(found -> found.startsWith(
                        "WARN loaded jobs: 1 loaded jobs of these prefixes have no file: backup-dc1-db"));
    }

    @Test
    void aJobThatOthersDefineIsNotGoneAtTheNextReload() {
        site.stored("web");
        String own = "Job {\n  Name = \"backup-dc1-%s\"\n  JobDefs = d\n}\n";
        site.write("openstack/director.conf", "@\"" + site.baseDir + "/dc1/os1/odd/job\"\n");
        site.write("openstack/dc1/os1/odd/job", own.formatted("odd"));
        Path more = site.write("more.conf", own.formatted("more"));
        site.write("bacula-dir.conf", own.formatted("server") + "@" + more + "\n" + line + "\n");
        InMemoryDirector loaded = new InMemoryDirector(() ->
                Set.of("backup-dc1-web", "backup-dc1-odd", "backup-dc1-more", "backup-dc1-server", "backup-dc1-old"));
        assertThat(loaded.reload().kind()).isEqualTo(ReloadResult.Kind.DONE);
        site.director = loaded;
        assertThat(find())
                .contains("WARN loaded jobs: 1 loaded jobs of these prefixes have no file: backup-dc1-old -> look where"
                        + " they are defined: without a file they are gone at the next reload");
        site.write("bacula-dir.conf", own.formatted("server") + "@more.conf\n" + line + "\n");
        assertThat(find())
                .anyMatch(
                        found -> found.startsWith("WARN loaded jobs: 2 loaded jobs of these prefixes have no file that"
                                        + " can be seen (@more.conf in ")
                                && found.contains("backup-dc1-more, backup-dc1-old"));
    }

    @Test
    void jobFilesThatCannotBeReadAreTold() {
        site.store.put(
                SoundInstallation.FIRST,
                new StoreProblem(StoreProblem.Kind.UNREADABLE, "odd", null, "/base/odd/job: has two #@uuid: lines"));
        assertThat(find()).anyMatch(found -> found.startsWith("WARN job files: 1 cannot be read: /base/odd/job"));
    }

    @Test
    void directivesAreReadAsBaculaReadsThem() {
        BaculaFile file = BaculaFile.parse("""
                # Console { Name = no }
                Console
                {
                  Na me = "one # not a comment"; CommandACL = a, b # c
                  command acl = "d"
                  RunScript { CommandACL = nested }
                }
                Console { Name = two; CommandACL = *all* }
                DedupIndexDirectory = /var/lib/index
                @"/etc/a b.conf" # why
                """);
        assertThat(file.names("console")).containsExactly("one # not a comment", "two");
        assertThat(file.values("Console", "two", "CommandACL")).contains(List.of("*all*"));
        assertThat(file.values("Console", "one # not a comment", "CommandACL").orElseThrow())
                .startsWith("a", "b", "d");
        assertThat(file.values("Console", "three", "CommandACL")).isEmpty();
        assertThat(file.value("dedup index directory")).contains("/var/lib/index");
    }

    private List<String> include() {
        return find().stream()
                .filter(found -> found.contains(" include line: "))
                .toList();
    }

    private List<String> find() {
        Installation installation = site.installation();
        return SoundInstallation.find(new DirectorConfigSection(installation, new KnownDirector(installation)));
    }
}
