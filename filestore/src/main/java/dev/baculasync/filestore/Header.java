package dev.baculasync.filestore;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The {@code #@} headers that are ours; all others belong to the operator. In the order in which they are written. */
enum Header {
    VM("vm"),
    UUID("uuid"),
    DATACENTER("datacenter"),
    OPENSTACK("openstack"),
    CLIENT("client"),
    STATUS("status"),
    MISSING_SINCE("missing-since"),
    DISABLED("disabled"),
    REENABLED("reenabled"),
    PREVIOUS_UUID("previous-uuid");

    private static final Header[] ALL = values();
    private static final int VALUE_COLUMN = 17;

    private final String start;
    private final byte[] name;

    Header(String name) {
        this.name = name.getBytes(StandardCharsets.ISO_8859_1);
        String key = "#@" + name + ":";
        // The first header stands out of line; so it does in every file written so far.
        this.start = name.equals("vm") ? key + " " : key + " ".repeat(VALUE_COLUMN - key.length());
    }

    /** The line up to the value. */
    String start() {
        return start;
    }

    /** How users see it. */
    String label() {
        return start.substring(0, start.indexOf(':') + 1);
    }

    /** The header of this name, or null when it is not one of ours. */
    static @Nullable Header named(byte[] text, int from, int to) {
        for (Header header : ALL) {
            if (header.name.length == to - from && matches(header.name, text, from)) {
                return header;
            }
        }
        return null;
    }

    static int count() {
        return ALL.length;
    }

    private static boolean matches(byte[] name, byte[] text, int from) {
        for (int i = 0; i < name.length; i++) {
            if (name[i] != text[from + i]) {
                return false;
            }
        }
        return true;
    }
}
