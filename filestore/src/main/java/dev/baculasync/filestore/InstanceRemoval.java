package dev.baculasync.filestore;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.InstanceTree;
import dev.baculasync.filestore.list.DirectorList;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.filestore.vm.VmEntry;
import dev.baculasync.filestore.vm.VmFiles;
import dev.baculasync.filestore.vm.VmReader;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Removes what is left of an instance without VMs: what creations have left behind that did not come to their
 * end, and directories that are empty. May die anywhere and be begun again.
 */
final class InstanceRemoval {
    private final FileOperations operations;
    private final Path base;
    private final InstanceTree tree;
    private final VmReader reader;
    private final DirectorList list;
    private final PendingMark pending;

    InstanceRemoval(
            FileOperations operations,
            Path base,
            InstanceTree tree,
            VmReader reader,
            DirectorList list,
            PendingMark pending) {
        this.operations = operations;
        this.base = base;
        this.tree = tree;
        this.reader = reader;
        this.list = list;
        this.pending = pending;
    }

    /** Whether nothing of it is left. As long as there is anything that is not to be removed, nothing is. */
    boolean carryOut(OpenStackInstance instance, Ownership parent) throws IOException {
        Path datacenter = base.resolve(instance.datacenter());
        Path directory = tree.directory(instance.datacenter(), instance.openstack());
        if (tree.isThere(directory)) {
            List<Path> entries = tree.vmEntries(directory);
            boolean vacant = reader.load(entries).stream().allMatch(VmEntry.Vacant.class::isInstance);
            if (!vacant) {
                return false;
            }
            removeVacant(instance, entries, parent);
            operations.forceDirectory(directory);
            operations.delete(directory);
            operations.forceDirectory(datacenter);
        }
        if (tree.isDirectory(datacenter) && operations.list(datacenter).isEmpty()) {
            operations.delete(datacenter);
            operations.forceDirectory(base);
        }
        return true;
    }

    private void removeVacant(OpenStackInstance instance, List<Path> entries, Ownership parent) throws IOException {
        if (entries.isEmpty()) {
            return;
        }
        // A Director may have loaded a FileSet that is left here.
        pending.set(parent);
        list.takeOff(
                entries.stream()
                        .map(entry -> new VmKey(instance.datacenter(), instance.openstack(), VmReader.name(entry)))
                        .toList(),
                parent);
        for (Path entry : entries) {
            for (String name : VmFiles.OWN_WITHOUT_JOB) {
                operations.delete(entry.resolve(name));
            }
            operations.forceDirectory(entry);
            operations.delete(entry);
        }
    }
}
