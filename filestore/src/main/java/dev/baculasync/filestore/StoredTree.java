package dev.baculasync.filestore;

import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the tree holds, as values. */
final class StoredTree {
    private final FileOperations operations;
    private final InstanceTree tree;
    private final VmReader reader;
    private final SeenVms seen;

    StoredTree(FileOperations operations, InstanceTree tree, VmReader reader, SeenVms seen) {
        this.operations = operations;
        this.tree = tree;
        this.reader = reader;
        this.seen = seen;
    }

    /** One instance, with when discovery of it did not work. */
    StoredInstance of(OpenStackInstance instance) throws IOException {
        Path directory = tree.directory(instance.datacenter(), instance.openstack());
        if (!tree.isThere(directory)) {
            return new StoredInstance(List.of(), List.of(), List.of());
        }
        StoredInstance found = collect(seen.entries(directory));
        BlindSpans.Memory memory = new BlindSpans(operations, directory).read();
        List<StoreProblem> problems = new ArrayList<>(found.problems());
        if (memory.flaw() != null) {
            String place = instance + "/" + BlindSpans.FILE_NAME + " " + memory.flaw();
            problems.add(new StoreProblem(StoreProblem.Kind.FOREIGN, BlindSpans.FILE_NAME, null, place));
        }
        return new StoredInstance(found.vms(), problems, memory.spans());
    }

    /** One VM of an instance, if it is there and can be read. */
    Optional<ManagedVm> find(VmKey vm) {
        Path directory = tree.directory(vm.datacenter(), vm.openstack());
        return collect(reader.load(List.of(directory.resolve(vm.slug())))).vms().stream()
                .findAny();
    }

    /** All instances that ever were. */
    StoredInstance ofAll() throws IOException {
        InstanceTree.Contents contents = tree.contents();
        List<ManagedVm> vms = new ArrayList<>();
        List<StoreProblem> problems = new ArrayList<>(contents.problems());
        for (Path directory : contents.instances()) {
            StoredInstance instance = collect(seen.entries(directory));
            vms.addAll(instance.vms());
            problems.addAll(instance.problems());
        }
        return new StoredInstance(vms, problems, List.of());
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
        return new StoredInstance(vms, problems, List.of());
    }
}
