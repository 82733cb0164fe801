package dev.baculasync.core;

import dev.baculasync.core.listing.Listing;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What is told of the store as a whole: trees that belong to no configured instance, whose jobs go on without anybody to
 * handle them, and VMs that have jobs in two places. Used once, when all instances have been handled.
 */
final class OtherTrees {
    /** So many are named in a message. */
    private static final int NAMED = 5;

    private final StoreSession session;
    private final ListOfRun list;
    private final boolean dryRun;
    private final Set<String> configured;
    private final Consumer<String> notes;

    OtherTrees(StoreSession session, ListOfRun list, boolean dryRun, Consumer<String> notes) {
        this.session = session;
        this.list = list;
        this.dryRun = dryRun;
        this.configured =
                list.configured().stream().map(OpenStackInstance::toString).collect(Collectors.toSet());
        this.notes = notes;
    }

    /** The reports, with what is to be said of their VMs. */
    List<InstanceReport> tellOf(List<InstanceReport> reports) {
        try {
            Listing listing = dryRun ? list.preview(reports) : list.decide();
            tellOfTrees(listing.listed(), session.readAll().vms());
            return tellOfDoubles(listing, reports);
        } catch (ProviderException e) {
            notes.accept("whether jobs belong to no line of clients.conf, or VMs have two jobs, is not known: "
                    + e.getMessage());
            return reports;
        }
    }

    /** What cannot be trusted may be enabled. */
    private void tellOfTrees(Set<VmKey> listed, List<ManagedVm> managed) {
        Map<VmKey, Boolean> jobs = new HashMap<>();
        listed.forEach(vm -> jobs.put(vm, true));
        managed.forEach(vm -> jobs.put(vm.key(), vm.enabled()));
        Map<String, List<Boolean>> trees = new TreeMap<>();
        jobs.forEach(
                (vm, enabled) -> trees.computeIfAbsent(vm.datacenter() + "/" + vm.openstack(), key -> new ArrayList<>())
                        .add(enabled));
        trees.keySet().removeAll(configured);
        trees.forEach((tree, enabled) -> notes.accept("no line of clients.conf is about " + tree + ", which holds "
                + enabled.size() + " job(s) of ours, "
                + enabled.stream().filter(yes -> yes).count()
                + " of them enabled: nobody handles them, and those that the Director's list names go on; give it its line"
                + " again, or take it out of service with delete-client"));
    }

    private List<InstanceReport> tellOfDoubles(Listing listing, List<InstanceReport> reports) {
        Map<UUID, Map<VmKey, String>> jobs = new HashMap<>(listing.jobsOfVms());
        jobs.values().removeIf(places -> places.size() < 2);
        if (jobs.isEmpty()) {
            return reports;
        }
        Set<String> some = new TreeSet<>();
        jobs.values().forEach(places -> some.add(String.join(" and ", places.values())));
        notes.accept(jobs.size() + " VM(s) have jobs in two places, and are backed up twice where both are enabled: "
                + some.stream().limit(NAMED).collect(Collectors.joining("; ")) + (some.size() > NAMED ? "; …" : ""));
        return reports.stream().map(report -> warned(report, jobs)).toList();
    }

    private static InstanceReport warned(InstanceReport report, Map<UUID, Map<VmKey, String>> jobs) {
        List<VmPlan> plans = new ArrayList<>();
        for (VmPlan plan : report.vms()) {
            Map<VmKey, String> places = plan.uuid() == null ? null : jobs.get(plan.uuid());
            plans.add(
                    places == null
                            ? plan
                            : plan.withWarning("it has jobs in two places: "
                                    + places.entrySet().stream()
                                            .map(place ->
                                                    place.getValue() + " in " + Listing.some(List.of(place.getKey())))
                                            .collect(Collectors.joining(", "))));
        }
        return report.withVms(plans);
    }
}
