package dev.baculasync.filestore;

import dev.baculasync.filestore.DirectorConf.Place;
import dev.baculasync.filestore.FileOperations.Ownership;
import dev.baculasync.spi.ChangedVm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What of the tree is on {@code director.conf}. The list must never name a file that is not there: a Director refuses all of
 * its configuration then. So a VM is put on it after its files are in place and taken off before they go. Safe for use by
 * several threads.
 */
final class DirectorList {
    private final FileOperations operations;
    private final Path base;
    private final InstanceTree tree;
    private final ListedVms listed;
    private final PendingMark pending;

    DirectorList(FileOperations operations, Path base, InstanceTree tree, ListedVms listed, PendingMark pending) {
        this.operations = operations;
        this.base = base;
        this.tree = tree;
        this.listed = listed;
        this.pending = pending;
    }

    /** Puts all on the list that there is to list, and nothing else. */
    synchronized void publish(Ownership parent) throws IOException {
        DirectorConf conf = DirectorConf.open(operations, base);
        List<Place> whole = listed.places();
        if (conf.lists(whole)) {
            return;
        }
        SortedSet<Place> places = new TreeSet<>(whole);
        for (Place place : conf.places()) {
            // A job that a Director has is not taken from it as long as its files are there, readable or not.
            if (!places.contains(place) && isThere(place)) {
                places.add(place);
            }
        }
        conf.replace(places, parent, pending);
    }

    private boolean isThere(Place place) {
        Path directory = tree.directory(place.datacenter(), place.openstack()).resolve(place.vmPart());
        return operations.leadsToFile(directory.resolve(VmDirectory.FILE_SET))
                && operations.leadsToFile(directory.resolve(VmDirectory.JOB));
    }

    /** Takes VMs off the list; on disk when this returns. */
    synchronized void takeOff(Collection<ChangedVm> vms, Ownership parent) throws IOException {
        if (!vms.isEmpty()) {
            DirectorConf.open(operations, base)
                    .takeOff(vms.stream().map(Place::of).collect(Collectors.toSet()), parent, pending);
        }
    }
}
