package dev.baculasync.integration.quiesce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What leads to a VM, and what is refused before anybody is called. In place of ssh stands a program that fails and leaves a mark. */
@ResourceLock(Vm.LOCK)
class SettingsTest {
    private static final String JOB = "backup-dc1-os1-web.2026-11-22_01.05.00_03";
    private static final String UUID = BackupHost.UUID;
    private static final String ADDRESSES = "\"addresses\": {\"net\": [\"10.0.0.7\", \"192.0.2.9\"]}";

    @TempDir
    private Path folder;

    private BackupHost host;
    private Map<String, String> common;

    @BeforeEach
    void newHost() throws Exception {
        VmHome home = VmHome.orSkip();
        host = new BackupHost(folder);
        host.installJq(home);
        common = BackupHost.quick();
        common.put("STATE_DIR", host.stateFolder().toString());
        common.put(
                "SSH",
                script("ssh", "for word; do echo \"<$word>\"; done >'" + mark() + "'\n")
                        .toString());
        common.put("OPENSTACK", folder.resolve("openstack-program").toString());
        common.put("FREEZE_COMMAND", "true");
        common.put("THAW_COMMAND", "true");
        host.write("quiesce.env", common);
        own(Map.of("SSH_HOST", "192.0.2.9"));
        host.writeText("id_ed25519", "");
        host.writeText("known_hosts", "");
    }

    private Path script(String name, String text) throws Exception {
        VmHome.writeScript(folder.resolve(name), text);
        return folder.resolve(name);
    }

    private Path mark() {
        return folder.resolve("ssh-was-called");
    }

    private void own(Map<String, String> settings) throws Exception {
        host.write(UUID + ".env", settings);
    }

    private void properties(String properties) throws Exception {
        server("{\"id\": \"" + UUID + "\", " + ADDRESSES + ", \"properties\": {" + properties + "}}");
    }

    private void server(String json) throws Exception {
        Files.deleteIfExists(host.etc().resolve(UUID + ".env"));
        host.openStackSays(json, 0);
    }

    /** Refused before ssh is called; the job's messages then say that nothing was locked. */
    private String refused() throws Exception {
        String said = host.lockFails("command", JOB);
        assertThat(mark()).doesNotExist();
        return said;
    }

    private String sshArguments() throws Exception {
        host.lockFails("command", JOB);
        return Files.readString(mark());
    }

    @Test
    void sshTrustsNobodyAndForwardsNothing() throws Exception {
        own(Map.of("SSH_HOST", "db.example", "SSH_PORT", "2222", "SSH_USER", "backup"));
        assertThat(sshArguments().lines())
                .contains(
                        "<BatchMode=yes>",
                        "<StrictHostKeyChecking=yes>",
                        "<HostKeyAlias=" + UUID + ">",
                        "<UserKnownHostsFile=" + host.etc().resolve("known_hosts") + ">",
                        "<GlobalKnownHostsFile=/dev/null>",
                        "<ClearAllForwardings=yes>",
                        "<ForwardAgent=no>",
                        "<ForwardX11=no>",
                        "<ConnectTimeout=10>",
                        "<ServerAliveInterval=2>",
                        "<2222>",
                        "<backup>")
                .endsWith("<-->", "<db.example>", "<exec bash --norc --noprofile -s>");
    }

    @Test
    void theWholeOfAVmComesFromItsProperties() throws Exception {
        properties("\"backup-quiesce-host\": \"10.0.0.7\", \"backup-quiesce-port\": \"2022\","
                + " \"backup-quiesce-user\": \"tenant\"");
        assertThat(sshArguments().lines())
                .contains("<2022>", "<tenant>")
                .endsWith("<-->", "<10.0.0.7>", "<exec bash --norc --noprofile -s>");
    }

    @Test
    void theVmsOwnFileWinsOverItsPropertiesAndThoseOverTheCommonFile() throws Exception {
        common.put("SSH_USER", "common");
        common.put("SSH_PORT", "1");
        host.write("quiesce.env", common);
        properties("\"backup-quiesce-host\": \"10.0.0.7\", \"backup-quiesce-user\": \"tenant\","
                + " \"backup-quiesce-port\": \"2\"");
        own(Map.of("SSH_USER", "own"));
        assertThat(sshArguments().lines()).contains("<own>", "<2>", "<10.0.0.7>");
    }

    @Test
    void aVmWithOneAddressNeedsNoProperty() throws Exception {
        server("{\"id\": \"" + UUID + "\", \"addresses\": {\"net\": [\"10.0.0.7\"]}, \"properties\": {}}");
        assertThat(sshArguments().lines()).contains("<10.0.0.7>");
    }

