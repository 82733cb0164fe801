package dev.baculasync.spi;

import java.util.Collection;
import java.util.List;
import java.util.Set;

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
     * Everything the store holds, over all instances that ever were. May be called while instances are handled; of what
     * is being changed at that moment, either state may be seen.
     *
     * @throws ProviderException when the store cannot be listed
     */
    StoredInstance readAll();

    /**
     * Carries out edits, at most one for each VM. Each edit is all or nothing and durable on return; one that fails does
     * not stop the others. An edit fails when what is there is not what it was {@linkplain VmEdit#before decided on}, also
     * one that changes nothing.
     *
     * @return one result for each edit, in the order given
     * @throws IllegalStateException when the session was opened for reading
     */
    List<EditResult> apply(List<VmEdit> edits);

    /**
     * What the Director's list named when this session was opened, and what there is at this moment that it could name.
     *
     * @throws ProviderException when the store cannot be listed
     */
    StoreListing listing();

    /**
     * Makes the edits of this session visible as a whole, after all instances are done: the Director's list names these VMs
     * and no other. May be called again, e.g. after a part was rolled back; a later call with what the list named when this
     * session was opened makes it what it was then, byte for byte.
     *
     * @param listed VMs both of whose files are there
     * @return whether there is anything that the Director has not been told to load: edits of this session that
     *     {@linkplain VmEdit#concernsDirector concern} it, or of an earlier one that did not come to {@link #loaded}
     * @throws ProviderException when it could not be done; what was visible before then still is
     */
    boolean publish(Set<VmKey> listed);

    /**
     * Removes what is left of an instance that has no VM any more: its own records and empty directories. To be called
     * after {@link #commit}.
     *
     * @return whether nothing of it is left; as long as it holds a VM or what is not ours, nothing is removed
     * @throws ProviderException when something that this session has changed is not committed, or when that could not be
     *     done; it may be tried again
     */
    boolean removeInstance(OpenStackInstance instance);

    /**
     * The VMs whose files a text names, such as what a check has to say; when it names the files of none of them, those
     * changed by this session whose resources it names.
     *
     * @param among the VMs that may be meant
     */
    List<VmKey> namedIn(String text, Collection<VmKey> among);

    /**
     * Makes VMs what they were before this session changed them, as far as that is not {@linkplain #commit committed}; those that
     * it has not changed are left as they are.
     *
     * @throws ProviderException when a part of that could not be done, e.g. because somebody has changed the VM since; the rest
     *     was
     */
    void rollback(Collection<VmKey> vms);

    /**
     * Makes this session's changes final. What a session has changed without coming to this, because its process died, is
     * rolled back when the store is opened for writing the next time; what somebody else has changed since is left alone. The
     * Director may have loaded these VMs in between, so those that it {@linkplain VmEdit#concernsDirector concerns} are first
     * written down in the {@linkplain Ledger#ROLLED_BACK ledger}.
     *
     * @throws ProviderException when that could not be written down
     */
    void commit();

    /**
     * Notes that the Director has loaded what was published.
     *
     * @throws ProviderException when that could not be written down
     */
    void loaded();

    /** What outlives this session. */
    Ledger ledger();

    /**
     * What an operator should know about this session so far, e.g. that an earlier one had to be rolled back when it was
     * opened, or that the directory of a removed VM holds what is not ours.
     */
    List<String> notes();

    /** Releases the lock. What was not committed is rolled back by the next session that writes. */
    @Override
    void close();
}
