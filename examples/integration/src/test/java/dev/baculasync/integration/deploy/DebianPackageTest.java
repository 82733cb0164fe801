package dev.baculasync.integration.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.deploy.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package is installed by dpkg into a folder that is a system of its own, with its maintainer scripts. */
class DebianPackageTest {
    private static final String OPT = "opt/bacula/";
    private static final String HOME = "usr/share/bacula-openstack-sync/";

    @TempDir
    private Path root;

    @BeforeEach
    void aSystemWithoutPackages() throws IOException {
        Root.orSkip();
        Files.createDirectories(root.resolve("var/lib/dpkg/info"));
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        file("var/lib/dpkg/status", "");
        file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        file("etc/group", "root:x:0:\n");
        file("etc/shadow", "");
        file("etc/gshadow", "");
    }

    @Test
    void itIsThereWithUserModesManualCompletionAndAProgramThatRuns() throws Exception {
        Result installed = install();

        assertThat(installed.exitCode()).as(installed.err()).isZero();
        String user = Files.readString(root.resolve("etc/passwd"))
                .lines()
                .filter(line -> line.startsWith("bacula:"))
                .findFirst()
                .orElseThrow();
        assertThat(user).endsWith(":/usr/sbin/nologin");
        String bacula = user.split(":")[2] + ":" + user.split(":")[3];
        assertThat(look(OPT + "etc/openstack-sync.env")).isEqualTo("rw-r----- " + bacula);
        assertThat(look(OPT + "etc/openstack")).isEqualTo("rwxr-x--- " + bacula);
        assertThat(look(OPT + "etc/openstack/clients.conf")).isEqualTo("rw-r----- " + bacula);
        assertThat(look(OPT + "etc/openstack/director.conf")).isEqualTo("rw-r----- " + bacula);
        assertThat(root.resolve(OPT + "etc/openstack/director.conf")).isEmptyFile();
        assertThat(look(OPT + "log")).isEqualTo("rwxr-x--- " + bacula);
        assertThat(look(HOME + "bin/bacula-openstack-sync")).isEqualTo("rwxr-xr-x 0:0");
        assertLink("usr/bin/bacula-openstack-sync", "bin/bacula-openstack-sync");
        assertLink(OPT + "scripts/run-openstack-sync.sh", "scripts/run-openstack-sync.sh");
        assertLink(OPT + "scripts/preflight-check.sh", "scripts/preflight-check.sh");
        assertThat(root.resolve("usr/share/man/man8/bacula-openstack-sync.8.gz"))
                .isNotEmptyFile();
        assertThat(root.resolve("usr/share/bash-completion/completions/bacula-openstack-sync"))
                .isNotEmptyFile();
        assertThat(Files.readAllLines(root.resolve("var/lib/dpkg/info/bacula-openstack-sync.conffiles")))
                .containsExactlyInAnyOrder(
                        "/opt/bacula/etc/openstack-sync.env", "/etc/logrotate.d/bacula-openstack-sync");

        Result status = program("", "status");
        assertThat(status).isEqualTo(new Result(0, "", ""));
    }