    @Test
    void aVmWithTwoAddressesNeedsOne() throws Exception {
        properties("");
        assertThat(refused()).contains("2 addresses").contains("backup-quiesce-host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-oProxyCommand=touch pwned",
                "192.0.2.10",
                "127.0.0.1",
                "10.0.0.7 192.0.2.9",
                "10.0.0.7;id",
                "$(touch pwned)",
                "*",
                ""
            })
    void aPropertyLeadsToNoOtherMachineThanTheVmItself(String address) throws Exception {
        properties("\"backup-quiesce-host\": \"" + address + "\"");
        refused();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-oProxyCommand=id", "-", "a b", "a;b", "$(id)", "a'b", "a%h", "[::1]"})
    void anAddressThatIsNoneIsRefusedWhereverItComesFrom(String address) throws Exception {
        own(Map.of("SSH_HOST", address));
        assertThat(refused()).contains("SSH_HOST");
        server("{\"id\": \"" + UUID + "\", \"addresses\": {\"net\": [\"" + address + "\"]}, \"properties\": {}}");
        assertThat(refused()).contains("SSH_HOST");
    }

    @ParameterizedTest
    @CsvSource({
        "host, 10.0.0.7\\nSSH_KEY=/x",
        "user, -l",
        "user, root;id",
        "user, $(id)",
        "user, ''",
        "port, 22 -o x",
        "port, 0",
        "port, 65536",
        "port, 99999999999999999999",
        "port, 'a[$(id)]'",
        "db-user, -uroot",
        "db-user, x\\ny",
        "db-password, x\\ny",
        "db-password, x\\u0000y",
        "db-password, x\\u001by"
    })
    void aHostilePropertyIsRefused(String key, String value) throws Exception {
        properties("\"backup-quiesce-host\": \"10.0.0.7\", \"backup-quiesce-" + key + "\": \"" + value + "\"");
        refused();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON, but s3cret",
                "[]",
                "{}",
                "{\"id\": \"22d27bdf-1cdb-461e-8f61-a641e36f9ed7\", " + ADDRESSES + ", \"properties\": {}}",
                "{\"id\": \"" + UUID + "\", \"addresses\": \"net=10.0.0.7\", \"properties\": \"a='s3cret'\"}",
                "{\"id\": \"" + UUID + "\", " + ADDRESSES
                        + ", \"properties\": {\"backup-quiesce-host\": [\"10.0.0.7\"]}}"
            })
    void anAnswerThatIsNotAboutThisVmIsRefused(String json) throws Exception {
        server(json);
        assertThat(refused()).doesNotContain("s3cret");
    }

    @Test
    void anOpenStackThatFailsIsNotBelieved() throws Exception {
        properties("\"backup-quiesce-host\": \"10.0.0.7\"");
        host.openStackSays(Files.readString(folder.resolve("server.json")), 1);
        assertThat(refused()).contains("server show");
    }

