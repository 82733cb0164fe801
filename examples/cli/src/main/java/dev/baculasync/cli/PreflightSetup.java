package dev.baculasync.cli;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.ConsoleProbe;
import dev.baculasync.catalog.jdbc.CatalogProbe;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.filestore.ClientsConf;
import dev.baculasync.filestore.FileStoreProvider;
import dev.baculasync.preflight.BaculaPlaces;
import dev.baculasync.preflight.Daemons;
import dev.baculasync.preflight.Installation;
import dev.baculasync.preflight.RunPolicy;
import dev.baculasync.spi.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;

/** What is to be checked, as the environment describes it. Never fails: what is wrong is what preflight is to find. */
record PreflightSetup(Surroundings surroundings, Providers providers) {
    private static final String DEFAULT_CLIENTS_CONF = "./clients.conf";

    Installation installation(Executor executor) {
        Settings settings = surroundings.settings();
        SyncSetup.Parts parts = SyncSetup.Parts.of(settings, providers);
        BconsoleConfig bconsole = BconsoleConfig.from(settings);
        ConsoleProbe console = providers.probes().console().apply(bconsole);
        CatalogProbe catalog = providers.probes().catalog().apply(settings);
        Path clientsConf = settings.path("CLIENTS_CONF", settings.text("CLIENTS_CONF", DEFAULT_CLIENTS_CONF))
                .orElse(Path.of(DEFAULT_CLIENTS_CONF));
        return new Installation(
                new Installation.Program(version(), Runtime.version(), launcher()),
                settings,
                policy(parts.policy()),
                clientsConf,
                ClientsConf.inspect(clientsConf),
                settings.path("BASE_DIR", settings.text("BASE_DIR", FileStoreProvider.DEFAULT_BASE_DIR))
                        .orElse(Path.of(FileStoreProvider.DEFAULT_BASE_DIR)),
                System.getProperty("user.name", "this user"),
                BaculaPlaces.usual(),
                Daemons.ofThisHost(),
                bconsole,
                parts.inventory(),
                parts.catalog(),
                parts.store(),
                parts.director(),
                console,
                catalog,
                surroundings.clock(),
                executor);
    }

    /** How many instances are asked at once. */
    int parallel() {
        return SyncSetup.parallel(Settings.of(surroundings.environment()));
    }

    private static RunPolicy policy(SyncPolicy policy) {
        return new RunPolicy(
                policy.jobDefs(),
                policy.jobDefsAllowed().orElse(Set.of()),
                policy.storage(),
                policy.pool(),
                policy.schedule(),
                policy.messages(),
                policy.dedup(),
                policy.grace(),
                policy.cleanupAfter().orElse(null));
    }

    private static String version() {
        try {
            return new VersionFile().getVersion()[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The distribution's script, when this class comes from a distribution. */
    private static Optional<Path> launcher() {
        CodeSource source = PreflightSetup.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return Optional.empty();
        }
        try {
            Path library = Path.of(source.getLocation().toURI()).getParent();
            return Optional.ofNullable(library)
                    .map(folder -> folder.resolveSibling("bin").resolve("bacula-openstack-sync"))
                    .filter(Files::isExecutable);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }
}
