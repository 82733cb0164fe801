package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.Discovery.Verdict;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
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

    @TempDir
    Path folder;

    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void aListBetweenTwoEqualProofsIsComplete() {
        fake.replay("status-client-up").replay("query-one-line-records").replay("status-client-up");
        assertThat(discover()).isEqualTo(Discovery.complete(List.of(ROCKY, DB, SCRATCH)));
        assertThat(fake.asked())
                .containsExactly(
                        "status client=bacula-dc1-os1-fd",
                        ".query plugin=\"openstack: proxy_server=dc1-os1-proxy\" client=bacula-dc1-os1-fd parameter=server",
                        "status client=bacula-dc1-os1-fd");
    }

    @ParameterizedTest
    @ValueSource(strings = {"query-one-token-per-line", "query-wrapped", "query-no-newline-at-end"})
    void theShapeOfTheListDoesNotMatter(String session) {
        fake.replay("status-client-up").replay(session).replay("status-client-up");
        assertThat(discover()).isEqualTo(Discovery.complete(List.of(ROCKY, DB)));
    }

    @Test
    void aJobThatRanInBetweenIsNoRestart() {
        fake.replay("status-client-up").replay("query-short-list").replay("status-client-up-one-job-later");
        assertThat(discover().verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"restarted", "jobs-went-down", "other-version"})
    void aFileDaemonThatIsNotTheSameAfterTheListMakesItIncomplete(String after) {
        fake.replay("status-client-up").replay("query-short-list").replay("status-client-" + after);
        assertIncomplete("restarted");
    }

    @ParameterizedTest
    @CsvSource({
        "status-client-down, Failed to connect",
        "status-client-invalid-command, CommandACL",
        "status-client-unknown, cut",
        "unreachable, status 99"
    })
    void aListWithoutProofIsIncomplete(String noProof, String reason) {
        if (noProof.equals("unreachable")) {
            // Nothing more is played: the last process exits 99.
            fake.replay("status-client-up").replay("query-short-list");
        } else {
            fake.replay("status-client-up").replay("query-short-list").replay(noProof);
        }
        assertIncomplete(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status-client-down", "status-client-invalid-command", "status-client-unknown"})
    void proofAfterTheListAloneIsNotEnough(String noProof) {
        fake.replay(noProof).replay("query-short-list").replay("status-client-up");
        assertIncomplete("before the list");
    }

    @ParameterizedTest
    @CsvSource({
        "query-file-daemon-down, File Daemon runs",
        "query-client-refuses-password, password",
        "query-plugin-error-mid-list, plugin's log",
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
        fake.replay("status-client-up").replay(session).replay("status-client-up");
        assertFailed(advice);
    }

    @Test
    void aSessionThatIsCutAfterGoodRecordsIsFailed() {
        fake.replay("status-client-up")
                .cut("server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n")
                .replay("status-client-up");
        assertFailed("cut");
    }

    @Test
    void whatIsNoPartOfTheListMakesItIncomplete() {
        fake.replay("status-client-up")
                .answer("server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d tag=a\nhello\n"
                        + "server=vm2 uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7\n")
                .replay("status-client-up");
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(discovery.problem()).contains("hello");
        assertThat(discovery.vms()).extracting(LiveVm::name).containsExactly("vm2");
        assertThat(discovery.doubtful()).extracting(DoubtfulVm::name).containsExactly("vm1");
    }

    @Test
    void anExitStatusAfterAWholeListIsFailed() {
        fake.replay("status-client-up")
                .session(
                        "printf '%s' \"$preamble\"; echo_in; echo_in; cat \"$answer\"; echo_in; exit 1",
                        "server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n")
                .replay("status-client-up");
        assertFailed("exit status 1");
    }

    @Test
    void aTimeOutIsFailed() {
        fake.replay("status-client-up")
                .session(
                        "printf '%s' \"$preamble\"; echo_in; echo_in; cat \"$answer\"; exec sleep 1000",
                        "server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d\n");
        Discovery discovery = new BconsoleInventory(fake.console(Duration.ofSeconds(1))).discover(INSTANCE);
        assertThat(discovery.verdict()).isEqualTo(Verdict.FAILED);
        assertThat(discovery.problem()).contains("BCONSOLE_TIMEOUT");
    }

    @Test
    void theOutputCapIsFailed() {
        fake.replay("status-client-up")
                .session(
                        "printf '%s' \"$preamble\"; echo_in; echo_in;"
                                + " exec yes 'server=vm1 uuid=014c5892-5efb-4efb-bd60-4e038800475d'",
                        "");
        assertFailed("BCONSOLE_MAX_OUTPUT");
    }

    @Test
    void aDirectorThatCannotBeReachedIsAskedOnceOnly() {
        fake.unreachable().replay("query-short-list").replay("status-client-up");
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
        fake.replay("status-client-up")
                .answer("server=a uuid=x\nserver=rocky9-instance1 uuid=" + ROCKY.uuid() + "\n")
                .replay("status-client-up");
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(discovery.vms()).containsExactly(ROCKY);
        assertThat(discovery.doubtful()).hasSize(1);
    }

    @Test
    void aRecordThatMayBeAnyVmMakesTheListIncomplete() {
        fake.replay("status-client-up")
                .answer("server=a server=b uuid=x\nserver=rocky9-instance1 uuid=" + ROCKY.uuid() + "\n")
                .replay("status-client-up");
        Discovery discovery = discover();
        assertThat(discovery.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(discovery.problem()).contains("any VM may be missing");
    }

    @Test
    void namesWithSpacesAreQuoted() {
        OpenStackInstance spaced = new OpenStackInstance("dc", "os", "my fd", "my proxy", "p-", null);
        fake.replay("status-client-up").replay("query-short-list").replay("status-client-up");
        new BconsoleInventory(fake.console()).discover(spaced);
        assertThat(fake.asked())
                .contains(
                        "status client=\"my fd\"",
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

    private Discovery discover() {
        return new BconsoleInventory(fake.console()).discover(INSTANCE);
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
