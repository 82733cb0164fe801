package dev.baculasync.preflight;

import static dev.baculasync.catalog.jdbc.PostgresCatalogProvider.PGPASSFILE;

import dev.baculasync.catalog.jdbc.CatalogFacts;
import dev.baculasync.catalog.jdbc.CatalogProbe;
import dev.baculasync.catalog.jdbc.PostgresCatalogConfig;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.preflight.config.DirectorCatalog;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The catalog: reached, in the way that is meant, with the tables and rights that are needed, and in the same time as we. */
final class CatalogSection implements Section {
    private static final Duration CLOCK_WARNING = Duration.ofSeconds(5);
    private static final Duration CLOCK_FAILURE = Duration.ofHours(1);
    private static final String[] PASSWORD_FILES = {PGPASSFILE.name(), String.valueOf(PGPASSFILE.fallback())};
    private static final String[] SETTINGS = Stream.of(
                    new PostgresCatalogProvider().settings().stream().map(Setting::name),
                    Stream.of(PASSWORD_FILES),
                    Stream.of(PostgresCatalogProvider.HOME.name()))
            .flatMap(names -> names)
            .toArray(String[]::new);
    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "::1");
    /** What every run reads; the others are read by cleanup, coverage and restore-points. */
    private static final Set<String> NEEDED = Set.of("job", "client");

    private final Installation installation;
    private final KnownDirector director;

    CatalogSection(Installation installation, KnownDirector director) {
        this.installation = installation;
        this.director = director;
    }

    @Override
    public String name() {
        return "PostgreSQL catalog";
    }

    @Override
    public void check(Findings findings) {
        CatalogProbe probe = installation.catalogProbe();
        PostgresCatalogConfig config = probe.config();
        password(findings, probe);
        List<String> wrong = installation.problemsOf(SETTINGS);
        if (!wrong.isEmpty()) {
            findings.fail(
                    "connection",
                    "not checked because of " + String.join("; ", wrong),
                    "correct these variables, or unset them");
            notLookedAt(findings);
            return;
        }
        database(findings, config);
        CatalogFacts facts;
        try {
            facts = probe.look(installation.clock());
        } catch (ProviderException e) {
            findings.fail("connection", e, "try the same with psql on this host");
            notLookedAt(findings);
            return;
        }
        findings.ok("connection", config.toString());
        tls(findings, config, facts);
        tables(findings, config, facts);
        version(findings, facts);
        index(findings, facts);
        clock(findings, facts.serverTime().difference());
        history(findings);
        cleanup(findings);
        new PoolCheck(installation, director).check(findings);
    }

    private void password(Findings findings, CatalogProbe probe) {
        for (String problem : installation.problemsOf(PASSWORD_FILES)) {
            findings.fail(
                    "password",
                    problem,
                    "let PGPASSFILE name a file with a line host:port:database:user:password, owned by "
                            + installation.user() + ", mode 600");
        }
        if (installation.settings().find(PostgresCatalogProvider.PGPASSWORD).isPresent()) {
            findings.warn(
                    "password",
                    "PGPASSWORD holds it, and environments leak into logs and child processes",
                    "let PGPASSFILE name a file with mode 600 instead");
        } else if (probe.hasPassword()) {
            findings.ok("password", "from " + installation.settings().get(PGPASSFILE) + ", closed to others");
        } else if (installation.problemsOf(PASSWORD_FILES).isEmpty()) {
            findings.warn(
                    "password",
                    "there is none: PGPASSWORD is unset, and PGPASSFILE (or ~/.pgpass) has no line for "
                            + probe.config(),
                    "add a line host:port:database:user:password, unless the server asks for none");
        }
    }

    /** Another catalog than the Director's would tell of other jobs, and cleanup would take rows from it. */
    private void database(Findings findings, PostgresCatalogConfig config) {
        List<DirectorCatalog> catalogs =
                director.configuration().map(DirectorCatalog::all).orElse(List.of());
        List<DirectorCatalog> ofThatName = catalogs.stream()
                .filter(catalog -> catalog.database().equals(config.database()))
                .toList();
        String advice = "let DB_HOST, DB_PORT and DB_NAME lead to the catalog that the Director writes to";
        if (!catalogs.isEmpty() && ofThatName.isEmpty()) {
            findings.fail(
                    "database",
                    "DB_NAME is " + config.database() + ", but the Director's catalog is in "
                            + catalogs.stream().map(DirectorCatalog::database).collect(Collectors.joining(", ")),
                    advice);
        } else if (!ofThatName.isEmpty()
                && ofThatName.stream().noneMatch(catalog -> catalog.isOn(config.host(), config.port()))) {
            findings.warn(
                    "database",
                    "DB_HOST and DB_PORT lead to " + config.host() + ":" + config.port()
                            + ", but the Director's catalog is on "
                            + ofThatName.stream().map(DirectorCatalog::server).collect(Collectors.joining(", ")),
                    advice
                            + "; a copy of it, or the one before a move, tells of other jobs. If both are one, never mind");
        }
    }

    private static void notLookedAt(Findings findings) {
        findings.fail(
                "tables, rights, clock", "not checked because there is no connection to the catalog", "see above");
    }

    private static void tls(Findings findings, PostgresCatalogConfig config, CatalogFacts facts) {
        String encryption = facts.encryption();
        switch (config.tls()) {
            case VERIFIED -> {
                if (encryption == null) {
                    findings.fail(
                            "TLS",
                            "DB_TLS=1, but the server says that the connection is not encrypted",
                            "look at what stands between this host and the server");
                } else {
                    findings.ok("TLS", encryption + ", certificate verified");
                }
            }
            case UNVERIFIED ->
                findings.warn(
                        "TLS",
                        (encryption == null ? "encrypted" : encryption)
                                + ", but whoever answers is believed (DB_TLS=unverified)",
                        "set DB_TLS=1, and DB_TLS_CA to the file with the CA's certificate");
            case OFF -> {
                if (HERE.contains(config.host())) {
                    findings.ok("TLS", "off, and the server is this host");
                } else {
                    findings.warn(
                            "TLS",
                            "off: what the catalog says can be read and changed on its way from " + config.host(),
                            "set DB_TLS=1, and DB_TLS_CA to the file with the CA's certificate");
                }
            }
        }
    }

    private void tables(Findings findings, PostgresCatalogConfig config, CatalogFacts facts) {
        if (facts.missing().isEmpty()) {
            findings.ok("tables", "all there");
        } else {
            findings.fail(
                    "tables",
                    "missing: " + String.join(", ", facts.missing()),
                    "let DB_NAME name Bacula's own database; look also at the search_path of " + config.user());
        }
        List<String> unreadable = facts.unreadable();
        String found = config.user() + " may not read " + String.join(", ", unreadable);
        String advice = "as the owner of the tables run: GRANT SELECT ON " + String.join(", ", unreadable) + " TO \""
                + config.user().replace("\"", "\"\"") + "\";";
        if (unreadable.isEmpty()) {
            findings.ok("rights to read", config.user() + " may read them");
        } else if (unreadable.stream().anyMatch(NEEDED::contains)) {
            findings.fail("rights to read", found, advice);
        } else if (!installation.policy().purges()) {
            findings.ok("rights to read", found + ", which only cleanup, coverage and restore-points need");
        } else {
            findings.warn("rights to read", found + ", which cleanup needs", advice);
        }
    }

    private static void version(Findings findings, CatalogFacts facts) {
        Integer version = facts.schemaVersion();
        if (version == null) {
            findings.warn("version", "the table version tells none", "look whether this is Bacula's own database");
        } else {
            findings.ok("version", String.valueOf(version));
        }
    }

    private static void index(Findings findings, CatalogFacts facts) {
        if (facts.jobNameIndex()) {
            findings.ok("index", "job names can be read fast");
        } else if (!facts.missing().contains("job")) {
            findings.warn(
                    "index",
                    "Bacula's index on Job(Name text_pattern_ops) is missing: reading job names will be slow",
                    "run: CREATE INDEX job_name_idx ON job (name text_pattern_ops);");
        }
    }

    private static void clock(Findings findings, Duration difference) {
        String found = "this host and the catalog's server differ by " + difference.toSeconds() + " s";
        String advice = "set both by NTP: the times in the job files decide when a VM is disabled and purged";
        if (difference.compareTo(CLOCK_FAILURE) > 0) {
            findings.fail("clock", found, advice);
        } else if (difference.compareTo(CLOCK_WARNING) > 0) {
            findings.warn("clock", found, advice);
        } else {
            findings.ok("clock", found);
        }
    }

    /** Without them a list that lacks a VM is never held to be whole. */
    private void history(Findings findings) {
        try {
            installation.catalog().history().ifPresent(history -> {
                history.check();
                findings.ok("rights to read backups", "runs can tell which VMs were backed up");
            });
        } catch (ProviderException e) {
            findings.fail(
                    "rights to read backups", e, "grant them, or run catalog/roles.sql again: until then no VM ages");
        }
    }

    private void cleanup(Findings findings) {
        if (!installation.policy().purges()) {
            return;
        }
        Optional<CatalogCleanup> cleanup = installation.catalog().cleanup();
        if (cleanup.isEmpty()) {
            findings.fail("rights to remove", "this catalog has no part that removes rows", "unset CLEANUP_AFTER_DAYS");
            return;
        }
        try {
            cleanup.get().check();
            findings.ok("rights to remove", "cleanup may remove what it must");
        } catch (ProviderException e) {
            findings.fail("rights to remove", e, "grant them, or unset CLEANUP_AFTER_DAYS");
        }
    }
}
