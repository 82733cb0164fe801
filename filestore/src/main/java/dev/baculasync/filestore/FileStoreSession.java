package dev.baculasync.filestore;

import dev.baculasync.filestore.DirectorConf.Place;
import dev.baculasync.filestore.FileOperations.Ownership;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.StoredVm;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session of a {@link FileStore}. */
final class FileStoreSession implements StoreSession {
    private static final Logger LOG = LoggerFactory.getLogger(FileStoreSession.class);

    /** What there is to list of a VM. */
    private enum Listing {
        WHOLE,
        WITHOUT_FILE_SET,
        NOTHING
    }

    private final FileOperations operations;
    private final Path base;
    private final Timestamps timestamps;
    private final Workers workers;
    private final @Nullable StoreLock lock;
    private final InstanceTree tree;

    /** By instance and VM, what this session has seen or made so far. */
    private final Map<Path, Map<String, Listing>> seen = new ConcurrentHashMap<>();

    private volatile boolean changed;
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
    }

    @Override
    public StoredInstance read(OpenStackInstance instance) {
        requireOpen();
        Path directory = tree.directory(instance.datacenter(), instance.openstack());
        try {
            if (!tree.isThere(directory)) {
                return new StoredInstance(List.of(), List.of());
            }
            return collect(
                    load(directory),
                    vm -> vm.client().equals(instance.client()) ? null : VmDirectory.clientReason(vm, instance));
        } catch (IOException e) {
            throw failed("cannot list " + directory, e, "this instance is left alone");
        }
    }

    @Override
    public StoredInstance readAll() {
        requireOpen();
        List<StoredVm> vms = new ArrayList<>();
        List<StoreProblem> problems = new ArrayList<>();
        try {
            InstanceTree.Contents contents = tree.contents();
            problems.addAll(contents.problems());
            for (Path directory : contents.instances()) {
                StoredInstance instance = collect(load(directory), vm -> null);
                vms.addAll(instance.vms());
                problems.addAll(instance.problems());
            }
        } catch (IOException e) {
            throw failed("cannot list everything below " + base, e, "check the owner and mode of its directories");
        }
        return new StoredInstance(vms, problems);
    }

    private List<VmEntry> load(Path directory) throws IOException {
        List<Path> paths = tree.entries(directory);
        List<VmEntry> entries = loadAll(paths);
        Map<String, Listing> listings = new ConcurrentHashMap<>();
        for (int i = 0; i < paths.size(); i++) {
            listings.put(name(paths.get(i)), listing(entries.get(i)));
        }
        seen.put(directory, listings);
        return entries;
    }

    private List<VmEntry> loadAll(List<Path> paths) {
        return workers.map(paths, path -> vmDirectory(path).load());
    }

    private VmDirectory vmDirectory(Path path) {
        int depth = path.getNameCount();
        return new VmDirectory(
                operations,
                timestamps,
                path,
                path.getName(depth - 3).toString(),
                path.getName(depth - 2).toString());
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static Listing listing(VmEntry entry) {
        if (!(entry instanceof VmEntry.Managed managed)) {
            return Listing.NOTHING;
        }
        return managed.vm().fileSetPresent() ? Listing.WHOLE : Listing.WITHOUT_FILE_SET;
    }

    private static StoredInstance collect(List<VmEntry> entries, Function<StoredVm, @Nullable String> misplaced) {
        List<StoredVm> vms = new ArrayList<>();
        List<StoreProblem> problems = new ArrayList<>();
        for (VmEntry entry : entries) {
            if (entry instanceof VmEntry.Flawed flawed) {
                problems.add(flawed.problem());
            } else if (entry instanceof VmEntry.Managed managed) {
                StoredVm vm = managed.vm();
                String reason = misplaced.apply(vm);
                if (reason == null) {
                    vms.add(vm);
                } else {
                    problems.add(new StoreProblem(StoreProblem.Kind.UNREADABLE, vm.vmPart(), vm.uuid(), reason));
                }
            }
        }
        return new StoredInstance(vms, problems);
    }

    @Override
    public List<EditResult> apply(OpenStackInstance instance, List<ConfigEdit> edits) {
        requireWriting();
        Set<String> vmParts = new HashSet<>();
        for (ConfigEdit edit : edits) {
            if (!vmParts.add(edit.vmPart())) {
                throw new IllegalArgumentException("two edits for " + instance + "/" + edit.vmPart());
            }
        }
        Path directory = tree.directory(instance.datacenter(), instance.openstack());
        EditRun run;
        try {
            run = new EditRun(operations, timestamps, instance, directory, baseOwnership());
            run.prepare(tree, edits);
        } catch (IOException | RuntimeException e) {
            return edits.stream()
                    .map(edit -> new EditResult(edit, EditRun.failed(instance, edit, e)))
                    .toList();
        }
        List<EditResult> results = workers.map(edits, run::carryOut);
        changed |= run.changedAnything();
        results.forEach(result -> note(directory, result));
        return results;
    }

    /** Keeps what is known of a VM true. What is not known is read again when it is needed. */
    private void note(Path directory, EditResult result) {
        Map<String, Listing> listings = seen.computeIfAbsent(directory, key -> new ConcurrentHashMap<>());
        String vmPart = result.edit().vmPart();
        if (result.error() != null) {
            listings.remove(vmPart);
        } else if (result.edit() instanceof ConfigEdit.Create
                || (result.edit() instanceof ConfigEdit.Change change && change.missingFileSet() != null)) {
            listings.put(vmPart, Listing.WHOLE);
        }
    }

    @Override
    public boolean publish() {
        requireWriting();
        try {
            DirectorConf conf = DirectorConf.open(operations, base);
            List<Place> whole = wholePlaces();
            if (!conf.lists(whole)) {
                SortedSet<Place> places = new TreeSet<>(whole);
                for (Place place : conf.places()) {
                    // A job that a Director has is not taken from it as long as its files are there, readable or not.
                    if (!places.contains(place) && isThere(place)) {
                        places.add(place);
                    }
                }
                changed |= conf.replace(places, baseOwnership());
            }
            return changed;
        } catch (IOException e) {
            throw failed(
                    "cannot publish " + base.resolve(DirectorConf.FILE_NAME), e, "the list there was before still is");
        }
    }

    private Ownership baseOwnership() throws IOException {
        Ownership ownership = operations.ownership(base.toRealPath());
        if (ownership == null) {
            throw new IOException("the base directory vanished");
        }
        return ownership;
    }

    /** Sorted, because the directories on the way to them are. */
    private List<Place> wholePlaces() throws IOException {
        List<Place> places = new ArrayList<>();
        for (Path directory : tree.contents().instances()) {
            Map<String, Listing> known = seen.getOrDefault(directory, Map.of());
            List<Path> entries = tree.entries(directory);
            List<Path> unknown = entries.stream()
                    .filter(entry -> !known.containsKey(name(entry)))
                    .toList();
            Map<String, Listing> fresh = new HashMap<>();
            List<VmEntry> loaded = loadAll(unknown);
            for (int i = 0; i < unknown.size(); i++) {
                fresh.put(name(unknown.get(i)), listing(loaded.get(i)));
            }
            String datacenter = directory.getName(directory.getNameCount() - 2).toString();
            for (Path entry : entries) {
                String vmPart = name(entry);
                Listing listing = fresh.containsKey(vmPart) ? fresh.get(vmPart) : known.get(vmPart);
                if (listing == Listing.WHOLE) {
                    places.add(new Place(datacenter, name(directory), vmPart));
                } else if (listing == Listing.WITHOUT_FILE_SET) {
                    LOG.warn(
                            "{} is left out of {}: with a job that lacks its fileset, the Director would refuse all",
                            entry.resolve(VmDirectory.JOB),
                            DirectorConf.FILE_NAME);
                }
            }
        }
        return places;
    }

    private boolean isThere(Place place) {
        Path directory = tree.directory(place.datacenter(), place.openstack()).resolve(place.vmPart());
        return operations.leadsToFile(directory.resolve(VmDirectory.FILE_SET))
                && operations.leadsToFile(directory.resolve(VmDirectory.JOB));
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
        String where = e instanceof FileSystemException failure && failure.getFile() != null
                ? " (" + HeaderText.escape(failure.getFile()) + ")"
                : "";
        Code code = e instanceof ClosedByInterruptException ? Code.INTERRUPTED : Code.IO;
        return new ProviderException(code, what + ": " + IoReason.of(e) + where + "; " + consequence, e);
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
