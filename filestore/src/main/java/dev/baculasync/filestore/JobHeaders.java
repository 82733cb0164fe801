package dev.baculasync.filestore;

import dev.baculasync.spi.JobStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The {@code #@} lines of a job file: where they stand and what they say. */
final class JobHeaders {
    private static final int UUID_LENGTH = 36;
    private static final Header[] ALWAYS_THERE = {
        Header.VM, Header.UUID, Header.DATACENTER, Header.OPENSTACK, Header.CLIENT, Header.STATUS
    };

    private final byte[] bytes;
    private final int[] lineStart = new int[Header.count()];
    private final int[] valueStart = new int[Header.count()];
    private final int[] valueEnd = new int[Header.count()];
    private final int[] lineEnd = new int[Header.count()];
    private int count;
    private int lastEnd;
    private boolean twoUuids;
    private @Nullable UUID uuid;
    private List<UUID> previousUuids = List.of();
    private @Nullable String flaw;

    private JobHeaders(byte[] bytes) {
        this.bytes = bytes;
        Arrays.fill(lineStart, -1);
    }

    static JobHeaders find(byte[] bytes) {
        JobHeaders headers = new JobHeaders(bytes);
        headers.findLines();
        if (headers.count > 0) {
            headers.check();
        }
        return headers;
    }

    static String text(JobStatus status) {
        return switch (status) {
            case ACTIVE -> "active";
            case DISABLED -> "disabled";
        };
    }

    /** How many {@code #@} lines there are, ours or not. */
    int count() {
        return count;
    }

    /** What contradicts, or is not there; null when nothing is wrong. */
    @Nullable
    String flaw() {
        return flaw;
    }

    /** The UUID, if that much can be read. */
    @Nullable
    UUID uuid() {
        return uuid;
    }

    List<UUID> previousUuids() {
        return previousUuids;
    }

    /** The value of a header; null when the file does not have it. */
    @Nullable
    String value(Header header) {
        int i = header.ordinal();
        if (lineStart[i] < 0) {
            return null;
        }
        return HeaderText.unescape(
                new String(bytes, valueStart[i], valueEnd[i] - valueStart[i], StandardCharsets.UTF_8));
    }

    /** The value of a header that each managed file has. */
    String required(Header header) {
        return Objects.requireNonNull(value(header), header::label);
    }

    JobStatus status() {
        return required(Header.STATUS).equals(text(JobStatus.ACTIVE)) ? JobStatus.ACTIVE : JobStatus.DISABLED;
    }

    /** Offset after the line of our last header. */
    int end() {
        return lastEnd;
    }

    /** Offset of the header's line, which is there. */
    int lineStart(Header header) {
        return lineStart[header.ordinal()];
    }

    /** Offset after the header's line, its line end included. */
    int lineEnd(Header header) {
        return lineEnd[header.ordinal()];
    }

    int valueStart(Header header) {
        return valueStart[header.ordinal()];
    }

    int valueEnd(Header header) {
        return valueEnd[header.ordinal()];
    }

    private void findLines() {
        int line = BaculaScanner.textStart(bytes);
        while (line < bytes.length) {
            int end = line;
            while (end < bytes.length && !BaculaScanner.isLineEnd(bytes[end])) {
                end++;
            }
            int next = end;
            if (next < bytes.length) {
                next += bytes[end] == '\r' && end + 1 < bytes.length && bytes[end + 1] == '\n' ? 2 : 1;
            }
            int start = skipBlanks(line, end);
            if (start + 1 < end && bytes[start] == '#' && bytes[start + 1] == '@') {
                count++;
                readLine(line, start + 2, end, next);
            }
            line = next;
        }
    }

    private void readLine(int line, int nameStart, int end, int next) {
        int colon = nameStart;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        Header header = colon == end ? null : Header.named(bytes, nameStart, trimEnd(nameStart, colon));
        if (header == null) {
            return;
        }
        int i = header.ordinal();
        if (lineStart[i] >= 0) {
            flaw("has the header " + header.label() + " twice");
            twoUuids |= header == Header.UUID;
        }
        lineStart[i] = line;
        valueStart[i] = skipBlanks(colon + 1, end);
        valueEnd[i] = trimEnd(valueStart[i], end);
        lineEnd[i] = next;
        lastEnd = next;
    }

    private int skipBlanks(int from, int end) {
        int i = from;
        while (i < end && BaculaScanner.isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    private int trimEnd(int from, int end) {
        int i = end;
        while (i > from && BaculaScanner.isBlank(bytes[i - 1])) {
            i--;
        }
        return i;
    }

    private void check() {
        for (Header header : ALWAYS_THERE) {
            if (lineStart[header.ordinal()] < 0) {
                flaw("lacks the header " + header.label());
            }
        }
        String text = value(Header.UUID);
        if (text != null && !twoUuids) {
            uuid = parseUuid(text);
            if (uuid == null) {
                flaw(Header.UUID.label() + " is not a UUID");
            }
        }
        String status = value(Header.STATUS);
        if (status != null && !status.equals(text(JobStatus.ACTIVE)) && !status.equals(text(JobStatus.DISABLED))) {
            flaw(Header.STATUS.label() + " is neither active nor disabled");
        }
        String previous = value(Header.PREVIOUS_UUID);
        if (previous != null) {
            previousUuids = parseUuids(previous);
        }
    }

    private List<UUID> parseUuids(String text) {
        List<UUID> uuids = new ArrayList<>();
        for (String word : text.trim().split("[ \t]+", -1)) {
            UUID parsed = parseUuid(word);
            if (parsed == null) {
                flaw(Header.PREVIOUS_UUID.label() + " holds something that is not a UUID");
                return List.of();
            }
            uuids.add(parsed);
        }
        return uuids;
    }

    /** The JDK reads much as a UUID that nobody would call one. */
    private static @Nullable UUID parseUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return null;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : c >= 0x80 || Character.digit(c, 16) < 0) {
                return null;
            }
        }
        return UUID.fromString(text);
    }

    private void flaw(String reason) {
        if (flaw == null) {
            flaw = reason;
        }
    }
}
