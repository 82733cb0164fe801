package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.InstanceTree;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoredInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the tree holds, as values. */
public final class StoredTree {
    private final InstanceTree tree;
    private final SeenVms seen;

    public StoredTree(InstanceTree tree, SeenVms seen) {
        this.tree = tree;
        this.seen = seen;
    }

    /** One instance. */
    public StoredInstance of(OpenStackInstance instance) throws IOException {
        Path directory = tree.directory(instance.datacenter(), instance.openstack());
        if (!tree.isThere(directory)) {
            return new StoredInstance(List.of(), List.of());
        }
        return collect(seen.entries(directory));
    }

    /** All instances that ever were. */
    public StoredInstance ofAll() throws IOException {
        InstanceTree.Contents contents = tree.contents();
        List<ManagedVm> vms = new ArrayList<>();
        List<StoreProblem> problems = new ArrayList<>(contents.problems());
        for (Path directory : contents.instances()) {
            StoredInstance instance = collect(seen.entries(directory));
            vms.addAll(instance.vms());
            problems.addAll(instance.problems());
        }
        return new StoredInstance(vms, problems);
    }

    private static StoredInstance collect(List<VmEntry> entries) {
        List<ManagedVm> vms = new ArrayList<>();
        List<StoreProblem> problems = new ArrayList<>();
        for (VmEntry entry : entries) {
            if (entry instanceof VmEntry.Flawed flawed) {
                problems.add(flawed.problem());
            } else if (entry instanceof VmEntry.Managed managed) {
                vms.add(managed.vm());
            }
        }
        return new StoredInstance(vms, problems);
    }
}
