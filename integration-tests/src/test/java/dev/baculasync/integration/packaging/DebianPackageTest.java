package dev.baculasync.integration.packaging;

import static dev.baculasync.integration.packaging.EmptySystem.OPT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The package is installed by dpkg into a folder that is a system of its own, with its maintainer scripts. */
class DebianPackageTest {
    private static final String HOME = "usr/share/bacula-openstack-sync";

    @TempDir
    private Path root;

    private EmptySystem system;
    private Installation installation;

    @BeforeEach
    void aSystemWithoutPackages() throws IOException {
        system = new EmptySystem(root);
        installation = new Installation(system, HOME, "usr/share/doc/bacula-openstack-sync");
    }

    @Test
    void itIsThereWithUserModesManualCompletionAndAProgramThatRuns() throws Exception {
        Result installed = install();

        assertThat(installed.exitCode()).as(installed.err()).isZero();
        assertThat(installed.err()).doesNotContain("WARN", "ERROR");
        installation.assertConfiguration();
        installation.assertProgram("usr/bin");
        installation.assertQuiesce();
        installation.assertDocuments();
        assertThat(root.resolve("usr/share/man/man8/bacula-openstack-sync.8.gz"))
                .isNotEmptyFile();
        assertThat(root.resolve("usr/share/bash-completion/completions/bacula-openstack-sync"))
                .isNotEmptyFile();
        assertThat(Files.readAllLines(root.resolve("var/lib/dpkg/info/bacula-openstack-sync.conffiles")))
                .containsExactly("/etc/logrotate.d/bacula-openstack-sync");
    }

    @Test
    void anArchiveThatNoLongerFitsIsIgnoredWithoutAWord() throws Exception {
        install();
        try (var jars = Files.list(root.resolve(HOME).resolve("lib"))) {
            Path jar = jars.filter(file -> file.toString().contains("picocli"))
                    .findFirst()
                    .orElseThrow();
            Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
        }

        assertThat(installation.run("-Xshare:on", "--version").exitCode()).isNotZero();
        Result version = installation.run("", "--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.out()).matches("bacula-openstack-sync [-.\\w]+\n");
        assertThat(version.err()).isEmpty();
    }

    @Test
    void whatIsThereAlreadyStaysAsItIs() throws Exception {
        system.addBacula(4711, 4712);
        Path script = system.file(OPT + "scripts/run-openstack-sync.sh", "#!/bin/sh\n# of the tool before\n");
        Path job = system.file(OPT + "etc/openstack/dc1/os1/web/job", "#@vm: web\n");
        Path clients = system.file(OPT + "etc/openstack/clients.conf", "dc1 os1 a b c-\n");
        Path settings = system.file(OPT + "etc/openstack-sync.env", "GRACE_DAYS=7\n");
        system.give(OPT + "etc/openstack-sync.env", 0, 4712, "rw-r--r--");
        system.give(OPT + "etc/openstack", 0, 0, "rwxr-xr-x");
        String users = system.text("etc/passwd");

        Result installed = install();

        assertThat(installed.exitCode()).as(installed.err()).isZero();
        assertThat(installed.err()).contains("run-openstack-sync.sh was there before and stays as it is");
        assertThat(script).hasContent("#!/bin/sh\n# of the tool before\n");
        assertThat(job).hasContent("#@vm: web\n");
        assertThat(clients).hasContent("dc1 os1 a b c-\n");
        assertThat(system.look(OPT + "etc/openstack")).isEqualTo("rwxr-xr-x 0:0");
        assertThat(settings).hasContent("GRACE_DAYS=7\n");
        assertThat(system.look(OPT + "etc/openstack-sync.env")).isEqualTo("rw-r--r-- 0:4712");
        assertThat(system.look(OPT + "etc/openstack-sync.pgpass")).isEqualTo("rw------- 4711:4712");
        assertThat(system.text("etc/passwd")).isEqualTo(users);
    }

    @Test
    void aLinkThatTheUserMayHaveMadeIsNotFollowed() throws Exception {
        system.addBacula(4711, 4712);
        Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
        Files.createDirectories(root.resolve(OPT + "etc"));
        Files.createSymbolicLink(root.resolve(OPT + "etc/openstack"), elsewhere);
        system.give(OPT + "etc", 4711, 4712, "rwxr-xr-x");

        Result installed = install();

        assertThat(installed.exitCode()).isNotZero();
        assertThat(installed.err()).contains("etc/openstack is a link in a folder of the user bacula");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void removedAndPurgedItLeavesConfigurationAndTheTreeThatTheDirectorLoads() throws Exception {
        install();
        Path job = system.file(OPT + "etc/openstack/dc1/os1/web/job", "#@vm: web\n");
        Path settings = system.file(OPT + "etc/openstack-sync.env", "BASE_DIR=/opt/bacula/etc/openstack\n");
        system.file(OPT + "log/openstack-sync.log.1.gz", "old");

        assertThat(dpkg("--remove", "bacula-openstack-sync").exitCode()).isZero();
        assertThat(root.resolve(HOME)).doesNotExist();
        assertThat(root.resolve(OPT + "scripts")).isEmptyDirectory();
        assertThat(settings).hasContent("BASE_DIR=/opt/bacula/etc/openstack\n");

        assertThat(dpkg("--purge", "bacula-openstack-sync").exitCode()).isZero();
        assertThat(settings).hasContent("BASE_DIR=/opt/bacula/etc/openstack\n");
        assertThat(root.resolve(OPT + "log")).isEmptyDirectory();
        assertThat(root.resolve("etc/logrotate.d/bacula-openstack-sync")).doesNotExist();
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
                        // Small machines have a rule against these.
                        "--path-include=/usr/share/doc/*",
                        "--path-include=/usr/share/man/*",
                        action,
                        what)
                .with(Map.of(
                        "PATH",
                        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "JAVA_HOME",
                        System.getProperty("java.home")))
                .run();
    }
}
