package dev.baculasync.filestore;

import dev.baculasync.filestore.disk.FileBatch;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.NewEntry;
import dev.baculasync.filestore.syntax.HeaderText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * A file of lines that are on disk before something is taken away that they remember. A line that is not whole was written
 * before anything was taken away.
 */
final class ForcedLines {
    /** What a person will have to do: once the catalog has forgotten a volume, nothing else knows where it lies. */
    static final String ACTIONS = ".bacula-openstack-sync.actions";

    /** Names of files that are to be removed from the catalog once nothing uses them. */
    static final String NAMES = ".bacula-openstack-sync.names";

    private static final int MAX_BYTES = 1 << 26;

    private final FileOperations operations;
    private final Path base;
    private final Path file;
    private long length;

    ForcedLines(FileOperations operations, Path base, String name) {
        this.operations = operations;
        this.base = base;
        this.file = base.resolve(name);
    }

    Path file() {
        return file;
    }

    /** The lines that are whole, each once. */
    synchronized List<String> read() throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        if (attributes == null) {
            length = 0;
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

    /** Adds lines behind those that were {@linkplain #read read}; on disk when this returns. */
    synchronized void add(List<String> more, Ownership parent) throws IOException {
        byte[] bytes = text(more);
        if (length + bytes.length > MAX_BYTES) {
            throw new IOException(file + " would be too long");
        }
        if (operations.attributes(file) == null) {
            operations.createFile(file, new byte[0]);
            NewEntry.adopt(operations, file, NewEntry.FILE, null, parent);
            operations.forceDirectory(base);
        }
        operations.append(file, length, bytes);
        operations.force(file);
        length += bytes.length;
    }

    /** Puts these lines in the place of all that there were, in one step. */
    synchronized void replace(List<String> lines, Ownership parent) throws IOException {
        if (lines.isEmpty()) {
            clear();
            return;
        }
        byte[] bytes = text(lines);
        FileBatch batch = new FileBatch(operations, base, parent);
        batch.stage(file.getFileName().toString(), bytes, operations.read(file, MAX_BYTES));
        batch.commit();
        length = bytes.length;
    }

    /** Forgets everything. */
    synchronized void clear() throws IOException {
        if (operations.attributes(file) != null) {
            operations.delete(file);
            operations.forceDirectory(base);
        }
        length = 0;
    }

    private static byte[] text(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(HeaderText.escape(line)).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
