package dev.baculasync.filestore.disk;

import dev.baculasync.filestore.disk.FileOperations.Ownership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of one directory that one edit replaces, all or none. Everything is first written and forced under temporary
 * names, so that a full disk shows before anything is replaced; then each is renamed into place, in the order given, and
 * the directory forced after each. When one of these steps fails, those before it are undone.
 */
public final class FileBatch {
    private final FileOperations operations;
    private final Path directory;
    private final Ownership parent;
    private final List<FileBefore> staged = new ArrayList<>();

    /**
     * A batch of files in one directory; nothing is staged yet.
     *
     * @param parent whose the files are that root makes
     */
    public FileBatch(FileOperations operations, Path directory, Ownership parent) {
        this.operations = operations;
        this.directory = directory;
        this.parent = parent;
    }

    /**
     * Writes a file's new content beside it.
     *
     * @param before what the file holds now, or null when there is none
     * @throws NotUndone when it failed, and a temporary file is left
     */
    public void stage(String name, byte[] content, byte @Nullable [] before) throws IOException {
        Path temporary = temporary(name);
        staged.add(new FileBefore(name, before, null));
        try {
            // Left over from a run that died.
            operations.delete(temporary);
            Ownership replaced = before == null ? null : operations.ownership(directory.resolve(name));
            NewEntry.write(operations, temporary, content, replaced, parent);
        } catch (IOException | RuntimeException e) {
            undo(e, 0);
            throw e;
        }
    }

    /**
     * Renames everything staged into place.
     *
     * @throws NotUndone when it failed, and not all of it could be undone
     */
    public void commit() throws IOException {
        int renamed = 0;
        try {
            for (FileBefore file : staged) {
                operations.rename(temporary(file.name()), directory.resolve(file.name()));
                renamed++;
                operations.forceDirectory(directory);
            }
        } catch (IOException | RuntimeException e) {
            undo(e, renamed);
            throw e;
        }
    }

    private void undo(Exception failure, int renamed) throws NotUndone {
        List<String> names = staged.stream().map(FileBefore::name).toList();
        new Undo(operations, directory, parent, names).undo(failure, staged.subList(0, renamed));
    }

    private Path temporary(String name) {
        return directory.resolve(NewEntry.temporaryName(name));
    }
}
