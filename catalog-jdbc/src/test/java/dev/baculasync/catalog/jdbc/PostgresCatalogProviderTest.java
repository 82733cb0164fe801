package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.catalog.jdbc.PostgresCatalogConfig.Tls;
import dev.baculasync.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresCatalogProviderTest {
    @TempDir
    Path home;

    @Test
    void theDefaultsAreThoseOfTheDocumentation() {
        PostgresCatalogConfig config = sound(Map.of());
        assertThat(config).hasToString("localhost:5432/bacula as bacula");
        assertThat(config.tls()).isEqualTo(Tls.OFF);
        assertThat(config.password()).isNull();
    }

    @Test
    void everySettingIsRead() throws IOException {
        Path ca = Files.writeString(home.resolve("ca.pem"), "");
        PostgresCatalogConfig config = sound(Map.of(
                "DB_HOST",
                "db.internal",
                "DB_PORT",
                "6543",
                "DB_NAME",
                "cat",
                "DB_USER",
                "sync",
                "DB_TLS",
                "1",
                "DB_TLS_CA",
                ca.toString(),
                "PGPASSWORD",
                "pw"));
        assertThat(config).hasToString("db.internal:6543/cat as sync");
        assertThat(config.tls()).isEqualTo(Tls.VERIFIED);
        assertThat(config.certificateAuthority()).contains(ca);
        assertThat(config.password()).isEqualTo("pw");
    }

    @Test
    void tlsWithoutAnAuthorityTrustsWhatTheJvmTrusts() {
        assertThat(sound(Map.of("DB_TLS", "1")).certificateAuthority()).isEmpty();
    }

    @Test
    void allProblemsAreToldAtOnce() {
        Settings settings = settings(Map.of(
                "DB_HOST", "/run/postgresql",
                "DB_PORT", "65536",
                "DB_TLS", "yes",
                "DB_TLS_CA", "/nowhere/ca.pem",
                "PGPASSFILE", "/nowhere/pgpass"));
        new PostgresCatalogProvider().create(settings);
        assertThat(settings.problems())
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("DB_HOST: \"/run/postgresql\" is a socket")
                        .contains("localhost"))
                .anySatisfy(problem -> assertThat(problem).startsWith("DB_PORT: "))
                .anySatisfy(problem -> assertThat(problem).startsWith("DB_TLS: "))
                .anySatisfy(
                        problem -> assertThat(problem).startsWith("DB_TLS_CA: ").contains("/nowhere/ca.pem"))
                .anySatisfy(problem ->
                        assertThat(problem).startsWith("PGPASSFILE: ").contains("/nowhere/pgpass"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a b", "a/b", "a?ssl=false", "user@a", "a\nb", "[::1]"})
    void aHostThatIsNotOneHostIsRefused(String host) {
        assertThat(problems(Map.of("DB_HOST", host))).startsWith("DB_HOST: ");
        assertThatThrownBy(() -> PostgresCatalogConfig.builder().host(host).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "unverified"})
    void anAuthorityThatWouldNotBeAskedIsRefused(String tls) throws IOException {
        Path ca = Files.writeString(home.resolve("ca.pem"), "");
        assertThat(problems(Map.of("DB_TLS", tls, "DB_TLS_CA", ca.toString())))
                .startsWith("DB_TLS_CA: ")
                .contains("DB_TLS=1");
    }

    @Test
    void thePasswordInTheEnvironmentWinsAndNoFileIsLookedAt() throws IOException {
        pgpass(".pgpass", "*:*:*:*:filed", "rw-rw-rw-");
        assertThat(sound(Map.of("PGPASSWORD", "given", "PGPASSFILE", "/nowhere"))
                        .password())
                .isEqualTo("given");
    }

    @Test
    void theNamedPasswordFileWinsOverTheOneAtHome() throws IOException {
        pgpass(".pgpass", "*:*:*:*:home", "rw-------");
        Path named = pgpass("named", "*:*:*:*:named", "rw-------");
        assertThat(sound(Map.of("PGPASSFILE", named.toString())).password()).isEqualTo("named");
        assertThat(sound(Map.of()).password()).isEqualTo("home");
    }

    @Test
    void thePasswordFileIsAskedForTheLoginThatIsUsed() throws IOException {
        pgpass(".pgpass", "db1:5433:cat:sync:right\n*:*:*:*:wrong", "rw-------");
        assertThat(sound(Map.of("DB_HOST", "db1", "DB_PORT", "5433", "DB_NAME", "cat", "DB_USER", "sync"))
                        .password())
                .isEqualTo("right");
    }

    @Test
    void aPasswordFileAtHomeThatOthersCanReadIsRefused() throws IOException {
        Path file = pgpass(".pgpass", "*:*:*:*:secret", "rw-r--r--");
        assertThat(problems(Map.of())).contains("chmod 600 " + file).doesNotContain("secret");
    }

    @Test
    void anIpv6AddressIsOneHost() {
        PostgresCatalogConfig config = sound(Map.of("DB_HOST", "::1"));
        assertThat(new CatalogServer(config).dataSource().getUrl()).startsWith("jdbc:postgresql://[::1]:5432/bacula?");
    }

    @Test
    void thePasswordIsNeverTold() {
        PostgresCatalogConfig config =
                PostgresCatalogConfig.builder().password("secret").build();
        assertThat(config.toString()).doesNotContain("secret");
        assertThat(new CatalogServer(config).toString()).doesNotContain("secret");
    }

    private Path pgpass(String name, String content, String mode) throws IOException {
        Path file = Files.writeString(home.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private PostgresCatalogConfig sound(Map<String, String> values) {
        Settings settings = settings(values);
        PostgresCatalogConfig config = PostgresCatalogProvider.config(settings);
        assertThat(settings.problems()).isEmpty();
        return config;
    }

    private String problems(Map<String, String> values) {
        Settings settings = settings(values);
        PostgresCatalogProvider.config(settings);
        assertThat(settings.problems()).hasSize(1);
        return settings.problems().get(0);
    }

    private Settings settings(Map<String, String> values) {
        Map<String, String> all = new HashMap<>(values);
        all.put("HOME", home.toString());
        return Settings.of(all);
    }
}
