package dev.baculasync.core;

import dev.baculasync.core.ledger.LastGoodConfiguration;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ProviderException;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The checks of the Director's configuration in one run, and when it was last found good. Used by one thread. */
final class CheckedConfiguration {
    private final EngineParts parts;
    private final Ledger ledger;
    private final Consumer<String> notes;
    private int checks;
    private @Nullable ConfigCheck last;
    private @Nullable Instant accepted;

    CheckedConfiguration(EngineParts parts, Ledger ledger, Consumer<String> notes) {
        this.parts = parts;
        this.ledger = ledger;
        this.notes = notes;
    }

    /**
     * Checks it as it lies on disk at this moment.
     *
     * @throws ProviderException when the calling thread was interrupted
     */
    ConfigCheck check() {
        checks++;
        ConfigCheck check = parts.director().checkConfiguration();
        last = check;
        if (check.kind() == ConfigCheck.Kind.ACCEPTED) {
            accepted = parts.clock().instant();
        }
        return check;
    }

    /** How often it was checked. */
    int checks() {
        return checks;
    }

    /** Whether the check has accepted it as it is. */
    boolean isAccepted() {
        return last != null && last.kind() == ConfigCheck.Kind.ACCEPTED;
    }

    /**
     * When it was last found good, in this run or before, as the end of a sentence about it; null when there is no check.
     * What can be neither remembered nor read costs only what is said of it.
     */
    @Nullable
    String lastFoundGood() {
        if (last == null || last.kind() == ConfigCheck.Kind.NOT_SET_UP) {
            return null;
        }
        try {
            if (accepted != null) {
                LastGoodConfiguration.remember(ledger, accepted);
            }
        } catch (ProviderException e) {
            notes.accept(
                    "when the Director's configuration was last found good cannot be remembered: " + e.getMessage());
        }
        try {
            return said(accepted == null ? LastGoodConfiguration.in(ledger).orElse(null) : accepted);
        } catch (ProviderException e) {
            notes.accept("when the Director's configuration was last found good is not known: " + e.getMessage());
            return "was last found good at a time that cannot be read";
        }
    }

    private String said(@Nullable Instant at) {
        return at == null
                ? "has not been found good by any run yet"
                : "was last found good at " + parts.planner().localTime(at);
    }
}
