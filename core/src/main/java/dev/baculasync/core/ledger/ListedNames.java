package dev.baculasync.core.ledger;

import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.ChangedVm;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ProviderException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What listed directories define that are not called as what they define, because they were moved, say: so that they are
 * known again when they move once more. One entry for each resource, its subject the directory, its text kind and name.
 */
public final class ListedNames {
    /** The kind of ledger. */
    public static final String KIND = "listed";

    private ListedNames() {}

    /**
     * All that is remembered; what is not understood is not.
     *
     * @throws ProviderException when it cannot be read
     */
    public static Map<ChangedVm, Set<BaculaResource>> in(Ledger ledger) {
        Map<ChangedVm, Set<BaculaResource>> names = new HashMap<>();
        for (Ledger.Entry entry : ledger.entries(KIND)) {
            String[] place = entry.subject().split("/", 3);
            String[] resource = entry.text().split(" ", 2);
            if (place.length == 3 && resource.length == 2) {
                names.computeIfAbsent(new ChangedVm(place[0], place[1], place[2]), key -> new HashSet<>())
                        .add(new BaculaResource(resource[0], resource[1]));
            }
        }
        return names;
    }

    /**
     * Remembers these in the place of all that were remembered before.
     *
     * @throws ProviderException when it could not be written down
     */
    public static void remember(Ledger ledger, Map<ChangedVm, Set<BaculaResource>> names) {
        List<Ledger.Entry> entries = new ArrayList<>();
        names.forEach((vm, resources) -> resources.stream()
                .sorted()
                .forEach(resource -> entries.add(new Ledger.Entry(
                        vm.datacenter() + "/" + vm.openstack() + "/" + vm.vmPart(),
                        resource.kind() + " " + resource.name()))));
        ledger.update(KIND, entry -> true, entries);
    }
}
