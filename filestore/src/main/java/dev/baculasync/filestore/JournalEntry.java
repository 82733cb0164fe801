package dev.baculasync.filestore;

import dev.baculasync.spi.ChangedVm;
import org.jspecify.annotations.Nullable;

/** What the journal knows of one file that an edit replaces: enough to put it back, and to see whether it still is ours. */
final class JournalEntry {
    private final ChangedVm vm;
    private final String name;
    private final byte @Nullable [] before;
    private final String after;

    /**
     * @param before what the file held, or null when there was none
     * @param after the {@link FileWrite#digest} of what the edit writes
     */
    JournalEntry(ChangedVm vm, String name, byte @Nullable [] before, String after) {
        this.vm = vm;
        this.name = name;
        this.before = before;
        this.after = after;
    }

    ChangedVm vm() {
        return vm;
    }

    String name() {
        return name;
    }

    byte @Nullable [] before() {
        return before;
    }

    String after() {
        return after;
    }
}
