package dev.baculasync.filestore;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.InstanceTree;
import dev.baculasync.filestore.disk.IoReason;
import dev.baculasync.filestore.disk.NotUndone;
import dev.baculasync.filestore.disk.StoreLock;
import dev.baculasync.filestore.disk.Workers;
import dev.baculasync.filestore.journal.Changes;
import dev.baculasync.filestore.journal.Journal;
import dev.baculasync.filestore.journal.JournalEntry;
import dev.baculasync.filestore.journal.Restoration;
import dev.baculasync.filestore.journal.VmTrace;
import dev.baculasync.filestore.ledger.LedgerFiles;
import dev.baculasync.filestore.list.DirectorConf;
import dev.baculasync.filestore.list.DirectorList;
import dev.baculasync.filestore.list.PendingMark;
import dev.baculasync.filestore.syntax.CheckMessage;
import dev.baculasync.filestore.syntax.MessageText;
import dev.baculasync.filestore.vm.EditRefused;
import dev.baculasync.filestore.vm.EditRules;
import dev.baculasync.filestore.vm.SeenVms;
import dev.baculasync.filestore.vm.StoredTree;
import dev.baculasync.filestore.vm.Timestamps;
import dev.baculasync.filestore.vm.VmFiles;
import dev.baculasync.filestore.vm.VmReader;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.StoreListing;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session of a {@link FileStore}. */
final class FileStoreSession implements StoreSession {
    private static final Logger LOG = LoggerFactory.getLogger(FileStoreSession.class);

    private final FileOperations operations;
    private final Path base;
    private final Timestamps timestamps;
    private final Workers workers;
    private final @Nullable StoreLock lock;
    private final InstanceTree tree;
    private final VmReader reader;
    private final SeenVms seen;
    private final Journal journal;
    private final PendingMark pending;
    private final StoredTree stored;
    private final DirectorList list;
    private final Restoration restoration;
    private final LedgerFiles ledger;
    private final Changes changes = new Changes();
    private final Queue<String> notes = new ConcurrentLinkedQueue<>();
    private final Set<VmKey> halfDone = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** @param lock the lock of a session that may write; null for one that only reads */
    FileStoreSession(
            FileOperations operations, Path base, Timestamps timestamps, Workers workers, @Nullable StoreLock lock) {
        this.operations = operations;
        this.base = base;
        this.timestamps = timestamps;
        this.workers = workers;
        this.lock = lock;
        this.tree = new InstanceTree(operations, base);
        this.reader = new VmReader(operations, timestamps, workers);
        this.seen = new SeenVms(tree, reader);
        this.journal = new Journal(operations, base);
        this.pending = new PendingMark(operations, base);
        this.stored = new StoredTree(tree, seen);
        this.list = new DirectorList(operations, base, pending);
        this.ledger = new LedgerFiles(operations, base);
        this.restoration = new Restoration(operations, base, workers, pending, list, ledger);
    }

    /** Rolls back what an earlier run has not committed. */
    void recover() {
        requireWriting();
        try {
            pending.find();
            Changes unsettled = new Changes();
            unsettled.add(journal.read());
            Restoration.Outcome outcome = restoration.undo(unsettled.traces(), baseOwnership());
            journal.clear();
            list.begin();
            note(notesOf(outcome));
        } catch (IOException e) {
            throw failed(
                    "an earlier run did not come to its end, and what it changed cannot be rolled back by "
                            + base.resolve(Journal.FILE_NAME),
                    e,
                    "nothing else is done before that can be");
        }
    }

    private void note(Collection<String> more) {
        more.forEach(LOG::warn);
        notes.addAll(more);
    }

    private static List<String> notesOf(Restoration.Outcome outcome) {
        List<String> notes = new ArrayList<>();
        if (!outcome.rolledBack().isEmpty()) {
            notes.add("an earlier run did not come to its end; what it had changed was rolled back: "
                    + MessageText.vms(outcome.rolledBack()));
        }
        if (!outcome.leftAlone().isEmpty()) {
            notes.add("an earlier run did not come to its end; what somebody has edited since was left as it is: "
                    + MessageText.vms(outcome.leftAlone()) + "; look at these files");
        }
        return notes;
    }

    @Override
    public StoredInstance read(OpenStackInstance instance) {
        requireOpen();
        try {
            return stored.of(instance);
        } catch (IOException e) {
            throw failed("cannot list " + directory(instance), e, "this instance is left alone");
        }
    }

    @Override
    public StoredInstance readAll() {
        requireOpen();
        try {
            return stored.ofAll();
        } catch (IOException e) {
            throw failed("cannot list everything below " + base, e, "check the owner and mode of its directories");
        }
    }

