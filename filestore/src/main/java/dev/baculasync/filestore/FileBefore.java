package dev.baculasync.filestore;

import org.jspecify.annotations.Nullable;

/** What a file of a directory was before a change, and whose: all that it takes to restore it. */
final class FileBefore {
    private final String name;
    private final byte @Nullable [] content;
    private final @Nullable Owners owners;

    /**
     * @param content null when there was no such file
     * @param owners null unless the change removes the file
     */
    FileBefore(String name, byte @Nullable [] content, @Nullable Owners owners) {
        this.name = name;
        this.content = content;
        this.owners = owners;
    }

    String name() {
        return name;
    }

    /** Null when there was no such file. */
    byte @Nullable [] content() {
        return content;
    }

    /** Null unless the change removes the file. */
    @Nullable
    Owners owners() {
        return owners;
    }
}
