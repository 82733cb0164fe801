package dev.baculasync.filestore;

import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.StampEdit;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Carries out a change on the bytes of a job file, and leaves alone each byte that it need not touch. */
final class JobFileEditor {
    /** The one kind of doubt about an absence that there is. */
    private static final String TAIL = "tail";

    /** Who has disabled a job that is to stay so. */
    private static final String OPERATOR = "operator";

    /** Bytes to put in the place of others. */
    private record Splice(int start, int end, String replacement) {}

    private final JobFile file;
    private final JobHeaders headers;
    private final Timestamps timestamps;
    private final List<Splice> splices = new ArrayList<>();
    private final List<Splice> removed = new ArrayList<>();
    private final List<String> inserted = new ArrayList<>();

    private JobFileEditor(JobFile file, Timestamps timestamps) {
        this.file = file;
        this.headers = file.headers();
        this.timestamps = timestamps;
    }

    /**
     * The file after the change; the very same array when the change changes nothing.
     *
     * @param file a file without a flaw
     */
    static byte[] edit(JobFile file, ConfigEdit.Change change, Timestamps timestamps) {
        JobFileEditor editor = new JobFileEditor(file, timestamps);
        if (change.displayName() != null) {
            editor.set(Header.VM, change.displayName());
        }
        UUID before = file.headers().uuid();
        if (change.uuid() != null && before != null && !change.uuid().equals(before)) {
            editor.set(Header.UUID, change.uuid().toString());
        }
        if (change.status() != null) {
            editor.set(Header.STATUS, JobHeaders.text(change.status()));
        }
        editor.stamp(Header.MISSING_SINCE, change.missingSince());
        editor.flag(Header.ABSENCE, TAIL, change.suspect());
        editor.stamp(Header.DISABLED, change.disabledAt());
        editor.stamp(Header.REENABLED, change.reenabledAt());
        if (change.uuid() != null && before != null && !change.uuid().equals(before)) {
            editor.addPrevious(before);
        }
        editor.flag(Header.ENABLED_BY, OPERATOR, change.keptDisabled());
        if (change.jobDefs() != null) {
            editor.setJobDefs(change.jobDefs());
        }
        if (change.client() != null) {
            editor.set(Header.CLIENT, change.client());
            editor.setClient(change.client());
        }
        if (change.enabled() != null) {
            editor.setEnabled(change.enabled());
        }
        return editor.result();
    }

    private void set(Header header, String value) {
        String current = headers.value(header);
        if (value.equals(current)) {
            return;
        }
        String text = HeaderText.escape(value);
        if (current == null) {
            inserted.add(header.start() + text);
            return;
        }
        JobHeaders.Line line = headers.line(header);
        if (line.valueStart() == line.valueEnd()) {
            splices.add(new Splice(line.start(), line.valueEnd(), header.start() + text));
        } else {
            splices.add(new Splice(line.valueStart(), line.valueEnd(), text));
        }
    }

    private void stamp(Header header, @Nullable StampEdit edit) {
        if (edit == null) {
            return;
        }
        String current = headers.value(header);
        if (edit.at() != null) {
            Instant at = edit.at().truncatedTo(ChronoUnit.SECONDS);
            if (current == null || !at.equals(timestamps.read(current).at())) {
                set(header, timestamps.write(at));
            }
        } else if (current != null) {
            remove(header);
        }
    }

    /** Another word in its place is kept: that the header is there says it. */
    private void flag(Header header, String word, @Nullable Boolean now) {
        boolean before = headers.value(header) != null;
        if (now != null && now && !before) {
            set(header, word);
        } else if (now != null && !now && before) {
            remove(header);
        }
    }

    private void remove(Header header) {
        JobHeaders.Line line = headers.line(header);
        removed.add(new Splice(line.start(), line.end(), ""));
    }

