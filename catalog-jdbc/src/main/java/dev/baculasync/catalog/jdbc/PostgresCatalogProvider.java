package dev.baculasync.catalog.jdbc;

import dev.baculasync.catalog.jdbc.PostgresCatalogConfig.Tls;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupCatalogProvider;
import dev.baculasync.spi.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The catalog in PostgreSQL, by the name {@code postgresql}. Knows {@code DB_HOST}, {@code DB_PORT}, {@code DB_NAME},
 * {@code DB_USER}, {@code DB_TLS}, {@code DB_TLS_CA}, {@code PGPASSWORD}, {@code PGPASSFILE}, {@code HOME} (where
 * {@code .pgpass} lies; the JVM's {@code user.home} when unset) and {@code TZ}. Stateless, and so safe for use by several threads.
 */
public final class PostgresCatalogProvider implements BackupCatalogProvider {
    public PostgresCatalogProvider() {}

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public BackupCatalog create(Settings settings) {
        return create(config(settings));
    }

    /** A catalog for those who have no settings but values. Nothing is contacted yet. */
    public BackupCatalog create(PostgresCatalogConfig config) {
        return new PostgresCatalog(new CatalogServer(config), new DirectorTime(config.zone()));
    }

    /** A look at a catalog, for whoever sets up the way to it. Nothing is contacted yet. */
    public CatalogProbe probe(Settings settings) {
        return new PostgresProbe(config(settings));
    }

    static PostgresCatalogConfig config(Settings settings) {
        String host = host(settings);
        int port = settings.integer("DB_PORT", 5432, 1, 65535);
        String database = settings.text("DB_NAME", "bacula");
        String user = settings.text("DB_USER", "bacula");
        Tls tls = tls(settings);
        Optional<Path> authority = settings.readableFile("DB_TLS_CA");
        if (settings.text("DB_TLS_CA").isPresent() && tls != Tls.VERIFIED) {
            settings.problem("DB_TLS_CA", "is only used with DB_TLS=1; set DB_TLS=1, or leave DB_TLS_CA unset");
            authority = Optional.empty();
        }
        return PostgresCatalogConfig.builder()
                .host(host)
                .port(port)
                .database(database)
                .user(user)
                .password(password(settings, new PasswordFile.Login(host, port, database, user))
                        .orElse(null))
                .tls(tls)
                .certificateAuthority(authority.orElse(null))
                .zone(settings.zone())
                .build();
    }

    private static String host(Settings settings) {
        String host = settings.text("DB_HOST", "localhost");
        Optional<String> problem = PostgresCatalogConfig.problemOfHost(host);
        if (problem.isPresent()) {
            settings.problem("DB_HOST", "\"" + host + "\" " + problem.get());
            return "localhost";
        }
        return host;
    }

    private static Tls tls(Settings settings) {
        return switch (settings.choice("DB_TLS", "0", List.of("0", "1", "unverified"))) {
            case "1" -> Tls.VERIFIED;
            case "unverified" -> Tls.UNVERIFIED;
            default -> Tls.OFF;
        };
    }

    /** In libpq's order: a file is not even looked at when {@code PGPASSWORD} is set. */
    private static Optional<String> password(Settings settings, PasswordFile.Login login) {
        Optional<String> given = settings.text("PGPASSWORD");
        if (given.isPresent()) {
            return given;
        }
        Optional<String> named = settings.text("PGPASSFILE");
        if (named.isPresent()) {
            return settings.path("PGPASSFILE", named.get())
                    .map(PasswordFile::new)
                    .flatMap(file -> file.password(login, problem -> settings.problem("PGPASSFILE", problem)));
        }
        return settings.path("HOME", settings.text("HOME", System.getProperty("user.home", "")))
                .map(home -> new PasswordFile(home.resolve(".pgpass")))
                .filter(PasswordFile::isThere)
                .flatMap(file -> file.password(login, problem -> settings.problem("~/.pgpass", problem)));
    }
}
