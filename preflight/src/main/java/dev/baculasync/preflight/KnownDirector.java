package dev.baculasync.preflight;

import com.google.common.base.Suppliers;
import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.preflight.config.ConsoleRights;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What several sections ask of the Director, asked once. */
final class KnownDirector {
    private final Installation installation;
    private @Nullable Answer<DirectorVersion> version;
    private @Nullable Answer<DirectorResources> resources;
    private final Supplier<Optional<ConfigFiles>> configuration;
    private final Supplier<ConsoleRights> consoleRights;

    /** An answer, or why there is none. */
    private record Answer<T>(@Nullable T value, @Nullable ProviderException failure) {
        static <T> Answer<T> of(Supplier<T> question) {
            try {
                return new Answer<>(question.get(), null);
            } catch (ProviderException e) {
                return new Answer<>(null, e);
            }
        }

        T get() {
            if (value == null) {
                throw failure == null ? new IllegalStateException("an answer without a value") : failure;
            }
            return value;
        }
    }

    KnownDirector(Installation installation) {
        this.installation = installation;
        this.configuration = Suppliers.memoize(() -> DirectorFile.read(installation));
        this.consoleRights =
                Suppliers.memoize(() -> ConsoleRights.of(installation.bconsole().configFile(), configuration()));
    }

    /** Settings without which bconsole would not be the one that is meant. */
    List<String> wrongSettings() {
        return installation.problemsOf(
                BconsoleConfig.BCONSOLE.name(),
                BconsoleConfig.BCONSOLE_CONF.name(),
                BconsoleConfig.B_CONSOLE.name(),
                BconsoleConfig.B_CONSOLE_CONF.name(),
                BconsoleConfig.PATH.name());
    }

    /** Why the Director cannot be asked; empty when it can. */
    Optional<String> obstacle() {
        if (!wrongSettings().isEmpty()) {
            return Optional.of(String.join("; ", wrongSettings()));
        }
        try {
            version();
            return Optional.empty();
        } catch (ProviderException e) {
            if (e.code() == ProviderException.Code.INTERRUPTED) {
                throw e;
            }
            return Optional.of(e.getMessage());
        }
    }

    /**
     * @throws ProviderException when it cannot be asked
     */
    DirectorVersion version() {
        Answer<DirectorVersion> known = version;
        if (known == null) {
            known = Answer.of(() -> new DirectorVersion(installation.console().director()));
            version = known;
        }
        return known.get();
    }

    /**
     * @throws ProviderException when it cannot be asked, or does not answer in full
     */
    DirectorResources resources() {
        Answer<DirectorResources> known = resources;
        if (known == null) {
            known = Answer.of(() -> installation.director().resources());
            resources = known;
        }
        return known.get();
    }

    /** Its configuration as it lies on disk; empty when this host has none. */
    Optional<ConfigFiles> configuration() {
        return configuration.get();
    }

    /** What the console that asks it may do, as far as this host's configurations tell. */
    ConsoleRights consoleRights() {
        return consoleRights.get();
    }
}