    @Test
    void anOpenStackThatOutlivesItsLockDoesNotStandInTheWayOfTheNext() throws Exception {
        Files.delete(host.etc().resolve(UUID + ".env"));
        Path asked = folder.resolve("asked");
        script("openstack-program", "echo $$ >'" + asked + "'\nexec sleep 600\n");
        Run lock = host.start("command-lock.sh", "lock", UUID, JOB);
        Await.until("openstack is asked", () -> Files.exists(asked) && Files.size(asked) > 0);
        lock.process().destroyForcibly();
        lock.exitCode();
        try {
            assertThat(host.unlock("command", JOB)).contains("nothing to unlock");
        } finally {
            ProcessHandle.of(Long.parseLong(Files.readString(asked).strip())).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void openStacksOwnSettingsReachItAndNothingElse() throws Exception {
        Files.delete(host.etc().resolve(UUID + ".env"));
        common.put("OS_CLOUD", "cloud; touch pwned");
        common.put("DB_PASSWORD", "s3cret");
        host.write("quiesce.env", common);
        script("openstack-program", "env >'" + folder.resolve("environment") + "'\nexit 1\n");
        refused();
        assertThat(Files.readString(folder.resolve("environment")))
                .contains("OS_CLOUD=cloud; touch pwned\n")
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw----", "rwx------", "rw--w----"})
    void aSettingsFileThatOthersCouldSeeIsRefused(String mode) throws Exception {
        for (String file : new String[] {UUID + ".env", "quiesce.env"}) {
            Path path = host.etc().resolve(file);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            assertThat(refused()).contains(file).contains("mode 600");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
    }

    /** Of a key that is another user's, ssh itself does not ask who else may read it. */
    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw-rw-rw-"})
    void aKeyThatOthersCouldReadIsRefused(String mode) throws Exception {
        Path key = host.etc().resolve("id_ed25519");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(mode));
        assertThat(refused()).contains("SSH_KEY: " + key + " is refused").contains("mode 600");
    }

    @Test
    void hostKeysThatEverybodyMayChangeAreRefused() throws Exception {
        Path hosts = host.etc().resolve("known_hosts");
        Files.setPosixFilePermissions(hosts, PosixFilePermissions.fromString("rw-r--rw-"));
        assertThat(refused()).contains("SSH_KNOWN_HOSTS: " + hosts + " is refused");
        Files.setPosixFilePermissions(hosts, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(sshArguments()).contains("<UserKnownHostsFile=" + hosts + ">");
    }

    @Test
    void aSettingsFolderThatOthersMayWriteToIsRefused() throws Exception {
        Files.setPosixFilePermissions(host.etc(), PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(refused()).contains("nobody else may write");
    }

    /** Else the defaults would be taken, and OpenStack asked for a VM whose own file nobody sees. */
    @Test
    void aSettingsFolderThatCannotBeSeenIsRefused() throws Exception {
        server("{\"id\": \"" + UUID + "\", \"addresses\": {\"net\": [\"10.0.0.7\"]}, \"properties\": {}}");
        Files.move(host.etc(), folder.resolve("elsewhere"));
        assertThat(refused()).contains(host.etc() + " (QUIESCE_ETC) is not there");
    }

    @Test
    void aSettingsFileOfSomebodyElseIsRefused() throws Exception {
        assumeTrue(VmHome.isRoot(), "only root can give a file away");
        Files.setAttribute(host.etc().resolve(UUID + ".env"), "unix:uid", 12_345);
        assertThat(refused()).contains("must belong");
    }

    @Test
    void aLinkInPlaceOfASettingsFileIsRefused() throws Exception {
        Path file = host.etc().resolve(UUID + ".env");
        Files.move(file, folder.resolve("elsewhere"));
        Files.createSymbolicLink(file, folder.resolve("elsewhere"));
        assertThat(refused()).contains("not a plain file");
    }

    @Test
    void aStateFolderOfOthersIsRefused() throws Exception {
        Files.createDirectories(host.stateFolder());
        Files.setPosixFilePermissions(host.stateFolder(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(refused()).contains("mode 700");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH_HOST",
                "NO_SUCH_KEY=1",
                "SSH_HOST=a\tb",
                "a[$(touch pwned)]=1",
                "STATE_DIR=/tmp/elsewhere",
                "PATH=/tmp",
                "SSH_KEY=relative",
                "SSH_KEY=/no/such/file",
                "SSH_KNOWN_HOSTS=/a b",
                "MAX_LOCK_SECONDS=0",
                "MAX_LOCK_SECONDS=1e3",
                "MAX_LOCK_SECONDS=10",
                "HEARTBEAT_TIMEOUT=1",
                "HEARTBEAT_TIMEOUT=08",
                "LOCK_WAIT_SECONDS=a[$(touch pwned)]",
                "THAW_COMMAND=",
                "DB_NAME=a=b",
                "DB_SOCKET=socket"
            })
    void aLineThatIsNotUnderstoodIsRefused(String line) throws Exception {
        host.writeText(UUID + ".env", "# a comment\n\nSSH_HOST=192.0.2.9\n" + line + "\n");
        refused();
        assertThat(host.unlock("command", JOB)).contains("was not locked").contains("settings were refused");
    }

    @Test
    void sudoAndAPasswordDoNotGoTogether() throws Exception {
        own(new LinkedHashMap<>(Map.of("SSH_HOST", "192.0.2.9", "DB_SUDO_USER", "postgres", "DB_PASSWORD", "x")));
        assertThat(refused()).contains("sudo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "../../etc/passwd", "014c5892-5efb-4efb-bd60-4e038800475d/..", "-h", "$(id)"})
    void whatIsNoUuidIsRefused(String uuid) throws Exception {
        Run run = host.start("mysql-lock.sh", "lock", uuid);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void theHelpTellsEverySetting() throws Exception {
        String help = host.start("mysql-lock.sh", "--help").orFail();
        String source = Files.readString(BackupHost.KIT.resolve("quiesce/settings.sh"));
        String readme = Files.readString(BackupHost.KIT.resolve("README.md"));
        Matcher key =
                Pattern.compile("^    \\[([A-Z_]+)\\]=", Pattern.MULTILINE).matcher(source);
        int count = 0;
        while (key.find()) {
            assertThat(help).contains(key.group(1));
            assertThat(readme).contains("`" + key.group(1) + "`");
            count++;
        }
        assertThat(count).isGreaterThan(20);
    }
}
