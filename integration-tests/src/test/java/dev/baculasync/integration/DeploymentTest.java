package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.integration.RealBacula.JobRun;
import dev.baculasync.integration.packaging.Command;
import dev.baculasync.integration.packaging.Command.Result;
import dev.baculasync.integration.packaging.HostHome;
import dev.baculasync.integration.packaging.Shipped;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is shipped, set up as the manual says, around a real Director: its snippets, scripts, environment file, console and
 * catalog roles. Only paths, ports and passwords are other ones.
 */
class DeploymentTest {
    private static final String CLIENT = "bacula-dc1-os1-fd";
    private static final String CONSOLE_PASSWORD = "console-secret";
    private static final String ROLE_PASSWORD = "role-secret";
    private static final Pattern ACL = Pattern.compile("(?m)^ *#?CommandACL = (.*)$");

    @TempDir
    private static Path folder;

    private static RealBacula bacula;

    @BeforeAll
    static void setUp() throws Exception {
        HostHome host = HostHome.orSkip();
        bacula = RealBacula.start(CLIENT);
        Result roles = host.psql(
                bacula.catalog().port(),
                CatalogDatabase.NAME,
                Shipped.tree().resolve("catalog/roles.sql"),
                "-v",
                "cleanup=1");
        assertThat(roles.exitCode()).as(roles.err()).isZero();
        try (Connection admin = bacula.catalog().connectAsSuperuser();
                Statement statement = admin.createStatement()) {
            statement.execute("ALTER ROLE openstack_sync PASSWORD '" + ROLE_PASSWORD + "'");
            statement.execute("ALTER ROLE openstack_cleanup PASSWORD '" + ROLE_PASSWORD + "'");
        }
        Files.writeString(
                folder.resolve("clients.conf"),
                "datacenter1 openstack1 " + CLIENT + " " + RealBacula.RUNNABLE_PROXY + " backup-dc1-os1-\n");
        secret("pgpass", "127.0.0.1:" + bacula.catalog().port() + ":*:*:" + ROLE_PASSWORD + "\n");
        secret("openstack-sync.env", Shipped.environment(environment()));
        setUpDirector();
    }

    private static Map<String, String> environment() {
        Map<String, String> values = new LinkedHashMap<>(bacula.settings());
        values.remove("PGPASSWORD");
        values.put("CLIENTS_CONF", folder.resolve("clients.conf").toString());
        values.put("BCONSOLE_CONF", consoleFile("openstack-sync").toString());
        values.put("DB_USER", "openstack_sync");
        values.put("PGPASSFILE", folder.resolve("pgpass").toString());
        values.put("DIRECTOR_CHECK", bacula.checkCommand());
        values.put("SYNC_LOG", folder.resolve("sync.log").toString());
        values.put("JAVA_HOME", System.getProperty("java.home"));
        return values;
    }

    private static void setUpDirector() throws Exception {
        Path include = snippet(
                "include.conf",
                Map.of("/opt/bacula/etc/openstack", bacula.baseDir().toString()));
        Path adminJob = snippet(
                "admin-job.conf",
                Map.of(
                        "/opt/bacula/scripts/run-openstack-sync.sh",
                        Shipped.tree().resolve("scripts/run-openstack-sync.sh") + " -e "
                                + folder.resolve("openstack-sync.env")));
        Path console = snippet("console.conf", Map.of("@CONSOLE_PASSWORD@", CONSOLE_PASSWORD));
        String shipped = Files.readString(console);
        Matcher acl = ACL.matcher(shipped);
        StringBuilder more = new StringBuilder();
        List<String> sync = commands(acl);
        List<String> cleanup = commands(acl);
        // As the manual says: the second line beside the first.
        assertThat(shipped).contains("#CommandACL");
        more.append(shipped.replace("#CommandACL", "CommandACL").replace("\"openstack-sync\"", "\"with-cleanup\""));
        for (String word : sync) {
            more.append(console(shipped, without(word), sync, cleanup, word));
        }
        for (String word : cleanup) {
            more.append(console(shipped, without(word), sync, cleanup, word));
        }
        for (String kind :
                List.of("ClientACL", "JobACL", "StorageACL", "PoolACL", "ScheduleACL", "FileSetACL", "CatalogACL")) {
            String all = console(shipped, "without-" + kind, sync, cleanup, "");
            assertThat(all).contains(kind + " = *all*");
            more.append(all.replace(kind + " = *all*", ""));
        }
        String before = Files.readString(bacula.directorFile());
        String line = RealBacula.Include.DIRECTOR_CONF.line(bacula.baseDir());
        assertThat(before).contains(line);
        Files.writeString(
                bacula.directorFile(),
                before.replace(line, "@\"" + include + "\"\n@\"" + adminJob + "\"\n@\"" + console + "\"\n") + more);
        for (Matcher name = Pattern.compile("Name = \"((?:openstack-|with)[^\"]*)\"")
                        .matcher(shipped + more);
                name.find(); ) {
            writeConsoleFile(name.group(1));
        }
        assertThat(bacula.checkConfiguration()).isEqualTo(new RealBacula.Output(0, ""));
        bacula.reload();
    }

