package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.Program.Result;
import dev.baculasync.integration.packaging.Command;
import dev.baculasync.integration.packaging.Shipped;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/operate.md promises, tried with the program and a real Director. */
class ManualTest {
    private static final Path MANUAL = Path.of("..", "docs", "operate.md");
    private static final String WEB = "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String DB = "server=db uuid=114c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String NEW = "server=new uuid=214c5892-5efb-4efb-bd60-4e038800475d\n";

    @TempDir
    private static Path folder;

    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void reset() throws Exception {
        site.reset();
    }

    @Test
    void eachSymptomIsToldAsTheManualSays() throws Exception {
        Iterator<String> messages = messages().iterator();
        site.answer(WEB + DB);
        site.sync(site.program(), 0);
        Path pgpass = Files.writeString(site.file("pgpass"), "*:*:*:*:secret\n");
        Files.setPosixFilePermissions(pgpass, PosixFilePermissions.fromString("rw-r--r--"));

        tells(1, site.program().with("DB_PORT", "1"), messages.next(), "sync");
        tells(2, site.program().without("PGPASSWORD").with("PGPASSFILE", pgpass.toString()), messages.next(), "sync");
        tells(2, site.program().with("BCONSOLE", "/none/bconsole"), messages.next(), "sync");
        site.answer("");
        tells(1, site.program(), messages.next(), "sync");
        site.answer("name: [\n]\n");
        tells(1, site.program(), messages.next(), "sync");
        site.answer(WEB + "warning=one project could not be listed\n" + DB);
        tells(1, site.program(), messages.next(), "sync");
        site.answer(DB);
        tells(0, site.program(), messages.next(), "sync");
        site.answer(DB + NEW);
        tells(1, site.program().with("POOL", "NoPool"), messages.next(), "sync");
        aWrongConfiguration(messages.next());
        site.answer(DB + NEW);
        site.sync(site.program(), 0);
        site.bacula().runJob(Site.PREFIX + "db");
        Files.delete(site.vm("db").resolve("job"));
        tells(1, site.program(), messages.next(), "sync");
        anInstanceThatIsNotMounted(messages.next());
        tells(
                2,
                site.program(),
                messages.next(),
                "delete-client",
                "datacenter1",
                "openstack1",
                Site.CLIENT,
                Site.PREFIX);
        aConsoleThatMayDoNothing(messages.next());
        assertThat(site.program().run("repair", "db").exitCode()).isZero();
        tells(1, cleaningWithoutRights(), messages.next(), "sync");
        try (FileChannel lock = FileChannel.open(
                site.bacula().baseDir().resolve(".bacula-openstack-sync.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            lock.lock();
            tells(3, site.program(), messages.next(), "sync");
        }
        tells(1, site.program().with("BCONSOLE_CONF", withAnotherPassword().toString()), messages.next(), "sync");
        tells(2, site.program().with("DRY_RUN", "1"), messages.next(), "sync");
        scriptTells(2, "rw-rw-r--", "", messages.next());
        scriptTells(0, "rw-r--r--", "PGPASSWORD=secret\n", messages.next());
        scriptTells(2, "rw-r-----", "POOL=Databases and more\n", messages.next());
        scriptTells(0, "rw-r-----", "SYNC_LOG=/none/sync.log\n", messages.next());
        assertThat(messages).isExhausted();
    }

    @Test
    void aTreeOfTheToolBeforeIsTakenOverAsItIs() throws Exception {
        Path vm = Files.createDirectories(site.vm("rocky9-instance1"));
        Files.writeString(vm.resolve("job"), """
                #@vm: rocky9-instance1
                #@uuid:          014c5892-5efb-4efb-bd60-4e038800475d
                #@datacenter:    datacenter1
                #@openstack:     openstack1
                #@client:        bacula-dc1-os1-fd
                #@status:        active
                # Managed by bacula-openstack-sync | created: 2026-05-18 19:00:00

                Job {
                  Name       = "backup-dc1-os1-rocky9-instance1"
                  JobDefs    = "DefaultJob"
                  Client     = "bacula-dc1-os1-fd"
                  FileSet    = "fs-datacenter1-openstack1-rocky9-instance1"
                  Storage    = "File1"
                  Pool       = "Default"
                  Schedule   = "WeeklyCycle"
                  Messages   = "Standard"
                  Enabled    = yes
                }
                """);
        Files.writeString(vm.resolve("fileset"), """
                FileSet {
                  Name = "fs-datacenter1-openstack1-rocky9-instance1"
                  Include {
                    Options {
                      signature = SHA256
                    }
                    Plugin = "openstack: proxy_server=dc1-os1-proxy instance=014c5892-5efb-4efb-bd60-4e038800475d"
                  }
                }
                """);
        FileTree before = FileTree.of(vm);
        site.answer("server=rocky9-instance1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");

        Result result = site.sync(site.program(), 0);

        assertThat(result.outcomes()).containsEntry("rocky9-instance1", "unchanged");
        assertThat(FileTree.of(vm)).isEqualTo(before);
        assertThat(Files.readString(site.bacula().directorConf()))
                .contains("@\"" + vm.resolve("job") + "\"", "@\"" + vm.resolve("fileset") + "\"");
        assertThat(site.bacula().jobNames()).contains("backup-dc1-os1-rocky9-instance1");
    }

    private static void anInstanceThatIsNotMounted(String message) throws Exception {
        Path directory = site.vm("db").getParent();
        Path aside = site.file("aside");
        Files.move(directory, aside);
        Files.createDirectory(directory);
        tells(1, site.program(), message, "sync");
        Files.delete(directory);
        Files.move(aside, directory);
    }

    private static void aWrongConfiguration(String message) throws Exception {
        String configuration = Files.readString(site.bacula().directorFile());
        Files.writeString(site.bacula().directorFile(), configuration + "Schedule {\n  Nome = \"Wrong\"\n}\n");
        tells(1, site.program().with("DIRECTOR_CHECK", site.bacula().checkCommand()), message, "sync");
        assertThat(site.vm("new")).doesNotExist();
        Files.writeString(site.bacula().directorFile(), configuration);
    }

    private static void aConsoleThatMayDoNothing(String message) throws Exception {
        String configuration = Files.readString(site.bacula().directorFile());
        Files.writeString(
                site.bacula().directorFile(),
                configuration + "Console {\n  Name = \"nobody\"\n  Password = \"secret\"\n  CommandACL = status\n}\n");
        site.bacula().reload();
        Path console = Files.writeString(
                site.file("nobody.conf"),
                Files.readString(site.bacula().bconsoleConf())
                        + "Console {\n  Name = \"nobody\"\n  Password = \"secret\"\n}\n");
        tells(1, site.program().with("BCONSOLE_CONF", console.toString()), message, "sync");
    }

    private static Path withAnotherPassword() throws IOException {
        String console = Files.readString(site.bacula().bconsoleConf());
        return Files.writeString(
                site.file("another.conf"), console.replaceFirst("Password = \".*\"", "Password = \"another\""));
    }

    private static void scriptTells(int exitCode, String mode, String line, String message) throws Exception {
        Path settings = Files.writeString(
                site.file("sync.env"),
                "JAVA_HOME='" + System.getProperty("java.home") + "'\nBASE_DIR='"
                        + site.bacula().baseDir() + "'\n" + line);
        Files.setPosixFilePermissions(settings, PosixFilePermissions.fromString(mode));
        Command.Result result = new Command(
                        Shipped.tree().resolve("scripts/run-openstack-sync.sh").toString(),
                        "-e",
                        settings.toString(),
                        "status")
                .run();
        assertThat(result.err()).as(message).contains(message);
        assertThat(result.exitCode()).as(message).isEqualTo(exitCode);
    }

    private static Program cleaningWithoutRights() throws Exception {
        try (Connection admin = site.bacula().catalog().connectAsSuperuser();
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE ROLE reader LOGIN; GRANT SELECT ON job, client TO reader");
        }
        // Discovery has just failed: what passes until it works again is not absence.
        site.sync(site.program().laterBy(Duration.ofDays(1)), 0);
        site.sync(site.program().laterBy(Duration.ofDays(20)), 0);
        return site.program()
                .laterBy(Duration.ofDays(40))
                .with("DB_USER", "reader")
                .with("CLEANUP_AFTER_DAYS", "1");
    }

    private static void tells(int exitCode, Program program, String message, String... command) throws Exception {
        Result result = program.run(command);
        assertThat(result.out() + result.err()).as(message).contains(message);
        assertThat(result.exitCode()).as(message).isEqualTo(exitCode);
    }

    /** The second column of the manual's table. */
    private static List<String> messages() throws IOException {
        String manual = Files.readString(MANUAL);
        Matcher rows = Pattern.compile("(?m)^\\|[^|]*\\| `([^`|]*)` \\|[^|]*\\|$")
                .matcher(manual.substring(manual.indexOf("## Troubleshoot"), manual.indexOf("## Security")));
        List<String> messages = new ArrayList<>();
        while (rows.find()) {
            messages.add(rows.group(1));
        }
        return messages;
    }
}
