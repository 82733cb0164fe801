package dev.baculasync.filestore;

import dev.baculasync.spi.VmKey;
import org.jspecify.annotations.Nullable;

/** What the journal knows of one file that an edit replaces: enough to put it back, and to see whether it still is ours. */
final class JournalEntry {
    private final VmKey vm;
    private final String name;
    private final byte @Nullable [] before;
    private final String after;
    private final @Nullable Owners owners;

    /**
     * @param before what the file held, or null when there was none
     * @param after the {@link FileWrite#digest} of what the edit writes
     * @param owners whose it was; null unless the edit removes it
     */
    JournalEntry(VmKey vm, String name, byte @Nullable [] before, String after, @Nullable Owners owners) {
        this.vm = vm;
        this.name = name;
        this.before = before;
        this.after = after;
        this.owners = owners;
    }

    static JournalEntry of(VmKey vm, FileWrite write) {
        return new JournalEntry(vm, write.name(), write.before(), FileWrite.digest(write.content()), write.owners());
    }

    VmKey vm() {
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

    @Nullable
    Owners owners() {
        return owners;
    }
}
