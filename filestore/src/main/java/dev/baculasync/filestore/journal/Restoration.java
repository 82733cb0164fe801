package dev.baculasync.filestore.journal;

import dev.baculasync.filestore.disk.FileBefore;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.InstanceTree;
import dev.baculasync.filestore.disk.Undo;
import dev.baculasync.filestore.disk.Workers;
import dev.baculasync.filestore.journal.VmTrace.FileTrace;
import dev.baculasync.filestore.journal.VmTrace.Owner;
import dev.baculasync.filestore.ledger.LedgerFiles;
import dev.baculasync.filestore.list.DirectorList;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.filestore.vm.VmDirectory;
import dev.baculasync.filestore.vm.VmFiles;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts VMs back to what they were before a run changed them. A file that is to go is first taken off
 * {@code director.conf}: a list that names a missing file stops a Director. A VM of which somebody has changed any file
 * since is left alone as a whole, because its two files belong together. May die anywhere and be begun again.
 */
public final class Restoration {
    private final FileOperations operations;
    private final Path base;
    private final InstanceTree tree;
    private final Workers workers;
    private final PendingMark pending;
    private final DirectorList list;
    private final LedgerFiles ledger;

    /**
     * What became of the VMs; those on which there was nothing to put back are in no list.
     *
     * @param rolledBack are what they were
     * @param leftAlone have been changed by somebody since
     */
    public record Outcome(List<VmKey> rolledBack, List<VmKey> leftAlone) {}

    public Restoration(
            FileOperations operations,
            Path base,
            Workers workers,
            PendingMark pending,
            DirectorList list,
            LedgerFiles ledger) {
        this.operations = operations;
        this.base = base;
        this.tree = new InstanceTree(operations, base);
        this.workers = workers;
        this.pending = pending;
        this.list = list;
        this.ledger = ledger;
    }

    /**
     * Puts back VMs of a run that died. A Director that was restarted since holds what they were in between, so which they
     * are is remembered until it has loaded what they are now.
     *
     * @throws IOException when a part of it could not be done; the rest was
     */
    public Outcome undo(List<VmTrace> traces, Ownership parent) throws IOException {
        return restore(traces, parent, true);
    }

    /**
     * Puts back VMs of this run.
     *
     * @throws IOException when a part of it could not be done; the rest was
     */
    public Outcome restore(List<VmTrace> traces, Ownership parent) throws IOException {
        return restore(traces, parent, false);
    }

    private Outcome restore(List<VmTrace> traces, Ownership parent, boolean ofDeadRun) throws IOException {
        List<OneVm> vms = workers.map(traces, trace -> new OneVm(trace, parent).look());
        List<OneVm> ours = vms.stream().filter(OneVm::isOurs).toList();
        List<VmKey> putBack = ours.stream().map(vm -> vm.trace.vm()).toList();
        List<VmKey> loaded = ours.stream()
                .filter(OneVm::concernsDirector)
                .map(vm -> vm.trace.vm())
                .toList();
        if (!loaded.isEmpty()) {
            pending.set(parent);
            if (ofDeadRun) {
                remember(loaded, parent);
            }
            takeOffTheList(ours.stream().filter(OneVm::removesFiles).toList(), parent);
        }
        workers.map(vms, OneVm::putBack);
        forceInstances(vms);
        List<IOException> failures = vms.stream()
                .map(vm -> vm.failure)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (!failures.isEmpty()) {
            IOException first = failures.get(0);
            failures.subList(1, failures.size()).forEach(first::addSuppressed);
            throw first;
        }
        return new Outcome(
                putBack,
                vms.stream().filter(vm -> vm.leftAlone).map(vm -> vm.trace.vm()).toList());
    }

    private void remember(List<VmKey> vms, Ownership parent) throws IOException {
        Set<Ledger.Entry> entries =
                vms.stream().map(vm -> new Ledger.Entry(vm.toString(), "")).collect(Collectors.toSet());
        ledger.update(Ledger.ROLLED_BACK, entries::contains, List.copyOf(entries), parent);
    }

    private void takeOffTheList(List<OneVm> vms, Ownership parent) {
        try {
            list.takeOff(vms.stream().map(vm -> vm.trace.vm()).toList(), parent);
        } catch (IOException e) {
            vms.forEach(vm -> vm.failure = e);
        }
    }

