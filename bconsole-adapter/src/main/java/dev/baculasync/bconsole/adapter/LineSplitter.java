package dev.baculasync.bconsole.adapter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts bytes into lines and hands each on as it is complete. Only a newline ends a line: a carriage return may be part
 * of a tenant's text. Bytes that are not UTF-8 are replaced.
 */
final class LineSplitter {
    /** No line that Bacula prints comes near this; it bounds what a File Daemon gone mad can make us keep. */
    static final int LONGEST_LINE = 1 << 20;

    private final Consumer<String> lines;
    private byte[] open = new byte[1024];
    private int length;

    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    /**
     * Takes more bytes.
     *
     * @return false when a line is too long; nothing more must be given then
     */
    boolean accept(byte[] bytes) {
        int from = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                if (!keep(bytes, from, at)) {
                    return false;
                }
                emit();
                from = at + 1;
            }
        }
        return keep(bytes, from, bytes.length);
    }

    /** Hands on what is left, if the last line had no newline. */
    void finish() {
        if (length > 0) {
            emit();
        }
    }

    private boolean keep(byte[] bytes, int from, int to) {
        int more = to - from;
        if (length + more > LONGEST_LINE) {
            return false;
        }
        if (length + more > open.length) {
            open = Arrays.copyOf(open, Math.max(open.length * 2, length + more));
        }
        System.arraycopy(bytes, from, open, length, more);
        length += more;
        return true;
    }

    private void emit() {
        String line = new String(open, 0, length, StandardCharsets.UTF_8);
        length = 0;
        lines.accept(line);
    }
}
