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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in an instance's directory that remembers when discovery did not work there, a line {@code from until} for each
 * span, with {@code -} for one that has not ended. It is only there when there is something to remember.
 */
final class BlindSpans {
    static final String FILE_NAME = ".bacula-openstack-sync.blind";

    /** The file, and what writing it may have left behind. */
    static final List<String> OWN_NAMES = List.of(FILE_NAME, FileBatch.temporaryName(FILE_NAME));

    private static final Logger LOG = LoggerFactory.getLogger(BlindSpans.class);
    private static final String NOT_ENDED = "-";
    private static final int MAX_BYTES = 1 << 20;

    private final FileOperations operations;
    /** Ignorance is never a reason to disable: where it is not known when discovery worked, it never did. */
    private static final BlindSpan SINCE_EVER = new BlindSpan(Instant.EPOCH, null);

    private final Path directory;
    private final Path file;

    BlindSpans(FileOperations operations, Path instanceDirectory) {
        this.operations = operations;
        this.directory = instanceDirectory;
        this.file = instanceDirectory.resolve(FILE_NAME);
    }

    /** Whether an entry of an instance's directory is this file, or what writing it left behind. */
    static boolean isOwn(String name) {
        return OWN_NAMES.contains(name);
    }

    /** What is remembered, oldest first; {@link #SINCE_EVER} when it cannot be read in full. */
    List<BlindSpan> read() {
        try {
            byte[] bytes = bytes();
            return bytes == null ? List.of() : parse(bytes);
        } catch (IOException e) {
            LOG.warn("{} cannot be read ({}), so nobody's absence counts until now; remove it", file, IoReason.of(e));
            return List.of(SINCE_EVER);
        }
    }

    private byte @Nullable [] bytes() throws IOException {
        BasicFileAttributes attributes = operations.attributes(file);
        if (attributes == null) {
            return null;
        }
        if (!attributes.isRegularFile()) {
            throw new IOException("it is not a regular file");
        }
        return operations.read(file, MAX_BYTES);
    }

    private List<BlindSpan> parse(byte[] bytes) {
        List<BlindSpan> spans = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
            String[] words = line.split(" ", -1);
            try {
                if (words.length != 2) {
                    throw new DateTimeException("not two words");
                }
                spans.add(new BlindSpan(
                        Instant.parse(words[0]), words[1].equals(NOT_ENDED) ? null : Instant.parse(words[1])));
            } catch (DateTimeException e) {
                LOG.warn(
                        "{} holds a line that is not understood, so nobody's absence counts until now: {}",
                        file,
                        HeaderText.escape(line));
                return new ArrayList<>(List.of(SINCE_EVER));
            }
        }
        return spans;
    }

    /** Begins or ends a span, and forgets those that no absence goes back to. */
    void note(boolean worked, Instant at, @Nullable Instant oldestAbsence, Ownership parent) throws IOException {
        byte[] before = bytes();
        if (before == null && oldestAbsence == null) {
            return;
        }
        List<BlindSpan> spans = before == null ? new ArrayList<>() : parse(before);
        BlindSpan last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
        boolean begun = last != null && last.until() == null;
        if (last != null && begun && worked) {
            spans.set(spans.size() - 1, new BlindSpan(last.from(), at));
        } else if (!begun && !worked) {
            spans.add(new BlindSpan(at, null));
        }
        spans.removeIf(span ->
                oldestAbsence == null || (span.until() != null && span.until().isBefore(oldestAbsence)));
        write(spans, before, parent);
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
