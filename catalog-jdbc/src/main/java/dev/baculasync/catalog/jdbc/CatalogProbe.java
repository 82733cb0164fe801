package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import java.time.InstantSource;
import java.util.Optional;

/** What somebody who sets up the way to a catalog wants to know before it is relied upon. Safe for use by several threads. */
public interface CatalogProbe {
    /** Where the catalog is looked for; its text names server, database and user, never the password. */
    PostgresCatalogConfig config();

    /** Whether the settings led to a password. */
    boolean hasPassword();

    /**
     * Logs in and looks around; reads nothing but what kind of database this is.
     *
     * @param clock ours, looked at around each question for the server's and nowhere else
     * @throws ProviderException when it cannot be reached, refuses the login, or does not answer in full
     */
    CatalogFacts look(InstantSource clock);

    /**
     * Whether backups can come from a Pool. A Director writes the rows of its Pools when it starts and at each reload, so
     * there is none of a Pool that it has not loaded yet.
     *
     * @return empty when the catalog has no such Pool
     * @throws ProviderException when it cannot be reached, or the user may not read {@code pool} and {@code media}
     */
    Optional<PoolFacts> pool(String name);
}
