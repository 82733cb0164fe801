package dev.baculasync.filestore;

import java.nio.file.Path;
import java.util.List;

/** Reads VM directories, many at once. */
final class VmReader {
    private final FileOperations operations;
    private final Timestamps timestamps;
    private final Workers workers;

    VmReader(FileOperations operations, Timestamps timestamps, Workers workers) {
        this.operations = operations;
        this.timestamps = timestamps;
        this.workers = workers;
    }

    List<VmEntry> load(List<Path> paths) {
        return workers.map(paths, path -> directory(path).load());
    }

    VmDirectory directory(Path path) {
        int depth = path.getNameCount();
        return new VmDirectory(
                operations,
                timestamps,
                path,
                path.getName(depth - 3).toString(),
                path.getName(depth - 2).toString());
    }

    static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
