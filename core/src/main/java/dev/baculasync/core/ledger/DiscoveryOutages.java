package dev.baculasync.core.ledger;

import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** When discovery of each instance did not work. That time does not count towards anybody's grace period. */
public final class DiscoveryOutages {
    static final String KIND = "outages";
    private static final String NOT_ENDED = "-";

    private final Ledger ledger;

    public DiscoveryOutages(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * A time in which the live VMs of an instance could not be found out.
     *
     * @param from the first run whose discovery did not work
     * @param until the run whose discovery worked again, or null while none did
     */
    public record Outage(Instant from, @Nullable Instant until) {
        /** Ignorance is never a reason to disable: where it is not known when discovery worked, it never did. */
        public static final Outage SINCE_EVER = new Outage(Instant.EPOCH, null);

        public Outage {
            Objects.requireNonNull(from, "from");
        }
    }

    /**
     * The outages of an instance, oldest first.
     *
     * @throws ProviderException when they cannot be read
     */
    public List<Outage> of(OpenStackInstance instance) {
        List<Outage> outages = new ArrayList<>();
        for (Ledger.Entry entry : ledger.entries(KIND)) {
            if (entry.subject().equals(instance.toString())) {
                outages.add(parse(entry.text()));
            }
        }
        return outages;
    }

    /**
     * Notes whether discovery of an instance worked: an outage begins unless one has begun, or it ends. Those that no absence
     * goes back to are forgotten.
     *
     * @param at the moment of the run
     * @param oldestAbsence since when the VM is absent that has been so for the longest; null when none is: then there is
     *     nothing to remember
     * @throws ProviderException when that could not be written down
     */
    public void note(OpenStackInstance instance, boolean worked, Instant at, @Nullable Instant oldestAbsence) {
        List<Outage> before = of(instance);
        List<Outage> outages = new ArrayList<>(before);
        Outage last = outages.isEmpty() ? null : outages.get(outages.size() - 1);
        boolean begun = last != null && last.until() == null;
        if (last != null && begun && worked) {
            outages.set(outages.size() - 1, new Outage(last.from(), at));
        } else if (!begun && !worked) {
            outages.add(new Outage(at, null));
        }
        outages.removeIf(outage -> oldestAbsence == null
                || (outage.until() != null && outage.until().isBefore(oldestAbsence)));
        if (!outages.equals(before)) {
            replace(instance, outages);
        }
    }

    /**
     * Forgets all of an instance.
     *
     * @throws ProviderException when that could not be written down
     */
    public void forget(OpenStackInstance instance) {
        replace(instance, List.of());
    }

    private void replace(OpenStackInstance instance, List<Outage> outages) {
        String subject = instance.toString();
        ledger.update(
                KIND,
                entry -> entry.subject().equals(subject),
                outages.stream()
                        .map(outage -> new Ledger.Entry(
                                subject, outage.from() + " " + (outage.until() == null ? NOT_ENDED : outage.until())))
                        .toList());
    }

    private static Outage parse(String text) {
        String[] words = text.split(" ", -1);
        try {
            if (words.length == 2) {
                return new Outage(Instant.parse(words[0]), words[1].equals(NOT_ENDED) ? null : Instant.parse(words[1]));
            }
        } catch (DateTimeException e) {
            // Reported below, like any other text.
        }
        throw new ProviderException(
                ProviderException.Code.IO,
                "the ledger holds something that is no outage of discovery: \"" + text + "\"");
    }
}
