package dev.baculasync.demo;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * OpenStack as it is, and as it shows itself: what VMs there are, and what disturbs the way in which they are told.
 * Every VM gets the same UUID each time the demo runs.
 */
final class SimulatedOpenStack implements LiveInventory {
    private final Map<OpenStackInstance, Map<UUID, LiveVm>> servers = new HashMap<>();
    private final Map<OpenStackInstance, UnaryOperator<Discovery>> disturbances = new HashMap<>();

    @Override
    public synchronized Discovery discover(OpenStackInstance instance) {
        Discovery whole = Discovery.complete(live(instance));
        return disturbances.getOrDefault(instance, UnaryOperator.identity()).apply(whole);
    }

    /** The VMs that exist, whatever is told about them. */
    synchronized List<LiveVm> live(OpenStackInstance instance) {
        return List.copyOf(serversOf(instance).values());
    }

    /** Starts a VM. */
    synchronized void boot(OpenStackInstance instance, LiveVm vm) {
        serversOf(instance).put(vm.uuid(), vm);
    }

    /** Takes a VM away: deleted, or hidden from whoever asks. */
    synchronized void remove(OpenStackInstance instance, UUID uuid) {
        serversOf(instance).remove(uuid);
    }

    /** Changes what a VM says about itself. */
    synchronized void change(OpenStackInstance instance, UUID uuid, UnaryOperator<LiveVm> change) {
        serversOf(instance).computeIfPresent(uuid, (key, vm) -> change.apply(vm));
    }

    /** Bends what is told about an instance, until the day is over. */
    synchronized void disturb(OpenStackInstance instance, UnaryOperator<Discovery> disturbance) {
        disturbances.put(instance, disturbance);
    }

    synchronized void endDay() {
        disturbances.clear();
    }

    private Map<UUID, LiveVm> serversOf(OpenStackInstance instance) {
        return servers.computeIfAbsent(instance, key -> new LinkedHashMap<>());
    }
}
