package dev.baculasync.filestore.list;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.list.DirectorConf.Place;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code director.conf} in the course of one session. It must never name a file that is not there: a Director refuses all of
 * its configuration then. So a VM is put on it after its files are in place and taken off before they go. Safe for use by
 * several threads.
 */
public final class DirectorList {
    private final FileOperations operations;
    private final Path base;
    private final PendingMark pending;
    private @Nullable DirectorConf first;
    private boolean published;

    public DirectorList(FileOperations operations, Path base, PendingMark pending) {
        this.operations = operations;
        this.base = base;
        this.pending = pending;
    }

    /** From now on, what it is at this moment is what it was at first. */
    public synchronized void begin() {
        first = null;
    }

    /** The VMs that it named at first. */
    public synchronized Set<VmKey> vms() throws IOException {
        return first().vms();
    }

    /** Lets it name these VMs and nothing else; when it is published again as it was at first, it is that to the byte. */
    public synchronized void publish(Collection<VmKey> vms, Ownership parent) throws IOException {
        DirectorConf conf = DirectorConf.open(operations, base);
        if (published && first().vms().equals(Set.copyOf(vms))) {
            conf.restore(first().bytes(), parent, pending);
        } else {
            first();
            conf.replace(vms.stream().map(Place::of).sorted().toList(), parent, pending);
        }
        published = true;
    }

    /** Takes VMs off the list; on disk when this returns. */
    public synchronized void takeOff(Collection<VmKey> vms, Ownership parent) throws IOException {
        if (!vms.isEmpty()) {
            first();
            DirectorConf.open(operations, base)
                    .takeOff(vms.stream().map(Place::of).collect(Collectors.toSet()), parent, pending);
        }
    }

    private DirectorConf first() throws IOException {
        if (first == null) {
            first = DirectorConf.open(operations, base);
        }
        return first;
    }
}
