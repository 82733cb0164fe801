package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.Discovery.Verdict;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class BconsoleInventoryTest {
    private static final OpenStackInstance INSTANCE = new OpenStackInstance(
            "datacenter1", "openstack1", "bacula-dc1-os1-fd", "dc1-os1-proxy", "backup-dc1-os1-", null);
    private static final LiveVm ROCKY =
            LiveVm.of("rocky9-instance1", UUID.fromString("014c5892-5efb-4efb-bd60-4e038800475d"));
    private static final LiveVm DB = LiveVm.of("db01", UUID.fromString("22d27bdf-1cdb-461e-8f61-a641e36f9ed7"))
            .withTag("mysql-consistent");
    private static final LiveVm SCRATCH = LiveVm.of(
                    "scratch (tmp)", UUID.fromString("eafffb4a-634c-4751-93e2-aa75778b8e5b"))
            .withOptedOut(true);

    private static final long EPOCH = 1_795_813_136L;
    private static final int PID = 13_584;

    @TempDir
    Path folder;

    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void aListBetweenTwoEqualProofsIsComplete() {
        fake.up().replay("query-one-line-records").up();
        assertThat(discover()).isEqualTo(Discovery.complete(List.of(ROCKY, DB, SCRATCH)));
        assertThat(fake.asked())
                .containsExactly(
                        ".api 2",
                        ".status client=bacula-dc1-os1-fd header",
                        ".query plugin=\"openstack: proxy_server=dc1-os1-proxy\" client=bacula-dc1-os1-fd parameter=server",
                        ".api 2",
                        ".status client=bacula-dc1-os1-fd header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"query-one-token-per-line", "query-wrapped", "query-no-newline-at-end"})
    void theShapeOfTheListDoesNotMatter(String session) {
        fake.up().replay(session).up();
        assertThat(discover()).isEqualTo(Discovery.complete(List.of(ROCKY, DB)));
    }

    @Test
    void aJobThatRanInBetweenIsNoRestart() {
        fake.up().replay("query-short-list").answerForProgram(FakeBconsole.header(EPOCH, PID, 4));
        assertThat(discover().verdict()).isEqualTo(Verdict.COMPLETE);
        fake.refusesDotStatus()
                .replay("status-client-up")
                .replay("query-short-list")
                .replay("status-client-up-one-job-later");
        assertThat(discover().verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @ParameterizedTest
    @CsvSource({"1795813136, 13585, 3", "1795813137, 13584, 3", "1795813136, 13584, 2"})
    void aFileDaemonThatIsNotTheSameToTheSecondMakesTheListIncomplete(long epoch, int pid, int jobsRun) {
        fake.up().replay("query-short-list").answerForProgram(FakeBconsole.header(epoch, pid, jobsRun));
        assertIncomplete("restarted");
    }

    @Test
    void withoutAnEpochTheStartInSecondsServes() {
        String header = FakeBconsole.header(EPOCH, PID, 3).replaceFirst("started_epoch=.*\n", "");
        fake.answerForProgram(header).replay("query-short-list").answerForProgram(header);
        assertThat(discover().verdict()).isEqualTo(Verdict.COMPLETE);
        fake.answerForProgram(header).replay("query-short-list").answerForProgram(header.replace(":56", ":57"));
        assertIncomplete("restarted");
        fake.answerForProgram(header).replay("query-short-list").up();
        assertIncomplete("changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"restarted", "jobs-went-down", "other-version"})
    void aFileDaemonThatIsNotTheSameToTheMinuteMakesTheListIncomplete(String after) {
        fake.refusesDotStatus()
                .replay("status-client-up")
                .replay("query-short-list")
                .replay("status-client-" + after);
        assertIncomplete("restarted");
    }

    @Test
    void wherePidOrSecondLackTheMinuteIsAskedForBeforeAndAfterAlike() {
        fake.answerForProgram("started=2026-11-27 20:58:56\n")
                .replay("status-client-up")
                .replay("query-short-list")
                .replay("status-client-up");
        assertThat(discover().verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(fake.asked())
                .filteredOn(line -> !line.startsWith(".query"))
                .containsExactly(
                        ".api 2",
                        ".status client=bacula-dc1-os1-fd header",
                        "status client=bacula-dc1-os1-fd",
                        "status client=bacula-dc1-os1-fd");
    }

    @ParameterizedTest
    @CsvSource({
        "22-Nov-26 01:27, too recent",
        "22-Nov-26 01:28, too recent",
        "22-Nov-26 01:29, ''",
        "23-Nov-26 00:00, ''",
        "21-Nov-26 23:00, too recent",
        "noon, not what time it is",
        "'', not what time it is"
    })
    void aStartInTheCurrentOrThePreviousMinuteProvesNothing(String now, String doubt) {
        String status = statusToTheMinute(now);
        fake.refusesDotStatus().answer(status).replay("query-short-list").answer(status);
        if (doubt.isEmpty()) {
            assertThat(discover().verdict()).isEqualTo(Verdict.COMPLETE);
        } else {
            Discovery discovery = discover();
            assertThat(discovery.verdict()).isEqualTo(Verdict.INCOMPLETE);
            assertThat(discovery.problem()).contains(doubt, "allow .status in the CommandACL");
        }
    }

    @Test
    void aFileDaemonKnownToTheSecondIsNotComparedWithOneKnownToTheMinute() {
        fake.up().replay("query-short-list").refusesDotStatus().replay("status-client-up");
        assertIncomplete("changed");
    }

    /** Each question costs 15 s more. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed to connect to Client bacula-dc1-os1-fd.\n====\n",
                "[DE0029] Unable to connect to Client: bacula-dc1-os1-fd on 127.0.0.1:9102. ERR=Connection refused\n",
                "[DE0064] TLS Connect failure. Check the passwords. ERR=x\n",
                "error=1\nerrmsg=[DE0029] Unable to connect to Client: x on y. ERR=Connection refused\n",
                "error=1\nerrmsg=Failed to connect to Client.\n"
            })
    void aFileDaemonThatCannotBeReachedIsAskedOnce(String words) {
        fake.answerForProgram(words).replay("query-short-list").up();
        assertFailed("check");
        assertThat(fake.asked()).containsExactly(".api 2", ".status client=bacula-dc1-os1-fd header");
    }

    @Test
    void aFileDaemonThatCannotBeReachedForAStatusToTheMinuteIsNotAskedForItsList() {
        fake.refusesDotStatus().replay("status-client-down").replay("query-short-list");
        assertFailed("Failed to connect to Client");
        assertThat(fake.asked())
                .containsExactly(
                        ".api 2", ".status client=bacula-dc1-os1-fd header", "status client=bacula-dc1-os1-fd");
    }

    @Test
    void aFileDaemonThatIsGoneAfterTheListIsAskedOnceMore() {
        fake.up().replay("query-short-list").answerForProgram("Failed to connect to Client bacula-dc1-os1-fd.\n====\n");
        assertIncomplete("Failed to connect");
        assertThat(fake.asked()).filteredOn(".api 2"::equals).hasSize(2);
        assertThat(fake.asked()).noneMatch(line -> line.startsWith("status"));
    }

    @ParameterizedTest
    @CsvSource({"status-client-invalid-command, CommandACL", "status-client-unknown, cut", "unreachable, status 99"})
    void aListWithoutProofAfterItIsIncomplete(String noProof, String reason) {
        fake.refusesDotStatus().replay("status-client-up").replay("query-short-list");
        if (!noProof.equals("unreachable")) {
            // Else nothing more is played: the last process exits 99.
            fake.replay(noProof);
        }
        assertIncomplete(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status-client-invalid-command", "status-client-unknown"})
    void proofAfterTheListAloneIsNotEnough(String noProof) {
        fake.refusesDotStatus().replay(noProof).replay("query-short-list").up();
        assertIncomplete("before the list");
    }

    @Test
    void anErrorAfterVmsLeavesThemAndMakesTheListIncomplete() {
        fake.up().replay("query-plugin-error-mid-list").up();
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(discovery.problem()).contains("error=plugin protocol error", "plugin's log");
        assertThat(discovery.vms())
                .singleElement()
                .satisfies(vm -> assertThat(vm.partial()).isTrue());
    }

    @Test
    void moreThanOneReasonIsTold() {
        fake.up()
                .answer("server=vm1 uuid=" + ROCKY.uuid() + "\nmore=true\n")
                .answerForProgram(FakeBconsole.header(EPOCH + 1, PID, 0));
        assertThat(discover().problem()).contains("restarted", "QUERY_ATTRIBUTES=more", "vm1");
    }

    @Test
    void whatElseTheListNamesIsHandedOn() {
        fake.up()
                .answer("server=vm1 uuid=" + ROCKY.uuid() + " parent=" + DB.uuid() + "\n")
                .up();
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(discovery.mentioned()).containsExactly(DB.uuid());
    }

    @Test
    void aKeyIsHarmlessWhereTheSettingsSaySo() {
        for (String keys : List.of("", "more", " next , more ")) {
            Settings settings = Settings.of(Map.of("BCONSOLE", fake.program().toString(), "QUERY_ATTRIBUTES", keys));
            fake.up()
                    .answer("server=vm1 uuid=" + ROCKY.uuid() + "\nmore=true\n")
                    .up();
            Discovery discovery =
                    new BconsoleInventoryProvider().create(settings).discover(INSTANCE);
            assertThat(settings.problems()).isEmpty();
            assertThat(discovery.verdict()).as(keys).isEqualTo(keys.isEmpty() ? Verdict.INCOMPLETE : Verdict.COMPLETE);
        }
    }

    @Test
    void whatIsNoKeyIsAProblemOfTheSettings() {
        for (String keys : List.of("a,,b", "a b", "9a", "a=b", "a,", "é")) {
            Settings settings = Settings.of(Map.of("QUERY_ATTRIBUTES", keys));
            HarmlessAttributes.from(settings);
            assertThat(settings.problems()).as(keys).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "query-file-daemon-down, File Daemon runs",
        "query-client-refuses-password, password",
        "query-plugin-not-found, install the OpenStack plugin",
        "query-client-not-found, clients.conf",
        "query-no-authorization, ClientACL",
        "query-bad-command, update",
        "query-malformed, install the OpenStack plugin",
        "query-invalid-command, before 11.0",
        "query-empty, printed nothing",
        "query-empty-list, empty list",
        "unreachable, cut"
    })
    void anAnswerThatIsNoListIsFailedAndSaysWhatToDo(String session, String advice) {
        fake.up().replay(session).up();
        assertFailed(advice);
    }

    @Test
    void aSessionThatIsCutAfterGoodRecordsIsFailed() {
        fake.up().cut("server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n").up();
        assertFailed("cut");
    }

    @Test
    void whatIsNoPartOfTheListMakesItIncomplete() {
        fake.up()
                .answer("server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d tag=a\nhello\n"
                        + "server=vm2 uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7\n")
                .up();
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(discovery.problem()).contains("\"hello\"", "after VM \"vm1\"", "run .query by hand");
        assertThat(discovery.vms()).extracting(LiveVm::name).containsExactly("vm1", "vm2");
        assertThat(discovery.vms()).extracting(LiveVm::partial).containsExactly(true, false);
        assertThat(discovery.doubtful()).isEmpty();
    }

    @Test
    void anExitStatusAfterAWholeListIsFailed() {
        fake.up()
                .session(
                        "printf '%s' \"$preamble\"; echo_in; echo_in; cat \"$answer\"; echo_in; exit 1",
                        "server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n")
                .up();
        assertFailed("exit status 1");
    }

    @Test
    void aTimeOutIsFailed() {
        fake.up()
                .session(
                        "printf '%s' \"$preamble\"; echo_in; echo_in; cat \"$answer\"; exec sleep 1000",
                        "server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");
        Discovery discovery = new BconsoleInventory(fake.console(Duration.ofSeconds(1)), HarmlessAttributes.known())
                .discover(INSTANCE);
        assertThat(discovery.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(discovery.problem()).contains("BCONSOLE_TIMEOUT");
    }

    @Test
    void theOutputCapIsFailed() {
        fake.up()
                .session(
                        "printf '%s' \"$preamble\"; echo_in; echo_in;"
                                + " exec yes 'server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d'",
                        "");
        assertFailed("BCONSOLE_MAX_OUTPUT");
    }

    @Test
    void aDirectorThatCannotBeReachedIsAskedOnceOnly() {
        fake.unreachable().replay("query-short-list").up();
        assertFailed("cannot connect to the Director");
        assertThat(fake.asked()).isEmpty();
    }

    @Test
    void aProgramThatIsNotThereIsFailed() {
        BconsoleConfig config =
                new BconsoleConfig(folder.resolve("nowhere"), null, Duration.ofSeconds(5), 1 << 20, Map.of(), null);
        Discovery discovery = new BconsoleInventoryProvider().create(config).discover(INSTANCE);
        assertThat(discovery.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(discovery.problem()).contains("BCONSOLE");
    }

    @Test
    void doubtfulRecordsAreHandedOnAndDoNotSpoilTheList() {
        fake.up()
                .answer("server=a uuid=x\nserver=rocky9-instance1 uuid=" + ROCKY.uuid() + "\n")
                .up();
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(discovery.vms()).containsExactly(ROCKY);
        assertThat(discovery.doubtful()).hasSize(1);
    }

    @Test
    void aRecordThatMayBeAnyVmMakesTheListIncomplete() {
        fake.up()
                .answer("server=a server=b uuid=x\nserver=rocky9-instance1 uuid=" + ROCKY.uuid() + "\n")
                .up();
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(discovery.problem()).contains("any VM may be missing");
    }

    @Test
    void namesWithSpacesAreQuoted() {
        OpenStackInstance spaced = new OpenStackInstance("dc", "os", "my fd", "my proxy", "p-", null);
        fake.up().replay("query-short-list").up();
        new BconsoleInventory(fake.console(), HarmlessAttributes.known()).discover(spaced);
        assertThat(fake.asked())
                .contains(
                        ".status client=\"my fd\" header",
                        ".query plugin=\"openstack: proxy_server=my proxy\" client=\"my fd\" parameter=server");
    }

    @Test
    void anInterruptIsPassedOn() {
        fake.hangs();
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(ProviderException.class)
                    .isThrownBy(this::discover)
                    .satisfies(e -> assertThat(e.code()).isEqualTo(Code.INTERRUPTED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static String statusToTheMinute(String now) {
        return "Connecting to Client bacula-dc1-os1-fd at 127.0.0.1:9102\n\n"
                + "bacula-dc1-os1-fd Version: 9.6.7 (10 December 2020)  x86_64-pc-linux-gnu debian bookworm/sid\n"
                + "Daemon started 22-Nov-26 01:27. Jobs: run=3 running=0.\n\nRunning Jobs:\n"
                + (now.isEmpty() ? "" : "Director connected using TLS at: " + now + "\n")
                + "No Jobs running.\n====\n";
    }

    private Discovery discover() {
        return new BconsoleInventory(fake.console(), HarmlessAttributes.known()).discover(INSTANCE);
    }

    private void assertFailed(String advice) {
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(discovery.problem()).startsWith("client bacula-dc1-os1-fd: ").contains(advice);
    }

    private void assertIncomplete(String reason) {
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(discovery.vms()).hasSize(1);
        assertThat(discovery.problem()).startsWith("client bacula-dc1-os1-fd: ").contains(reason);
    }
}
