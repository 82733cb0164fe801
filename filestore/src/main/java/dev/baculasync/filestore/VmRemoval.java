package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Takes the files of one VM away, all or none, and its directory if nothing else is in it. The job goes first and comes
 * back last: a FileSet without a job does no harm, a job without its FileSet stops a Director. Each step is forced, so that
 * a disk cannot do them in another order.
 */
final class VmRemoval {
    private final FileOperations operations;
    private final Path directory;
    private final Path instance;
    private final Ownership parent;

    /** @param parent whose the files are that root makes when they have to come back */
    VmRemoval(FileOperations operations, Path directory, Ownership parent) {
        this.operations = operations;
        this.directory = directory;
        this.instance = Objects.requireNonNull(directory.getParent(), "a VM's directory is in that of an instance");
        this.parent = parent;
    }

    /**
     * Removes.
     *
     * @param files the job first
     * @return the names of the entries that are not ours; they stay, and the directory with them
     */
    List<String> carryOut(List<FileWrite> files) throws IOException {
        try {
            for (FileWrite file : files) {
                operations.delete(directory.resolve(file.name()));
                operations.forceDirectory(directory);
            }
            return removeDirectory();
        } catch (IOException | RuntimeException e) {
            undo(files, e);
            throw e;
        }
    }

    /** Removes a directory in which no file of a VM is any more; what is not ours stays, and its names are returned. */
    private List<String> removeDirectory() throws IOException {
        for (String name : VmDirectory.TEMPORARY) {
            operations.delete(directory.resolve(name));
        }
        List<String> left = names();
        if (left.isEmpty()) {
            operations.delete(directory);
            operations.forceDirectory(instance);
        }
        return left;
    }

    private List<String> names() throws IOException {
        return operations.list(directory).stream()
                .map(entry -> String.valueOf(entry.getFileName()))
                .sorted()
                .toList();
    }

    private void undo(List<FileWrite> files, Exception cause) {
        List<FileWrite> lastFirst = new ArrayList<>(files);
        Collections.reverse(lastFirst);
        try {
            for (FileWrite file : lastFirst) {
                if (operations.attributes(directory.resolve(file.name())) == null) {
                    bringBack(
                            file.name(), Objects.requireNonNull(file.before()), Objects.requireNonNull(file.owners()));
                }
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** Brings back one file, and the directory if that is gone as well. */
    void bringBack(String name, byte[] content, Owners owners) throws IOException {
        if (operations.attributes(directory) == null) {
            operations.createDirectory(directory);
        }
        // If it was there, it may have been made by one who died before he came to do the rest.
        if (VmDirectory.TEMPORARY.containsAll(names())) {
            Ownership owner = owners.directory();
            FileBatch.adopt(operations, directory, owner.permissions(), owner, parent);
        }
        operations.forceDirectory(instance);
        FileBatch batch = new FileBatch(operations, directory, parent);
        batch.stage(name, content, null, owners.file());
        batch.commit();
    }
}
