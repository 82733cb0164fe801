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
    Installation installation(Executor executor) {
        Variables variables = Variables.of(providers);
        Settings settings = surroundings.settings(variables);
        SyncSetup.Parts parts = SyncSetup.Parts.of(settings, providers);
        BconsoleConfig bconsole = BconsoleConfig.from(settings);
        ConsoleProbe console = providers.probes().console().apply(bconsole);
        CatalogProbe catalog = providers.probes().catalog().apply(settings);
        Path clientsConf = settings.get(SyncSetup.CLIENTS_CONF);
        return new Installation(
                new Installation.Program(version(), Runtime.version(), launcher()),
                settings,
                variables.settings(),
                policy(parts),
                clientsConf,
                ClientsConf.inspect(clientsConf),
                settings.get(FileStoreProvider.BASE_DIR),
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
        return Settings.of(surroundings.environment()).get(SyncSetup.PARALLEL);
    }

    private static RunPolicy policy(SyncSetup.Parts parts) {
        SyncPolicy policy = parts.policy();
        return new RunPolicy(
                policy.jobDefs(),
                policy.jobDefsAllowed().orElse(Set.of()),
                policy.storage(),
                policy.pool(),
                policy.schedule(),
                policy.messages(),
                policy.dedup(),
                policy.grace(),
                policy.maxDisablePercent(),
                policy.cleanupAfter().orElse(null),
                parts.reload(),
                parts.dryRun());
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
