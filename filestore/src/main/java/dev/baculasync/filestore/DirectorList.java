package dev.baculasync.filestore;

import dev.baculasync.filestore.DirectorConf.Place;
import dev.baculasync.filestore.FileOperations.Ownership;
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
final class DirectorList {
    private final FileOperations operations;
    private final Path base;
    private final PendingMark pending;
    private @Nullable DirectorConf first;

    DirectorList(FileOperations operations, Path base, PendingMark pending) {
        this.operations = operations;
        this.base = base;
        this.pending = pending;
    }

    /** From now on, what it is at this moment is what it was at first. */
    synchronized void begin() {
        first = null;
    }

    /** The VMs that it named at first. */
    synchronized Set<VmKey> vms() throws IOException {
        return first().vms();
    }

    /** Lets it name these VMs and nothing else. */
    synchronized void publish(Collection<VmKey> vms, Ownership parent) throws IOException {
        first();
        DirectorConf.open(operations, base)
                .replace(vms.stream().map(Place::of).sorted().toList(), parent, pending);
    }

    /** Makes it what it was at first. */
    synchronized void restore(Ownership parent) throws IOException {
        DirectorConf.open(operations, base).restore(first().bytes(), parent, pending);
    }

    /** Takes VMs off the list; on disk when this returns. */
    synchronized void takeOff(Collection<VmKey> vms, Ownership parent) throws IOException {
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
