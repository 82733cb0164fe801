package dev.baculasync.filestore.ledger;

import dev.baculasync.filestore.disk.FileBatch;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.syntax.HeaderText;
import dev.baculasync.spi.Ledger.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The ledger below the base directory: a file for each kind, so that damage to one costs only that kind; in it a line for
 * each entry, subject and text with a tab between. It is replaced in one rename. A file with a byte in it that this would
 * not have written is believed in no part.
 */
public final class LedgerFiles {
    /** No kind can be called like another file of ours. */
    public static final String PREFIX = ".bacula-openstack-sync.ledger-";

    private static final int MAX_BYTES = 1 << 26;

    private final FileOperations operations;
    private final Path base;

    public LedgerFiles(FileOperations operations, Path base) {
        this.operations = operations;
        this.base = base;
    }

    /**
     * Where the entries of a kind are.
     *
     * @throws IllegalArgumentException when the kind is not a word of lower-case letters
     */
    public Path file(String kind) {
        if (!kind.matches("[a-z]+")) {
            throw new IllegalArgumentException("not a kind of ledger: " + kind);
        }
        return base.resolve(PREFIX + kind);
    }

    public synchronized List<Entry> entries(String kind) throws IOException {
        byte[] bytes = bytes(file(kind));
        return bytes == null ? List.of() : parse(bytes);
    }

    /** On disk when this returns. */
    public synchronized void update(String kind, Predicate<Entry> removed, List<Entry> added, Ownership parent)
            throws IOException {
        Path file = file(kind);
        byte[] before = bytes(file);
        List<Entry> entries = new ArrayList<>(before == null ? List.of() : parse(before));
        if (!entries.removeIf(removed) && added.isEmpty()) {
            return;
        }
        entries.addAll(added);
        if (entries.isEmpty()) {
            operations.delete(file);
            operations.forceDirectory(base);
            return;
        }
        byte[] bytes = write(entries);
        if (bytes.length > MAX_BYTES) {
            throw new IOException(file + " would be too long");
        }
        FileBatch batch = new FileBatch(operations, base, parent);
        batch.stage(String.valueOf(file.getFileName()), bytes, before);
        batch.commit();
    }

    private byte @Nullable [] bytes(Path file) throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        if (attributes == null) {
            return null;
        }
        if (!attributes.isRegularFile()) {
            throw new IOException("it is not a regular file; move it away");
        }
        return operations.read(file, MAX_BYTES);
    }

    private static byte[] write(List<Entry> entries) {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(HeaderText.escape(entry.subject()))
                    .append('\t')
                    .append(HeaderText.escape(entry.text()))
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static List<Entry> parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (!text.endsWith("\n")) {
            throw new IOException("its last line is not whole");
        }
        List<Entry> entries = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            int tab = line.indexOf('\t');
            if (tab >= 0) {
                entries.add(new Entry(
                        HeaderText.unescape(line.substring(0, tab)), HeaderText.unescape(line.substring(tab + 1))));
            }
        }
        if (!Arrays.equals(write(entries), bytes)) {
            throw new IOException("it holds something that was not written by this program");
        }
        return entries;
    }
}
