package dev.baculasync.filestore;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What one edit does to one file of a VM: what it found there, and what it will leave, which may be nothing. */
final class FileWrite {
    /** What {@link #digest} makes of a file that is not there. */
    static final String NOTHING = "";

    private final String name;
    private final byte @Nullable [] before;
    private final byte @Nullable [] content;
    private final @Nullable Owners owners;

    private FileWrite(String name, byte @Nullable [] before, byte @Nullable [] content, @Nullable Owners owners) {
        this.name = name;
        this.before = before;
        this.content = content;
        this.owners = owners;
    }

    /** @param before what the file holds, or null when there is none */
    FileWrite(String name, byte @Nullable [] before, byte[] content) {
        this(name, before, content, null);
    }

    /** A file that goes. */
    static FileWrite removal(String name, byte[] before, Owners owners) {
        return new FileWrite(name, before, null, owners);
    }

    String name() {
        return name;
    }

    byte @Nullable [] before() {
        return before;
    }

    /** Null when there will be none. */
    byte @Nullable [] content() {
        return content;
    }

    /** Null unless the file goes. */
    @Nullable
    Owners owners() {
        return owners;
    }

    /** Whether a file still is what this was planned on. */
    boolean isPlannedOn(byte @Nullable [] current) {
        return Arrays.equals(before, current);
    }

    /** The SHA-256 of a file's content, in hex. */
    static String digest(byte @Nullable [] content) {
        return content == null ? NOTHING : HexFormat.of().formatHex(sha256().digest(content));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
