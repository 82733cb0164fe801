package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the name of a job's run to the VM. In place of the engine stands a program that tells how it was called. */
@ResourceLock(Vm.LOCK)
class WrapperTest {
    private static final String UUID = "014c5892-5efb-4efb-bd60-4e038800475d";
    private static final String OTHER = "22d27bdf-1cdb-461e-8f61-a641e36f9ed7";
    private static final String RUN = ".2026-11-22_01.05.00_03";
    private static final String NAME = "backup-dc1-os1-db01";
    private static final String LONG = "backup-dc1-os1-" + "x".repeat(104 - "backup-dc1-os1-".length());

    @TempDir
    private Path folder;

    private BackupHost host;

    @BeforeEach
    void install() throws Exception {
        host = new BackupHost(folder);
        host.write(
                "quiesce.env",
                Map.of(
                        "BASE_DIR",
                        base().toString(),
                        "STATE_DIR",
                        host.stateFolder().toString()));
        Path kit = Files.createDirectories(folder.resolve("kit/quiesce"));
        for (String file : List.of("settings.sh", "wrapper.sh")) {
            Files.copy(BackupHost.KIT.resolve("quiesce").resolve(file), kit.resolve(file));
        }
        VmHome.writeScript(kit.resolve("lock.sh"), "echo \"called: $*\"\n");
        Files.createDirectories(base());
    }

    private Path base() {
        return folder.resolve("openstack");
    }

    private Path job(String vm, String name, String... headers) throws IOException {
        Path file = Files.createDirectories(
                        base().resolve("datacenter1/openstack1").resolve(vm))
                .resolve("job");
        return Files.writeString(file, String.join("\n", headers) + """

                # Managed by bacula-openstack-sync | created: 2026-05-18 19:00:00

                Job {
                  Name = "%s"
                  JobDefs = "mysql-consistent"
                  Client = "Name = other"
                }
                """.formatted(name));
    }

    private static String uuid(String uuid) {
        return "#@uuid: " + uuid;
    }

    private Run wrapper(String command, String job) throws IOException {
        return Run.start(
                folder.resolve("runs"),
                host.environment(),
                List.of(folder.resolve("kit/quiesce/wrapper.sh").toString(), "mysql", command, job));
    }

    private void calls(String command, String job, String uuid) throws Exception {
        assertThat(wrapper(command, job).orFail())
                .isEqualTo("called: mysql " + command + " " + uuid + " " + job + "\n");
    }

    private String refused(String job, int exitCode) throws Exception {
        Run run = wrapper("lock", job);
        assertThat(run.exitCode()).as(run.text()).isEqualTo(exitCode);
        assertThat(run.text()).doesNotContain("called");
        return run.text();
    }

    @Test
    void theUuidIsThatOfTheJobFile() throws Exception {
        job("db01", NAME, "#@vm: db01", "#@uuid:          " + UUID, "#@status: active");
        job("db010", NAME + "0", uuid(OTHER));
        calls("lock", NAME + RUN, UUID);
        calls("lock", NAME + "0.2026-11-22_01.05.00_103", OTHER);
        calls("unlock", NAME + RUN, UUID);
    }

    @Test
    void aTenantsNameDoesNotPassForAHeaderOrAName() throws Exception {
        job("evil", "backup-dc1-os1-evil", "#@vm: x #@uuid: " + UUID + " Name = \"" + NAME + "\"", uuid(OTHER));
        job("db01", NAME, uuid(UUID));
        calls("lock", NAME + RUN, UUID);
        calls("lock", "backup-dc1-os1-evil" + RUN, OTHER);
    }

    @Test
    void bothBlanksInAHandMadeNameAndCarriageReturnsAreUnderstood() throws Exception {
        Path file = job("by-hand", "by hand", uuid(UUID));
        Files.writeString(file, Files.readString(file).replace("\n", "\r\n").replace("Job {", "job{"));
        calls("lock", "by_hand" + RUN, UUID);
    }

