package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.spi.ClientState.Kind;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.ReloadResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The questions on which deletions hang, put to a real Director, with the faults that it does not tell by itself. */
class DirectorQuestionsTest {
    private static final String CLIENT = "bacula-dc1-os1-fd";
    private static final String LONG_NAME = "x".repeat(127);

    @TempDir
    private static Path folder;

    private static RealBacula bacula;
    private static ServerSocket mute;

    @BeforeAll
    static void start() throws Exception {
        bacula = RealBacula.start(CLIENT);
        mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        String conf = Files.readString(bacula.directorFile());
        String client = conf.substring(conf.indexOf("Client {"), conf.indexOf("JobDefs {"));
        String resources = client.replace(CLIENT, "other fd")
                + client.replace(CLIENT, "down-fd")
                        .replaceFirst(
                                "FDPort = \\d+",
                                "FDPort = " + Daemon.freePorts(1).get(0))
                + client.replace(CLIENT, "mute-fd").replaceFirst("FDPort = \\d+", "FDPort = " + mute.getLocalPort())
                + client.replace(CLIENT, "locked-fd").replaceFirst("Password = \".*\"", "Password = \"wrong\"")
                + console("reader", "*all*", "list, status")
                + console("one-client", "other fd", "status, gui")
                + console("header", "*all*", "reload, .status")
                + console("no-day", "*all*", "reload, status")
                + console("blind", "*all*", "reload");
        Files.writeString(bacula.directorFile(), conf + resources);
        bacula.reload();
        insertRuns();
    }

    @AfterAll
    static void stop() throws Exception {
        if (mute != null) {
            mute.close();
        }
        if (bacula != null) {
            bacula.close();
        }
    }

    @Test
    void theRunsOfAJobAreThoseOfItsNameAloneAndOneOfThemIsPurged() throws Exception {
        int first = bacula.runJob("Base").jobId();
        int second = bacula.runJob("Base").jobId();
        assertThat(director().runsOf("Base")).containsExactly((long) first, (long) second);
        assertThat(director().runsOf("base")).isEmpty();
        assertThat(director().runsOf("gone")).isEmpty();

        assertThat(files(first)).isNotEqualTo("0");
        director().purgeFiles(first);
        assertThat(files(first)).isEqualTo("0");
        assertThat(purged(first)).isEqualTo("1");
        assertThat(purged(second)).isEqualTo("0");
        director().purgeFiles(first);
        assertThat(director().runsOf("Base")).containsExactly((long) first, (long) second);
    }

    @Test
    void runsOfAJobAndAClientThatAreNoMoreAreListed() throws Exception {
        assertThat(director().runsOf("with space")).containsExactly(1_234_567L, 2_147_483_647L);
        assertThat(director("reader").runsOf("with space"))
                .as("a console that may not say gui on sees commas")
                .containsExactly(1_234_567L, 2_147_483_647L);
        assertThat(director().runsOf(LONG_NAME)).containsExactly(900_000L);
        assertThat(director().runsOf("many")).hasSize(2_500).contains(10_001L, 12_500L);
    }

    @Test
    void aReloadIsConfirmedToAConsoleThatMayAskWhenTheConfigurationWasRead() {
        for (String console : List.of("header", "no-day")) {
            assertThat(director(console).reload()).as(console).isEqualTo(new ReloadResult(ReloadResult.Kind.DONE, ""));
        }
        ReloadResult blind = director("blind").reload();
        assertThat(blind.kind()).isEqualTo(ReloadResult.Kind.UNCONFIRMED);
        assertThat(blind.detail()).contains("add .status to the CommandACL");
    }

    @Test
    void aQueryThatFailsIsNotAJobWithoutRuns() throws Exception {
        sql("ALTER TABLE Job RENAME TO Hidden");
        try {
            assertThat(failure(Code.BAD_ANSWER, () -> director().runsOf("Base")))
                    .contains("\"list jobname=Base\"");
        } finally {
            sql("ALTER TABLE Hidden RENAME TO Job");
        }
    }

    @Test
    void aRunThatDoesNotExistCannotBePurged() {
        assertThat(failure(Code.BAD_ANSWER, () -> director().purgeFiles(999_999)))
                .contains("No Job found for JobId 999999");
    }

    @Test
    void aPurgeThatTheCatalogRefusesLooksLikeOneThatWorked() throws Exception {
        sql("CREATE RULE refuse AS ON UPDATE TO Job WHERE old.JobId = 900000 DO INSTEAD NOTHING");
        try {
            director().purgeFiles(900_000);
            assertThat(purged(900_000)).as("whoever purges has to look").isEqualTo("0");
        } finally {
            sql("DROP RULE refuse ON Job");
        }
    }

