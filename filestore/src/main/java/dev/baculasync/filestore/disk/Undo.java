package dev.baculasync.filestore.disk;

import dev.baculasync.filestore.disk.FileOperations.Ownership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Restores the files of one directory to what they were: after an edit that failed, in a rollback, and after a run that died.
 * May die anywhere and be begun again.
 *
 * <p>Of files that belong together, each needs those that are written before it, as a job needs its FileSet: a job without
 * its FileSet stops a Director, a FileSet without a job does no harm. So the last one is restored first, unless it is to come
 * back, which it does last. Each step is forced, so that a disk cannot do them in another order; the first one that fails is
 * the last one that is tried.
 */
public final class Undo {
    private final FileOperations operations;
    private final Path directory;
    private final Ownership parent;
    private final List<String> names;

    /**
     * For the files of one directory.
     *
     * @param parent whose the files are that root makes
     * @param names the files that may have been written; their temporary files are removed
     */
    public Undo(FileOperations operations, Path directory, Ownership parent, List<String> names) {
        this.operations = operations;
        this.directory = directory;
        this.parent = parent;
        this.names = List.copyOf(names);
    }

    /**
     * Undoes a change that failed.
     *
     * @param files as for {@link #restore}
     * @throws NotUndone when something of it is left
     */
    public void undo(Exception failure, List<FileBefore> files) throws NotUndone {
        NotUndone stuck = null;
        try {
            restore(files);
        } catch (IOException | RuntimeException e) {
            stuck = NotUndone.of(failure, e);
        }
        try {
            removeTemporaryFiles();
        } catch (IOException | RuntimeException e) {
            stuck = NotUndone.of(stuck == null ? failure : stuck, e);
        }
        if (stuck != null) {
            throw stuck;
        }
    }

    /**
     * Restores.
     *
     * @param files those that are not what they were, in the order in which they are written
     */
    public void restore(List<FileBefore> files) throws IOException {
        for (FileBefore file : inOrder(files)) {
            restore(file);
        }
    }

    /** Removes what was written and never renamed. Nothing is forced. */
    public void removeTemporaryFiles() throws IOException {
        for (String name : names) {
            operations.delete(directory.resolve(NewEntry.temporaryName(name)));
        }
    }

    private List<FileBefore> inOrder(List<FileBefore> files) throws IOException {
        if (files.isEmpty() || isRemoved(files.get(files.size() - 1))) {
            return files;
        }
        List<FileBefore> lastFirst = new ArrayList<>(files);
        Collections.reverse(lastFirst);
        return lastFirst;
    }

    private boolean isRemoved(FileBefore file) throws IOException {
        return file.content() != null && operations.attributes(directory.resolve(file.name())) == null;
    }

    private void restore(FileBefore file) throws IOException {
        Path target = directory.resolve(file.name());
        byte[] content = file.content();
        if (content == null) {
            operations.delete(target);
        } else {
            Path temporary = directory.resolve(NewEntry.temporaryName(file.name()));
            Owners owners = file.owners();
            if (owners != null && isRemoved(file)) {
                makeDirectory(owners.directory());
            }
            operations.delete(temporary);
            Ownership owner = owners == null ? operations.ownership(target) : owners.file();
            NewEntry.write(operations, temporary, content, owner, parent);
            operations.rename(temporary, target);
        }
        operations.forceDirectory(directory);
    }

    private void makeDirectory(Ownership owner) throws IOException {
        if (operations.attributes(directory) == null) {
            operations.createDirectory(directory);
        }
        // If it was there, it may have been made by one who died before he came to do the rest.
        if (holdsNothing()) {
            NewEntry.adopt(operations, directory, owner.permissions(), owner, parent);
        }
        operations.forceDirectory(Objects.requireNonNull(directory.getParent(), "a file's directory has a parent"));
    }

    private boolean holdsNothing() throws IOException {
        List<String> temporary = names.stream().map(NewEntry::temporaryName).toList();
        return operations.list(directory).stream()
                .allMatch(entry -> temporary.contains(String.valueOf(entry.getFileName())));
    }
}
