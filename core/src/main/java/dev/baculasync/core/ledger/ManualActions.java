package dev.baculasync.core.ledger;

import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ProviderException;
import java.util.List;

/**
 * What a person will have to do once the catalog has forgotten what a run is about to take out of it: once it has forgotten a
 * volume, nothing else knows where that lies. An entry for each action, its subject the job. They stay written down until a
 * report that lists them has been read. Safe for use by several threads.
 */
public final class ManualActions {
    static final String KIND = "actions";

    private final Ledger ledger;

    public ManualActions(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * What earlier runs have written down and no report has listed, each action once, as a sentence for a report.
     *
     * @throws ProviderException when it cannot be read; a run that writes may do nothing else then
     */
    public List<String> earlier() {
        try {
            return ledger.entries(KIND).stream()
                    .map(Ledger.Entry::text)
                    .distinct()
                    .map(action -> "an earlier run did not come to its end; perhaps still to be done: " + action)
                    .toList();
        } catch (ProviderException e) {
            throw new ProviderException(
                    e.code(),
                    "an earlier run did not come to its end, and the manual actions that it has noted cannot be read;"
                            + " nothing else is done before they can be: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Writes actions down; durable on return.
     *
     * @param job the job whose removal makes them necessary
     * @param actions a sentence each
     * @throws ProviderException when that could not be done; then nothing may be taken out of the catalog
     */
    public void note(String job, List<String> actions) {
        if (!actions.isEmpty()) {
            ledger.update(
                    KIND,
                    entry -> false,
                    actions.stream()
                            .map(action -> new Ledger.Entry(job, action))
                            .toList());
        }
    }

    /**
     * Forgets all of them: somebody has read a report that lists them.
     *
     * @throws ProviderException when that could not be done; the next run lists them once more
     */
    public void reported() {
        ledger.update(KIND, entry -> true, List.of());
    }
}
