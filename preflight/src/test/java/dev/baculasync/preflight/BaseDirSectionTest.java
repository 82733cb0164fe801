package dev.baculasync.preflight;

import static dev.baculasync.preflight.SoundInstallation.find;
import static dev.baculasync.preflight.SoundInstallation.mode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.preflight.BaseDirSection.DiskRoom.Room;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BaseDirSectionTest {
    @TempDir
    Path folder;

    private SoundInstallation site;
    private final Set<Path> unreadable = new HashSet<>();
    private final Set<Path> unwritable = new HashSet<>();

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

    /** Who follows advice to chown or chmod such a directory has no working host any more. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/etc", "bacula-dir.conf", "bin/bconsole"})
    void aDirectoryThatIsNotForJobsAloneGetsNoAdviceToChangeIt(String what) {
        if (what.startsWith("/")) {
            site.baseDir = Path.of(what);
        } else {
            site.write("opt/" + what, "");
            site.baseDir = folder.resolve("opt");
            mode(site.baseDir, "rwxrwxrwx");
        }
        assertThat(find(new BaseDirSection(site.installation())))
                .anyMatch(line -> line.startsWith("FAIL directory: " + site.baseDir + " holds more than jobs of VMs"))
                .noneMatch(line -> line.contains("chown") || line.contains("chmod"));
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
        return find(new BaseDirSection(site.installation(), path -> room, BaseDirTree.Permissions.ofThisProcess()));
    }

    @Test
    void whatARunCannotReadOrReplaceIsNamed() {
        vm("dc1/os1/web");
        vm("dc1/os1/db");
        vm("dc2/os1/mail");
        Path lock = site.write("openstack/.bacula-openstack-sync.lock", "");
        site.write("openstack/attic/readme", "not ours");
        refuse(unwritable, "dc1/os1/web", "dc2", "attic");
        unwritable.add(lock);
        refuse(unreadable, "dc1/os1/db/job", "dc2/os1/mail");
        assertThat(tree())
                .containsExactlyInAnyOrder(
                        "FAIL unreadable: " + site.user + " may not read " + path("dc1/os1/db/job") + how("644") + ", "
                                + path("dc2/os1/mail") + how("755") + " -> chown to " + site.user
                                + ", and chmod u+rwX",
                        "FAIL unwritable: " + site.user + " may not write to " + lock + how("644") + ", "
                                + path("dc1/os1/web") + how("755") + ", " + path("dc2") + how("755") + " -> chown to "
                                + site.user + ", and chmod u+rwX; where owner and mode are right, look at lsattr for"
                                + " an i, and at the mount");
    }

    @Test
    void whatRunsRememberIsNoDatacenter() {
        vm("dc1/os1/web");
        site.write("openstack/.bacula-openstack-sync.ledger-check", "");
        site.write("openstack/..bacula-openstack-sync.ledger-check.tmp", "");
        assertThat(tree()).singleElement().asString().startsWith("OK all below it");
    }

    @Test
    void aFileThatItsOwnerMayNotWriteToIsImmutableAndAnyOtherIsReplaced() {
        vm("dc1/os1/web");
        vm("dc1/os1/db");
        mode(path("dc1/os1/db/job"), "r--r-----");
        refuse(unwritable, "dc1/os1/web/fileset", "dc1/os1/db/job");
        assertThat(tree())
                .singleElement()
                .asString()
                .startsWith("FAIL unwritable: ")
                .contains(path("dc1/os1/web/fileset").toString())
                .doesNotContain("db");
    }

    @Test
    void ofManyPathsAFewAreNamed() {
        for (int i = 10; i < 30; i++) {
            vm("dc1/os1/vm" + i);
            refuse(unwritable, "dc1/os1/vm" + i);
        }
        assertThat(tree())
                .singleElement()
                .asString()
                .contains("vm10", "vm14", " and 15 more")
                .doesNotContain("vm15");
    }

    @Test
    void linksAreToldWithWhereTheyLead() throws Exception {
        vm("dc1/os1/web");
        Path outside = Files.createDirectories(folder.resolve("elsewhere/os2/vm"));
        Files.createSymbolicLink(path("dc9"), outside.getParent().getParent());
        Files.createSymbolicLink(path("dc1/os1/linked"), outside);
        Files.delete(path("dc1/os1/web/job"));
        Files.createSymbolicLink(path("dc1/os1/web/job"), site.write("elsewhere/job", ""));
        Files.createSymbolicLink(path("dc1/os1/README"), site.write("elsewhere/text", ""));
        assertThat(tree())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("FAIL linked directories: ")
                        && line.contains(path("dc9") + " (leads to " + folder.resolve("elsewhere") + ")"))
                .anyMatch(line -> line.startsWith("WARN links: ")
                        && line.contains(path("dc1/os1/linked") + " (leads to " + outside + ")")
                        && line.contains(path("dc1/os1/web/job") + " (leads to ")
                        && !line.contains("README"));
    }

    @Test
    void anotherFileSystemIsToldAndItsRoomLookedAt() {
        BaseDirTree tree = new BaseDirTree(Path.of("/"), site.user, Set.of(), new BaseDirTree.Permissions() {
            @Override
            public boolean mayRead(Path path) {
                return path.getNameCount() == 0 || path.equals(Path.of("/proc"));
            }

            @Override
            public boolean mayEnter(Path directory) {
                return !directory.equals(Path.of("/proc"));
            }

            @Override
            public boolean mayWrite(Path path) {
                return true;
            }
        });
        Findings findings = new Findings("BASE_DIR");
        tree.check(findings);
        assertThat(tree.mounts()).contains(Path.of("/proc"));
        assertThat(findings.list())
                .map(SoundInstallation::text)
                .anyMatch(line -> line.startsWith("WARN other file systems: not on the file system of BASE_DIR: "));
    }

    @Test
    void aFileThatAnybodyMayChangeMattersWhereAnybodyGetsTo() {
        vm("dc1/os1/web");
        mode(path("dc1/os1/web/job"), "rw-rw-rw-");
        assertThat(tree()).containsExactly("OK all below it: " + site.user + " may read and replace it");
        mode(site.baseDir, "rwxr-xr-x");
        assertThat(tree())
                .singleElement()
                .asString()
                .startsWith("FAIL open to others: ")
                .contains("web/job");
    }

    @Test
    void aDirectorOfAnotherUserIsTold() {
        site.daemons =
                program -> Optional.of(new Daemons.Daemon("backup-user", SoundInstallation.NOW, Optional.empty()));
        assertThat(find(new BaseDirSection(site.installation())))
                .anyMatch(line -> line.startsWith("WARN owner: ") && line.contains("runs as backup-user"));
        site.daemons = program -> Optional.of(new Daemons.Daemon("root", SoundInstallation.NOW, Optional.empty()));
        assertThat(find(new BaseDirSection(site.installation()))).contains("OK owner: " + site.user);
    }

    private Path path(String below) {
        return site.baseDir.resolve(below);
    }

    private String how(String mode) {
        return " (owner " + site.user + ", mode " + mode + ")";
    }

    private void vm(String directory) {
        mode(site.write("openstack/" + directory + "/job", ""), "rw-r--r--");
        site.write("openstack/" + directory + "/fileset", "");
        for (Path above = path(directory); !above.equals(site.baseDir); above = above.getParent()) {
            mode(above, "rwxr-xr-x");
        }
    }

    private void refuse(Set<Path> refused, String... below) {
        for (String path : below) {
            refused.add(path(path));
        }
    }

    /** What is found below the directory, but what may not be done with some paths. */
    private List<String> tree() {
        BaseDirTree.Permissions permissions = new BaseDirTree.Permissions() {
            @Override
            public boolean mayRead(Path path) {
                return !unreadable.contains(path);
            }

            @Override
            public boolean mayEnter(Path directory) {
                return true;
            }

            @Override
            public boolean mayWrite(Path path) {
                return !unwritable.contains(path);
            }
        };
        Findings findings = new Findings("BASE_DIR");
        new BaseDirTree(site.baseDir, site.user, Set.of(path("dc1/os1"), path("dc2/os1")), permissions).check(findings);
        return findings.list().stream().map(SoundInstallation::text).toList();
    }
}
