package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.ProviderException;
import java.time.InstantSource;

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
}
