package dev.baculasync.preflight;

import static dev.baculasync.preflight.SoundInstallation.NOW;
import static dev.baculasync.preflight.SoundInstallation.mode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.bconsole.adapter.ConsoleProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DedupSectionTest {
    @TempDir
    Path folder;

    private SoundInstallation site;

    @BeforeEach
    void site() {
        site = new SoundInstallation(folder);
        site.dedup = "sha256";
    }

    @ParameterizedTest
    @CsvSource({
        "dir Version: 9.6.7 (10 December 2020) x86_64-pc-linux-gnu,                          sha256,    FAIL",
        "dir Version: 9.6.7 (10 December 2020) x86_64-pc-linux-gnu,                          Storage,   FAIL",
        "dir Version: 15.0.2 (21 March 2024) x86_64-pc-linux-gnu,                            sha256,    FAIL",
        "dir Version: 13.0.4 (12 February 2024) x86_64-pc-linux-gnu,                         bothsides, OK",
        "dir Version: 15.0.2 (21 March 2024) x86_64-redhat-linux-gnu-bacula-enterprise rhel, sha256,    OK",
        "dir Version: 16.0.4 (12 February 2023),                                             sha256,    OK",
        "dir says nothing of it,                                                             sha256,    WARN",
    })
    void whatTheDirectorsVersionTakesDecides(String director, String algorithm, String status) {
        site.console.director = director;
        site.dedup = algorithm;
        assertThat(find()).first().asString().startsWith(status + " DEDUP_ALGO: ");
    }

    @Test
    void withoutDeduplicationThereIsNoChecklist() {
        site.dedup = null;
        assertThat(find()).containsExactly("OK DEDUP_ALGO: none: FileSets say nothing of deduplication");
    }

    @Test
    void anIndexDirectoryHasItsOwnerAndItsMode() throws Exception {
        Path index = Files.createDirectory(folder.resolve("index"));
        site.write("bacula-fd.conf", "FileDaemon {\n  Name = fd\n}\nDedupIndexDirectory = " + index + "\n");
        mode(index, "rwxr-x---");
        assertThat(find()).contains("OK DedupIndexDirectory: " + index);
        mode(index, "rwxrwx---");
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL DedupIndexDirectory: ") && line.contains("mode 770"));
        Files.delete(index);
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL DedupIndexDirectory: there is no directory"));
        site.write("bacula-fd.conf", "FileDaemon {\n  Name = fd\n}\n");
        assertThat(find()).anyMatch(line -> line.startsWith("WARN DedupIndexDirectory: not set"));
    }

    @Test
    void aFolderThatCannotBeEnteredIsNotMissing() {
        site.write("bacula-fd.conf", "DedupIndexDirectory = /proc/self/task/1x/index\n");
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL DedupIndexDirectory: there is no directory"));
        // A name that is too long for any file system cannot be looked up either, and is not said to be missing.
        site.write("bacula-fd.conf", "DedupIndexDirectory = /" + "x".repeat(300) + "\n");
        assertThat(find())
                .anyMatch(line -> line.startsWith("WARN DedupIndexDirectory: /x") && line.contains("cannot be seen"))
                .noneMatch(line -> line.contains("there is no directory"));
    }

    @Test
    void anIndexThatIsSetInAnIncludedFileIsSet() {
        Path dedup = site.write("fd-dedup.conf", "Dedup Index Directory = " + folder + "\n");
        site.write("bacula-fd.conf", "FileDaemon {\n  Name = fd\n}\n@" + dedup + "\n");
        assertThat(find()).noneMatch(line -> line.contains("not set in"));
        site.write("bacula-fd.conf", "FileDaemon {\n  Name = fd\n}\n@|\"cat " + dedup + "\"\n");
        assertThat(find())
                .anyMatch(line ->
                        line.startsWith("WARN DedupIndexDirectory: not found in ") && line.contains("was not run"));
    }

    @ParameterizedTest
    @CsvSource({"-1, WARN, not since its configuration was changed", "1, OK, since its configuration was changed last"})
    void aFileDaemonHasBeenRestartedSinceItsConfigurationChangedOrNot(int seconds, String status, String found)
            throws Exception {
        Path file = site.write("bacula-fd.conf", "FileDaemon {\n  Name = fd\n}\n");
        Files.setLastModifiedTime(file, FileTime.from(NOW));
        site.daemons = program -> program.equals("bacula-fd")
                ? Optional.of(new Daemons.Daemon("bacula", NOW.plusSeconds(seconds), Optional.empty()))
                : Optional.empty();
        assertThat(find()).anyMatch(line -> line.startsWith(status + " File Daemon restarted: " + found));
        site.daemons = program -> Optional.empty();
        assertThat(find()).anyMatch(line -> line.startsWith("WARN File Daemon restarted: cannot be told"));
    }

    @Test
    void aStorageDaemonOnThisHostIsLookedAt() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        site.write("bacula-sd.conf", "Storage {\n  Name = sd\n}\n");
        assertThat(find()).anyMatch(line -> line.startsWith("WARN Storage Daemon: no Plugin Directory is set"));
        site.write("bacula-sd.conf", "Storage {\n  Name = sd\n  Plugin Directory = " + plugins + "\n}\n");
        assertThat(find()).anyMatch(line -> line.startsWith("WARN Storage Daemon: no *dedup*.so is in"));
        Path plugin = Files.createFile(plugins.resolve("bacula-sd-dedup-driver-16.0.4.so"));
        Files.setLastModifiedTime(plugin, FileTime.from(NOW.plusSeconds(100_000_000)));
        site.daemons = program -> Optional.of(new Daemons.Daemon("bacula", NOW, Optional.empty()));
        assertThat(find())
                .contains("OK Storage Daemon: has the plugin " + plugin)
                .anyMatch(line -> line.startsWith("WARN Storage Daemon restarted: not since"));
    }

    @Test
    void aStorageDaemonElsewhereIsToBeLookedAtThere() {
        site.write("bacula-dir.conf", "Storage {\n  Name = File1\n  Address = sd.example\n}\n");
        assertThat(find())
                .anyMatch(line -> line.startsWith(
                                "WARN Storage Daemon: not seen from here: this host has no bacula-sd.conf, and the Director looks for it on sd.example")
                        && line.contains("look on the Storage Daemon's host"));
    }

    @Test
    void proxiesAreAskedThroughTheDirectorAndACommunityOneDeduplicatesNothing() {
        assertThat(find())
                .anyMatch(
                        line -> line.startsWith("WARN proxies: not seen from here: the configuration of fd1 (started"));
        site.console.fileDaemon = new ConsoleProbe.FileDaemon("fd Version: 9.6.7 (10 December 2020) x86_64", "now");
        assertThat(find())
                .anyMatch(line ->
                        line.startsWith("WARN proxy fd2: fd Version: 9.6.7") && line.contains("no Bacula Enterprise"))
                .noneMatch(line -> line.startsWith("WARN proxies"));
        site.console.fileDaemon = null;
        assertThat(find()).anyMatch(line -> line.startsWith("WARN proxies: ") && line.contains("fd1 (no answer)"));
    }

    @Test
    void aDaemonIsFoundByItsNameWhenItIsTheOnlyOne() throws Exception {
        Path proc = folder.resolve("proc");
        ProcessHandle self = ProcessHandle.current();
        assertThat(Daemons.in(proc).find("bacula-fd")).isEmpty();
        site.write("proc/" + self.pid() + "/comm", "bacula-fd\n");
        site.write("proc/" + self.pid() + "/cmdline", "/usr/sbin/bacula-fd\0-f\0-c\0/etc/fd.conf\0");
        site.write("proc/version", "Linux\n");
        Files.createDirectory(proc.resolve("1"));
        assertThat(Daemons.in(proc).find("bacula-fd"))
                .contains(new Daemons.Daemon(
                        site.user, self.info().startInstant().orElseThrow(), Optional.of(Path.of("/etc/fd.conf"))));
        assertThat(Daemons.in(proc).find("bacula-sd")).isEmpty();
        site.write("proc/" + self.parent().orElseThrow().pid() + "/comm", "bacula-fd\n");
        assertThat(Daemons.in(proc).find("bacula-fd"))
                .as("which of two is meant")
                .isEmpty();
    }

    private List<String> find() {
        Installation installation = site.installation();
        return SoundInstallation.find(new DedupSection(installation, new KnownDirector(installation)));
    }
}
