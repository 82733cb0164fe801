package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
import dev.baculasync.spi.ChangedVm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A file that is there as long as something may have changed that the Director has not been told to load. It is made
 * before the first change, whatever becomes of that: a reload too many does no harm, one too few does. It also names the
 * VMs of a run that died, a line {@code datacenter/openstack/vm} for each: the Director may have loaded what that run wrote.
 */
final class PendingMark {
    static final String FILE_NAME = ".bacula-openstack-sync.pending";

    private static final int MAX_BYTES = 1 << 26;

    private final FileOperations operations;
    private final Path base;
    private final Path file;
    private final Set<ChangedVm> ofDeadRun = new LinkedHashSet<>();
    private boolean set;

    PendingMark(FileOperations operations, Path base) {
        this.operations = operations;
        this.base = base;
        this.file = base.resolve(FILE_NAME);
    }

    /** Finds out whether an earlier run has left it. */
    synchronized void find() throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        set = attributes != null;
        if (attributes != null && attributes.isRegularFile()) {
            new String(operations.read(file, MAX_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("/", -1))
                    .filter(names -> names.length == 3)
                    .forEach(names -> ofDeadRun.add(new ChangedVm(names[0], names[1], names[2])));
        }
    }

    synchronized boolean isSet() {
        return set;
    }

    /** The VMs of runs that died since the Director last loaded what there is. */
    synchronized List<ChangedVm> ofDeadRun() {
        return List.copyOf(ofDeadRun);
    }

    synchronized void set(Ownership parent) throws IOException {
        if (set) {
            return;
        }
        if (operations.attributes(file) == null) {
            operations.createFile(file, new byte[0]);
            FileBatch.adopt(operations, file, FileBatch.NEW_FILE, null, parent);
        }
        operations.forceDirectory(base);
        set = true;
    }

    /** Sets the mark, and remembers these VMs as well; on disk when this returns. */
    synchronized void set(Collection<ChangedVm> vms, Ownership parent) throws IOException {
        Set<ChangedVm> all = new LinkedHashSet<>(ofDeadRun);
        if (!all.addAll(vms)) {
            set(parent);
            return;
        }
        StringBuilder lines = new StringBuilder();
        all.forEach(vm -> lines.append(vm.datacenter())
                .append('/')
                .append(vm.openstack())
                .append('/')
                .append(vm.vmPart())
                .append('\n'));
        BasicFileAttributes attributes = operations.attributes(file);
        byte[] before = attributes == null || !attributes.isRegularFile() ? null : operations.read(file, MAX_BYTES);
        FileBatch batch = new FileBatch(operations, base, parent);
        batch.stage(FILE_NAME, lines.toString().getBytes(StandardCharsets.UTF_8), before);
        batch.commit();
        ofDeadRun.addAll(vms);
        set = true;
    }

    synchronized void clear() throws IOException {
        if (set) {
            operations.delete(file);
            set = false;
            operations.forceDirectory(base);
        }
        ofDeadRun.clear();
    }
}
