package dev.baculasync.filestore.disk;

import org.jspecify.annotations.Nullable;

/** What a file of a directory was before a change, and whose: all that it takes to restore it. */
public final class FileBefore {
    private final String name;
    private final byte @Nullable [] content;
    private final @Nullable Owners owners;

    /**
     * A file as it is now.
     *
     * @param content null when there was no such file
     * @param owners null unless the change removes the file
     */
    public FileBefore(String name, byte @Nullable [] content, @Nullable Owners owners) {
        this.name = name;
        this.content = content;
        this.owners = owners;
    }

    public String name() {
        return name;
    }

    /** Null when there was no such file. */
    public byte @Nullable [] content() {
        return content;
    }

    /** Null unless the change removes the file. */
    @Nullable
    public Owners owners() {
        return owners;
    }
}
