package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
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
final class FileBatch {
    static final int NEW_FILE = 0640;
    private static final int NEW_DIRECTORY = 0750;

    private final FileOperations operations;
    private final Path directory;
    private final Ownership parent;
    private final List<Staged> staged = new ArrayList<>();

    /** A file that waits for its rename. */
    private static final class Staged {
        final Path temporary;
        final Path target;
        final byte @Nullable [] before;

        Staged(Path temporary, Path target, byte @Nullable [] before) {
            this.temporary = temporary;
            this.target = target;
            this.before = before;
        }
    }

    /**
     * @param parent whose the files are that root makes: a run by root must not lock Bacula out
     */
    FileBatch(FileOperations operations, Path directory, Ownership parent) {
        this.operations = operations;
        this.directory = directory;
        this.parent = parent;
    }

    /** The name under which a file is written before it is renamed. */
    static String temporaryName(String name) {
        return "." + name + ".tmp";
    }

    /**
     * Writes a file's new content beside it.
     *
     * @param before what the file holds now, or null when there is none
     */
    void stage(String name, byte[] content, byte @Nullable [] before) throws IOException {
        stage(name, content, before, null);
    }

    /** @param like owner and mode it gets; null for those of the file it replaces */
    void stage(String name, byte[] content, byte @Nullable [] before, @Nullable Ownership like) throws IOException {
        Path target = directory.resolve(name);
        Path temporary = directory.resolve(temporaryName(name));
        staged.add(new Staged(temporary, target, before));
        try {
            // Left over from a run that died.
            operations.delete(temporary);
            Ownership replaced = before == null || like != null ? like : operations.ownership(target);
            write(temporary, content, replaced);
        } catch (IOException | RuntimeException e) {
            discard(e);
            throw e;
        }
    }

    /** Renames everything staged into place. */
    void commit() throws IOException {
        int renamed = 0;
        try {
            for (Staged file : staged) {
                operations.rename(file.temporary, file.target);
                renamed++;
                operations.forceDirectory(directory);
            }
        } catch (IOException | RuntimeException e) {
            undo(renamed, e);
            discard(e);
            throw e;
        }
    }

    /** Removes the temporary files. */
    void discard(Exception cause) {
        for (Staged file : staged) {
            try {
                operations.delete(file.temporary);
            } catch (IOException | RuntimeException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private void undo(int renamed, Exception cause) {
        for (int i = renamed - 1; i >= 0; i--) {
            Staged file = staged.get(i);
            try {
                if (file.before == null) {
                    operations.delete(file.target);
                } else {
                    write(file.temporary, file.before, operations.ownership(file.target));
                    operations.rename(file.temporary, file.target);
                }
                operations.forceDirectory(directory);
            } catch (IOException | RuntimeException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private void write(Path temporary, byte[] content, @Nullable Ownership replaced) throws IOException {
        operations.createFile(temporary, content);
        adopt(operations, temporary, replaced == null ? NEW_FILE : replaced.permissions(), replaced, parent);
        operations.force(temporary);
    }

    /** Makes a directory, unless it is there. Whether it was made. Its parent is still to be forced. */
    static boolean makeDirectory(FileOperations operations, Path path, Ownership parent) throws IOException {
        if (operations.attributes(path) != null) {
            return false;
        }
        operations.createDirectory(path);
        try {
            Ownership made = operations.ownership(path);
            int special = made == null ? 0 : made.permissions() & ~0777;
            adopt(operations, path, special | NEW_DIRECTORY, null, parent);
        } catch (IOException | RuntimeException e) {
            removeDirectory(operations, path, e);
            throw e;
        }
        return true;
    }

    /** Removes a directory that was made in vain. */
    static void removeDirectory(FileOperations operations, Path path, Exception cause) {
        try {
            operations.delete(path);
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** Gives a new entry its mode and, if root made it, the owner of what it replaces or of its parent. */
    static void adopt(
            FileOperations operations, Path path, int permissions, @Nullable Ownership replaced, Ownership parent)
            throws IOException {
        Ownership made = operations.ownership(path);
        if (made == null) {
            throw new IOException(path + " vanished while it was being written");
        }
        Ownership owner = replaced == null ? parent : replaced;
        boolean root = made.uid() == 0;
        if (root && (owner.uid() != made.uid() || owner.gid() != made.gid())) {
            operations.setOwner(path, owner.uid(), owner.gid());
        }
        // After the owner: changing that may take bits away.
        if (made.permissions() != permissions) {
            operations.setPermissions(path, permissions);
        }
    }
}
