package dev.baculasync.integration.packaging;

import static dev.baculasync.integration.packaging.EmptySystem.OPT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What both ways of installing leave.
 *
 * @param home the program's folder, as {@code usr/share/bacula-openstack-sync}
 * @param documents where the documents are
 */
record Installation(EmptySystem system, String home, String documents) {
    static final List<String> SCRIPTS = List.of("run-openstack-sync.sh", "preflight-check.sh");
    static final List<String> QUIESCE = List.of(
            "mysql-lock.sh",
            "mysql-lock-wrapper.sh",
            "postgresql-lock.sh",
            "postgresql-lock-wrapper.sh",
            "command-lock.sh",
            "command-lock-wrapper.sh");

    private static final Path KIT = Path.of("..", "packaging", "quiesce");

    void assertConfiguration() throws IOException {
        String user = system.bacula();
        assertThat(user).endsWith(":/usr/sbin/nologin");
        String bacula = user.split(":")[2] + ":" + user.split(":")[3];
        assertThat(system.look(OPT + "etc/openstack-sync.env")).isEqualTo("rw-r----- " + bacula);
        assertThat(system.look(OPT + "etc/openstack-sync.pgpass")).isEqualTo("rw------- " + bacula);
        assertThat(system.look(OPT + "etc/bconsole-openstack-sync.conf")).isEqualTo("rw-r----- " + bacula);
        assertThat(system.look(OPT + "etc/openstack")).isEqualTo("rwxr-x--- " + bacula);
        assertThat(system.look(OPT + "etc/openstack/clients.conf")).isEqualTo("rw-r----- " + bacula);
        assertThat(system.look(OPT + "etc/openstack/director.conf")).isEqualTo("rw-r----- " + bacula);
        assertThat(system.path(OPT + "etc/openstack/director.conf")).isEmptyFile();
        assertThat(system.look(OPT + "log")).isEqualTo("rwxr-x--- " + bacula);
        assertThat(system.look(OPT + "etc")).isEqualTo("rwxr-xr-x 0:0");
        assertThat(system.look(OPT + "scripts")).isEqualTo("rwxr-xr-x 0:0");
        for (String template : List.of("openstack-sync.env", "openstack-sync.pgpass", "bconsole-openstack-sync.conf")) {
            assertThat(system.text(OPT + "etc/" + template)).isEqualTo(system.text(home + "/etc/" + template));
        }
    }

    void assertProgram(String bin) throws Exception {
        assertThat(system.look(home + "/bin/bacula-openstack-sync")).isEqualTo("rwxr-xr-x 0:0");
        assertLink(bin + "/bacula-openstack-sync", "bin/bacula-openstack-sync");
        for (String script : SCRIPTS) {
            assertLink(OPT + "scripts/" + script, "scripts/" + script);
        }
        assertThat(run("", "status")).isEqualTo(new Result(0, "", ""));
        assertThat(system.look(home + "/lib/classes.jsa")).isEqualTo("rw-r--r-- 0:0");
        // With this, Java refuses to start when it cannot use the archive.
        assertThat(run("-Xshare:on", "--version").exitCode()).isZero();
    }

    /** The kit is where the JobDefs look for it, and runs from there. */
    void assertQuiesce() throws Exception {
        for (String script : QUIESCE) {
            assertLink(OPT + "scripts/" + script, "quiesce/" + script);
            Result help = new Command(system.path(home + "/quiesce/" + script).toString(), "--help")
                    .with(Map.of("PATH", "/usr/bin:/bin"))
                    .run();
            assertThat(help.out()).as(help.err()).contains("usage: " + script);
        }
        for (String part :
                List.of("lock.sh", "wrapper.sh", "holder.sh", "settings.sh", "metadata.sh", "vm/session.sh")) {
            String mode = Files.isExecutable(KIT.resolve("quiesce").resolve(part)) ? "rwxr-xr-x" : "rw-r--r--";
            assertThat(system.look(home + "/quiesce/quiesce/" + part)).as(part).isEqualTo(mode + " 0:0");
        }
        for (String jobDefs : List.of("mysql", "postgresql", "command")) {
            assertThat(system.look(home + "/quiesce/jobdefs/" + jobDefs + "-consistent.conf"))
                    .isEqualTo("rw-r--r-- 0:0");
        }
    }

    void assertDocuments() throws IOException {
        for (String document : List.of("README.md", "CHANGELOG.md", "docs/operate.md", "examples/quiesce/README.md")) {
            assertThat(system.look(documents + "/" + document)).as(document).isEqualTo("rw-r--r-- 0:0");
        }
        assertThat(system.look(home + "/quiesce/README.md")).isEqualTo("rw-r--r-- 0:0");
    }

    private void assertLink(String link, String to) throws IOException {
        assertThat(Files.readSymbolicLink(system.path(link))).hasToString("/" + home + "/" + to);
        assertThat(system.path(home + "/" + to)).isExecutable();
    }

    Result run(String javaOptions, String command) throws Exception {
        return new Command(system.path(home + "/bin/bacula-openstack-sync").toString(), command)
                .with(Map.of(
                        "PATH",
                        "/usr/bin:/bin",
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "JAVA_OPTS",
                        javaOptions,
                        "BASE_DIR",
                        system.path(OPT + "etc/openstack").toString()))
                .run();
    }
}
