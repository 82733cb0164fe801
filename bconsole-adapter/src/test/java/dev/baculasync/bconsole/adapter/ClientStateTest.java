package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ClientState.Kind;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Directors 9.6.7 and 15.0 answer to {@code status client=…}, and what may be made of it. */
@Timeout(600)
class ClientStateTest {
    private TcpLook look = FakeBconsole.NEVER_LOOKED;

    private static final String CLIENT = "bacula-dc1-os1-fd";
    private static final String CONNECTING = "Connecting to Client " + CLIENT + " at 127.0.0.1:9102\n";
    private static final String STATUS = """

            test-fd Version: 9.6.7 (10 December 2020)  x86_64-pc-linux-gnu debian bookworm/sid
            Daemon started 22-Nov-26 04:16. Jobs: run=2 running=0.
             Heap: heap=266,240 smbytes=184,628 max_bytes=387,693 bufs=105 max_bufs=120

            Running Jobs:
            Director connected at: 22-Nov-26 04:22
            No Jobs running.
            ====
            """;
    private static final String NO_SUCH_CLIENT = "Error: Client resource " + CLIENT + " does not exist.\n";

    @TempDir
    Path folder;

    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void aFileDaemonThatTellsItsStatusAnswers() {
        fake.answer(CONNECTING + STATUS);
        assertState(Kind.ANSWERS, "test-fd Version: 9.6.7");
        assertThat(fake.asked()).containsExactly("status client=" + CLIENT);
        fake.replay("status-client-up");
        assertState(Kind.ANSWERS, "Version: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[DE0064] TLS Connect failure. Check the passwords. ERR=error:0A000417:SSL routines::sslv3 alert illegal parameter",
                "[DE0065] Director unable to authenticate with File Daemon at \"127.0.0.1:9102\".",
                "[DE0031] File daemon at \"127.0.0.1:9102\" rejected Hello command",
                "[DE0067] Authorization problem: FD \"client:127.0.0.1\" did not advertise required TLS support.",
                "[DE0071] Unable to get starttls protocol"
            })
    void oneThatRefusesTheDirectorAnswers(String refusal) {
        fake.answer(CONNECTING + refusal + " \n");
        assertState(Kind.ANSWERS, refusal.substring(0, 20));
        fake.answer(CONNECTING + refusal + " Possible causes:\nFD networking messed up (restart daemon).\n");
        assertState(Kind.ANSWERS, refusal.substring(0, 20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Connection refused", "No route to host", "Connection timed out", "Interrupted system call"})
    void oneToWhichNoConnectionComesAboutIsSilent(String error) {
        fake.answer(CONNECTING + noConnection(CLIENT, error));
        assertState(Kind.SILENT, "ERR=" + error);
        fake.answer(CONNECTING + noConnection(CLIENT, error) + "Failed to connect to Client " + CLIENT + ".\n====\n");
        assertState(Kind.SILENT, "[DE0029]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Network is unreachable",
                "Operation not permitted",
                "Cannot assign requested address",
                "Verbindungsaufbau abgelehnt",
                "Success",
                ""
            })
    void anErrorOnTheDirectorsOwnSideSaysNothingAboutTheClient(String error) {
        fake.answer(CONNECTING + noConnection(CLIENT, error));
        assertThat(unclear()).contains("ERR=" + error);
    }

    @Test
    void otherFailuresSayNothingAboutTheClient() {
        for (String words : List.of(
                "[DE0060] gethostbyname() for host \"gone\" failed: ERR=Name or service not known",
                "[DE0030] No socket found of the client",
                "[DE0021] No authorization for Client \"" + CLIENT + "\"",
                noConnection("other-fd", "Connection refused").strip(),
                noConnection(CLIENT, "Connection refused").strip() + "\nsomething else")) {
            fake.answer(CONNECTING + words + "\n");
            assertThat(unclear()).contains(words.lines().findFirst().orElseThrow());
        }
        fake.answer(CONNECTING);
        unclear();
        fake.answer("");
        assertThat(unclear()).contains("said nothing").contains("disabled");
    }

    @Test
    void before15AMachineThatIsGoneIsToldFromAWrongPasswordByALookOfOurOwn() {
        List<String> looks = new ArrayList<>();
        fake.replay("status-client-down");
        look = (host, port) -> {
            looks.add(host + ":" + port);
            return TcpLook.Sight.REFUSED;
        };
        assertState(Kind.SILENT, "nothing listens at ");
        fake.replay("status-client-down");
        look = (host, port) -> TcpLook.Sight.LISTENS;
        assertState(Kind.ANSWERS, "something listens at ");
        assertThat(looks).singleElement().asString().startsWith("127.0.0.1:");
    }

    @Test
    void whatWeCannotReachIsSilentOnlyForADirectorBesideUs() {
        look = (host, port) -> TcpLook.Sight.NOTHING;
        fake.replay("status-client-down");
        assertState(Kind.SILENT, "nothing is reached at ");
        elsewhere("Connecting to Client " + CLIENT + " at proxy.example:9102\n");
        assertThat(unclear()).contains("proxy.example:9102").contains("run this on the Director's");
    }

    @Test
    void aLoopbackAddressOfADirectorElsewhereIsNotOurs() {
        elsewhere(CONNECTING);
        assertThat(unclear()).contains("before 15.0").contains("messages");
    }

    @Test
    void aClientThatTheDirectorAsksAboutIsUnknown() {
        fake.replay("status-client-unknown");
        assertState(Kind.UNKNOWN_TO_DIRECTOR, NO_SUCH_CLIENT.strip());
    }

    @Test
    void theOnlyOtherClientAnswersForItselfOnly() {
        String other = "Automatically selected Client: other-fd\nConnecting to Client other-fd at 127.0.0.1:9102\n";
        fake.answer(NO_SUCH_CLIENT + other + STATUS);
        assertState(Kind.UNKNOWN_TO_DIRECTOR, NO_SUCH_CLIENT.strip());
        fake.answer(NO_SUCH_CLIENT + other + noConnection("other-fd", "Connection refused"));
        assertState(Kind.UNKNOWN_TO_DIRECTOR, NO_SUCH_CLIENT.strip());
        // A client that the ClientACL hides.
        for (String answer : List.of(STATUS, noConnection(CLIENT, "Connection refused"))) {
            fake.answer("The defined Client resources are:\n" + other + answer);
            assertThat(unclear()).contains("ClientACL");
            fake.answer(other + answer);
            unclear();
            fake.answer(other.lines().skip(1).findFirst().orElseThrow() + "\n" + answer);
            unclear();
        }
        fake.answer("The defined Client resources are:\nSelection list for \"Client\" is empty!\n");
        assertThat(unclear()).contains("ClientACL");
    }

    @Test
    void oneClientsNameMayBeginAnothers() {
        fake.answer("Connecting to Client a at b at 127.0.0.1:9102\n" + STATUS);
        assertThat(catchThrowableOfType(ProviderException.class, () -> state("a")))
                .isNotNull();
        fake.answer("Connecting to Client a at b at 127.0.0.1:9102\n" + STATUS);
        assertThat(state("a at b").kind()).isEqualTo(Kind.ANSWERS);
        assertThat(fake.asked()).containsExactly("status client=a", "status client=\"a at b\"");
        fake.answer("Error: Client resource " + CLIENT + "2 does not exist.\n");
        unclear();
    }

    @Test
    void aSessionThatIsCutProvesNothing() {
        fake.cut(CONNECTING + STATUS);
        assertThat(unclear()).contains("cut");
        fake.cut(CONNECTING + noConnection(CLIENT, "Connection refused"));
        assertThat(unclear()).contains("cut");
    }

    @Test
    void onlyLegalNamesAreAskedFor() {
        assertThatIllegalArgumentException().isThrownBy(() -> state("a\" dir"));
        assertThat(fake.asked()).isEmpty();
    }

    /** A Director on another host that does not say why it did not connect. */
    private void elsewhere(String connecting) {
        fake.session(
                "printf 'Connecting to Director 192.0.2.7:9101\\n1000 OK: 103 dir1 Version: 9.6.7\\n'; echo_in; echo_in;"
                        + " cat \"$answer\"; echo_in",
                connecting + "Failed to connect to Client " + CLIENT + ".\n====\n");
    }

    private static String noConnection(String client, String error) {
        return "[DE0029] Unable to connect to Client: " + client + " on 127.0.0.1:9102. ERR=" + error + "\n";
    }

    private ClientState state(String client) {
        return new BconsoleDirector(fake.console(), null, time -> {}, look).clientState(client);
    }

    private void assertState(Kind kind, String detail) {
        ClientState state = state(CLIENT);
        assertThat(state.kind()).isEqualTo(kind);
        assertThat(state.detail()).contains(detail).doesNotContain("\n");
    }

    private String unclear() {
        ProviderException e = catchThrowableOfType(ProviderException.class, () -> state(CLIENT));
        assertThat(e).isNotNull();
        assertThat(e.code()).isEqualTo(Code.BAD_ANSWER);
        return e.getMessage();
    }
}