    /** Each earlier UUID once, in the order in which they were left. */
    private void addPrevious(UUID before) {
        List<UUID> previous = new ArrayList<>(headers.previousUuids());
        previous.remove(before);
        previous.add(before);
        set(
                Header.PREVIOUS_UUID,
                String.join(" ", previous.stream().map(UUID::toString).toList()));
    }

    /** New headers go after the last one there is, and whole lines go. */
    private void spliceHeaderLines() {
        byte[] bytes = file.bytes();
        int at = headers.end();
        if (BaculaScanner.isLineEnd(bytes[at - 1])) {
            splices.addAll(removed);
            inserted.forEach(line -> splices.add(new Splice(at, at, line + lineEndBefore(at))));
            return;
        }
        // The last header ends the file without a line end, and so shall whichever is the last one then.
        int lastLine = at;
        while (!BaculaScanner.isLineEnd(bytes[lastLine - 1])) {
            lastLine--;
        }
        int kept = at;
        removed.sort(Comparator.comparingInt(Splice::start).reversed());
        for (Splice line : removed) {
            if (line.end() == kept) {
                kept = line.start();
            } else {
                splices.add(line);
            }
        }
        if (kept < at) {
            splices.add(new Splice(kept - lineEndBefore(kept).length(), at, ""));
        }
        String lineEnd = lineEndBefore(lastLine);
        inserted.forEach(line -> splices.add(new Splice(at, at, lineEnd + line)));
    }

    private void setJobDefs(String value) {
        JobFile.Span current = file.jobDefs();
        if (current == null) {
            insertDirective("  JobDefs    = \"" + value + "\"");
        } else if (!current.value().equals(value)) {
            splices.add(new Splice(current.start(), current.end(), "\"" + value + "\""));
        }
    }

    /** A Client that the job takes from its JobDefs stays there. */
    private void setClient(String value) {
        JobFile.Span current = file.client();
        if (current != null && !current.value().equals(value)) {
            splices.add(new Splice(current.start(), current.end(), "\"" + value + "\""));
        }
    }

    private void setEnabled(boolean value) {
        JobFile.Span current = file.enabledValue();
        String text = value ? "yes" : "no";
        if (file.enabled() == value) {
            return;
        }
        if (current == null) {
            insertDirective("  Enabled    = " + text);
        } else {
            boolean quoted = file.bytes()[current.start()] == '"';
            splices.add(new Splice(current.start(), current.end(), quoted ? "\"" + text + "\"" : text));
        }
    }

    /** Before the line of the brace that ends the Job, or before the brace itself when its line holds more. */
    private void insertDirective(String directive) {
        byte[] bytes = file.bytes();
        int brace = file.closingBrace();
        int line = brace;
        while (line > 0 && BaculaScanner.isBlank(bytes[line - 1])) {
            line--;
        }
        if (line > 0 && BaculaScanner.isLineEnd(bytes[line - 1])) {
            splices.add(new Splice(line, line, directive + lineEndBefore(line)));
        } else {
            String lineEnd = lineEndBefore(headers.end());
            splices.add(new Splice(brace, brace, lineEnd + directive + lineEnd));
        }
    }

    /** How the line ends that ends here. */
    private String lineEndBefore(int offset) {
        byte[] bytes = file.bytes();
        if (bytes[offset - 1] == '\r') {
            return "\r";
        }
        return offset > 1 && bytes[offset - 1] == '\n' && bytes[offset - 2] == '\r' ? "\r\n" : "\n";
    }

    private byte[] result() {
        spliceHeaderLines();
        if (splices.isEmpty()) {
            return file.bytes();
        }
        // Stable: what goes to one place stays in the order in which it was asked for.
        splices.sort(Comparator.comparingInt(Splice::start));
        byte[] bytes = file.bytes();
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 256);
        int done = 0;
        for (Splice splice : splices) {
            out.write(bytes, done, splice.start() - done);
            out.writeBytes(splice.replacement().getBytes(StandardCharsets.UTF_8));
            done = splice.end();
        }
        out.write(bytes, done, bytes.length - done);
        return out.toByteArray();
    }
}
