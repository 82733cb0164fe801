package dev.baculasync.spi;

import java.util.List;

/**
 * One run's view of a {@link ConfigStore}. Instances may be handled by several threads, each instance by one thread at a
 * time; {@link #publish} and {@link #close} are called by one thread after all others are done.
 */
public interface StoreSession extends AutoCloseable {
    /**
     * Everything the store holds about one OpenStack instance.
     *
     * @throws ProviderException when the store cannot be listed; a single VM that cannot be read is a
     *     {@link StoredInstance#problems problem} instead
     */
    StoredInstance read(OpenStackInstance instance);

    /**
     * Everything the store holds, over all instances that ever were.
     *
     * @throws ProviderException when the store cannot be listed
     */
    StoredInstance readAll();

    /**
     * Carries out edits, at most one for each VM. Each edit is all or nothing and durable on return; one that fails does
     * not stop the others.
     *
     * @return one result for each edit, in the order given
     * @throws IllegalStateException when the session was opened for reading
     */
    List<EditResult> apply(OpenStackInstance instance, List<ConfigEdit> edits);

    /**
     * Makes the edits of this session visible as a whole, after all instances are done.
     *
     * @return whether anything that a Director reads has changed since the session was opened
     * @throws ProviderException when it could not be done; what was visible before then still is
     */
    boolean publish();

    /** Releases the lock. Edits that were applied stay. */
    @Override
    void close();
}
