package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.FileBefore;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.Undo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Removes the files of one VM, all or none, and its directory if nothing else is in it. The job goes first: a FileSet
 * without a job does no harm, a job without its FileSet stops a Director. Each step is forced, so that a disk cannot do
 * them in another order.
 */
final class VmRemoval {
    private final FileOperations operations;
    private final Path directory;
    private final Ownership parent;

    /** @param parent whose the files are that root makes when they have to be restored */
    VmRemoval(FileOperations operations, Path directory, Ownership parent) {
        this.operations = operations;
        this.directory = directory;
        this.parent = parent;
    }

    /**
     * Removes.
     *
     * @param files the job first
     * @return the names of the entries that are not ours; they stay, and the directory with them
     * @throws NotUndone when it failed, and not all of it could be undone
     */
    List<String> carryOut(List<FileWrite> files) throws IOException {
        List<FileBefore> removed = new ArrayList<>();
        try {
            for (FileWrite file : files) {
                operations.delete(directory.resolve(file.name()));
                // In the order in which they are written.
                removed.add(0, file.before());
                operations.forceDirectory(directory);
            }
            return removeDirectory();
        } catch (IOException | RuntimeException e) {
            new Undo(operations, directory, parent, VmFiles.ALL).undo(e, removed);
            throw e;
        }
    }

    /** Removes a directory in which no file of a VM is any more; what is not ours stays, and its names are returned. */
    private List<String> removeDirectory() throws IOException {
        for (String name : VmFiles.TEMPORARY) {
            operations.delete(directory.resolve(name));
        }
        List<String> left = operations.list(directory).stream()
                .map(entry -> String.valueOf(entry.getFileName()))
                .sorted()
                .toList();
        if (left.isEmpty()) {
            operations.delete(directory);
            operations.forceDirectory(
                    Objects.requireNonNull(directory.getParent(), "a VM's directory is in that of an instance"));
        }
        return left;
    }
}
