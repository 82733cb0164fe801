package dev.baculasync.filestore;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.IoReason;
import dev.baculasync.filestore.disk.StoreLock;
import dev.baculasync.filestore.disk.Workers;
import dev.baculasync.filestore.vm.Timestamps;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.StoreSession;
import java.io.IOException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * A {@link ConfigStore} in a directory tree, {@code BASE_DIR/<datacenter>/<openstack>/<vm>/{job,fileset}}, with
 * {@code BASE_DIR/director.conf} to list what is there. Immutable and safe for use by several threads.
 *
 * <p>All state is in the files, in their {@code #@} headers. A file without such headers is somebody else's and is never
 * touched; an edit leaves every byte as it is that it need not change. What a run changes is first written down in
 * {@code BASE_DIR/.bacula-openstack-sync.journal}; if it dies before it settles that, the next session for writing puts
 * back what nobody has edited since, and does nothing else before it could. Below the base directory no symbolic link is
 * followed. Needs a Unix file system. No other code of a process that writes may open
 * {@code BASE_DIR/.bacula-openstack-sync.lock}: to close it again would let go of the lock.
 */
public final class FileStore implements ConfigStore {
    static final int DEFAULT_WORKERS = 8;

    private final FileOperations operations;
    private final Path base;
    private final Timestamps timestamps;
    private final int workers;
    private final Clock clock;

    private FileStore(Builder builder) {
        this.operations = builder.operations;
        this.base = builder.base;
        this.timestamps = new Timestamps(builder.zone);
        this.workers = builder.workers;
        this.clock = builder.clock;
    }

    /**
     * A store to be configured further. Nothing is looked at yet.
     *
     * @param baseDirectory the root of the tree; may itself be a symbolic link
     * @throws IllegalArgumentException when the path holds a control character: no file could name it to the Director
     */
    public static Builder in(Path baseDirectory) {
        return new Builder(baseDirectory);
    }

    /** Collects what a {@link FileStore} may be told. */
    public static final class Builder {
        private final Path base;
        private FileOperations operations = FileOperations.DISK;
        private ZoneId zone = ZoneId.systemDefault();
        private int workers = DEFAULT_WORKERS;
        private Clock clock = Clock.systemUTC();

        private Builder(Path baseDirectory) {
            Path absolute = baseDirectory.toAbsolutePath();
            if (absolute.toString().chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("the base directory's path holds a control character");
            }
            // A ".." after a link leads elsewhere than without both.
            boolean upward = StreamSupport.stream(absolute.spliterator(), false)
                    .anyMatch(name -> name.toString().equals(".."));
            this.base = upward ? absolute : absolute.normalize();
        }

        /** The zone of timestamps in the files that name none; the system's unless set. */
        public Builder zone(ZoneId value) {
            this.zone = Objects.requireNonNull(value, "zone");
            return this;
        }

        /** How many files of a session are worked on at once, at least 1; 8 unless set. */
        public Builder workers(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("workers must be at least 1");
            }
            this.workers = value;
            return this;
        }

        /** Tells when a session began, for the lock file; the system's clock unless set. */
        public Builder clock(Clock value) {
            this.clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        Builder operations(FileOperations value) {
            this.operations = value;
            return this;
        }

        /** The store. */
        public FileStore build() {
            return new FileStore(this);
        }
    }

    @Override
    public StoreSession open(Access access) {
        try {
            // Followed here and nowhere else: the base directory may be a link.
            BasicFileAttributes attributes = operations.attributes(base.toRealPath());
            if (attributes == null || !attributes.isDirectory()) {
                throw new NotDirectoryException(base.toString());
            }
        } catch (IOException e) {
            throw new ProviderException(
                    Code.IO,
                    "cannot use the base directory " + base + ": " + IoReason.of(e)
                            + "; make it, or set BASE_DIR to the one to use",
                    e);
        }
        StoreLock lock =
                access == Access.READ ? null : StoreLock.take(operations, base, timestamps.write(clock.instant()));
        FileStoreSession session = new FileStoreSession(operations, base, timestamps, new Workers(workers), lock);
        if (access == Access.READ) {
            return session;
        }
        boolean recovered = false;
        try {
            session.recover();
            recovered = true;
            return session;
        } finally {
            if (!recovered) {
                session.close();
            }
        }
    }

    @Override
    public String toString() {
        return "files in " + base;
    }
}
