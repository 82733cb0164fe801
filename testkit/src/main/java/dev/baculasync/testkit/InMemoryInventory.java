package dev.baculasync.testkit;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An inventory that answers what it was told to answer. Safe for use by several threads. */
public final class InMemoryInventory implements LiveInventory {
    private final Map<OpenStackInstance, List<Discovery>> answers = new ConcurrentHashMap<>();

    /** From now on the instance has exactly these VMs; none of them gives a failed discovery. */
    public InMemoryInventory set(OpenStackInstance instance, LiveVm... vms) {
        return answer(
                instance, vms.length == 0 ? Discovery.failed("the list is empty") : Discovery.complete(List.of(vms)));
    }

    /** The next answers about an instance, in this order; the last one stays. */
    public InMemoryInventory answer(OpenStackInstance instance, Discovery... discoveries) {
        answers.put(instance, List.of(discoveries));
        return this;
    }

    @Override
    public Discovery discover(OpenStackInstance instance) {
        List<Discovery> left = answers.getOrDefault(instance, List.of(Discovery.failed("nothing is known")));
        if (left.size() > 1) {
            answers.put(instance, left.subList(1, left.size()));
        }
        return left.get(0);
    }
}
