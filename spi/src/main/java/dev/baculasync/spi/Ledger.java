package dev.baculasync.spi;

import java.util.List;
import java.util.function.Predicate;

/**
 * What must outlive a run: durable entries, by kind. What they mean is no business of the store that keeps them; damage to
 * one kind does not cost the others. Safe for use by several threads.
 */
public interface Ledger {
    /**
     * The one kind to which a store adds by itself: the VMs of sessions that did not come to their end, which it has rolled
     * back. The subject is a {@linkplain VmKey#toString key}, the text is empty; each stands there once.
     */
    String ROLLED_BACK = "rolledback";

    /**
     * One entry. Both texts may hold anything.
     *
     * @param subject what it is about
     * @param text what is remembered
     */
    record Entry(String subject, String text) {}

    /**
     * All entries of a kind, in the order in which they were added; empty when there is none.
     *
     * @param kind a word of lower-case ASCII letters
     * @throws ProviderException when they cannot be read
     */
    List<Entry> entries(String kind);

    /**
     * Removes entries and adds others behind the rest, in one step: all of it or nothing, durable on return.
     *
     * @throws ProviderException when that could not be done; the entries are what they were then
     * @throws IllegalStateException when the session was opened for reading
     */
    void update(String kind, Predicate<Entry> removed, List<Entry> added);
}
