package dev.baculasync.catalog.jdbc;

import dev.baculasync.catalog.jdbc.PostgresCatalogConfig.Tls;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupCatalogProvider;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Setting.Trait;
import dev.baculasync.spi.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The catalog in PostgreSQL, by the name {@code postgresql}. Stateless, and so safe for use by several threads. */
public final class PostgresCatalogProvider implements BackupCatalogProvider {
    private static final PostgresCatalogConfig DEFAULTS =
            PostgresCatalogConfig.builder().build();

    /** One host name or address. */
    public static final Setting<String> DB_HOST = Setting.of(
                    "DB_HOST", "the catalog's PostgreSQL server", PostgresCatalogProvider::parseHost)
            .byDefault(DEFAULTS.host());

    /** The server's port. */
    public static final Setting<Integer> DB_PORT =
            Setting.whole("DB_PORT", 1, 65535, "its port").byDefault(Integer.toString(DEFAULTS.port()));

    /** The database. */
    public static final Setting<String> DB_NAME = Setting.text("DB_NAME", "the catalog's database")
            .byDefault(DEFAULTS.database())
            .misspelt("DB_DATABASE");

    /** The role that logs in. */
    public static final Setting<String> DB_USER =
            Setting.text("DB_USER", "its user").byDefault(DEFAULTS.user()).misspelt("DB_USERNAME");

    /** How the connection is protected. */
    public static final Setting<Tls> DB_TLS = Setting.choice(
                    "DB_TLS",
                    "1 = TLS, certificate verified; unverified = TLS, not verified",
                    List.of(Tls.OFF, Tls.VERIFIED, Tls.UNVERIFIED),
                    PostgresCatalogProvider::word)
            .byDefault(word(DEFAULTS.tls()));

    /** Only with {@link Tls#VERIFIED}. */
    public static final Setting<Path> DB_TLS_CA = Setting.readableFile(
                    "DB_TLS_CA", "file with the CA certificate for DB_TLS=1")
            .whenUnset("Java's own");

    /** Goes before {@link #PGPASSFILE}. */
    public static final Setting<String> PGPASSWORD = Setting.text("PGPASSWORD", "the user's password")
            .whenUnset("looked up in PGPASSFILE")
            .with(Trait.SECRET)
            .misspelt("DB_PASS", "DB_PASSWD", "DB_PASSWORD");

    /** The default is below {@link #HOME}, and need not exist. */
    public static final Setting<String> PGPASSFILE = Setting.text("PGPASSFILE", "file with passwords, mode 600")
            .byDefault("~/.pgpass")
            .with(Trait.PATH);

    /** The user's own directory; a variable of the host. */
    public static final Setting<String> HOME = Setting.text("HOME", "");

    public PostgresCatalogProvider() {}

    @Override
    public String name() {
        return "postgresql";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_TLS, DB_TLS_CA, PGPASSWORD, PGPASSFILE);
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
        String host = settings.get(DB_HOST);
        int port = settings.get(DB_PORT);
        String database = settings.get(DB_NAME);
        String user = settings.get(DB_USER);
        Tls tls = settings.get(DB_TLS);
        Optional<Path> authority = settings.find(DB_TLS_CA);
        if (settings.text(DB_TLS_CA).isPresent() && tls != Tls.VERIFIED) {
            settings.problem(DB_TLS_CA, "is only used with DB_TLS=1; set DB_TLS=1, or leave DB_TLS_CA unset");
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

    private static String parseHost(String text, Consumer<String> problem) {
        PostgresCatalogConfig.problemOfHost(text).ifPresent(reason -> problem.accept("\"" + text + "\" " + reason));
        return text;
    }

    private static String word(Tls tls) {
        return switch (tls) {
            case OFF -> "0";
            case VERIFIED -> "1";
            case UNVERIFIED -> "unverified";
        };
    }

    /** In libpq's order: a file is not even looked at when {@code PGPASSWORD} is set. */
    private static Optional<String> password(Settings settings, PasswordFile.Login login) {
        Optional<String> given = settings.find(PGPASSWORD);
        if (given.isPresent()) {
            return given;
        }
        Optional<String> named = settings.text(PGPASSFILE);
        if (named.isPresent()) {
            return settings.path(PGPASSFILE, named.get())
                    .map(PasswordFile::new)
                    .flatMap(file -> file.password(login, problem -> settings.problem(PGPASSFILE, problem)));
        }
        return settings.path(HOME, settings.text(HOME).orElse(System.getProperty("user.home", "")))
                .map(home -> new PasswordFile(home.resolve(".pgpass")))
                .filter(PasswordFile::isThere)
                .flatMap(file -> file.password(login, problem -> settings.problem(settings.get(PGPASSFILE), problem)));
    }
}
