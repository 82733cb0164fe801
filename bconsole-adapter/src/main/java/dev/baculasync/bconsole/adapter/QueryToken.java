package dev.baculasync.bconsole.adapter;

import org.jspecify.annotations.Nullable;

/**
 * One {@code key=value} of a VM record.
 *
 * @param key which token
 * @param value without quotes
 */
record QueryToken(Key key, String value) {
    enum Key {
        SERVER("server="),
        UUID("uuid="),
        TAG("tag="),
        BACKUP("backup=");

        private final String prefix;

        Key(String prefix) {
            this.prefix = prefix;
        }

        String prefix() {
            return prefix;
        }

        /** The one that starts here. */
        static @Nullable Key at(String line, int from) {
            for (Key key : values()) {
                if (line.startsWith(key.prefix, from)) {
                    return key;
                }
            }
            return null;
        }

        /** Whether a line starts with this key in other letters than it is written with, so that it is none. */
        boolean isMisspelt(String line) {
            return line.regionMatches(true, 0, prefix, 0, prefix.length()) && !line.startsWith(prefix);
        }
    }
}
