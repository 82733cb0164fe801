package dev.baculasync.core.ledger;

import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.VmKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the directories on the Director's list defined when it was published: a list names files only, and these may be
 * gone, or others may have taken their place.
 *
 * @param prefixes by instance ({@code datacenter/openstack}), what the names of its jobs began with
 * @param vms what those define that are not called as what they define
 */
public record ListedNames(Map<String, String> prefixes, Map<VmKey, Set<BaculaResource>> vms) {
    /** The kind of ledger. One entry for each prefix, and for each resource. */
    public static final String KIND = "listed";

    /** Nothing is remembered. */
    public static final ListedNames NONE = new ListedNames(Map.of(), Map.of());

    private static final String PREFIX = "prefix";

    public ListedNames {
        prefixes = Map.copyOf(prefixes);
        vms = Map.copyOf(vms);
    }

    /**
     * All that is remembered; what is not understood is not.
     *
     * @throws ProviderException when it cannot be read
     */
    public static ListedNames in(Ledger ledger) {
        Map<String, String> prefixes = new HashMap<>();
        Map<VmKey, Set<BaculaResource>> vms = new HashMap<>();
        for (Ledger.Entry entry : ledger.entries(KIND)) {
            String[] place = entry.subject().split("/", 3);
            String[] text = entry.text().split(" ", 2);
            if (place.length == 2 && text.length == 2 && text[0].equals(PREFIX)) {
                prefixes.put(entry.subject(), text[1]);
            } else if (place.length == 3 && text.length == 2) {
                vms.computeIfAbsent(new VmKey(place[0], place[1], place[2]), key -> new HashSet<>())
                        .add(new BaculaResource(text[0], text[1]));
            }
        }
        return new ListedNames(prefixes, vms);
    }

    /**
     * Remembers this in the place of all that was remembered before.
     *
     * @throws ProviderException when it could not be written down
     */
    public void remember(Ledger ledger) {
        List<Ledger.Entry> entries = new ArrayList<>();
        prefixes.forEach((instance, prefix) -> entries.add(new Ledger.Entry(instance, PREFIX + " " + prefix)));
        vms.forEach((vm, resources) -> resources.stream()
                .sorted()
                .forEach(resource -> entries.add(new Ledger.Entry(
                        vm.datacenter() + "/" + vm.openstack() + "/" + vm.slug(),
                        resource.kind() + " " + resource.name()))));
        ledger.update(KIND, entry -> true, entries);
    }
}
