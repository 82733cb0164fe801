package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientsConfTest {
    @TempDir
    Path directory;

    private List<OpenStackInstance> read(String text) {
        return ClientsConf.read(Samples.put(directory.resolve("clients.conf"), text));
    }

    private List<String> problems(String text) {
        Path file = Samples.put(directory.resolve("clients.conf"), text);
        return problems(file);
    }

    private static List<String> problems(Path file) {
        ClientsConfException e = catchThrowableOfType(ClientsConfException.class, () -> ClientsConf.read(file));
        assertThat(e).isNotNull();
        assertThat(e.getMessage().lines()).hasSize(e.problems().size()).allMatch(line -> line.startsWith(file + ":"));
        return e.problems().stream()
                .map(problem -> problem.line() + ": " + problem.reason())
                .toList();
    }

    @Test
    void fiveOrSixFieldsMakeAnInstance() {
        assertThat(read("""
                        # datacenter  openstack  client  proxy_server  job_prefix jobdefs

                        datacenter1  openstack1\tbacula-dc1-os1-fd    dc1-os1-proxy        backup-dc1-os1-  LinuxVMJob
                           datacenter2 openstack1 bacula-dc2-os1-fd dc2-os1-proxy backup-dc2-os1- # the new one
                        """))
                .containsExactly(
                        new OpenStackInstance(
                                "datacenter1",
                                "openstack1",
                                "bacula-dc1-os1-fd",
                                "dc1-os1-proxy",
                                "backup-dc1-os1-",
                                "LinuxVMJob"),
                        new OpenStackInstance(
                                "datacenter2",
                                "openstack1",
                                "bacula-dc2-os1-fd",
                                "dc2-os1-proxy",
                                "backup-dc2-os1-",
                                null));
    }

    @Test
    void lineEndsOfWindowsAByteOrderMarkAndAMissingLastLineEndDoNotMatter() {
        assertThat(read("\uFEFFdc os c p j-\r\n\r\ndc2 os c2 p j2-"))
                .extracting(OpenStackInstance::jobPrefix)
                .containsExactly("j-", "j2-");
    }

    @Test
    void allErrorsOfAFileAreToldAtOnceInTheOrderOfTheLines() {
        assertThat(problems("""
                        dc1 os1 c1 p1
                        dc1 os1 c1 p1 j1- jd extra
                        dc/1 .os c$ p1 -j1- jö
                        dc2 os2 c2 p2 j2-
                        dc2 os2 c2 p2 j2-
                        """))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("1: has 4 fields"),
                        p -> assertThat(p).startsWith("2: has 7 fields"),
                        p -> assertThat(p).startsWith("3: datacenter \"dc/1\" holds a character"),
                        p -> assertThat(p).startsWith("3: openstack \".os\" is not a safe directory name"),
                        p -> assertThat(p).startsWith("3: client \"c$\" holds"),
                        p -> assertThat(p).startsWith("3: jobdefs \"jö\" holds"),
                        p -> assertThat(p).startsWith("3: job_prefix \"-j1-\" begins with"),
                        p -> assertThat(p).startsWith("5: client \"c2\" is used in line 4"),
                        p -> assertThat(p).startsWith("5: datacenter and openstack \"dc2 os2\" is used in line 4"),
                        p -> assertThat(p).startsWith("5: job_prefix \"j2-\" is used in line 4"),
                        p -> assertThat(p).startsWith("5: FileSet prefix \"fs-dc2-os2-\" is used in line 4"));
    }

    @Test
    void namesThatAreNoSafeDirectoriesAreRefused() {
        for (String name : List.of("..", ".", ".x", "-x", "director.conf", "clients.conf", "a/b", "x".repeat(128))) {
            assertThat(problems(name + " os c p j-")).anyMatch(p -> p.startsWith("1: datacenter "));
            assertThat(problems("dc " + name + " c p j-")).anyMatch(p -> p.startsWith("1: openstack "));
        }
    }

    @Test
    void aJobPrefixThatGoesOnFromAnotherIsRefused() {
        assertThat(problems("""
                        dc1 os1 c1 p1 backup-dc1-
                        dc2 os1 c2 p1 backup-x-
                        dc3 os1 c3 p1 backup-dc1-os1-
                        dc4 os1 c4 p1 backup-dc
                        """))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("1: job_prefix \"backup-dc1-\" begins with the one of line 4"),
                        p -> assertThat(p)
                                .startsWith("3: job_prefix \"backup-dc1-os1-\" begins with the one of line 1"));
    }

    @Test
    void instancesWhoseFileSetsCouldGetOneNameAreRefused() {
        assertThat(problems("a b-c c1 p j1-\na-b c c2 p j2-\n"))
                .singleElement()
                .asString()
                .startsWith("2: FileSet prefix \"fs-a-b-c-\" is used in line 1");
        assertThat(problems("a b-c c1 p j1-\na b c2 p j2-\n"))
                .singleElement()
                .asString()
                .startsWith("1: FileSet prefix \"fs-a-b-c-\" begins with the one of line 2");
    }

    @Test
    void aPrefixLeavesAtLeastFortyBytesForTheVm() {
        assertThat(read("dc os c p " + "j".repeat(87))).hasSize(1);
        assertThat(problems("dc os c p " + "j".repeat(88)))
                .singleElement()
                .asString()
                .contains("job_prefix", "leaves 39 bytes");
        assertThat(read("d".repeat(40) + " " + "o".repeat(42) + " c p j")).hasSize(1);
        assertThat(problems("d".repeat(40) + " " + "o".repeat(43) + " c p j"))
                .singleElement()
                .asString()
                .contains("FileSet prefix", "leaves 39 bytes");
    }

    @Test
    void aFileWithoutAnInstanceIsRefused() {
        assertThat(problems("# nothing\n\n")).singleElement().asString().startsWith("0: names no OpenStack instance");
        assertThat(problems("")).hasSize(1);
    }

    @Test
    void whatIsNotAReadableTextFileGivesOneClearError() throws IOException {
        assertThat(problems(directory.resolve("none"))).containsExactly("0: cannot be read: it does not exist");
        assertThat(problems(directory)).containsExactly("0: cannot be read: it is not a regular file");
        Path huge = Files.write(directory.resolve("huge"), new byte[(1 << 20) + 1]);
        assertThat(problems(huge)).singleElement().asString().contains("longer than");
        Path latin = Samples.put(directory.resolve("latin"), new byte[] {'d', 'c', ' ', (byte) 0xE9, '\n', '\n'});
        assertThat(problems(latin)).containsExactly("1: holds bytes that are not UTF-8");
    }

    @Test
    void aControlCharacterInAFieldCannotForgeALineOfTheMessage() {
        assertThatThrownBy(() -> read("dc os c\u0085x p j-\n")).hasMessageContaining("c\\u0085x");
    }

    @Test
    void anInspectionTellsWhatIsWrongAndStillReadsTheRest() {
        Path file = Samples.put(directory.resolve("clients.conf"), """
                dc1 os1 fd1 proxy backup-1-
                dc1 os2 fd1 proxy backup-2-
                dc1 os3
                dc1 os4 fd4 proxy backup-4-
                """);
        ClientsConf.Inspection inspection = ClientsConf.inspect(file);
        assertThat(inspection.instances())
                .extracting(OpenStackInstance::openstack)
                .containsExactly("os1", "os4");
        assertThat(inspection.problems())
                .extracting(ClientsConfException.Problem::line)
                .containsExactly(2, 3);
        assertThatThrownBy(() -> ClientsConf.read(file)).isInstanceOf(ClientsConfException.class);
        assertThat(ClientsConf.inspect(directory.resolve("nowhere")).problems()).hasSize(1);
    }
}
