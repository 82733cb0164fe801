package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * What a person will have to do about what a run is taking away, a line each, until the run's report tells it: once the
 * catalog has forgotten a volume, nothing else remembers that it still lies on the Storage Daemon.
 */
final class Reminders {
    static final String FILE_NAME = ".bacula-openstack-sync.actions";

    private static final int MAX_BYTES = 1 << 26;

    private final FileOperations operations;
    private final Path base;
    private final Path file;
    private long length;

    Reminders(FileOperations operations, Path base) {
        this.operations = operations;
        this.base = base;
        this.file = base.resolve(FILE_NAME);
    }

    /** What a run that died has left here. A line that is not whole was written before anything was taken away. */
    synchronized List<String> read() throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        if (attributes == null) {
            return List.of();
        }
        if (!attributes.isRegularFile()) {
            throw new IOException("it is not a regular file; move it away");
        }
        String text = new String(operations.read(file, MAX_BYTES), StandardCharsets.UTF_8);
        String whole = text.substring(0, text.lastIndexOf('\n') + 1);
        length = whole.getBytes(StandardCharsets.UTF_8).length;
        return whole.lines().distinct().toList();
    }

    /** Adds lines; on disk when this returns. */
    synchronized void add(List<String> actions, Ownership parent) throws IOException {
        StringBuilder lines = new StringBuilder();
        actions.forEach(action -> lines.append(HeaderText.escape(action)).append('\n'));
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        if (length + bytes.length > MAX_BYTES) {
            throw new IOException(file + " would be too long");
        }
        if (operations.attributes(file) == null) {
            operations.createFile(file, new byte[0]);
            FileBatch.adopt(operations, file, FileBatch.NEW_FILE, null, parent);
            operations.forceDirectory(base);
        }
        operations.append(file, length, bytes);
        operations.force(file);
        length += bytes.length;
    }

    /** Forgets everything. */
    synchronized void clear() throws IOException {
        if (operations.attributes(file) != null) {
            operations.delete(file);
            operations.forceDirectory(base);
        }
        length = 0;
    }
}