    private static List<String> commands(Matcher acl) {
        assertThat(acl.find()).as("another CommandACL").isTrue();
        return List.of(acl.group(1).split(", "));
    }

    /** The shipped Console with what cleanup needs, under another name and without one command. */
    private static String console(
            String shipped, String name, List<String> sync, List<String> cleanup, String without) {
        String words = Stream.concat(sync.stream(), cleanup.stream())
                .filter(word -> !word.equals(without))
                .collect(Collectors.joining(", "));
        return ACL.matcher(shipped)
                .replaceFirst("CommandACL = " + words)
                .replace("\"openstack-sync\"", "\"" + name + "\"");
    }

    private static String without(String word) {
        return "without-" + word.replace(".", "dot-");
    }

    private static Path consoleFile(String name) {
        return folder.resolve("bconsole-" + name + ".conf");
    }

    private static void writeConsoleFile(String name) throws IOException {
        Matcher port = Pattern.compile("DirPort = (\\d+)").matcher(Files.readString(bacula.bconsoleConf()));
        assertThat(port.find()).isTrue();
        Files.writeString(
                consoleFile(name),
                Shipped.text(
                        "etc/bconsole-openstack-sync.conf",
                        Map.of(
                                "bacula-dir",
                                BaculaConfig.DIRECTOR,
                                "localhost",
                                "127.0.0.1",
                                "9101",
                                port.group(1),
                                "@CONSOLE_PASSWORD@",
                                CONSOLE_PASSWORD,
                                "\"openstack-sync\"",
                                "\"" + name + "\"")));
    }

    private static Path snippet(String name, Map<String, String> replacements) throws IOException {
        return Files.writeString(folder.resolve(name), Shipped.text("director/" + name, replacements));
    }

