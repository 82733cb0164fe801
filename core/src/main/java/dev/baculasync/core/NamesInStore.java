package dev.baculasync.core;

import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredVm;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of all resources in the store, read at most once a run, and only if somebody looks for a name. Thread-safe. */
final class NamesInStore {
    private final StoreSession session;
    private final Map<OpenStackInstance, Set<String>> beside = new HashMap<>();
    private @Nullable List<StoredVm> vms;
    private @Nullable ProviderException failure;

    NamesInStore(StoreSession session) {
        this.session = session;
    }

    /**
     * Those of all VMs that are not this instance's: of other instances, whether they are configured or not.
     *
     * @param unmanaged what other files define
     * @throws ProviderException when the store cannot be listed: then no name is known to be free
     */
    synchronized Set<String> beside(OpenStackInstance instance, Set<String> unmanaged) {
        Set<String> names = beside.get(instance);
        if (names == null) {
            names = new HashSet<>(unmanaged);
            for (StoredVm vm : all()) {
                boolean own = vm.datacenter().equals(instance.datacenter())
                        && vm.openstack().equals(instance.openstack());
                if (!own) {
                    names.addAll(vm.resourceNames());
                }
            }
            beside.put(instance, names);
        }
        return names;
    }

    private List<StoredVm> all() {
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
