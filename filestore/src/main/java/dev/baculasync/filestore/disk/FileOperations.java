package dev.baculasync.filestore.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every way in which the store touches the disk, one operation each, so that a test can let any of them fail or be the
 * last one before the power goes. No operation follows a symbolic link at the end of its path, unless it says so.
 */
public interface FileOperations {
    /** The real disk. */
    FileOperations DISK = new DiskOperations();

    /**
     * Who may use a file.
     *
     * @param mode type and permission bits as {@code stat} gives them
     */
    record Ownership(int uid, int gid, int mode) {
        int permissions() {
            return mode & 07777;
        }
    }

    /** What kind of entry this is and how big; null when there is none. */
    @Nullable
    BasicFileAttributes attributes(Path path) throws IOException;

    /** Owner and mode; null when there is no such entry. */
    @Nullable
    Ownership ownership(Path path) throws IOException;

    /** Whether a path leads to a file, links followed; true as well when that cannot be found out. */
    boolean leadsToFile(Path path);

    /** The entries of a directory, in no order. */
    List<Path> list(Path directory) throws IOException;

    /** A whole file; fails when it is longer than that. */
    byte[] read(Path file, int maxBytes) throws IOException;

    /** Makes a directory with mode 0750, less what the process' umask takes. */
    void createDirectory(Path directory) throws IOException;

    /** Makes a file that must not exist yet, with mode 0640 less what the process' umask takes. Nothing is forced. */
    void createFile(Path file, byte[] content) throws IOException;

    /** Writes behind the first so many bytes of a file; what stood there is dropped. Nothing is forced. */
    void append(Path file, long length, byte[] content) throws IOException;

    void setPermissions(Path path, int permissions) throws IOException;

    void setOwner(Path path, int uid, int gid) throws IOException;

    /** Forces a file's content to disk. */
    void force(Path file) throws IOException;

    /** Forces a directory's entries to disk. Follows links: the base directory may be one. */
    void forceDirectory(Path directory) throws IOException;

    /** Puts a file in the place of another one, in one step. */
    void rename(Path from, Path to) throws IOException;

    /** Removes a file or an empty directory, if it is there. */
    void delete(Path path) throws IOException;

    /** Opens the lock file for reading and writing, making it with mode 0640 when it is not there. */
    FileChannel openLock(Path file) throws IOException;
}
