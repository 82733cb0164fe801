package dev.baculasync.filestore.list;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.NewEntry;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file that is there as long as something may have changed that the Director has not been told to load. It is made
 * before the first change of what a Director reads, whatever becomes of that: a reload too many does no harm, one too few
 * does. Safe for use by several threads.
 */
public final class PendingMark {
    public static final String FILE_NAME = ".bacula-openstack-sync.pending";

    private final FileOperations operations;
    private final Path base;
    private final Path file;
    private boolean set;

    public PendingMark(FileOperations operations, Path base) {
        this.operations = operations;
        this.base = base;
        this.file = base.resolve(FILE_NAME);
    }

    /** Finds out whether an earlier run has left it. */
    public synchronized void find() throws IOException {
        set = operations.attributes(file) != null;
    }

    public synchronized boolean isSet() {
        return set;
    }

    /** Sets the mark; on disk when this returns. */
    public synchronized void set(Ownership parent) throws IOException {
        if (set) {
            return;
        }
        if (operations.attributes(file) == null) {
            operations.createFile(file, new byte[0]);
            NewEntry.adopt(operations, file, NewEntry.FILE, null, parent);
        }
        operations.forceDirectory(base);
        set = true;
    }

    /** Takes the mark away. */
    public synchronized void clear() throws IOException {
        if (set) {
            operations.delete(file);
            operations.forceDirectory(base);
            set = false;
        }
    }
}
