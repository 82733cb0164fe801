package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.InstanceTree;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of the tree have turned out to be in the course of one session, so that each is read once. Which entries
 * there are is looked at each time. Safe for use by several threads.
 */
public final class SeenVms {
    private final InstanceTree tree;
    private final VmReader reader;

    /** By instance and name. */
    private final Map<Path, Map<String, VmEntry>> seen = new ConcurrentHashMap<>();

    public SeenVms(InstanceTree tree, VmReader reader) {
        this.tree = tree;
        this.reader = reader;
    }

    /** What is there of a VM is not known any more. */
    public void forget(Path directory, String slug) {
        seen.getOrDefault(directory, new ConcurrentHashMap<>()).remove(slug);
    }

    /** All entries of an instance's directory, sorted by name. */
    public List<VmEntry> entries(Path directory) throws IOException {
        return entries(directory, tree.vmEntries(directory));
    }

    private List<VmEntry> entries(Path directory, List<Path> paths) {
        Map<String, VmEntry> known = seen.computeIfAbsent(directory, key -> new ConcurrentHashMap<>());
        List<Path> unknown = paths.stream()
                .filter(path -> !known.containsKey(VmReader.name(path)))
                .toList();
        List<VmEntry> loaded = reader.load(unknown);
        Map<String, VmEntry> fresh = new ConcurrentHashMap<>();
        for (int i = 0; i < unknown.size(); i++) {
            fresh.put(VmReader.name(unknown.get(i)), loaded.get(i));
        }
        List<VmEntry> entries = new ArrayList<>();
        for (Path path : paths) {
            String name = VmReader.name(path);
            VmEntry entry = fresh.containsKey(name) ? fresh.get(name) : known.get(name);
            entries.add(entry == null ? reader.directory(path).load() : entry);
        }
        known.putAll(fresh);
        return entries;
    }

    /** All that there is in the whole tree to be listed in {@code director.conf}. */
    public List<ListableVm> listable() throws IOException {
        List<ListableVm> all = new ArrayList<>();
        for (Path directory : tree.contents().instances()) {
            List<Path> paths = tree.vmEntries(directory);
            List<VmEntry> entries = entries(directory, paths);
            for (int i = 0; i < paths.size(); i++) {
                VmEntry.Contents contents = contents(entries.get(i));
                if (contents != null) {
                    all.add(new ListableVm(
                            place(paths.get(i)),
                            contents.resources(),
                            contents.backsUp(),
                            owner(entries.get(i)),
                            contents.files()));
                }
            }
        }
        return all;
    }

    private static ListableVm.Owner owner(VmEntry entry) {
        if (entry instanceof VmEntry.Managed) {
            return ListableVm.Owner.MANAGED;
        }
        return entry instanceof VmEntry.Flawed flawed && flawed.problem().kind() == StoreProblem.Kind.UNREADABLE
                ? ListableVm.Owner.DOUBTFUL
                : ListableVm.Owner.FOREIGN;
    }

    private static VmEntry.@Nullable Contents contents(VmEntry entry) {
        if (entry instanceof VmEntry.Managed managed) {
            return managed.contents();
        }
        return entry instanceof VmEntry.Flawed flawed ? flawed.contents() : null;
    }

    private static VmKey place(Path path) {
        int depth = path.getNameCount();
        return new VmKey(
                path.getName(depth - 3).toString(), path.getName(depth - 2).toString(), VmReader.name(path));
    }
}
