package dev.baculasync.spi;

/**
 * Where the generated {@code Job} and {@code FileSet} resources and the lifecycle state of each VM are kept. Safe for use
 * by several threads.
 */
@FunctionalInterface
public interface ConfigStore {
    /**
     * Opens the store for one run.
     *
     * @param access whether the run will change anything
     * @return a session, to be closed by the caller
     * @throws ProviderException with {@link ProviderException.Code#LOCKED} when another run is changing the store (its
     *     message says who holds the lock), or when the store cannot be used
     */
    StoreSession open(Access access);

    /** What a session may do. */
    enum Access {
        /** Reads only, takes no lock, leaves no trace. */
        READ,
        /** Reads and changes; at most one such session at a time, over all processes. */
        WRITE
    }
}
