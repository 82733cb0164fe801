package dev.baculasync.preflight;

import dev.baculasync.catalog.jdbc.CatalogFacts;
import dev.baculasync.catalog.jdbc.CatalogFacts.ServerTime;
import dev.baculasync.catalog.jdbc.CatalogProbe;
import dev.baculasync.catalog.jdbc.PoolFacts;
import dev.baculasync.catalog.jdbc.PostgresCatalogConfig;
import dev.baculasync.spi.ProviderException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A catalog with everything that Bacula puts there. */
public final class FakeCatalogProbe implements CatalogProbe {
    PostgresCatalogConfig config = PostgresCatalogConfig.builder().build();
    boolean password = true;
    CatalogFacts facts;
    ProviderException failure;
    Optional<PoolFacts> pool = Optional.of(new PoolFacts("Backup", "Vol-", 0, 0, 0, 0, 0, 0));
    ProviderException poolFailure;

    /**
     * @param time the server's clock
     */
    public FakeCatalogProbe(Instant time) {
        facts = new CatalogFacts(at(time), null, List.of(), List.of(), 1024, true);
    }

    /** A server whose clock says this when it is asked at {@link SoundInstallation#NOW}, and answers at once. */
    static ServerTime at(Instant told) {
        return new ServerTime(SoundInstallation.NOW, told, SoundInstallation.NOW);
    }

    @Override
    public PostgresCatalogConfig config() {
        return config;
    }

    @Override
    public boolean hasPassword() {
        return password;
    }

    @Override
    public CatalogFacts look(InstantSource clock) {
        if (failure != null) {
            throw failure;
        }
        return facts;
    }

    @Override
    public Optional<PoolFacts> pool(String name) {
        if (poolFailure != null) {
            throw poolFailure;
        }
        return pool;
    }
}
