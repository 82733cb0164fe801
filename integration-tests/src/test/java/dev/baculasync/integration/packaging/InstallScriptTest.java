package dev.baculasync.integration.packaging;

import static dev.baculasync.integration.packaging.EmptySystem.OPT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.packaging.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tarball is unpacked, and its script installs into a folder that is a system of its own. */
class InstallScriptTest {
    private static final String HOME = "usr/local/share/bacula-openstack-sync";
    private static final String LINK = "opt/bacula/scripts/run-openstack-sync.sh";

    @TempDir
    private Path root;

    @TempDir
    private Path download;

    private EmptySystem system;
    private Installation installation;
    private Path unpacked;

    @BeforeEach
    void unpack() throws Exception {
        system = new EmptySystem(root);
        installation = new Installation(system, HOME, HOME + "/doc");
        Result tar = new Command("/bin/tar", "xzf", Shipped.tarball().toString(), "-C", download.toString())
                .with(Map.of("PATH", "/usr/bin:/bin"))
                .run();
        assertThat(tar).isEqualTo(new Result(0, "", ""));
        try (Stream<Path> folders = Files.list(download)) {
            unpacked = folders.findFirst().orElseThrow();
        }
        // As somebody has it who may not be trusted with a program of all users.
        new Command("/bin/chown", "-R", "4242:4242", unpacked.toString()).run();
    }

    @Test
    void anEmptyHostHasAllOfItAfterwardsAndASecondRunChangesNothing() throws Exception {
        Map<String, String> before = system.everything();
        Result dry = install("--dry-run");
        assertThat(dry.exitCode()).as(dry.err()).isZero();
        assertThat(system.everything()).isEqualTo(before);

        Result installed = install();

        assertThat(installed.exitCode()).as(installed.err()).isZero();
        assertThat(installed.err()).isEmpty();
        List<String> told = installed.out().lines().toList();
        assertThat(dry.out().lines().map(line -> line.substring("would ".length())))
                .as("what the dry run said")
                .isEqualTo(told.subList(0, told.size() - 1));
        assertThat(told.get(told.size() - 1)).startsWith("Installed. What comes next: \"Configure\" in /" + HOME);
        installation.assertConfiguration();
        installation.assertProgram("usr/local/bin");
        installation.assertQuiesce();
        installation.assertDocuments();
        for (String file : List.of(
                "usr/local/share/man/man8/bacula-openstack-sync.8",
                "usr/local/share/bash-completion/completions/bacula-openstack-sync",
                "usr/local/lib/systemd/system/bacula-openstack-sync.service",
                "usr/local/lib/systemd/system/bacula-openstack-sync.timer",
                "etc/logrotate.d/bacula-openstack-sync")) {
            assertThat(system.look(file)).as(file).isEqualTo("rw-r--r-- 0:0");
        }

        Map<String, String> after = system.everything();
        assertThat(install()).isEqualTo(new Result(0, "There is nothing to do; nothing was changed.\n", ""));
        assertThat(system.everything()).isEqualTo(after);
        Result again = new Command(system.path(HOME + "/install.sh").toString())
                .with(environment())
                .run();
        assertThat(again).isEqualTo(new Result(0, "There is nothing to do; nothing was changed.\n", ""));
        assertThat(system.everything()).isEqualTo(after);
    }

