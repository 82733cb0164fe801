package dev.baculasync.filestore.syntax;

/**
 * A value as it stands in a Bacula configuration text.
 *
 * @param start offset of its first byte, which is a quotation mark if it is quoted
 * @param end offset after its last byte
 * @param text what the Director takes it to say; a byte is a char
 */
public record BaculaValue(int start, int end, boolean isQuoted, String text) {}
