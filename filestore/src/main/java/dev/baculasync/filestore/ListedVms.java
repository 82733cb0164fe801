package dev.baculasync.filestore;

import dev.baculasync.spi.ChangedVm;
import dev.baculasync.spi.ListableVm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What of the tree could be listed in {@code director.conf}. Keeps what a session has seen so far, so that publishing need
 * not read everything again. Safe for use by several threads.
 */
final class ListedVms {
    private final InstanceTree tree;
    private final VmReader reader;

    /** By instance and VM part. */
    private final Map<Path, Map<String, Optional<ListableVm>>> seen = new ConcurrentHashMap<>();

    ListedVms(InstanceTree tree, VmReader reader) {
        this.tree = tree;
        this.reader = reader;
    }

    /** Keeps what all entries of an instance's directory have turned out to be. */
    void saw(Path directory, List<Path> paths, List<VmEntry> entries) {
        Map<String, Optional<ListableVm>> all = new ConcurrentHashMap<>();
        for (int i = 0; i < paths.size(); i++) {
            all.put(VmReader.name(paths.get(i)), listable(paths.get(i), entries.get(i)));
        }
        seen.put(directory, all);
    }

    /** What is there of a VM is not known any more. */
    void forget(Path directory, String vmPart) {
        seen.getOrDefault(directory, new ConcurrentHashMap<>()).remove(vmPart);
    }

    private static Optional<ListableVm> listable(Path path, VmEntry entry) {
        int depth = path.getNameCount();
        ChangedVm vm = new ChangedVm(
                path.getName(depth - 3).toString(), path.getName(depth - 2).toString(), VmReader.name(path));
        if (entry instanceof VmEntry.Managed managed) {
            return Optional.of(new ListableVm(
                    vm, managed.contents().resources(), true, managed.contents().files()));
        }
        return entry instanceof VmEntry.Flawed flawed
                ? Optional.of(new ListableVm(
                        vm,
                        flawed.contents().resources(),
                        false,
                        flawed.contents().files()))
                : Optional.empty();
    }

    /** All that there is, read as far as it is not known yet. */
    List<ListableVm> all() throws IOException {
        List<ListableVm> all = new ArrayList<>();
        for (Path directory : tree.contents().instances()) {
            Map<String, Optional<ListableVm>> known = seen.computeIfAbsent(directory, key -> new ConcurrentHashMap<>());
            List<Path> entries = tree.vmEntries(directory);
            List<Path> unknown = entries.stream()
                    .filter(entry -> !known.containsKey(VmReader.name(entry)))
                    .toList();
            List<VmEntry> loaded = reader.load(unknown);
            for (int i = 0; i < unknown.size(); i++) {
                known.put(VmReader.name(unknown.get(i)), listable(unknown.get(i), loaded.get(i)));
            }
            for (Path entry : entries) {
                known.getOrDefault(VmReader.name(entry), Optional.empty()).ifPresent(all::add);
            }
        }
        return all;
    }
}