    @Test
    void whatIsThereAlreadyStaysAsItIsAndANewerProgramReplacesAnOlder() throws Exception {
        system.addBacula(4711, 4712);
        system.file(LINK, "#!/bin/sh\n# of the tool before\n");
        system.file(OPT + "etc/openstack/clients.conf", "dc1 os1 a b c-\n");
        system.file(OPT + "etc/openstack/director.conf", "@\"/opt/bacula/etc/openstack/dc1/os1/web/job\"\n");
        system.file(OPT + "etc/openstack-sync.env", "GRACE_DAYS=7\n");
        system.give(OPT + "etc/openstack-sync.env", 0, 4712, "rw-r--r--");
        system.file("etc/logrotate.d/bacula-openstack-sync", "# ours\n");
        system.file(HOME + "/lib/baculasync-cli-0.0.1.jar", "old");
        system.file("usr/local/lib/systemd/system/bacula-openstack-sync.service", "# old\n");
        Map<String, String> before = system.everything();

        Result installed = install();

        assertThat(installed.exitCode()).as(installed.err()).isZero();
        assertThat(installed.err())
                .isEqualTo("WARN: /" + LINK + " was there before and stays as it is; to have ours instead: ln -sfT /"
                        + HOME + "/scripts/run-openstack-sync.sh /" + LINK + "\n");
        Map<String, String> after = system.everything();
        for (String kept : List.of(
                LINK,
                OPT + "etc/openstack",
                OPT + "etc/openstack/clients.conf",
                OPT + "etc/openstack/director.conf",
                OPT + "etc/openstack-sync.env",
                "etc/logrotate.d/bacula-openstack-sync",
                "etc/passwd")) {
            assertThat(after.get(kept)).as(kept).isEqualTo(before.get(kept));
        }
        assertThat(system.look(OPT + "etc/openstack-sync.pgpass")).isEqualTo("rw------- 4711:4712");
        assertThat(system.has(HOME + "/lib/baculasync-cli-0.0.1.jar")).isFalse();
        assertThat(after.keySet()).noneMatch(file -> file.matches(".*\\.(new|old)(\\.\\d+)?(/.*)?"));
        assertThat(system.text("usr/local/lib/systemd/system/bacula-openstack-sync.service"))
                .contains("ExecStart=");
        assertThat(installation.run("-Xshare:on", "--version").exitCode()).isZero();
    }

    @Test
    void takenAwayItLeavesConfigurationAndTheTreeThatTheDirectorLoads() throws Exception {
        install("--prefix", "/usr");
        system.file(OPT + "etc/openstack/dc1/os1/web/job", "#@vm: web\n");
        system.file(OPT + "log/openstack-sync.log", "--- \n");
        system.file("etc/logrotate.d/bacula-openstack-sync", "# the operator's own\n");
        Files.delete(root.resolve(LINK));
        system.file(LINK, "#!/bin/sh\n# the operator's own\n");
        Map<String, String> before = system.everything();
        Command uninstall = new Command(
                        system.path("usr/share/bacula-openstack-sync/install.sh")
                                .toString(),
                        "uninstall")
                .with(environment());

        Result removed = uninstall.run();

        assertThat(removed.exitCode()).as(removed.err()).isZero();
        assertThat(removed.out()).endsWith("run-openstack-sync.sh will fail; disable it.\n");
        before.keySet()
                .removeIf(file -> file.startsWith("usr/") && !Files.isDirectory(root.resolve(file))
                        || file.startsWith("usr/share/bacula-openstack-sync")
                        || file.startsWith(OPT + "scripts/") && !file.equals(LINK));
        assertThat(system.everything()).isEqualTo(before);
        assertThat(install("uninstall")).isEqualTo(new Result(0, "There is nothing to do; nothing was changed.\n", ""));
    }

    @Test
    void takenAwayBesideThePackageItLeavesThePackagesRule() throws Exception {
        install();
        system.file("usr/share/bacula-openstack-sync/bin/bacula-openstack-sync", "the package's\n");

        assertThat(install("uninstall").exitCode()).isZero();

        assertThat(system.has("etc/logrotate.d/bacula-openstack-sync")).isTrue();
        assertThat(system.has(HOME)).isFalse();
        assertThat(system.has("usr/share/bacula-openstack-sync")).isTrue();

        system.file(HOME + "/old", "");
        Files.delete(root.resolve("usr/share/bacula-openstack-sync/bin/bacula-openstack-sync"));
        Files.delete(root.resolve("usr/share/bacula-openstack-sync/bin"));
        Files.delete(root.resolve("usr/share/bacula-openstack-sync"));
        assertThat(install("uninstall").exitCode()).isZero();
        assertThat(system.has("etc/logrotate.d/bacula-openstack-sync")).isFalse();
    }

