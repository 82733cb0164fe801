package dev.baculasync.core.ledger;

import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The last complete list of each instance: which VMs it named, and in which order. */
public final class LastLists {
    static final String KIND = "lists";

    private final Ledger ledger;

    public LastLists(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * A complete list.
     *
     * @param inOrder its VMs, in its order
     * @param unplaced VMs that it named, but of which it is not known where
     */
    public record LastList(List<UUID> inOrder, Set<UUID> unplaced) {
        /** None is known. */
        public static final LastList NONE = new LastList(List.of(), Set.of());

        public LastList {
            inOrder = List.copyOf(inOrder);
            unplaced = Set.copyOf(unplaced);
        }
    }

    /**
     * An instance's last complete list.
     *
     * @throws ProviderException when it was written down and cannot be read
     */
    public LastList of(OpenStackInstance instance) {
        for (Ledger.Entry entry : ledger.entries(KIND)) {
            if (entry.subject().equals(instance.toString())) {
                int bar = entry.text().indexOf('|');
                if (bar < 0) {
                    throw notUnderstood(null);
                }
                return new LastList(
                        parse(entry.text().substring(0, bar)),
                        Set.copyOf(parse(entry.text().substring(bar + 1))));
            }
        }
        return LastList.NONE;
    }

    /**
     * Takes the place of the list that was remembered.
     *
     * @throws ProviderException when that could not be written down
     */
    public void remember(OpenStackInstance instance, LastList list) {
        Ledger.Entry entry = new Ledger.Entry(
                instance.toString(),
                text(list.inOrder()) + "|"
                        + text(list.unplaced().stream().sorted().toList()));
        if (!ledger.entries(KIND).contains(entry)) {
            ledger.update(KIND, old -> old.subject().equals(entry.subject()), List.of(entry));
        }
    }

    private static String text(List<UUID> vms) {
        return vms.stream().map(UUID::toString).collect(Collectors.joining(" "));
    }

    private static List<UUID> parse(String text) {
        List<UUID> vms = new ArrayList<>();
        try {
            if (!text.isEmpty()) {
                for (String word : text.split(" ", -1)) {
                    vms.add(UUID.fromString(word));
                }
            }
        } catch (IllegalArgumentException e) {
            throw notUnderstood(e);
        }
        return vms;
    }

    private static ProviderException notUnderstood(@Nullable RuntimeException cause) {
        return new ProviderException(
                ProviderException.Code.IO,
                "the last list of VMs was written down in a way that is not understood",
                cause);
    }
}
