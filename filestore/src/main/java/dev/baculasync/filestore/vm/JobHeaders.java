package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.syntax.BaculaScanner;
import dev.baculasync.filestore.syntax.HeaderText;
import dev.baculasync.spi.JobStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The {@code #@} lines of a job file: where they stand and what they say. */
final class JobHeaders {
    /**
     * Offsets of one header.
     *
     * @param end after its line, the line end included
     */
    record Line(int start, int valueStart, int valueEnd, int end) {}

    /** What the line begins with that says who has made the file, and when. */
    static final String CREATED = "# Managed by bacula-openstack-sync | created: ";

    /** The one kind of doubt about an absence that there is. */
    static final String TAIL = "tail";
    /** Who has disabled a job that is to stay so. */
    static final String OPERATOR = "operator";

    private static final int UUID_LENGTH = 36;
    private static final Header[] ALWAYS_THERE = {
        Header.VM, Header.UUID, Header.DATACENTER, Header.OPENSTACK, Header.CLIENT, Header.STATUS
    };

    private final byte[] bytes;
    private final Map<Header, Line> lines = new EnumMap<>(Header.class);
    private int count;
    private int lastEnd;
    private boolean twoUuids;
    private @Nullable UUID uuid;
    private List<UUID> previousUuids = List.of();
    private @Nullable String flaw;

    private JobHeaders(byte[] bytes) {
        this.bytes = bytes;
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

    static String text(List<UUID> uuids) {
        return String.join(" ", uuids.stream().map(UUID::toString).toList());
    }

    /** When the file was made, as the first line that begins so says; null when none does. */
    @Nullable
    String created() {
        int start = indexOf(CREATED.getBytes(StandardCharsets.US_ASCII));
        if (start < 0) {
            return null;
        }
        int from = start + CREATED.length();
        int end = from;
        while (end < bytes.length && !BaculaScanner.isLineEnd(bytes[end])) {
            end++;
        }
        int to = trimEnd(from, end);
        return to == from ? null : new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private int indexOf(byte[] lineStart) {
        int first = BaculaScanner.textStart(bytes);
        for (int i = first; i + lineStart.length <= bytes.length; i++) {
            boolean startsLine = i == first || BaculaScanner.isLineEnd(bytes[i - 1]);
            if (startsLine && Arrays.equals(bytes, i, i + lineStart.length, lineStart, 0, lineStart.length)) {
                return i;
            }
        }
        return -1;
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
        Line line = lines.get(header);
        if (line == null) {
            return null;
        }
        return HeaderText.unescape(
                new String(bytes, line.valueStart(), line.valueEnd() - line.valueStart(), StandardCharsets.UTF_8));
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

    /** Where a header stands that is there. */
    Line line(Header header) {
        return Objects.requireNonNull(lines.get(header), header::label);
    }

    /** The file without our headers: all of it that a Director reads, for comments are nothing to it. */
    byte[] others() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        int done = 0;
        for (Line line : lines.values().stream()
                .sorted(Comparator.comparingInt(Line::start))
                .toList()) {
            out.write(bytes, done, line.start() - done);
            done = line.end();
        }
        out.write(bytes, done, bytes.length - done);
        return out.toByteArray();
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
        int valueStart = skipBlanks(colon + 1, end);
        if (lines.put(header, new Line(line, valueStart, trimEnd(valueStart, end), next)) != null) {
            flaw("has the header " + header.label() + " twice");
            twoUuids |= header == Header.UUID;
        }
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
            if (!lines.containsKey(header)) {
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