    @Override
    public List<EditResult> apply(List<VmEdit> edits) {
        requireWriting();
        Map<Path, List<VmEdit>> byInstance = new LinkedHashMap<>();
        Map<VmKey, EditResult> results = new HashMap<>();
        Set<VmKey> keys = new HashSet<>();
        for (VmEdit edit : edits) {
            if (!keys.add(edit.key())) {
                throw new IllegalArgumentException("two edits for " + edit.key());
            }
            try {
                EditRules.check(edit);
                byInstance
                        .computeIfAbsent(
                                tree.directory(
                                        edit.key().datacenter(), edit.key().openstack()),
                                key -> new ArrayList<>())
                        .add(edit);
            } catch (EditRefused e) {
                results.put(edit.key(), new EditResult(edit, EditRun.failed(edit, e)));
            }
        }
        byInstance.forEach((directory, some) -> apply(directory, some)
                .forEach(result -> results.put(result.edit().key(), result)));
        return edits.stream()
                .map(edit -> Objects.requireNonNull(results.get(edit.key())))
                .toList();
    }

    private List<EditResult> apply(Path directory, List<VmEdit> edits) {
        EditRun run;
        try {
            tree.isThere(directory);
            Ownership parent = baseOwnership();
            run = new EditRun(operations, timestamps, directory, parent);
            List<JournalEntry> entries = run.plan(workers, edits);
            if (!entries.isEmpty()) {
                if (run.concernsDirector()) {
                    pending.set(parent);
                }
                journal.append(entries, parent);
                run.makeDirectories(tree);
                run.takeOff(list);
            }
        } catch (IOException | RuntimeException e) {
            return edits.stream()
                    .map(edit -> new EditResult(edit, EditRun.failed(edit, e)))
                    .toList();
        }
        List<EditResult> results = run.carryOut(workers);
        changes.add(run.changes());
        halfDone.addAll(run.halfDone());
        note(run.notes());
        edits.forEach(edit -> seen.forget(directory, edit.slug()));
        return results;
    }

    @Override
    public Ledger ledger() {
        return new Ledger() {
            @Override
            public List<Entry> entries(String kind) {
                requireOpen();
                try {
                    return ledger.entries(kind);
                } catch (IOException e) {
                    throw failed(
                            "cannot read " + ledger.file(kind), e, "if its content cannot be mended, move it away");
                }
            }

            @Override
            public void update(String kind, Predicate<Entry> removed, List<Entry> added) {
                requireWriting();
                try {
                    ledger.update(kind, removed, added, baseOwnership());
                } catch (IOException e) {
                    throw failed("cannot write " + ledger.file(kind), e, "it is what it was before");
                }
            }
        };
    }

    @Override
    public StoreListing listing() {
        requireOpen();
        if (lock != null) {
            undoHalfDone();
        }
        try {
            return new StoreListing(list.vms(), seen.listable());
        } catch (IOException e) {
            throw failed(
                    "what " + base.resolve(DirectorConf.FILE_NAME) + " may name cannot be found out",
                    e,
                    "so it stays as it is");
        }
    }

    @Override
    public boolean publish(Set<VmKey> vms) {
        requireWriting();
        undoHalfDone();
        try {
            list.publish(vms, baseOwnership());
            return pending.isSet();
        } catch (IOException e) {
            throw failed(
                    "cannot publish " + base.resolve(DirectorConf.FILE_NAME), e, "the list there was before still is");
        }
    }

    /** Tries again to undo what was half done, so that nothing of it ever becomes final. */
    private void undoHalfDone() {
        List<VmTrace> traces = changes.traces().stream()
                .filter(trace -> halfDone.contains(trace.vm()))
                .toList();
        if (!traces.isEmpty()) {
            rollback(traces);
        }
    }

    /**
     * The VMs whose files a text names; only when it names none of them, those changed by this session whose resources it has
     * in quotation marks. A tenant chooses what his VM is called and which JobDefs it asks for, so what is quoted may be
     * another's.
     */
    @Override
    public List<VmKey> namedIn(String text, Collection<VmKey> among) {
        requireWriting();
        CheckMessage message = new CheckMessage(text);
        try {
            Path real = base.toRealPath();
            List<VmKey> byFile = among.stream()
                    .filter(vm -> namesFile(message, base, vm) || namesFile(message, real, vm))
                    .toList();
            return byFile.isEmpty()
                    ? quotedIn(
                            message,
                            changes.traces().stream()
                                    .map(VmTrace::vm)
                                    .filter(among::contains)
                                    .toList())
                    : byFile;
        } catch (IOException e) {
            throw failed("cannot find out which VM is meant", e, "look at the message");
        }
    }