    private void forceInstances(List<OneVm> vms) {
        Map<Path, IOException> failures = new HashMap<>();
        Set<Path> parents = vms.stream()
                .filter(vm -> vm.directoryRemoved)
                .map(vm -> vm.instance)
                .collect(Collectors.toSet());
        for (Path directory : parents) {
            try {
                operations.forceDirectory(directory);
            } catch (IOException e) {
                failures.put(directory, e);
            }
        }
        vms.stream()
                .filter(vm -> vm.directoryRemoved && vm.failure == null)
                .forEach(vm -> vm.failure = failures.get(vm.instance));
    }

    /** The files of one VM. */
    private final class OneVm {
        final VmTrace trace;
        final Ownership parent;
        final Path instance;
        final Path directory;

        /** What the run wrote and is to be put back, by name. */
        final Map<String, byte[]> current = new HashMap<>();

        /** What the run removed and is to be put back. */
        final Set<String> gone = new HashSet<>();

        boolean leftAlone;
        boolean instanceGone;
        boolean directoryRemoved;

        @Nullable
        IOException failure;

        OneVm(VmTrace trace, Ownership parent) {
            this.trace = trace;
            this.parent = parent;
            VmKey vm = trace.vm();
            this.instance = tree.directory(vm.datacenter(), vm.openstack());
            this.directory = instance.resolve(vm.slug());
        }

        /** Finds out what is to be put back. */
        OneVm look() {
            try {
                boolean isThere = isPlainDirectory();
                for (String name : VmFiles.ALL) {
                    look(name, trace.file(name), isThere);
                }
            } catch (IOException e) {
                failure = e;
            }
            if (leftAlone || failure != null) {
                current.clear();
                gone.clear();
            }
            return this;
        }

        private void look(String name, @Nullable FileTrace file, boolean isThere) throws IOException {
            if (file == null) {
                return;
            }
            BasicFileAttributes attributes = isThere ? operations.attributes(directory.resolve(name)) : null;
            if (attributes != null && (!attributes.isRegularFile() || attributes.size() > VmFiles.MAX_BYTES)) {
                leftAlone = true;
                return;
            }
            byte[] content = attributes == null ? null : operations.read(directory.resolve(name), VmFiles.MAX_BYTES);
            Owner owner = file.ownerOf(content);
            leftAlone |= owner == Owner.SOMEBODY;
            if (owner == Owner.RUN && content != null) {
                current.put(name, content);
            } else if (owner == Owner.RUN) {
                gone.add(name);
                // No run removes that before it has settled.
                leftAlone |= instanceGone;
            }
        }

        /** A link on the way here was put there by somebody, and is not followed. */
        private boolean isPlainDirectory() throws IOException {
            Path path = base;
            for (Path name : base.relativize(directory)) {
                path = path.resolve(name);
                BasicFileAttributes attributes = operations.attributes(path);
                if (attributes == null) {
                    instanceGone = !path.equals(directory);
                    return false;
                }
                if (!attributes.isDirectory()) {
                    leftAlone = true;
                    return false;
                }
            }
            return true;
        }

        boolean isOurs() {
            return !current.isEmpty() || !gone.isEmpty();
        }

        /** Whether a Director may have loaded anything of it that it would not load again. */
        boolean concernsDirector() {
            return !gone.isEmpty()
                    || current.entrySet().stream()
                            .anyMatch(file -> VmDirectory.differForDirector(
                                    file.getKey(), original(file.getKey()), file.getValue()));
        }

        boolean removesFiles() {
            return current.keySet().stream().anyMatch(name -> original(name) == null);
        }

        private byte @Nullable [] original(String name) {
            FileTrace file = trace.file(name);
            return file == null ? null : file.before().content();
        }

        OneVm putBack() {
            if (leftAlone || failure != null) {
                return this;
            }
            try {
                if (gone.isEmpty() && operations.attributes(directory) == null) {
                    return this;
                }
                Undo undo = new Undo(operations, directory, parent, VmFiles.ALL);
                undo.removeTemporaryFiles();
                if (isOurs()) {
                    undo.restore(changed());
                } else {
                    // An earlier attempt may have failed when it had restored the files, but not yet forced that.
                    operations.forceDirectory(directory);
                }
                FileTrace job = trace.file(VmFiles.JOB);
                if (job != null
                        && job.before().content() == null
                        && operations.list(directory).isEmpty()) {
                    operations.delete(directory);
                    directoryRemoved = true;
                }
            } catch (IOException e) {
                failure = e;
            }
            return this;
        }

        private List<FileBefore> changed() {
            return VmFiles.ALL.stream()
                    .filter(name -> gone.contains(name) || current.containsKey(name))
                    .map(trace::file)
                    .filter(Objects::nonNull)
                    .map(FileTrace::before)
                    .toList();
        }
    }
}