    @Test
    void aNameThatBaculaCutIsFoundIfThereIsOnlyOne() throws Exception {
        job("long", LONG + "-and-more", uuid(UUID));
        job("short", LONG.substring(0, 103), uuid(OTHER));
        calls("lock", LONG + RUN, UUID);
        calls("lock", LONG.substring(0, 103) + RUN, OTHER);
    }

    @Test
    void aNameThatCouldBeTwoIsRefused() throws Exception {
        job("one", LONG + "-one", uuid(UUID));
        job("two", LONG + "-two", uuid(OTHER));
        assertThat(refused(LONG + RUN, 1)).contains("2 job files").contains("cannot tell");
        Files.delete(base().resolve("datacenter1/openstack1/two/job"));
        job("exact", LONG, uuid(OTHER));
        assertThat(refused(LONG + RUN, 1)).contains("cannot tell");
    }

    @Test
    void aShorterNameIsNotTheBeginningOfAnother() throws Exception {
        job("db01", NAME + "1", uuid(UUID));
        assertThat(refused(NAME + RUN, 1)).contains("no job file");
    }

    @Test
    void aJobFileWithoutOneClearUuidIsRefused() throws Exception {
        job("db01", NAME, "#@vm: db01");
        assertThat(refused(NAME + RUN, 1)).contains("no clear #@uuid:");
        job("db01", NAME, uuid(UUID), uuid(OTHER));
        assertThat(refused(NAME + RUN, 1)).contains("no clear #@uuid:");
        job("db01", NAME, uuid(UUID + "/../x"));
        assertThat(refused(NAME + RUN, 1)).contains("no clear #@uuid:");
        job("db01", NAME, uuid("x|" + UUID));
        assertThat(refused(NAME + RUN, 1)).contains("no clear #@uuid:");
    }

    @Test
    void aNameThatLooksLikeAnOptionIsAName() throws Exception {
        job("-v", "-v", uuid(UUID));
        job("--help", "backup-dc1-os1---help", uuid(OTHER));
        calls("lock", "-v" + RUN, UUID);
        calls("lock", "backup-dc1-os1---help" + RUN, OTHER);
    }

    @Test
    void theFolderOfAllJobFilesMayBeALink() throws Exception {
        Path share = Files.move(base(), folder.resolve("share"));
        Files.createSymbolicLink(base(), share);
        job("db01", NAME, uuid(UUID));
        calls("lock", NAME + RUN, UUID);
    }

    @Test
    void aFileThatIsALinkIsNoJobFile() throws Exception {
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(job("db01", NAME, uuid(UUID)), elsewhere);
        Files.createSymbolicLink(base().resolve("datacenter1/openstack1/db01/job"), elsewhere);
        assertThat(refused(NAME + RUN, 1)).contains("no job file");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                NAME,
                "-x" + NAME,
                ".*" + RUN,
                "$(touch pwned)" + RUN,
                NAME + RUN + "\nx",
                NAME + "'" + RUN,
                "../../x" + RUN,
                NAME + ".2026-11-22_01.05.00"
            })
    void whatIsNoNameOfARunFindsNoVm(String job) throws Exception {
        job("db01", NAME, uuid(UUID));
        Run run = wrapper("lock", job);
        assertThat(run.exitCode()).as(run.text()).isNotZero();
        assertThat(run.text()).doesNotContain("called");
        assertThat(folder.resolve("runs/pwned")).doesNotExist();
    }

    @Test
    void theUnlockGoesToTheVmThatThisRunHasLockedWhateverTheJobFileSaysByNow() throws Exception {
        job("db01", NAME, uuid(OTHER));
        Files.createDirectories(host.stateFolder());
        Files.writeString(host.stateFolder().resolve(UUID + ".state"), "state=held\nowner=" + NAME + RUN + "\n");
        calls("unlock", NAME + RUN, UUID);
        calls("unlock", NAME + ".2026-11-22_01.05.00_04", OTHER);
    }

    @Test
    void theFirstScriptOfEachDriverIsThisOne() throws Exception {
        for (String driver : List.of("mysql", "postgresql", "command")) {
            assertThat(host.start(driver + "-lock-wrapper.sh", "--help").orFail())
                    .contains("usage: " + driver + "-lock-wrapper.sh lock JOB");
        }
    }
}
