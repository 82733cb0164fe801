package dev.baculasync.core.ledger;

import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The last complete list of each instance: which VMs it named, and in which order. */
public final class LastLists {
    static final String KIND = "lists";

    private final Ledger ledger;

    public LastLists(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * The VMs of an instance's last complete list, in its order; empty when none is known.
     *
     * @throws ProviderException when it was written down and cannot be read
     */
    public List<UUID> of(OpenStackInstance instance) {
        List<UUID> vms = new ArrayList<>();
        for (Ledger.Entry entry : ledger.entries(KIND)) {
            if (entry.subject().equals(instance.toString())) {
                vms.addAll(parse(entry.text()));
            }
        }
        return vms;
    }

    /**
     * Takes the place of the list that was remembered.
     *
     * @throws ProviderException when that could not be written down
     */
    public void remember(OpenStackInstance instance, List<UUID> vms) {
        String text = vms.stream().map(UUID::toString).collect(Collectors.joining(" "));
        Ledger.Entry entry = new Ledger.Entry(instance.toString(), text);
        if (!ledger.entries(KIND).contains(entry)) {
            ledger.update(KIND, old -> old.subject().equals(entry.subject()), List.of(entry));
        }
    }

    private static List<UUID> parse(String text) {
        List<UUID> vms = new ArrayList<>();
        try {
            for (String word : text.split(" ", -1)) {
                vms.add(UUID.fromString(word));
            }
        } catch (IllegalArgumentException e) {
            throw new ProviderException(
                    ProviderException.Code.IO, "the last list of VMs was written down with a word that is no UUID", e);
        }
        return vms;
    }
}