    @Test
    void whatTheUserMayHaveMadeIsNotFollowedAndNothingIsChanged() throws Exception {
        system.addBacula(4711, 4712);
        Files.createDirectory(root.resolve("elsewhere"));
        Files.createDirectories(root.resolve(OPT + "etc"));
        Files.createSymbolicLink(root.resolve(OPT + "etc/openstack"), root.resolve("elsewhere"));
        system.give(OPT + "etc", 4711, 4712, "rwxr-xr-x");
        Map<String, String> before = system.everything();

        Result refused = install();

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err())
                .isEqualTo("ERROR: " + root + "/" + OPT
                        + "etc/openstack is a link in a folder of the user bacula: nothing is written through it\n");
        assertThat(system.everything()).isEqualTo(before);
    }

    @Test
    void whereTheUserMayWriteItIsTheUserWhoWrites() throws Exception {
        system.addBacula(4711, 4712);
        Files.createDirectories(root.resolve(OPT + "etc"));
        system.give(OPT, 4711, 4712, "rwxr-xr-x");
        system.give(OPT + "etc", 4711, 4712, "r-xr-xr-x");

        Result refused = install();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("the user bacula may change " + root + "/opt/bacula, but not write to " + root
                        + "/opt/bacula/etc");

        system.give(OPT + "etc", 4711, 4712, "rwxr-xr-x");
        Result installed = install();
        assertThat(installed.exitCode()).as(installed.err()).isZero();
        assertThat(system.look(OPT + "etc/openstack-sync.pgpass")).isEqualTo("rw------- 4711:4712");
        assertThat(system.look(OPT + "scripts")).isEqualTo("rwxr-xr-x 4711:4712");
    }

    @Test
    void whereOthersMayWriteNothingIsMade() throws Exception {
        Files.createDirectories(root.resolve(OPT));
        system.give(OPT, 0, 0, "rwxr-xrwx");
        Map<String, String> before = system.everything();

        Result open = install();
        assertThat(open.exitCode()).isEqualTo(1);
        assertThat(open.err())
                .contains("everybody may write to " + root + "/opt/bacula: ")
                .contains("chmod o-w");

        system.give(OPT, 0, 4242, "rwxrwxr-x");
        assertThat(install().err()).contains("the group with the number 4242 may write to ");

        system.give(OPT, 4242, 0, "rwxr-xr-x");
        assertThat(install().err()).contains("belongs to the user with the number 4242, neither root nor bacula");

        system.give(OPT, 0, 0, "rwxr-xrwx");
        assertThat(system.everything()).isEqualTo(before);
    }

    @Test
    void theProgramIsRootsAlone() throws Exception {
        system.addBacula(4711, 4712);
        Files.createDirectories(root.resolve("srv"));
        system.give("srv", 4711, 4712, "rwxr-xr-x");

        Result refused = install("--prefix", "/srv");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("is not root's alone").contains("choose another --prefix");
        assertThat(system.has("srv/share")).isFalse();
    }

    @Test
    void aStepThatFailsIsNamedAndTheNextRunGoesOn() throws Exception {
        Path broken = Files.createDirectory(download.resolve("broken"));
        failing(broken.resolve("useradd"));

        Result failed = install(broken);

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("ERROR: this failed: make the user bacula. What comes after it was not done");
        assertThat(system.has("opt")).isFalse();

        Files.delete(broken.resolve("useradd"));
        failing(broken.resolve("mv"));
        failed = install(broken);
        assertThat(failed.err()).contains("ERROR: this failed: write /opt/bacula/etc/openstack-sync.env for bacula");
        assertThat(root.resolve(OPT + "etc/openstack")).isEmptyDirectory();
        try (Stream<Path> files = Files.list(root.resolve(OPT + "etc"))) {
            assertThat(files).containsExactly(root.resolve(OPT + "etc/openstack"));
        }

        Result installed = install();
        assertThat(installed.exitCode()).as(installed.err()).isZero();
        installation.assertConfiguration();
    }

    @Test
    void aProgramThatCannotBeCopiedLeavesTheOneBefore() throws Exception {
        system.file(HOME + "/bin/bacula-openstack-sync", "#!/bin/sh\necho the one before\n");
        Map<String, String> before = system.everything();
        Path broken = Files.createDirectory(download.resolve("broken"));
        failing(broken.resolve("chown"));

        Result failed = install(broken);

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.err()).contains("ERROR: this failed: copy the program to /" + HOME + ".");
        assertThat(system.everything()).isEqualTo(before);
    }

    @Test
    void withoutJavaNothingIsDone() throws Exception {
        Map<String, String> before = system.everything();
        Result refused = new Command(unpacked.resolve("install.sh").toString())
                .with(environment())
                .with(Map.of("JAVA_HOME", "/none"))
                .run();

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .isEqualTo("ERROR: JAVA_HOME is /none, but there is no bin/java in it\n"
                        + "ERROR: the program does not start; nothing was done\n");
        assertThat(system.everything()).isEqualTo(before);
    }

    @Test
    void asTheManualSaysTheConsoleHasOnePasswordThatOthersCannotRead() throws Exception {
        install();
        String[] user = system.bacula().split(":");
        String manual = system.text(HOME + "/doc/docs/operate.md");
        Matcher block = Pattern.compile("(?s)```sh\n( *install -d .*?)```").matcher(manual);
        assertThat(block.find()).as("the step that sets up the console").isTrue();
        String step =
                block.group(1).replace("/opt/bacula", root + "/opt/bacula").replace("-g bacula", "-g " + user[3]);

        Result done = new Command("/bin/sh", "-euc", "cd " + root.resolve(HOME) + "\n" + step)
                .with(environment())
                .run();

        assertThat(done).isEqualTo(new Result(0, "", ""));
        assertThat(system.look(OPT + "etc/openstack-sync.d")).isEqualTo("rwxr-x--- 0:" + user[3]);
        for (String snippet : List.of("console.conf", "include.conf", "admin-job.conf")) {
            assertThat(system.look(OPT + "etc/openstack-sync.d/" + snippet)).isEqualTo("rw-r----- 0:" + user[3]);
        }
        assertThat(system.look(OPT + "etc/bconsole-openstack-sync.conf"))
                .isEqualTo("rw-r----- " + user[2] + ":" + user[3]);
        assertThat(password(OPT + "etc/openstack-sync.d/console.conf"))
                .matches("[0-9a-f]{48}")
                .isEqualTo(password(OPT + "etc/bconsole-openstack-sync.conf"));

        system.file(OPT + "etc/openstack-sync.d/admin-job.conf", "# the operator's\n");
        String console = system.text(OPT + "etc/openstack-sync.d/console.conf");
        new Command("/bin/sh", "-euc", "cd " + root.resolve(HOME) + "\n" + step)
                .with(environment())
                .run();
        assertThat(system.text(OPT + "etc/openstack-sync.d/admin-job.conf"))
                .as("after the same again")
                .isEqualTo("# the operator's\n");
        assertThat(system.text(OPT + "etc/openstack-sync.d/console.conf")).isEqualTo(console);
    }

    private String password(String file) throws IOException {
        Matcher password =
                Pattern.compile("(?s)Console \\{.*Password = \"([^\"]*)\"").matcher(system.text(file));
        assertThat(password.find()).isTrue();
        return password.group(1);
    }

    @Test
    void aFolderThatIsNoSystemIsRefused() throws Exception {
        Result refused = new Command(unpacked.resolve("install.sh").toString())
                .with(environment())
                .with(Map.of("DESTDIR", download.toString()))
                .run();

        assertThat(refused)
                .isEqualTo(new Result(
                        1, "", "ERROR: DESTDIR is " + download + ", but there is no system in it: no etc/passwd\n"));
    }

    private static void failing(Path program) throws IOException {
        Files.writeString(program, "#!/bin/sh\necho 'no space left' >&2\nexit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result install(String... arguments) throws Exception {
        return new Command(
                        Stream.concat(Stream.of(unpacked.resolve("install.sh").toString()), Stream.of(arguments))
                                .toArray(String[]::new))
                .with(environment())
                .run();
    }

    /** With some of the system's programs replaced by others. */
    private Result install(Path programs) throws Exception {
        Map<String, String> environment = new LinkedHashMap<>(environment());
        environment.merge("PATH", programs + ":", (path, first) -> first + path);
        return new Command(unpacked.resolve("install.sh").toString())
                .with(environment)
                .run();
    }

    private Map<String, String> environment() {
        return Map.of(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "JAVA_HOME",
                System.getProperty("java.home"),
                "DESTDIR",
                root.toString());
    }
}