    @Test
    void aConsoleThatMayNotPurgeIsToldSo() {
        assertThat(failure(Code.BAD_ANSWER, () -> director("reader").purgeFiles(900_000)))
                .contains("CommandACL");
        assertThat(failure(Code.BAD_ANSWER, () -> director("one-client").runsOf("Base")))
                .contains("CommandACL");
    }

    @Test
    void aFileDaemonThatRunsAnswers() {
        assertThat(director().clientState(CLIENT).kind()).isEqualTo(Kind.ANSWERS);
        assertThat(director("reader").clientState("other fd").kind()).isEqualTo(Kind.ANSWERS);
    }

    @Test
    void aClientThatTheDirectorDoesNotHaveIsUnknown() {
        assertThat(director().clientState("gone-fd").kind()).isEqualTo(Kind.UNKNOWN_TO_DIRECTOR);
    }

    @Test
    void aClientThatTheConsoleMayNotSeeIsNotTakenForTheOneThatItMay() {
        assertThat(director("one-client").clientState("other fd").kind()).isEqualTo(Kind.ANSWERS);
        assertThat(failure(Code.BAD_ANSWER, () -> director("one-client").clientState(CLIENT)))
                .contains("ClientACL");
    }

    @Test
    void aClientThatIsDownIsSilentAndOneThatRefusesTheDirectorAnswers() throws Exception {
        // Each takes the Director several seconds.
        CompletableFuture<String> down = CompletableFuture.supplyAsync(() -> kind("down-fd"));
        CompletableFuture<String> locked = CompletableFuture.supplyAsync(() -> kind("locked-fd"));
        assertThat(down.get()).isEqualTo("SILENT");
        assertThat(locked.get()).isEqualTo("ANSWERS");
    }

    @Test
    void aFileDaemonThatHangsIsNoAnswer() {
        assertThat(failure(
                        Code.TIMEOUT,
                        () -> director(bacula.bconsoleConf(), Duration.ofSeconds(2))
                                .clientState("mute-fd")))
                .contains("status client=mute-fd");
    }

    private static String kind(String client) {
        return director().clientState(client).kind().name();
    }

    private static Director director() {
        return director(bacula.bconsoleConf(), Duration.ofMinutes(2));
    }

    private static Director director(String console) {
        try {
            String conf = Files.readString(bacula.bconsoleConf()).replaceFirst("Password = \".*\"", "Password = \"x\"");
            return director(
                    Files.writeString(
                            folder.resolve(console + ".conf"),
                            conf + "Console {\n  Name = \"" + console + "\"\n  Password = \"console\"\n}\n"),
                    Duration.ofMinutes(2));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Director director(Path conf, Duration timeout) {
        return new BconsoleDirectorProvider()
                .create(new BconsoleConfig(
                        bacula.bconsole(), conf, timeout, 1 << 24, Map.of("PATH", "/usr/bin:/bin"), null));
    }

    private static String console(String name, String clients, String commands) {
        return """
                Console {
                  Name = "%s"
                  Password = "console"
                  ClientACL = "%s"
                  CommandACL = %s
                  CatalogACL = *all*
                  JobACL = *all*
                  PoolACL = *all*
                  StorageACL = *all*
                  FileSetACL = *all*
                }
                """.formatted(name, clients, commands);
    }

    private static void insertRuns() throws Exception {
        String insert = "INSERT INTO Job (JobId, Job, Name, Type, Level, ClientId, JobStatus, JobTDate, SchedTime) ";
        sql(insert + "VALUES (1234567, 'a', 'with space', 'B', 'F', 999, 'R', 0, now()),"
                + " (2147483647, 'b', 'with space', 'R', 'F', 999, 'C', 0, now()),"
                + " (900000, 'c', '" + LONG_NAME + "', 'B', 'F', 0, 'T', 0, now())");
        sql(insert + "SELECT i, 'm' || i, 'many', 'B', 'F', 1, 'T', 0, now() FROM generate_series(10001, 12500) i");
    }

    private static void sql(String statement) throws Exception {
        try (Connection catalog = bacula.catalog().connect();
                Statement call = catalog.createStatement()) {
            call.execute(statement);
        }
    }

    private static String files(int run) throws Exception {
        return bacula.catalog()
                .column("SELECT count(*) FROM File WHERE JobId = ?", run)
                .get(0);
    }

    private static String purged(int run) throws Exception {
        return bacula.catalog()
                .column("SELECT PurgedFiles FROM Job WHERE JobId = ?", run)
                .get(0);
    }

    private static String failure(Code code, ThrowingCallable call) {
        ProviderException e = catchThrowableOfType(ProviderException.class, call);
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(code);
        return e.getMessage();
    }
}
