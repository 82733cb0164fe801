package dev.baculasync.core;

import dev.baculasync.core.plan.OtherResources;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of all resources in the store, read at most once a run, and only if somebody looks for a name. Thread-safe. */
final class NamesInStore {
    private final StoreSession session;
    private final Map<OpenStackInstance, OtherResources> beside = new HashMap<>();
    private @Nullable List<ManagedVm> vms;
    private @Nullable ProviderException failure;

    NamesInStore(StoreSession session) {
        this.session = session;
    }

    /**
     * Those of all VMs that are not this instance's: of other instances, whether they are configured or not.
     *
     * @param unmanaged what files define that are no managed VM's, and where
     * @throws ProviderException when the store cannot be listed: then no name is known to be free
     */
    synchronized OtherResources beside(OpenStackInstance instance, Map<String, VmKey> unmanaged) {
        OtherResources names = beside.get(instance);
        if (names == null) {
            Map<String, VmKey> places = new HashMap<>(unmanaged);
            Set<String> managedJobs = new HashSet<>();
            for (ManagedVm vm : all()) {
                boolean own = vm.key().isOf(instance);
                if (!own) {
                    vm.resourceNames().forEach(name -> places.put(name, vm.key()));
                    managedJobs.add(vm.job());
                }
            }
            names = new OtherResources(places, managedJobs);
            beside.put(instance, names);
        }
        return names;
    }

    private List<ManagedVm> all() {
        if (failure != null) {
            throw failure;
        }
        if (vms == null) {
            try {
                vms = session.readAll().vms();
            } catch (ProviderException e) {
                failure = e;
                throw e;
            }
        }
        return vms;
    }
}
