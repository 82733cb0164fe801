package dev.baculasync.cli.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.StoreProblem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@|sh -c 'find %s -type f \\( -name job -o -name fileset \\) -print0 | xargs -0 -I{} echo @{}'",
                "@|\"sh -c 'find %s -type f | xargs -I{} echo @{}'\"",
                "@|\"sh -c 'for f in %s/*/*/*/*; do echo @$f; done'\"",
                "@|\"find %s -type f -exec echo @{} \\\\;\"",
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
        site.write("bacula-dir.conf", "@|\"find " + site.baseDir + " -type f -printf @%p\\\\n\"\n");
        assertThat(include())
                .singleElement()
                .asString()
                .startsWith("WARN")
                .contains("gone without a word")
                .doesNotContain("71 s");
    }

    @Test
    void bothWaysAtOnceDefineEveryJobTwice() {
        site.write("bacula-dir.conf", line + "\n@|\"find " + site.baseDir + " -type f\"\n");
        assertThat(include()).anyMatch(found -> found.startsWith("FAIL") && found.contains("defined twice"));
    }

    @Test
    void noLineAtAllIsAFailAndAnUnknownCommandADoubt() {
        site.write("bacula-dir.conf", "Director {\n}\n#" + line + "\n");
        assertThat(include())
                .singleElement()
                .asString()
                .startsWith("FAIL")
                .endsWith("touch that file first if it is not there");
        site.write("bacula-dir.conf", "@|\"/usr/local/bin/generate-jobs\"\n");
        assertThat(include()).singleElement().asString().startsWith("WARN").contains("generate-jobs");
        site.write("bacula-dir.conf", "@/nowhere/jobs.conf\n");
        assertThat(include()).singleElement().asString().startsWith("WARN").contains("/nowhere/jobs.conf");
    }

    @Test
    void aLineThatNamesAFileThatIsNotThereKeepsTheDirectorFromStarting() throws Exception {
        Files.delete(site.baseDir.resolve("director.conf"));
        assertThat(include()).singleElement().asString().startsWith("FAIL").contains("cannot start");
    }

    @Test
    void theFileIsTheOneThatTheCheckNames() {
        Path other = site.write("elsewhere/dir.conf", "Director {\n}\n");
        site.environment.put("DIRECTOR_CHECK", "/usr/sbin/bacula-dir -t -c '" + other + "'");
        assertThat(include()).singleElement().asString().startsWith("FAIL").contains(other.toString());
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
        assertThat(file.includes()).containsExactly("\"/etc/a b.conf\" # why");
        assertThat(IncludeLines.file(file.includes().get(0))).contains(Path.of("/etc/a b.conf"));
        assertThat(Set.of("|\"ls\"", "relative", ""))
                .allMatch(include -> IncludeLines.file(include).isEmpty());
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
