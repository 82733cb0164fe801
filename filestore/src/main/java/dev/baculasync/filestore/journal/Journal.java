package dev.baculasync.filestore.journal;

import dev.baculasync.filestore.disk.FileBefore;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.disk.NewEntry;
import dev.baculasync.filestore.disk.Owners;
import dev.baculasync.filestore.vm.FileWrite;
import dev.baculasync.spi.VmKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file that remembers what a run is about to change until the run settles it: one record for each batch of edits, on
 * disk before the first file of the batch is touched. To remove the file is to settle the run. A record that is not whole
 * was being written when the process died, so nothing of it was touched yet.
 *
 * <p>A record is the length of its body, the SHA-256 of its body, and the body: for each file the VM's three names, the
 * file's name, the digest of what it will be, its bytes from before, and if it is to go, whose it is.
 */
public final class Journal {
    public static final String FILE_NAME = ".bacula-openstack-sync.journal";

    private static final byte[] HEADER = "bacula-openstack-sync journal 2\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final int MAX_BYTES = 1 << 30;
    private static final int NO_FILE = -1;

    private final FileOperations operations;
    private final Path base;
    private final Path file;

    /** How much of the file is whole. 0: there is none, or none that matters. */
    private long length;

    public Journal(FileOperations operations, Path base) {
        this.operations = operations;
        this.base = base;
        this.file = base.resolve(FILE_NAME);
    }

    /**
     * What a run has left here that never settled, oldest first.
     *
     * @throws IOException when it cannot be read; then nothing may be changed
     */
    public synchronized List<JournalEntry> read() throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        if (attributes == null) {
            return List.of();
        }
        if (!attributes.isRegularFile()) {
            throw new IOException("it is not a regular file; move it away");
        }
        byte[] bytes = operations.read(file, MAX_BYTES);
        int header = Math.min(bytes.length, HEADER.length);
        if (!Arrays.equals(bytes, 0, header, HEADER, 0, header)) {
            throw new IOException("it was not written by this version; move it away if nothing is to be put back");
        }
        length = Math.max(bytes.length, 1);
        List<JournalEntry> entries = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(bytes, header, bytes.length - header);
        for (byte[] body = nextBody(rest); body != null; body = nextBody(rest)) {
            readBody(body, entries);
        }
        return entries;
    }

    private static byte @Nullable [] nextBody(ByteBuffer rest) {
        if (rest.remaining() < Integer.BYTES + DIGEST_BYTES) {
            return null;
        }
        int size = rest.getInt();
        byte[] digest = new byte[DIGEST_BYTES];
        rest.get(digest);
        if (size < 0 || size > rest.remaining()) {
            return null;
        }
        byte[] body = new byte[size];
        rest.get(body);
        return MessageDigest.isEqual(FileWrite.sha256().digest(body), digest) ? body : null;
    }

    private static void readBody(byte[] body, List<JournalEntry> entries) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        while (in.available() > 0) {
            VmKey vm = new VmKey(in.readUTF(), in.readUTF(), in.readUTF());
            String name = in.readUTF();
            String after = in.readUTF();
            int size = in.readInt();
            byte[] before = size == NO_FILE ? null : in.readNBytes(size);
            Owners owners = in.readBoolean() ? new Owners(readOwnership(in), readOwnership(in)) : null;
            entries.add(new JournalEntry(vm, new FileBefore(name, before, owners), after));
        }
    }

    private static Ownership readOwnership(DataInputStream in) throws IOException {
        return new Ownership(in.readInt(), in.readInt(), in.readInt());
    }

    private static void writeOwnership(DataOutputStream out, Ownership ownership) throws IOException {
        out.writeInt(ownership.uid());
        out.writeInt(ownership.gid());
        out.writeInt(ownership.mode());
    }

    /** Writes down a batch; when this returns, its files may be touched. */
    public synchronized void append(List<JournalEntry> entries, Ownership parent) throws IOException {
        byte[] record = record(entries);
        if (length + record.length > MAX_BYTES) {
            throw new IOException(file + " would be too long");
        }
        if (length == 0) {
            // Left over when making it failed before.
            operations.delete(file);
            operations.createFile(file, HEADER);
            NewEntry.adopt(operations, file, NewEntry.FILE, null, parent);
            operations.forceDirectory(base);
            length = HEADER.length;
        }
        // A record that failed half-way is written over.
        operations.append(file, length, record);
        operations.force(file);
        length += record.length;
    }

    private static byte[] record(List<JournalEntry> entries) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        for (JournalEntry entry : entries) {
            out.writeUTF(entry.vm().datacenter());
            out.writeUTF(entry.vm().openstack());
            out.writeUTF(entry.vm().slug());
            out.writeUTF(entry.before().name());
            out.writeUTF(entry.after());
            byte[] before = entry.before().content();
            out.writeInt(before == null ? NO_FILE : before.length);
            if (before != null) {
                out.write(before);
            }
            Owners owners = entry.before().owners();
            out.writeBoolean(owners != null);
            if (owners != null) {
                writeOwnership(out, owners.file());
                writeOwnership(out, owners.directory());
            }
        }
        byte[] bytes = body.toByteArray();
        return ByteBuffer.allocate(Integer.BYTES + DIGEST_BYTES + bytes.length)
                .putInt(bytes.length)
                .put(FileWrite.sha256().digest(bytes))
                .put(bytes)
                .array();
    }

    /** Forgets everything: from now on it is final. */
    public synchronized void clear() throws IOException {
        operations.delete(file);
        if (length > 0) {
            length = 0;
            operations.forceDirectory(base);
        }
    }
}
