package dev.baculasync.filestore.disk;

import dev.baculasync.filestore.disk.FileOperations.Ownership;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes files and directories that belong to whom they should: a run by root must not lock Bacula out. */
public final class NewEntry {
    public static final int FILE = 0640;
    private static final int DIRECTORY = 0750;

    private NewEntry() {}

    /** The name under which a file is written before it is renamed. */
    public static String temporaryName(String name) {
        return "." + name + ".tmp";
    }

    /**
     * Makes a file that must not be there; its content is on disk when this returns.
     *
     * @param replaced owner and mode of the file whose place it will take; null when there is none
     */
    public static void write(
            FileOperations operations, Path file, byte[] content, @Nullable Ownership replaced, Ownership parent)
            throws IOException {
        operations.createFile(file, content);
        adopt(operations, file, replaced == null ? FILE : replaced.permissions(), replaced, parent);
        operations.force(file);
    }

    /** Makes a directory, unless it is there. Whether it was made. Its parent is still to be forced. */
    public static boolean makeDirectory(FileOperations operations, Path path, Ownership parent) throws IOException {
        if (operations.attributes(path) != null) {
            return false;
        }
        operations.createDirectory(path);
        try {
            Ownership made = operations.ownership(path);
            int special = made == null ? 0 : made.permissions() & ~0777;
            adopt(operations, path, special | DIRECTORY, null, parent);
        } catch (IOException | RuntimeException e) {
            removeDirectories(operations, List.of(path), e);
            throw e;
        }
        return true;
    }

    /**
     * Removes directories that were made for a change that failed.
     *
     * @throws NotUndone when one of them is still there
     */
    public static void removeDirectories(FileOperations operations, List<Path> directories, Exception failure)
            throws NotUndone {
        NotUndone stuck = null;
        for (Path directory : directories) {
            try {
                operations.delete(directory);
            } catch (IOException | RuntimeException e) {
                stuck = NotUndone.of(stuck == null ? failure : stuck, e);
            }
        }
        if (stuck != null) {
            throw stuck;
        }
    }

    /** Gives a new entry its mode and, if root made it, the owner of what it replaces or of its parent. */
    public static void adopt(
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
