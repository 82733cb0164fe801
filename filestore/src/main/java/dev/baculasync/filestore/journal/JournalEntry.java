package dev.baculasync.filestore.journal;

import dev.baculasync.filestore.disk.FileBefore;
import dev.baculasync.filestore.vm.FileWrite;
import dev.baculasync.spi.VmKey;

/**
 * What the journal knows of one file that an edit replaces: enough to restore it, and to see whether it still is ours.
 *
 * @param before what the file was
 * @param after the {@link FileWrite#digest} of what the edit writes
 */
public record JournalEntry(VmKey vm, FileBefore before, String after) {
    public static JournalEntry of(VmKey vm, FileWrite write) {
        return new JournalEntry(vm, write.before(), FileWrite.digest(write.content()));
    }
}
