package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A file that is there as long as something may have changed that the Director has not been told to load. It is made
 * before the first change of what a Director reads, whatever becomes of that: a reload too many does no harm, one too few
 * does. It also names the
 * VMs of a run that died, a line {@code datacenter/openstack/vm} for each: the Director may have loaded what that run wrote.
 * Where it outlives the reload because an instance of such VMs could not be handled, its first line is {@code loaded}.
 */
final class PendingMark {
    static final String FILE_NAME = ".bacula-openstack-sync.pending";

    private static final int MAX_BYTES = 1 << 26;
    private static final String LOADED = "loaded";

    private final FileOperations operations;
    private final Path base;
    private final Path file;
    private final Set<VmKey> ofDeadRun = new LinkedHashSet<>();
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
            List<String> lines = new String(operations.read(file, MAX_BYTES), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            set = lines.isEmpty() || !lines.get(0).equals(LOADED);
            lines.stream()
                    .map(line -> line.split("/", -1))
                    .filter(names -> names.length == 3)
                    .forEach(names -> ofDeadRun.add(new VmKey(names[0], names[1], names[2])));
        }
    }

    synchronized boolean isSet() {
        return set;
    }

    /** The VMs of runs that died since the Director last loaded what there is. */
    synchronized List<VmKey> ofDeadRun() {
        return List.copyOf(ofDeadRun);
    }

    /** Sets the mark; on disk when this returns. */
    synchronized void set(Ownership parent) throws IOException {
        if (set) {
            return;
        }
        if (!ofDeadRun.isEmpty()) {
            write(ofDeadRun, false, parent);
        } else if (operations.attributes(file) == null) {
            operations.createFile(file, new byte[0]);
            FileBatch.adopt(operations, file, FileBatch.NEW_FILE, null, parent);
            operations.forceDirectory(base);
        } else {
            operations.forceDirectory(base);
        }
        set = true;
    }

    /** Sets the mark, and remembers these VMs as well; on disk when this returns. */
    synchronized void set(Collection<VmKey> vms, Ownership parent) throws IOException {
        Set<VmKey> all = new LinkedHashSet<>(ofDeadRun);
        if (!all.addAll(vms)) {
            set(parent);
            return;
        }
        write(all, false, parent);
        ofDeadRun.addAll(vms);
        set = true;
    }

    /** Takes the mark away; VMs of a run that died are remembered on, but for those that need not be. */
    synchronized void clear(Predicate<VmKey> forgotten, Ownership parent) throws IOException {
        Set<VmKey> left = new LinkedHashSet<>(ofDeadRun);
        left.removeIf(forgotten);
        if (!left.isEmpty()) {
            if (set || left.size() < ofDeadRun.size()) {
                write(left, true, parent);
            }
        } else if (set || !ofDeadRun.isEmpty()) {
            operations.delete(file);
            operations.forceDirectory(base);
        }
        ofDeadRun.retainAll(left);
        set = false;
    }

    private void write(Set<VmKey> vms, boolean loaded, Ownership parent) throws IOException {
        StringBuilder lines = new StringBuilder(loaded ? LOADED + "\n" : "");
        vms.forEach(vm -> lines.append(vm.datacenter())
                .append('/')
                .append(vm.openstack())
                .append('/')
                .append(vm.slug())
                .append('\n'));
        BasicFileAttributes attributes = operations.attributes(file);
        byte[] before = attributes == null || !attributes.isRegularFile() ? null : operations.read(file, MAX_BYTES);
        FileBatch batch = new FileBatch(operations, base, parent);
        batch.stage(FILE_NAME, lines.toString().getBytes(StandardCharsets.UTF_8), before);
        batch.commit();
    }
}
