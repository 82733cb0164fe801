package dev.baculasync.spi;

/**
 * Tells which VMs an OpenStack instance has right now.
 *
 * <p>Implementations must be safe for use by several threads, each asking about another instance. They must come back
 * within a bounded time, and must call a list {@link Discovery.Verdict#COMPLETE} only when they can prove that nothing
 * is missing from it: a VM that a complete list lacks will, after its grace period, no longer be backed up.
 */
@FunctionalInterface
public interface LiveInventory {
    /**
     * Asks once. A second call asks again; answers are never remembered.
     *
     * @param instance which OpenStack instance to ask about
     * @return the VMs and how far the list can be trusted; a failure to get one is a {@link Discovery#failed} answer
     * @throws ProviderException only when the implementation itself is broken or interrupted; the instance then counts
     *     as failed
     */
    Discovery discover(OpenStackInstance instance);
}
