package dev.baculasync.filestore.vm;

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
    ABSENCE("absence"),
    DISABLED("disabled"),
    REENABLED("reenabled"),
    PREVIOUS_UUID("previous-uuid"),
    ENABLED_BY("enabled-by");

    private static final Header[] ALL = values();
    private static final int VALUE_COLUMN = 17;

    private final String start;
    private final String label;

    Header(String name) {
        this.label = "#@" + name + ":";
        // The first header stands out of line; so it does in every file written so far.
        this.start = name.equals("vm") ? label + " " : label + " ".repeat(VALUE_COLUMN - label.length());
    }

    /** The line up to the value. */
    String start() {
        return start;
    }

    /** How users see it. */
    String label() {
        return label;
    }

    /** The header whose name stands between these offsets, or null when it is not one of ours. */
    static @Nullable Header named(byte[] text, int from, int to) {
        for (Header header : ALL) {
            if (header.label.length() == to - from + 3 && header.matches(text, from, to)) {
                return header;
            }
        }
        return null;
    }

    private boolean matches(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] != label.charAt(i - from + 2)) {
                return false;
            }
        }
        return true;
    }
}
