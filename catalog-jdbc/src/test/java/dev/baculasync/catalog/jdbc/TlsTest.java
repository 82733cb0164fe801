package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.catalog.jdbc.PostgresCatalogConfig.Tls;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that takes TLS connections only, and whose certificate is for {@code localhost}. */
class TlsTest {
    private static final char[] STORE_PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static Path rightAuthority;
    private static Path wrongAuthority;
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        Path file = folder.resolve("keys.p12");
        keytool(file, "-alias", "right", "-dname", "CN=right", "-ext", "bc:c");
        keytool(file, "-alias", "wrong", "-dname", "CN=wrong", "-ext", "bc:c");
        keytool(file, "-alias", "server", "-dname", "CN=localhost", "-ext", "san=dns:localhost", "-signer", "right");
        KeyStore keys = KeyStore.getInstance(file.toFile(), STORE_PASSWORD);
        rightAuthority = pem("right.pem", keys.getCertificate("right"));
        wrongAuthority = pem("wrong.pem", keys.getCertificate("wrong"));
        String key = pem("PRIVATE KEY", keys.getKey("server", STORE_PASSWORD));
        String certificate = pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
        postgres = EmbeddedServer.start(EmbeddedPostgres.builder()
                .setServerConfig("ssl", "on")
                .setDataDirectoryCustomizer(data -> tlsOnly(data, key, certificate)));
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @Test
    void aServerThatTheAuthorityVouchesForIsTrusted() throws SQLException {
        assertEncrypted(config().tls(Tls.VERIFIED).certificateAuthority(rightAuthority));
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() {
        refused(config().tls(Tls.VERIFIED).certificateAuthority(wrongAuthority));
    }

    @Test
    void aCertificateForAnotherHostNameIsRefused() {
        refused(config().host("127.0.0.1").tls(Tls.VERIFIED).certificateAuthority(rightAuthority));
    }

    @Test
    void withoutAnAuthorityTheJvmDecidesAndDoesNotKnowOurs() {
        refused(config().tls(Tls.VERIFIED));
    }

    @Test
    void anAuthorityThatIsNoCertificateIsRefused() throws IOException {
        refused(config().tls(Tls.VERIFIED)
                .certificateAuthority(Files.writeString(folder.resolve("junk.pem"), "not a certificate\n")));
    }

    @Test
    void unverifiedEncryptsAndBelievesAnyone() throws SQLException {
        assertEncrypted(config().host("127.0.0.1").tls(Tls.UNVERIFIED));
    }

    @Test
    void withoutTlsAServerThatInsistsOnItRefusesAndTheMessageNamesTheSetting() {
        assertThat(refused(config().tls(Tls.OFF))).contains("no encryption").contains("DB_TLS");
    }

    private static void assertEncrypted(PostgresCatalogConfig.Builder config) throws SQLException {
        assertThat(new PostgresProbe(config.build()).look(Clock.systemUTC()).encryption())
                .startsWith("TLS");
        try (Connection connection = new CatalogServer(config.build()).open();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getBoolean(1)).isTrue();
        }
    }

    private static String refused(PostgresCatalogConfig.Builder config) {
        ProviderException e =
                catchThrowableOfType(ProviderException.class, () -> new CatalogServer(config.build()).open());
        assertThat(e.code()).isEqualTo(Code.UNREACHABLE);
        assertThat(e).hasMessageStartingWith("cannot connect to the PostgreSQL catalog at ");
        return e.getMessage();
    }

    private static PostgresCatalogConfig.Builder config() {
        return PostgresCatalogConfig.builder()
                .port(postgres.getPort())
                .database("postgres")
                .user("postgres");
    }

    private static void tlsOnly(File dataDirectory, String key, String certificate) {
        Path data = dataDirectory.toPath();
        try {
            Files.writeString(data.resolve("pg_hba.conf"), "hostssl all all all trust\n");
            Files.writeString(data.resolve("server.crt"), certificate);
            Files.setPosixFilePermissions(
                    Files.writeString(data.resolve("server.key"), key), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void keytool(Path store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                new String(STORE_PASSWORD)));
        command.addAll(List.of(arguments));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    private static Path pem(String name, Certificate certificate) throws Exception {
        return Files.writeString(folder.resolve(name), pem("CERTIFICATE", certificate.getEncoded()));
    }

    private static String pem(String kind, Key key) {
        return pem(kind, key.getEncoded());
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }
}
