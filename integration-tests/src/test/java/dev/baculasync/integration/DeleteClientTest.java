package dev.baculasync.integration;

import static dev.baculasync.integration.BackedUpSite.DB_JOB;
import static dev.baculasync.integration.BackedUpSite.OTHER_JOB;
import static dev.baculasync.integration.BackedUpSite.WEB;
import static dev.baculasync.integration.BackedUpSite.WEB_JOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.RealBacula.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code delete-client} on a real catalog: it refuses as long as the client is in service, and then takes all of it. */
class DeleteClientTest {
    private static final String[] RETIRED = {"delete-client", "datacenter1", "openstack1", Site.CLIENT, Site.PREFIX};

    @TempDir
    private static Path folder;

    private static BackedUpSite site;

    /** A clients.conf from which the client was taken. */
    private static Path without;

    @BeforeAll
    static void start() throws Exception {
        site = BackedUpSite.start(folder);
        String clients = Files.readString(site.site().file("clients.conf"));
        without = Files.writeString(
                site.site().file("without.conf"),
                String.join(
                                "\n",
                                clients.lines()
                                        .filter(line -> !line.contains(Site.CLIENT))
                                        .toList()) + "\n");
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void rewind() throws Exception {
        site.rewind();
    }

    @Test
    void aClientThatIsStillInClientsConfIsRefused() throws Exception {
        assertRefused(
                site.site().program(),
                "client " + Site.CLIENT + " is still in clients.conf; remove its line first",
                RETIRED);
    }

    @Test
    void aClientThatStillAnswersIsRefused() throws Exception {
        assertRefused(program(), "still answers (test-fd Version: ", RETIRED);
    }

    @Test
    void aClientWithAJobAtWorkIsRefused() throws Exception {
        site.disks().hold(WEB);
        int running = site.bacula().startJob(WEB_JOB);
        try {
            Site.await(site.disks().reading(WEB));
            assertRefused(program(), "has 1 job(s) waiting or running, e.g. " + WEB_JOB + ".", RETIRED);
        } finally {
            site.disks().release(WEB);
            assertThat(site.bacula().await(running).status()).isEqualTo("T");
        }
    }

    @Test
    void argumentsThatAreWrongAreRefused() throws Exception {
        assertRefused(
                program(), "Missing required parameter", "delete-client", "datacenter1", "openstack1", Site.CLIENT);
        assertRefused(
                program(),
                "unknown command or argument \"x\"",
                "delete-client",
                "datacenter1",
                "openstack1",
                Site.CLIENT,
                Site.PREFIX,
                "x");
        assertRefused(
                program(), "datacenter is not a safe", "delete-client", "..", "openstack1", Site.CLIENT, Site.PREFIX);
        assertRefused(
                program(),
                "openstack holds a character",
                "delete-client",
                "datacenter1",
                "a/b",
                Site.CLIENT,
                Site.PREFIX);
        assertRefused(
                program(),
                "client holds a character",
                "delete-client",
                "datacenter1",
                "openstack1",
                "cli\"ent",
                Site.PREFIX);
        assertRefused(program(), "job_prefix is empty", "delete-client", "datacenter1", "openstack1", Site.CLIENT, "");
        assertRefused(
                program(), "could take jobs of", "delete-client", "datacenter1", "openstack1", Site.CLIENT, "backup-");
    }

    /** Each of these would leave half of the client, or take what is still in service. */
    @Test
    void argumentsThatDoNotBelongTogetherAreRefused() throws Exception {
        assertRefused(
                program(),
                "belongs to client " + Site.CLIENT,
                "delete-client",
                "datacenter1",
                "openstack1",
                "bacula-dc9-os1-fd",
                Site.PREFIX);
        assertRefused(
                program(),
                "so that the prefix is " + Site.PREFIX + ", not backup-dc1-os1",
                "delete-client",
                "datacenter1",
                "openstack1",
                Site.CLIENT,
                "backup-dc1-os1");
        site.bacula().fileDaemon().stop();
        try {
            assertRefused(
                    whileClientIsSilent("nothing"),
                    "of datacenter1/openstack1/",
                    "delete-client",
                    "datacenter9",
                    "openstack1",
                    Site.CLIENT,
                    Site.PREFIX);
            assertRefused(
                    whileClientIsSilent("nothing"),
                    "does not begin with backup-dc9-",
                    "delete-client",
                    "datacenter1",
                    "openstack1",
                    Site.CLIENT,
                    "backup-dc9-");
        } finally {
            site.bacula().fileDaemon().start();
        }
    }

    @Test
    void withoutAWordFromDirectorOrCatalogNothingIsDone() throws Exception {
        Path console = Files.writeString(
                site.site().file("wrong-bconsole.conf"),
                Files.readString(site.bacula().bconsoleConf())
                        .replaceFirst("Password = \".*\"", "Password = \"wrong\""));
        assertRefused(
                program().with("BCONSOLE_CONF", console.toString()),
                "cannot be told: bconsole cannot connect",
                RETIRED);
        assertRefused(program().with("DB_PORT", "1"), "cannot connect to the PostgreSQL catalog", RETIRED);
        site.bacula().catalog().execute(List.of("UPDATE Version SET VersionId = 1099"));
        assertRefused(program(), "version [1099]", RETIRED);
    }

    @Test
    void aClientOutOfServiceGoesWithAllThatIsItsOwnHoweverOftenItIsInterrupted() throws Exception {
        FileTree files = site.site().tree();
        CatalogDump rows = site.catalog();
        List<String> removal =
                new ArrayList<>(site.removalOf(WEB_JOB, "fs-datacenter1-openstack1-web", "Vol-0001", "Vol-0002"));
        removal.addAll(site.removalOf(DB_JOB, "fs-datacenter1-openstack1-db"));
        CatalogDump withoutJobs = site.catalogAfter(removal);
        removal.add("DELETE FROM Client WHERE Name = '" + Site.CLIENT + "'");
        CatalogDump expected = site.catalogAfter(removal);
        Map<String, Integer> inconsistencies = site.bacula().inconsistencies();
        site.bacula().fileDaemon().stop();
        try {
            Program.Result dry = whileClientIsSilent("reload").run(with("--dry-run"));
            assertThat(dry.exitCode()).as(dry.out() + dry.err()).isZero();
            assertThat(dry.out())
                    .startsWith("DRY RUN: nothing was changed")
                    .contains("runs: 3,", "runs: 2,", "file 3, fileset 1, job 3, jobmedia 3, log ", "Vol-0001")
                    .endsWith("client " + Site.CLIENT + ": its row in the catalog would go\n");
            assertThat(site.site().tree()).isEqualTo(files);
            assertThat(site.catalog()).isEqualTo(rows);

            Program.Result interrupted =
                    whileClientIsSilent("purge files jobid=2").run(RETIRED);
            assertThat(interrupted.exitCode()).isEqualTo(1);
            assertThat(interrupted.out()).contains("its row in the catalog stays, its directory stays");
            assertThat(site.catalogAfter(removal)).isEqualTo(expected);
            assertThat(site.site().vm("web").resolve("job")).exists();

            Program.Result result = whileClientIsSilent("nothing").run(RETIRED);
            assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
            assertThat(result.out())
                    .contains("rm -- '<Archive Device>/Vol-0001'", "rm -- '<Archive Device>/Vol-0002'")
                    .doesNotContain("Vol-0003")
                    .endsWith("client " + Site.CLIENT + ": its row in the catalog is gone, its directory is gone\n");
            assertThat(site.catalog()).isEqualTo(expected);
            assertThat(site.bacula().baseDir().resolve("datacenter1")).doesNotExist();
            assertThat(site.bacula().jobNames()).containsExactlyInAnyOrder("Base", "RestoreFiles", OTHER_JOB);
            assertThat(site.bacula().checkConfiguration()).isEqualTo(new Output(0, ""));
            assertThat(site.newInconsistencies(inconsistencies)).isEmpty();
            assertThat(site.listedJobs()).containsExactly(OTHER_JOB);
            assertThat(site.listedVolumes()).containsExactly("Vol-0003");

            Program.Result again = whileClientIsSilent("nothing").run(RETIRED);
            assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
            assertThat(again.out()).doesNotContain("ACTION REQUIRED");
            assertThat(again.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN: the Director still has the Client " + Site.CLIENT)
                    .contains("it makes its row in the catalog again");

            site.bacula().reload();
            assertThat(clients()).as("what the warning is about").contains(Site.CLIENT);
        } finally {
            site.bacula().fileDaemon().start();
        }
        site.assertRestorable(OTHER_JOB, Site.OTHER_CLIENT);
    }

    private static List<String> clients() throws SQLException {
        return site.bacula().catalog().column("SELECT Name FROM Client");
    }

    private static Program program() throws IOException {
        return site.site().program().with("CLIENTS_CONF", without.toString());
    }

    private static String[] with(String option) {
        List<String> arguments = new ArrayList<>(List.of(RETIRED));
        arguments.add(option);
        return arguments.toArray(String[]::new);
    }

    /**
     * The program, with a bconsole that cannot connect when it is to give one command, and that remembers what the Director
     * says of a client that is not there, because that takes a quarter of a minute each time.
     */
    private static Program whileClientIsSilent(String failing) throws IOException {
        Path said = site.site().file("status-of-client");
        Path bconsole = site.site().script("bconsole-while-client-is-silent", """
                input=$(cat)
                case $input in
                *'%1$s'*)
                    exit 1
                    ;;
                *'status client='*)
                    [ -e '%2$s' ] || printf '%%s\n' "$input" | '%3$s' "$@" >'%2$s'
                    exec cat '%2$s'
                    ;;
                esac
                printf '%%s\n' "$input" | '%3$s' "$@"
                """.formatted(
                        failing, said, site.bacula().bconsole()));
        return program().with("BCONSOLE", bconsole.toString());
    }

    /** Exit code 2, what to do on standard error, and nothing is touched. */
    private static void assertRefused(Program program, String why, String... arguments) throws Exception {
        FileTree files = site.site().tree();
        CatalogDump rows = site.catalog();
        Program.Result result = program.run(arguments);
        assertThat(result.exitCode())
                .as(result.out() + result.err() + site.site().tree().files().keySet())
                .isEqualTo(2);
        assertThat(result.err()).contains(why);
        assertThat(result.out()).isEmpty();
        assertThat(site.site().tree()).isEqualTo(files);
        assertThat(site.catalog()).isEqualTo(rows);
    }
}
