package dev.baculasync.catalog.jdbc;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a catalog was found to be.
 *
 * @param serverTime the server's clock, somewhere between the call and its return
 * @param encryption protocol of the encrypted connection, e.g. {@code TLSv1.3}; null when it is not encrypted
 * @param missing which of the tables that are read, or would be by cleanup, are not there, in lower case
 * @param unreadable which of them the user may not read
 * @param schemaVersion Bacula's number for the tables' version, e.g. 1024; null when it cannot be read
 * @param jobNameIndex whether the index is there that makes reading job names fast
 */
public record CatalogFacts(
        Instant serverTime,
        @Nullable String encryption,
        List<String> missing,
        List<String> unreadable,
        @Nullable Integer schemaVersion,
        boolean jobNameIndex) {
    public CatalogFacts {
        Objects.requireNonNull(serverTime, "serverTime");
        missing = List.copyOf(missing);
        unreadable = List.copyOf(unreadable);
    }
}
