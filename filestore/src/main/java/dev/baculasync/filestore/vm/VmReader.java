package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.Workers;
import java.nio.file.Path;
import java.util.List;

/** Reads VM directories, many at once. */
public final class VmReader {
    private final FileOperations operations;
    private final Timestamps timestamps;
    private final Workers workers;

    public VmReader(FileOperations operations, Timestamps timestamps, Workers workers) {
        this.operations = operations;
        this.timestamps = timestamps;
        this.workers = workers;
    }

    public List<VmEntry> load(List<Path> paths) {
        return workers.map(paths, path -> directory(path).load());
    }

    public VmDirectory directory(Path path) {
        int depth = path.getNameCount();
        return new VmDirectory(
                operations,
                timestamps,
                path,
                path.getName(depth - 3).toString(),
                path.getName(depth - 2).toString());
    }

    public static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