    private static boolean namesFile(CheckMessage message, Path root, VmKey vm) {
        Path directory = root.resolve(vm.datacenter()).resolve(vm.openstack()).resolve(vm.slug());
        return message.namesFile(directory.resolve(VmFiles.JOB).toString())
                || message.namesFile(directory.resolve(VmFiles.FILE_SET).toString());
    }

    private List<VmKey> quotedIn(CheckMessage message, List<VmKey> vms) throws IOException {
        List<VmKey> quoted = new ArrayList<>();
        for (VmKey vm : vms) {
            Path path = tree.directory(vm.datacenter(), vm.openstack()).resolve(vm.slug());
            Set<String> names = new HashSet<>(reader.directory(path).resourceNames());
            VmTrace trace = changes.trace(vm);
            // What somebody's own resource still needs may be what was removed.
            names.addAll(trace == null ? Set.of() : trace.originalResourceNames());
            if (names.stream().anyMatch(message::quotes)) {
                quoted.add(vm);
            }
        }
        return quoted;
    }

    @Override
    public void rollback(Collection<VmKey> vms) {
        requireWriting();
        Set<VmKey> wanted = Set.copyOf(vms);
        rollback(changes.traces().stream()
                .filter(trace -> wanted.contains(trace.vm()))
                .toList());
    }

    private void rollback(List<VmTrace> traces) {
        Restoration.Outcome outcome;
        try {
            outcome = restoration.restore(traces, baseOwnership());
        } catch (IOException e) {
            throw failed(
                    "cannot roll back everything that this run changed", e, "the next run tries again before all else");
        } finally {
            for (VmTrace trace : traces) {
                VmKey vm = trace.vm();
                seen.forget(tree.directory(vm.datacenter(), vm.openstack()), vm.slug());
            }
        }
        traces.forEach(trace -> changes.forget(trace.vm()));
        traces.forEach(trace -> halfDone.remove(trace.vm()));
        if (!outcome.leftAlone().isEmpty()) {
            throw new ProviderException(
                    Code.IO,
                    "not rolled back, because somebody has edited it in the meantime: "
                            + MessageText.vms(outcome.leftAlone()) + "; look at these files");
        }
    }

    @Override
    public void commit() {
        requireWriting();
        undoHalfDone();
        try {
            journal.clear();
            changes.forgetAll();
        } catch (IOException e) {
            throw failed("cannot remove " + base.resolve(Journal.FILE_NAME), e, "the next run rolls this one back");
        }
    }

    @Override
    public void loaded() {
        requireWriting();
        try {
            pending.clear();
        } catch (IOException e) {
            throw failed(
                    "cannot remove " + base.resolve(PendingMark.FILE_NAME), e, "the next run tells the Director again");
        }
    }

    @Override
    public boolean removeInstance(OpenStackInstance instance) {
        requireWriting();
        if (!changes.traces().isEmpty()) {
            throw new ProviderException(
                    Code.IO,
                    "what is left of " + instance
                            + " is not removed, because what this run has changed is not final yet");
        }
        Path directory = directory(instance);
        try {
            return new InstanceRemoval(operations, base, tree, reader, list, pending)
                    .carryOut(instance, baseOwnership());
        } catch (IOException e) {
            throw failed("cannot remove what is left in " + directory, e, "what is still there stays for another try");
        }
    }

    @Override
    public List<String> notes() {
        return List.copyOf(notes);
    }

    private Path directory(OpenStackInstance instance) {
        return tree.directory(instance.datacenter(), instance.openstack());
    }

    private Ownership baseOwnership() throws IOException {
        Ownership ownership = operations.ownership(base.toRealPath());
        if (ownership == null) {
            throw new IOException("the base directory vanished");
        }
        return ownership;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }

    private void requireWriting() {
        requireOpen();
        if (lock == null) {
            throw new IllegalStateException("the session was opened for reading");
        }
    }

    private static ProviderException failed(String what, IOException e, String consequence) {
        Exception reason = NotUndone.reason(e);
        String where = reason instanceof FileSystemException failure && failure.getFile() != null
                ? " (" + MessageText.of(failure.getFile()) + ")"
                : "";
        Code code = reason instanceof ClosedByInterruptException ? Code.INTERRUPTED : Code.IO;
        String words = reason instanceof IOException failure ? IoReason.of(failure) : reason.toString();
        String after = e instanceof NotUndone stuck ? stuck.consequence() : consequence;
        return new ProviderException(code, what + ": " + words + where + "; " + after, e);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        workers.close();
        if (lock != null) {
            lock.close();
        }
    }
}
