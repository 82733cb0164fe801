package dev.baculasync.filestore;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What one edit does to one file of a VM: what it found there, and what it will leave. */
final class FileWrite {
    private final String name;
    private final byte @Nullable [] before;
    private final byte[] content;

    /** @param before what the file holds, or null when there is none */
    FileWrite(String name, byte @Nullable [] before, byte[] content) {
        this.name = name;
        this.before = before;
        this.content = content;
    }

    String name() {
        return name;
    }

    byte @Nullable [] before() {
        return before;
    }

    byte[] content() {
        return content;
    }

    /** Whether a file still is what this was planned on. */
    boolean isPlannedOn(byte @Nullable [] current) {
        return Arrays.equals(before, current);
    }

    /** The SHA-256 of a file's content, in hex. */
    static String digest(byte[] content) {
        return HexFormat.of().formatHex(sha256().digest(content));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