    private static void secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (bacula != null) {
            bacula.close();
        }
    }

    @Test
    void theAdminJobProtectsANewVmAndItsBackupRunsTheSameNight() throws Exception {
        bacula.answerQuery(CLIENT, "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");

        JobRun sync = bacula.runJob("OpenStackVMSync");

        assertThat(sync.status()).as(sync.transcript() + bacula.messages()).isEqualTo("T");
        assertThat(sync.transcript())
                .contains("created")
                .contains("reload=done")
                .doesNotContain("WARN", "ERROR");
        assertThat(Files.readString(folder.resolve("sync.log"))).contains("created\tdatacenter1/openstack1\tweb");
        assertThat(bacula.jobNames()).contains("backup-dc1-os1-web");
        JobRun backup = bacula.runJob("backup-dc1-os1-web");
        assertThat(backup.status()).as(backup.transcript()).isEqualTo("T");
        assertThat(bacula.ask("show schedule=OpenStackSyncSchedule")).contains("22");
    }

    @Test
    void withItsLogTheScriptStillPrintsNothingButTheReport() throws Exception {
        bacula.answerQuery(CLIENT, "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");

        Result result = new Command(
                        Shipped.tree().resolve("scripts/run-openstack-sync.sh").toString(),
                        "-e",
                        folder.resolve("openstack-sync.env").toString(),
                        "sync",
                        "--dry-run",
                        "--json")
                .run();

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(new ObjectMapper().readTree(result.out()).get("dryRun").booleanValue())
                .isTrue();
        assertThat(Files.readString(folder.resolve("sync.log")))
                .containsPattern("(?m)^--- .* sync --dry-run --json$")
                .contains(result.out());
    }

    @Test
    void aRunThatFailsIsAFailedAdminJob() throws Exception {
        bacula.answerQuery(CLIENT, "error=plugin not found");

        JobRun sync = bacula.runJob("OpenStackVMSync");

        assertThat(sync.status()).as(sync.transcript()).isIn("f", "E");
        assertThat(sync.transcript()).contains("plugin not found");
        assertThat(bacula.isAlive()).isTrue();
    }

    @Test
    void theLineOfTheToolBeforeWorksTooButNotBesideTheInclude() throws Exception {
        Path snippet = folder.resolve("include.conf");
        String shipped = Files.readString(snippet);
        bacula.answerQuery(CLIENT, "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");
        bacula.runJob("OpenStackVMSync");
        String both = shipped.replace("#@|", "@|");
        assertThat(both).isNotEqualTo(shipped);
        try {
            Files.writeString(snippet, both);
            assertThat(bacula.checkConfiguration().text()).contains("second", "is not permitted");
            Files.writeString(snippet, both.replaceFirst("(?m)^@\"", "#@\""));
            assertThat(bacula.checkConfiguration()).isEqualTo(new RealBacula.Output(0, ""));
            bacula.reload();
            assertThat(bacula.jobNames()).contains("backup-dc1-os1-web");
        } finally {
            Files.writeString(snippet, shipped);
            bacula.reload();
        }
    }

    @Test
    void preflightFindsNoFault() throws Exception {
        bacula.answerQuery(CLIENT, "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");
        bacula.runJob("OpenStackVMSync");
        Path report = folder.resolve("preflight");
        Process preflight = new ProcessBuilder(
                        Shipped.tree().resolve("scripts/preflight-check.sh").toString(),
                        "-e",
                        folder.resolve("openstack-sync.env").toString())
                .redirectErrorStream(true)
                .redirectOutput(report.toFile())
                .start();

        assertThat(preflight.waitFor()).as(Files.readString(report)).isZero();
        assertThat(Files.readString(report))
                .contains("OK\tDirector configuration\tinclude line")
                .contains("OK\tDirector configuration\tloaded jobs")
                .doesNotContain("FAIL");
    }

    @Test
    void theConsoleSeesAllThatARunAsksFor() throws Exception {
        Director director = director("openstack-sync");
        DirectorResources seen = director.resources();

        assertThat(seen).isEqualTo(unrestricted().resources());
        assertThat(director.jobNames()).isEqualTo(unrestricted().jobNames()).contains("Base");
        assertThat(director.clientState(CLIENT).kind()).isEqualTo(ClientState.Kind.ANSWERS);
        assertThat(director.reload().kind()).isEqualTo(ReloadResult.Kind.DONE);
        assertThatThrownBy(() -> director.runsOf("Base")).hasMessageContaining("refuses the command \"list ");
        assertThatThrownBy(() -> director.purgeFiles(1)).hasMessageContaining("refuses the command \"purge ");
    }

    @Test
    void withListAndPurgeTheConsoleMayCleanUp() throws Exception {
        Director director = director("with-cleanup");
        JobRun run = bacula.runJob("Base");

        assertThat(director.runsOf("Base")).contains((long) run.jobId());
        director.purgeFiles(run.jobId());
        assertThat(bacula.catalog().column("SELECT PurgedFiles FROM Job WHERE JobId = ?", run.jobId()))
                .containsExactly("1");
    }

    @Test
    void withTheCleanupRoleAJobLeavesTheCatalog() throws Exception {
        bacula.runJob("Base");
        Map<String, String> values = new LinkedHashMap<>(environment());
        values.put("DB_USER", "openstack_cleanup");
        CatalogCleanup cleanup = new PostgresCatalogProvider()
                .create(Settings.of(values))
                .cleanup()
                .orElseThrow();

        cleanup.check();
        JobHolding removed = cleanup.remove(cleanup.look(CLIENT, "Base", "Base Set"));

        assertThat(removed.job()).isEqualTo("Base");
        assertThat(bacula.catalog().column("SELECT JobId FROM Job WHERE Name = 'Base'"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ClientACL", "JobACL", "StorageACL", "PoolACL", "ScheduleACL", "FileSetACL", "CatalogACL"})
    void withoutOneOfItsOtherListsTheConsoleSeesLess(String kind) throws Exception {
        assertThat(director("without-" + kind).resources())
                .isNotEqualTo(unrestricted().resources());
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "show", ".jobs", "reload", "list", "purge"})
    void withoutOneOfItsCommandsARunCannotDoItsWorkAndSaysWhich(String word) throws Exception {
        Director director = director(without(word));
        ThrowingCallable use = switch (word) {
            case "status" -> () -> director.clientState(CLIENT);
            case "show" -> director::resources;
            case ".jobs" -> director::jobNames;
            case "reload" -> director::reload;
            case "list" -> () -> director.runsOf("Base");
            default -> () -> director.purgeFiles(1);
        };

        assertThatThrownBy(use)
                .isInstanceOf(ProviderException.class)
                .hasMessageContaining("the Director refuses the command \"" + word)
                .hasMessageContaining("CommandACL");
    }

    private static Director unrestricted() {
        return director(bacula.bconsoleConf());
    }

    private static Director director(String console) {
        return director(consoleFile(console));
    }

    private static Director director(Path consoleFile) {
        Map<String, String> values = new LinkedHashMap<>(bacula.settings());
        values.put("BCONSOLE_CONF", consoleFile.toString());
        Settings settings = Settings.of(values);
        Director director = new BconsoleDirectorProvider().create(settings);
        assertThat(settings.problems()).isEmpty();
        return director;
    }
}
