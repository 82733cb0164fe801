package dev.baculasync.filestore;

import dev.baculasync.filestore.FileOperations.Ownership;
import dev.baculasync.spi.BlindSpan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file in an instance's directory that remembers when discovery did not work there, a line {@code from until} for each
 * span, with {@code -} for one that has not ended. It is only there when there is something to remember.
 */
final class BlindSpans {
    static final String FILE_NAME = ".bacula-openstack-sync.blind";

    /** The file, and what writing it may have left behind. */
    static final List<String> OWN_NAMES = List.of(FILE_NAME, FileBatch.temporaryName(FILE_NAME));

    private static final String NOT_ENDED = "-";
    private static final int MAX_BYTES = 1 << 20;

    /** Ignorance is never a reason to disable: where it is not known when discovery worked, it never did. */
    private static final BlindSpan SINCE_EVER = new BlindSpan(Instant.EPOCH, null);

    private final FileOperations operations;
    private final Path directory;
    private final Path file;

    /** What is remembered. */
    static final class Memory {
        private final List<BlindSpan> spans;
        private final @Nullable String flaw;
        private final byte @Nullable [] bytes;
        private final boolean ours;

        /**
         * @param spans oldest first; {@link #SINCE_EVER} when the file could not be read in full
         * @param flaw why it could not, as a sentence about the file; null when it could
         * @param bytes what the file holds; null when there is none, or none that may be replaced
         * @param ours whether the file may be written: what is in its place otherwise is somebody else's
         */
        Memory(List<BlindSpan> spans, @Nullable String flaw, byte @Nullable [] bytes, boolean ours) {
            this.spans = spans;
            this.flaw = flaw;
            this.bytes = bytes;
            this.ours = ours;
        }

        static Memory of(List<BlindSpan> spans, byte @Nullable [] bytes) {
            return new Memory(spans, null, bytes, true);
        }

        List<BlindSpan> spans() {
            return spans;
        }

        @Nullable
        String flaw() {
            return flaw;
        }

        byte @Nullable [] bytes() {
            return bytes;
        }

        boolean ours() {
            return ours;
        }
    }

    BlindSpans(FileOperations operations, Path instanceDirectory) {
        this.operations = operations;
        this.directory = instanceDirectory;
        this.file = instanceDirectory.resolve(FILE_NAME);
    }

    /** Whether an entry of an instance's directory is this file, or what writing it left behind. */
    static boolean isOwn(String name) {
        return OWN_NAMES.contains(name);
    }

    Memory read() {
        byte[] bytes;
        try {
            bytes = bytes();
        } catch (IOException e) {
            return new Memory(
                    List.of(SINCE_EVER),
                    "cannot be read: " + IoReason.of(e)
                            + "; nobody's absence counts as long as it is there, so remove it",
                    null,
                    false);
        }
        if (bytes == null) {
            return Memory.of(List.of(), null);
        }
        try {
            return Memory.of(parse(bytes), bytes);
        } catch (DateTimeException e) {
            return new Memory(
                    List.of(SINCE_EVER),
                    "holds a line that is not understood, so nobody's absence counts until now: " + e.getMessage(),
                    bytes,
                    true);
        }
    }

    private byte @Nullable [] bytes() throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        if (attributes == null) {
            return null;
        }
        if (attributes.isSymbolicLink()) {
            throw new IOException("it is a symbolic link; links are never followed");
        }
        if (!attributes.isRegularFile()) {
            throw new IOException("it is not a regular file");
        }
        return operations.read(file, MAX_BYTES);
    }

    private static List<BlindSpan> parse(byte[] bytes) {
        List<BlindSpan> spans = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length != 2) {
                throw new DateTimeException("\"" + HeaderText.escape(line) + "\"");
            }
            spans.add(new BlindSpan(moment(words[0]), words[1].equals(NOT_ENDED) ? null : moment(words[1])));
        }
        return spans;
    }

    private static Instant moment(String word) {
        try {
            return Instant.parse(word);
        } catch (DateTimeException e) {
            throw new DateTimeException("\"" + HeaderText.escape(word) + "\"", e);
        }
    }

    /** Begins or ends a span, and forgets those that no absence goes back to. What is not ours stays as it is. */
    void note(boolean worked, Instant at, @Nullable Instant oldestAbsence, Ownership parent) throws IOException {
        Memory memory = read();
        if (!memory.ours() || (memory.bytes() == null && oldestAbsence == null)) {
            return;
        }
        List<BlindSpan> spans = new ArrayList<>(memory.spans());
        BlindSpan last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
        boolean begun = last != null && last.until() == null;
        if (last != null && begun && worked) {
            spans.set(spans.size() - 1, new BlindSpan(last.from(), at));
        } else if (!begun && !worked) {
            spans.add(new BlindSpan(at, null));
        }
        spans.removeIf(span ->
                oldestAbsence == null || (span.until() != null && span.until().isBefore(oldestAbsence)));
        write(spans, memory.bytes(), parent);
    }

    private void write(List<BlindSpan> spans, byte @Nullable [] before, Ownership parent) throws IOException {
        if (spans.isEmpty()) {
            if (before != null) {
                operations.delete(file);
                operations.forceDirectory(directory);
            }
            return;
        }
        StringBuilder out = new StringBuilder();
        for (BlindSpan span : spans) {
            out.append(span.from())
                    .append(' ')
                    .append(span.until() == null ? NOT_ENDED : span.until())
                    .append('\n');
        }
        byte[] content = out.toString().getBytes(StandardCharsets.US_ASCII);
        if (!Arrays.equals(content, before)) {
            FileBatch batch = new FileBatch(operations, directory, parent);
            batch.stage(FILE_NAME, content, before);
            batch.commit();
        }
    }
}
