package dev.baculasync.cli.preflight;

import dev.baculasync.catalog.jdbc.CatalogFacts;
import dev.baculasync.catalog.jdbc.CatalogProbe;
import dev.baculasync.catalog.jdbc.PostgresCatalogConfig;
import dev.baculasync.spi.ProviderException;
import java.time.Instant;
import java.util.List;

/** A catalog with everything that Bacula puts there. */
public final class FakeCatalogProbe implements CatalogProbe {
    PostgresCatalogConfig config = PostgresCatalogConfig.builder().build();
    boolean password = true;
    CatalogFacts facts;
    ProviderException failure;

    /**
     * @param time the server's clock
     */
    public FakeCatalogProbe(Instant time) {
        facts = new CatalogFacts(time, null, List.of(), List.of(), 1024, true);
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
    public CatalogFacts look() {
        if (failure != null) {
            throw failure;
        }
        return facts;
    }
}
