package dev.baculasync.core.ledger;

import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.Ledger.Entry;
import dev.baculasync.spi.ProviderException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** When the check of the Director's configuration accepted it last: one entry, its text a moment in ISO 8601. */
public final class LastGoodConfiguration {
    /** The kind of ledger. */
    public static final String KIND = "check";

    private static final String SUBJECT = "accepted";

    private LastGoodConfiguration() {}

    /**
     * Empty when it never was, or when the moment is none.
     *
     * @throws ProviderException when the ledger cannot be read
     */
    public static Optional<Instant> in(Ledger ledger) {
        List<Entry> entries = ledger.entries(KIND).stream()
                .filter(entry -> entry.subject().equals(SUBJECT))
                .toList();
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(entries.get(entries.size() - 1).text()));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /**
     * Remembers this moment in the place of the one before.
     *
     * @throws ProviderException when it could not be written down
     */
    public static void remember(Ledger ledger, Instant at) {
        ledger.update(KIND, entry -> entry.subject().equals(SUBJECT), List.of(new Entry(SUBJECT, at.toString())));
    }
}
