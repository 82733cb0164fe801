package dev.baculasync.core.ledger;

import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.VmKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The VMs of runs that died, which were rolled back since. The Director may have loaded their resources in between, and the
 * catalog may have seen them run: they are ours all the same, and neither lost nor somebody else's.
 */
public final class RolledBackVms {
    private RolledBackVms() {}

    /**
     * Those that are not forgotten yet.
     *
     * @throws ProviderException when they cannot be read
     */
    public static Set<VmKey> in(Ledger ledger) {
        return ledger.entries(Ledger.ROLLED_BACK).stream()
                .map(entry -> VmKey.parse(entry.subject()))
                .flatMap(Optional::stream)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Forgets some, because the Director has loaded what there is of them now.
     *
     * @throws ProviderException when that could not be written down
     */
    public static void forget(Ledger ledger, Predicate<VmKey> which) {
        ledger.update(
                Ledger.ROLLED_BACK,
                entry -> VmKey.parse(entry.subject()).filter(which).isPresent(),
                List.of());
    }
}
