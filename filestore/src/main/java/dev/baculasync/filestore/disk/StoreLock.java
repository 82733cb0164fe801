package dev.baculasync.filestore.disk;

import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.syntax.MessageText;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The lock that lets one run at a time change a base directory. It is the operating system's, so it ends with the process
 * whatever ends that; the file stays and says who holds it.
 */
public final class StoreLock implements AutoCloseable {
    public static final String FILE_NAME = ".bacula-openstack-sync.lock";

    private static final int MAX_HOLDER_BYTES = 1024;

    /**
     * The holders within this JVM. A POSIX lock ends as soon as its process closes the file, through whatever channel: so
     * a second opener in the same JVM must not even open it.
     */
    private static final Map<Path, String> HELD = new ConcurrentHashMap<>();

    /** Channels that must not be closed, for the same reason: the lock belongs to another class loader's store. */
    private static final Queue<FileChannel> NEVER_CLOSED = new ConcurrentLinkedQueue<>();

    private final Path key;
    private final FileChannel channel;

    private StoreLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param startedAt when this run began, as people write it
     */
    public static StoreLock take(FileOperations operations, Path base, String startedAt) {
        String holder = "pid " + ProcessHandle.current().pid() + " on host " + host() + ", user "
                + System.getProperty("user.name", "unknown") + ", since " + startedAt;
        Path file = base.resolve(FILE_NAME);
        try {
            Path key = base.toRealPath().resolve(FILE_NAME);
            String earlier = HELD.putIfAbsent(key, holder);
            if (earlier != null) {
                throw locked(file, earlier);
            }
            boolean taken = false;
            try {
                StoreLock lock = new StoreLock(key, open(operations, base, file, holder));
                taken = true;
                return lock;
            } finally {
                if (!taken) {
                    HELD.remove(key);
                }
            }
        } catch (ClosedByInterruptException e) {
            throw new ProviderException(Code.INTERRUPTED, "interrupted while locking " + file, e);
        } catch (IOException e) {
            throw new ProviderException(
                    Code.IO,
                    "cannot lock " + file + ": " + IoReason.of(e) + "; check the owner and mode of the directory",
                    e);
        }
    }

    private static FileChannel open(FileOperations operations, Path base, Path file, String holder) throws IOException {
        boolean isNew = operations.attributes(file) == null;
        FileChannel channel = operations.openLock(file);
        boolean keep = false;
        try {
            Ownership parent = operations.ownership(base.toRealPath());
            if (isNew && parent != null) {
                NewEntry.adopt(operations, file, NewEntry.FILE, null, parent);
            }
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw locked(file, readHolder(channel));
            }
            channel.truncate(0);
            ByteBuffer text = ByteBuffer.wrap((holder + "\n").getBytes(StandardCharsets.UTF_8));
            while (text.hasRemaining()) {
                channel.write(text);
            }
            keep = true;
            return channel;
        } catch (OverlappingFileLockException e) {
            keep = true;
            NEVER_CLOSED.add(channel);
            throw locked(file, readHolder(channel));
        } finally {
            if (!keep) {
                channel.close();
            }
        }
    }

    private static String readHolder(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_HOLDER_BYTES);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {}
        String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8).trim();
        return text.isEmpty() ? "it has not said yet who it is" : MessageText.of(text);
    }

    private static ProviderException locked(Path file, String holder) {
        return new ProviderException(Code.LOCKED, "another run holds the lock " + file + ": " + holder);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // The message is the host's own name, which merely cannot be looked up.
            return "unknown";
        }
    }

    @Override
    public void close() {
        try (channel) {
            channel.truncate(0);
        } catch (IOException e) {
            throw new ProviderException(Code.IO, "cannot release the lock " + key + ": " + IoReason.of(e), e);
        } finally {
            HELD.remove(key);
        }
    }
}
