package dev.baculasync.cli.preflight;

import static dev.baculasync.cli.preflight.SoundInstallation.mode;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        site.policy.dedup("sha256");
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
        site.policy.dedup(algorithm);
        assertThat(find()).first().asString().startsWith(status + " DEDUP_ALGO: ");
    }

    @Test
    void withoutDeduplicationThereIsNoChecklist() {
        site.policy.dedup(null);
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

    private List<String> find() {
        Installation installation = site.installation();
        return SoundInstallation.find(new DedupSection(installation, new KnownDirector(installation)));
    }
}
