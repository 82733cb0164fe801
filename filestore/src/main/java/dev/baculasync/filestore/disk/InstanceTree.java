package dev.baculasync.filestore.disk;

import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.StoreProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The two directory levels above the VMs: datacenter and OpenStack instance. */
public final class InstanceTree {
    private final FileOperations operations;
    private final Path base;

    /**
     * What there is.
     *
     * @param instances the instances' directories, sorted
     * @param problems entries that stand where such a directory would, but are links
     */
    public record Contents(List<Path> instances, List<StoreProblem> problems) {}

    public InstanceTree(FileOperations operations, Path base) {
        this.operations = operations;
        this.base = base;
    }

    public Path directory(String datacenter, String openstack) {
        return base.resolve(datacenter).resolve(openstack);
    }

    /**
     * Whether an instance's directory is there.
     *
     * @throws IOException when something else is there in its place
     */
    public boolean isThere(Path directory) throws IOException {
        return isDirectory(base.resolve(base.relativize(directory).getName(0))) && isDirectory(directory);
    }

    /** Makes an instance's directory, unless it is there, so that a crash does not lose it. */
    public void make(Path directory, Ownership parent) throws IOException {
        Path made = base;
        for (Path name : base.relativize(directory)) {
            Path next = made.resolve(name);
            if (!isDirectory(next)) {
                NewEntry.makeDirectory(operations, next, parent);
                operations.forceDirectory(made);
            }
            made = next;
        }
    }

    /**
     * Whether a directory is there.
     *
     * @throws IOException when something else is there
     */
    public boolean isDirectory(Path path) throws IOException {
        BasicFileAttributes attributes = operations.attributes(path);
        if (attributes == null) {
            return false;
        }
        if (attributes.isSymbolicLink()) {
            throw new IOException(path + " is a symbolic link; links are never followed");
        }
        if (!attributes.isDirectory()) {
            throw new IOException(path + " is not a directory");
        }
        return true;
    }

    /** All instances there are. Entries that no instance could be called are nobody's business here. */
    public Contents contents() throws IOException {
        Contents contents = new Contents(new ArrayList<>(), new ArrayList<>());
        List<Path> datacenters = new ArrayList<>();
        addDirectories(base, datacenters, contents.problems());
        for (Path datacenter : datacenters) {
            addDirectories(datacenter, contents.instances(), contents.problems());
        }
        return contents;
    }

    private void addDirectories(Path parent, List<Path> directories, List<StoreProblem> problems) throws IOException {
        for (Path entry : entries(parent)) {
            String name = String.valueOf(entry.getFileName());
            if (!isInstanceName(name)) {
                continue;
            }
            BasicFileAttributes attributes = operations.attributes(entry);
            if (attributes != null && attributes.isDirectory()) {
                directories.add(entry);
            } else if (attributes != null && attributes.isSymbolicLink() && !operations.leadsToFile(entry)) {
                problems.add(new StoreProblem(
                        StoreProblem.Kind.FOREIGN,
                        name,
                        null,
                        base.relativize(entry) + " is a symbolic link; links are never followed"));
            }
        }
    }

    public static boolean isInstanceName(String name) {
        return BaculaName.isLegal(name) && !name.startsWith(".") && !name.startsWith("-") && name.indexOf(' ') < 0;
    }

    /** The entries of an instance's directory that may be VMs, sorted. */
    public List<Path> vmEntries(Path directory) throws IOException {
        return entries(directory);
    }

    private List<Path> entries(Path directory) throws IOException {
        // Whole paths would be compared from their common beginning on.
        return operations.list(directory).stream()
                .map(entry -> Map.entry(String.valueOf(entry.getFileName()), entry))
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }
}
