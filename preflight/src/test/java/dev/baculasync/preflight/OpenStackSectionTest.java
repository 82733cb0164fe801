package dev.baculasync.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.baculasync.preflight.openstack.Keystone;
import dev.baculasync.spi.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a stand-in for Keystone that is asked over real HTTP. */
@Timeout(600)
class OpenStackSectionTest {
    private static final String SECRET = "s3cr\"t-pässword";

    @TempDir
    Path folder;

    private final Map<String, String> environment = new TreeMap<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private Duration longest = Duration.ofSeconds(50);
    private volatile int status = 201;
    private volatile boolean hangs;
    private volatile String body = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        environment.put("OS_AUTH_URL", address() + "/identity");
        environment.put("OS_USERNAME", "admin");
        environment.put("OS_PASSWORD", SECRET);
        environment.put("OS_PROJECT_NAME", "backup");
        environment.put("OS_USER_DOMAIN_NAME", "Users");
        environment.put("OS_PROJECT_DOMAIN_ID", "d1");
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            body = sent;
            exchange.getResponseHeaders().add("Location", address() + "/elsewhere");
            exchange.getResponseHeaders().add("X-Subject-Token", "t0ken");
            // A length, and no body until the end.
            exchange.sendResponseHeaders(status, hangs ? 10 : -1);
            if (hangs) {
                exchange.getResponseBody().flush();
                end.await();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aLoginThatIsAcceptedIsOkWhereItIsEncrypted() throws Exception {
        assertThat(find())
                .containsExactly(
                        "WARN endpoint: " + address()
                                + "/identity/v3 answers, but passwords travel to it unencrypted ->"
                                + " use an https address in OS_AUTH_URL",
                        "OK credentials: admin in project backup: accepted");
        assertThat(asked).containsExactly("GET /identity/v3", "POST /identity/v3/auth/tokens");
        assertThat(new ObjectMapper().readTree(body)).isEqualTo(json("""
                {"auth": {
                  "identity": {"methods": ["password"], "password": {"user":
                    {"name": "admin", "domain": {"name": "Users"}, "password": "s3cr\\"t-pässword"}}},
                  "scope": {"project": {"name": "backup", "domain": {"id": "d1"}}}}}
                """));
    }

    @Test
    void idsNeedNoDomainAndNamesWithoutOneAreInTheDefaultDomain() throws Exception {
        environment.remove("OS_USER_DOMAIN_NAME");
        environment.put("OS_PROJECT_ID", "p1");
        find();
        assertThat(new ObjectMapper().readTree(body)).isEqualTo(json("""
                {"auth": {
                  "identity": {"methods": ["password"], "password": {"user":
                    {"name": "admin", "domain": {"id": "default"}, "password": "s3cr\\"t-pässword"}}},
                  "scope": {"project": {"id": "p1"}}}}
                """));
    }

    @Test
    void anApplicationCredentialBringsItsOwnScope() throws Exception {
        environment.keySet().retainAll(List.of("OS_AUTH_URL"));
        environment.put("OS_APPLICATION_CREDENTIAL_ID", "c1");
        environment.put("OS_APPLICATION_CREDENTIAL_SECRET", SECRET);
        assertThat(find()).contains("OK credentials: application credential c1: accepted");
        assertThat(new ObjectMapper().readTree(body)).isEqualTo(json("""
                {"auth": {"identity": {"methods": ["application_credential"],
                  "application_credential": {"secret": "s3cr\\"t-pässword", "id": "c1"}}}}
                """));
    }

    @Test
    void aTokenIsUsedWhereThereIsNoPasswordOrWhereItIsAskedFor() throws Exception {
        environment.put("OS_TOKEN", SECRET);
        environment.put("OS_AUTH_TYPE", "v3token");
        assertThat(find()).contains("OK credentials: the token in OS_TOKEN in project backup: accepted");
        assertThat(new ObjectMapper().readTree(body)).isEqualTo(json("""
                {"auth": {"identity": {"methods": ["token"], "token": {"id": "s3cr\\"t-pässword"}},
                  "scope": {"project": {"name": "backup", "domain": {"id": "d1"}}}}}
                """));
        environment.remove("OS_AUTH_TYPE");
        assertThat(find()).contains("WARN OS_TOKEN: set, and not used -> unset it, or set OS_AUTH_TYPE=token");
        environment.remove("OS_PASSWORD");
        assertThat(find()).contains("OK credentials: the token in OS_TOKEN in project backup: accepted");
    }

    @Test
    void theOldNamesOfAProjectStillName() throws Exception {
        environment.remove("OS_PROJECT_NAME");
        environment.remove("OS_PROJECT_DOMAIN_ID");
        environment.put("OS_TENANT_NAME", "old");
        environment.put("OS_USER_DOMAIN_ID", "u1");
        environment.put("OS_DEFAULT_DOMAIN_NAME", "Here");
        assertThat(find()).contains("OK credentials: admin in project old: accepted");
        assertThat(new ObjectMapper().readTree(body)).isEqualTo(json("""
                {"auth": {
                  "identity": {"methods": ["password"], "password": {"user":
                    {"name": "admin", "domain": {"id": "u1"}, "password": "s3cr\\"t-pässword"}}},
                  "scope": {"project": {"name": "old", "domain": {"name": "Here"}}}}}
                """));
        environment.put("OS_TENANT_ID", "t1");
        find();
        assertThat(new ObjectMapper().readTree(body).at("/auth/scope"))
                .isEqualTo(json("{\"project\": {\"id\": \"t1\"}}"));
        environment.put("OS_PROJECT_NAME", "new");
        assertThat(find()).anyMatch(line -> line.startsWith("WARN OS_TENANT_NAME: set, and not used"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "OS_DOMAIN_NAME;  Users; in domain Users;      {\"domain\": {\"name\": \"Users\"}}",
                "OS_DOMAIN_ID;    u1;    in domain u1;         {\"domain\": {\"id\": \"u1\"}}",
                "OS_TRUST_ID;     t1;    by a trust;           {\"OS-TRUST:trust\": {\"id\": \"t1\"}}",
                "OS_SYSTEM_SCOPE; all;   in the whole system;  {\"system\": {\"all\": true}}",
            })
    void aLoginMayBeForMoreThanAProject(String variable, String value, String words, String scope) throws Exception {
        environment.put(variable, value);
        assertThat(find()).anyMatch(line -> line.startsWith("WARN " + variable + ": set, and not used"));
        environment.remove("OS_PROJECT_NAME");
        assertThat(find()).contains("OK credentials: admin " + words + ": accepted");
        assertThat(new ObjectMapper().readTree(body).at("/auth/scope")).isEqualTo(json(scope));
    }

    @Test
    void cloudsYamlIsNotReadAndThatIsSaid() {
        environment.put("OS_CLOUD", "prod");
        assertThat(find())
                .anyMatch(line ->
                        line.startsWith("WARN OS_CLOUD: \"prod\" is an entry of clouds.yaml, and preflight reads no"
                                + " clouds.yaml: what is checked is the login of the other"))
                .contains("OK credentials: admin in project backup: accepted");
        environment.keySet().retainAll(List.of("OS_CLOUD"));
        assertThat(find())
                .singleElement()
                .asString()
                .startsWith("WARN OS_CLOUD: ")
                .contains("Keystone was not checked", "openstack --os-cloud NAME token issue");
    }

    @ParameterizedTest
    @CsvSource({
        "OS_INSECURE, 1, WARN OS_INSECURE: not used: a password is sent to nobody",
        "OS_INSECURE, True, WARN OS_INSECURE: not used: a password is sent to nobody",
        "OS_IDENTITY_API_VERSION, 2, WARN OS_IDENTITY_API_VERSION: \"2\" is not used",
        "OS_CERT, /etc/me.pem, WARN OS_CERT: not used",
        "OS_KEY, /etc/me.key, WARN OS_KEY: not used",
        "OS_PASSCODE, 123456, WARN OS_PASSCODE: not used",
        "OS_CLIENT_CONFIG_FILE, /etc/clouds.yaml, WARN OS_CLIENT_CONFIG_FILE: set, and not used",
        "OS_REGION_NAME, eu-1, OK other variables: not needed for a login: OS_REGION_NAME",
        "OS_INTERFACE, public, OK other variables: not needed for a login: OS_INTERFACE",
    })
    void eachVariableThatIsNotUsedIsTold(String variable, String value, String told) {
        environment.put(variable, value);
        assertThat(find()).anyMatch(line -> line.startsWith(told)).noneMatch(line -> line.contains("123456"));
        if (told.startsWith("WARN")) {
            environment.put(variable, variable.equals("OS_IDENTITY_API_VERSION") ? "3" : "");
            assertThat(find()).hasSize(2);
        }
    }

    @Test
    void anotherKindOfLoginIsToldAndNotTried() {
        environment.put("OS_AUTH_TYPE", "v3oidcpassword");
        assertThat(find())
                .anyMatch(line -> line.startsWith("WARN OS_AUTH_TYPE: \"v3oidcpassword\" is not spoken here"))
                .anyMatch(line -> line.startsWith("WARN credentials: not checked because of OS_AUTH_TYPE"));
        assertThat(asked).containsExactly("GET /identity/v3");
    }

    @Test
    void anApplicationCredentialMayBeAskedForByName() throws Exception {
        environment.put("OS_AUTH_TYPE", "v3applicationcredential");
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL OS_APPLICATION_CREDENTIAL_NAME: "));
        environment.put("OS_APPLICATION_CREDENTIAL_NAME", "backup");
        environment.put("OS_APPLICATION_CREDENTIAL_SECRET", SECRET);
        assertThat(find()).contains("OK credentials: application credential backup: accepted");
        assertThat(new ObjectMapper().readTree(body)).isEqualTo(json("""
                {"auth": {"identity": {"methods": ["application_credential"],
                  "application_credential": {"secret": "s3cr\\"t-pässword", "name": "backup",
                    "user": {"name": "admin", "domain": {"name": "Users"}}}}}}
                """));
    }

    @ParameterizedTest
    @CsvSource({
        "401, refused (status 401), OS_USER_DOMAIN_NAME",
        "404, answers with status 404, OS_AUTH_URL",
        "503, answers with status 503, log",
        "302, redirected to, OS_AUTH_URL",
    })
    void everyOtherAnswerIsAFailWithAWayOut(int answer, String found, String advice) {
        status = answer;
        assertThat(find())
                .last()
                .asString()
                .startsWith("FAIL credentials: ")
                .contains(found)
                .contains(advice);
        assertThat(asked).as("a redirection is not followed").doesNotContain("POST /elsewhere", "GET /elsewhere");
    }

    @Test
    void anAnswerThatDoesNotEndIsNotWaitedFor() {
        hangs = true;
        longest = Duration.ofSeconds(1);
        assertThat(find()).last().asString().startsWith("FAIL credentials: no whole answer within 1 s");
    }

    @Test
    void nobodyThereIsAFailOfTheEndpointAndTheCredentialsAreNotSent() {
        server.stop(0);
        assertThat(find())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("FAIL endpoint: " + address() + "/identity/v3 cannot be reached"))
                .anyMatch(line -> line.startsWith("FAIL credentials: not checked"));
    }

    @Test
    void aServerThatSpeaksNoTlsIsNoHttpsServer() {
        environment.put("OS_AUTH_URL", address().replace("http:", "https:"));
        // It waits for more of what it takes for a request.
        longest = Duration.ofSeconds(1);
        assertThat(find()).anyMatch(line -> line.startsWith("FAIL endpoint: https://"));
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME"})
    void whatLacksIsNamedAndTheRestIsStillChecked(String variable) {
        environment.remove(variable);
        assertThat(find())
                .anyMatch(line -> line.startsWith("FAIL " + variable + ": " + variable))
                .anyMatch(line -> line.startsWith("WARN endpoint: "))
                .anyMatch(line -> line.startsWith("FAIL credentials: not checked"));
        assertThat(asked).containsExactly("GET /identity/v3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keystone:5000/v3", "127.0.0.1:5000", "https://ad min"})
    void whatAnAddressLooksLikeIsTold(String address) {
        environment.put("OS_AUTH_URL", address);
        assertThat(find())
                .anyMatch(line -> line.startsWith("FAIL OS_AUTH_URL: ") && line.contains("https://HOST:5000/v3"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keystone:5000/v3",
                "file:///etc/passwd",
                "http://",
                "https://ad min",
                "http://u:s3cr@host/",
                "http://u:s3cr@t@host:5000/v3",
                "http://u:s3cr/et@host:5000/v3",
                "http://host:5000/v3?password=s3cr",
                "http://host:5000/v3#s3cr",
            })
    void anAddressThatIsNoneIsNeverAskedNorShown(String address) {
        environment.put("OS_AUTH_URL", address);
        assertThat(find())
                .hasSize(2)
                .allMatch(line -> line.startsWith("FAIL "))
                .anyMatch(line -> line.startsWith("FAIL OS_AUTH_URL: "))
                .noneMatch(line -> line.contains("s3cr"));
    }

    @Test
    void anAuthorityThatIsNoCertificateIsNamed() throws IOException {
        for (Path file : List.of(folder.resolve("nowhere.pem"), Files.writeString(folder.resolve("empty.pem"), ""))) {
            environment.put("OS_CACERT", file.toString());
            assertThat(find())
                    .singleElement()
                    .asString()
                    .startsWith("FAIL OS_CACERT: ")
                    .contains(file.toString());
        }
    }

    @Test
    void withoutAnyVariableNothingIsAsked() {
        environment.clear();
        assertThat(find()).singleElement().asString().startsWith("WARN Keystone: not checked");
        assertThat(asked).isEmpty();
    }

    private List<String> find() {
        List<String> found = SoundInstallation.find(
                new OpenStackSection(Settings.of(environment), authority -> Keystone.over(authority, longest)));
        assertThat(found).noneMatch(line -> line.contains(SECRET) || line.contains("t0ken"));
        return found;
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