    @Test
    void javaStartsFromAnArchiveMadeHereAndWithoutAWordWhenThatNoLongerFits() throws Exception {
        install();

        assertThat(look(HOME + "lib/classes.jsa")).isEqualTo("rw-r--r-- 0:0");
        // With this, Java refuses to start when it cannot use the archive.
        assertThat(program("-Xshare:on", "--version").exitCode()).isZero();

        try (var jars = Files.list(root.resolve(HOME + "lib"))) {
            Path jar = jars.filter(file -> file.toString().contains("picocli"))
                    .findFirst()
                    .orElseThrow();
            Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
        }
        assertThat(program("-Xshare:on", "--version").exitCode()).isNotZero();
        Result version = program("", "--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).matches("bacula-openstack-sync [-.\\w]+\n");
        assertThat(version.err()).isEmpty();
    }

    @Test
    void whatIsThereAlreadyStaysAsItIs() throws Exception {
        String users = "root:x:0:0:root:/root:/bin/sh\nbacula:x:4711:4712::/opt/bacula:/bin/false\n";
        file("etc/passwd", users);
        file("etc/group", "root:x:0:\nbacula:x:4712:\n");
        Path script = file(OPT + "scripts/run-openstack-sync.sh", "#!/bin/sh\n# of the tool before\n");
        Path job = file(OPT + "etc/openstack/dc1/os1/web/job", "#@vm: web\n");
        Path clients = file(OPT + "etc/openstack/clients.conf", "dc1 os1 a b c-\n");
        Files.setPosixFilePermissions(
                root.resolve(OPT + "etc/openstack"), PosixFilePermissions.fromString("rwxr-xr-x"));

        Result installed = install();

        assertThat(installed.exitCode()).as(installed.err()).isZero();
        assertThat(installed.err()).contains("run-openstack-sync.sh was there before and stays as it is");
        assertThat(script).hasContent("#!/bin/sh\n# of the tool before\n");
        assertThat(job).hasContent("#@vm: web\n");
        assertThat(clients).hasContent("dc1 os1 a b c-\n");
        assertThat(look(OPT + "etc/openstack")).isEqualTo("rwxr-xr-x 0:0");
        assertThat(look(OPT + "etc/openstack-sync.env")).isEqualTo("rw-r----- 4711:4712");
        assertThat(root.resolve("etc/passwd")).hasContent(users);
    }

    @Test
    void removedAndPurgedItLeavesTheTreeThatTheDirectorLoads() throws Exception {
        install();
        Path job = file(OPT + "etc/openstack/dc1/os1/web/job", "#@vm: web\n");
        Path settings = root.resolve(OPT + "etc/openstack-sync.env");
        Files.writeString(settings, "BASE_DIR=/opt/bacula/etc/openstack\n");
        file(OPT + "log/openstack-sync.log.1.gz", "old");

        assertThat(dpkg("--remove", "bacula-openstack-sync").exitCode()).isZero();
        assertThat(root.resolve("usr/share/bacula-openstack-sync")).doesNotExist();
        assertThat(Files.exists(root.resolve(OPT + "scripts/run-openstack-sync.sh"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(settings).hasContent("BASE_DIR=/opt/bacula/etc/openstack\n");

        assertThat(dpkg("--purge", "bacula-openstack-sync").exitCode()).isZero();
        assertThat(settings).doesNotExist();
        assertThat(root.resolve(OPT + "log")).isEmptyDirectory();
        assertThat(job).exists();
        assertThat(root.resolve(OPT + "etc/openstack/director.conf")).exists();
    }

    private Result install() throws Exception {
        return dpkg("--install", Shipped.debianPackage().toString());
    }

    private Result dpkg(String action, String what) throws Exception {
        return new Command(
                        "/usr/bin/dpkg",
                        "--root=" + root,
                        "--log=" + root.resolve("dpkg.log"),
                        // The scripts of the package run outside, and are told where to work.
                        "--force-script-chrootless",
                        "--force-depends",
                        action,
                        what)
                .with(Map.of(
                        "PATH",
                        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "JAVA_HOME",
                        System.getProperty("java.home")))
                .run();
    }

    private Result program(String javaOptions, String command) throws Exception {
        return new Command(root.resolve(HOME + "bin/bacula-openstack-sync").toString(), command)
                .with(Map.of(
                        "PATH",
                        "/usr/bin:/bin",
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS",
                        javaOptions,
                        "BASE_DIR",
                        root.resolve(OPT + "etc/openstack").toString()))
                .run();
    }

    private String look(String file) throws IOException {
        Path path = root.resolve(file);
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) + " "
                + Files.getAttribute(path, "unix:uid") + ":" + Files.getAttribute(path, "unix:gid");
    }

    private void assertLink(String link, String to) throws IOException {
        assertThat(Files.readSymbolicLink(root.resolve(link))).hasToString("/" + HOME + to);
        assertThat(root.resolve(HOME + to)).isExecutable();
    }

    private Path file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
