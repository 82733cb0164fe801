package dev.baculasync.core;

import java.util.function.Consumer;

/** Keeps a listener that throws from disturbing a run, and makes a note of it. */
final class GuardedListener {
    private final SyncListener listener;
    private final Consumer<String> notes;

    GuardedListener(SyncListener listener, Consumer<String> notes) {
        this.listener = listener;
        this.notes = notes;
    }

    void tell(Consumer<SyncListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            notes.accept("a listener failed: " + e);
        }
    }
}
