package dev.baculasync.catalog.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a catalog was found to be.
 *
 * @param serverTime the server's clock, read between two looks at ours
 * @param encryption protocol of the encrypted connection, e.g. {@code TLSv1.3}; null when it is not encrypted
 * @param missing which of the tables that are read, or would be by cleanup, are not there, in lower case
 * @param unreadable which of them the user may not read
 * @param schemaVersion Bacula's number for the tables' version, e.g. 1024; null when it cannot be read
 * @param jobNameIndex whether the index is there that makes reading job names fast
 */
public record CatalogFacts(
        ServerTime serverTime,
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

    /**
     * What the server's clock said when it was asked for nothing else.
     *
     * @param asked our clock before the question was sent
     * @param told the server's clock
     * @param answered our clock when the answer was there
     */
    public record ServerTime(Instant asked, Instant told, Instant answered) {
        public ServerTime {
            Objects.requireNonNull(asked, "asked");
            Objects.requireNonNull(told, "told");
            Objects.requireNonNull(answered, "answered");
        }

        /** By how much the clocks differ at least: the server's was read at some moment between the looks at ours. */
        public Duration difference() {
            Duration behind = Duration.between(told, asked);
            Duration ahead = Duration.between(answered, told);
            Duration difference = behind.compareTo(ahead) > 0 ? behind : ahead;
            return difference.isNegative() ? Duration.ZERO : difference;
        }
    }
}
