package dev.baculasync.cli.preflight;

import static dev.baculasync.cli.preflight.SoundInstallation.find;
import static dev.baculasync.cli.preflight.SoundInstallation.mode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.preflight.BaseDirSection.DiskRoom.Room;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseDirSectionTest {
    @TempDir
    Path folder;

    private SoundInstallation site;

    @BeforeEach
    void site() {
        site = new SoundInstallation(folder);
    }

    @ParameterizedTest
    @CsvSource({
        "9,       1000000, FAIL, OK",
        "199,     1000000, WARN, OK",
        "200,     10000,   OK,   OK",
        "100000,  9999,    OK,   WARN",
        "100000,  999,     OK,   FAIL",
    })
    void aDiskThatIsNearlyFullIsTold(long mebibytes, long inodes, String space, String files) {
        List<String> found = room(new Room(OptionalLong.of(mebibytes << 20), OptionalLong.of(inodes)));
        assertThat(found).anyMatch(line -> line.startsWith(space + " disk space: " + mebibytes + " MiB"));
        assertThat(found).anyMatch(line -> line.startsWith(files + " inodes: " + inodes));
    }

    @Test
    void whatCannotBeToldOfADiskIsAWarning() {
        assertThat(room(new Room(OptionalLong.empty(), OptionalLong.empty())))
                .anyMatch(line -> line.startsWith("WARN disk space: cannot be told"))
                .anyMatch(line -> line.startsWith("WARN inodes: cannot be told"));
    }

    @Test
    void aFileInTheDirectorysPlaceIsNoDirectory() {
        site.baseDir = site.write("openstack/file", "");
        assertThat(find(new BaseDirSection(site.installation())))
                .anyMatch(line -> line.startsWith("FAIL directory: " + site.baseDir + " is not a directory"));
    }

    @ParameterizedTest
    @CsvSource({
        "rwxr-x---, OK",
        "rwx------, OK",
        "rwxr-xr-x, WARN",
        "rwxrwx---, WARN",
        "rwxr-x-w-, FAIL",
    })
    void whoElseMayReadOrWriteDecides(String permissions, String status) {
        mode(site.baseDir, permissions);
        assertThat(find(new BaseDirSection(site.installation())))
                .filteredOn(line -> line.contains(" mode: "))
                .singleElement()
                .asString()
                .startsWith(status + " mode: ");
    }

    @Test
    void whatDfPrintsIsReadWhateverTheDeviceIsCalled() {
        String header = "Filesystem     Inodes IUsed IFree IUse% Mounted on\n";
        assertThat(FileSystemRoom.inodes(header + "/dev/sda1 100 40 60 40% /opt\n"))
                .hasValue(60);
        assertThat(FileSystemRoom.inodes(header + "//server/a share 100 40 60 40% /mnt/with blank\n"))
                .hasValue(60);
        assertThat(FileSystemRoom.inodes(header + "btrfs 0 0 0 - /\n")).hasValue(Long.MAX_VALUE);
        assertThat(FileSystemRoom.inodes(header + "odd - - - - /\n")).hasValue(Long.MAX_VALUE);
        assertThat(FileSystemRoom.inodes("df: unknown option\n")).isEmpty();
        assertThat(FileSystemRoom.inodes("")).isEmpty();
    }

    @Test
    void theRealFileSystemAnswers() {
        Room room = new FileSystemRoom("/usr/bin:/bin").of(folder);
        assertThat(room.bytes().orElseThrow()).isPositive();
        assertThat(room.inodes().orElseThrow()).isPositive();
        assertThat(new FileSystemRoom("/nowhere").of(folder).inodes()).isEmpty();
    }

    private List<String> room(Room room) {
        return find(new BaseDirSection(site.installation(), path -> room));
    }
}
