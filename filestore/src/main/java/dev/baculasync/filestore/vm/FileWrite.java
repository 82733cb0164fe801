package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.FileBefore;
import dev.baculasync.filestore.disk.Owners;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What one edit does to one file of a VM: what it found there, and what it will leave, which may be nothing. */
public final class FileWrite {
    /** What {@link #digest} makes of a file that is not there. */
    static final String NOTHING = "";

    private final FileBefore before;
    private final byte @Nullable [] content;

    private FileWrite(FileBefore before, byte @Nullable [] content) {
        this.before = before;
        this.content = content;
    }

    /** @param before what the file holds, or null when there is none */
    FileWrite(String name, byte @Nullable [] before, byte[] content) {
        this(new FileBefore(name, before, null), content);
    }

    /** A file that is removed. */
    public static FileWrite removal(String name, byte[] before, Owners owners) {
        return new FileWrite(new FileBefore(name, before, owners), null);
    }

    public String name() {
        return before.name();
    }

    /** What was found. */
    public FileBefore before() {
        return before;
    }

    /** Null when there will be none. */
    public byte @Nullable [] content() {
        return content;
    }

    /** Whether a file still is what this was planned on. */
    boolean isPlannedOn(byte @Nullable [] current) {
        return Arrays.equals(before.content(), current);
    }

    /** The SHA-256 of a file's content, in hex. */
    public static String digest(byte @Nullable [] content) {
        return content == null ? NOTHING : HexFormat.of().formatHex(sha256().digest(content));
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
