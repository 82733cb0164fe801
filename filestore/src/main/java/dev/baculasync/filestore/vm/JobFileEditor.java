package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.syntax.BaculaScanner;
import dev.baculasync.filestore.syntax.BaculaValue;
import dev.baculasync.filestore.syntax.HeaderText;
import dev.baculasync.filestore.syntax.QuotedText;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Carries out a change on the bytes of a job file, and leaves alone each byte that it need not touch. */
final class JobFileEditor {
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
     * The file after a change; the very same array when nothing of it changes.
     *
     * @param file a file without a flaw, which says {@code before}
     */
    static byte[] edit(JobFile file, ManagedVm before, ManagedVm after, Timestamps timestamps) {
        JobFileEditor editor = new JobFileEditor(file, timestamps);
        editor.set(Header.VM, after.displayName());
        if (!after.uuid().equals(before.uuid())) {
            editor.set(Header.UUID, after.uuid().toString());
        }
        editor.set(Header.CLIENT, after.client());
        editor.set(Header.STATUS, JobHeaders.text(after.status()));
        editor.stamp(Header.MISSING_SINCE, before.missingSince(), after.missingSince());
        editor.flag(Header.ABSENCE, JobHeaders.TAIL, after.suspect());
        editor.stamp(Header.DISABLED, before.disabledAt(), after.disabledAt());
        editor.stamp(Header.REENABLED, before.reenabledAt(), after.reenabledAt());
        if (!after.previousUuids().equals(before.previousUuids())) {
            editor.setPrevious(after.previousUuids());
        }
        editor.flag(Header.ENABLED_BY, JobHeaders.OPERATOR, after.disabledByOperator());
        for (Directive directive : Directive.values()) {
            editor.set(directive, directive.in(before.directives()), directive.in(after.directives()));
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

    private void stamp(Header header, @Nullable Stamp before, @Nullable Stamp after) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (after == null) {
            remove(header);
        } else {
            set(header, timestamps.write(after));
        }
    }

    /** Another word in its place is kept: that the header is there says it. */
    private void flag(Header header, String word, boolean now) {
        boolean before = headers.value(header) != null;
        if (now && !before) {
            set(header, word);
        } else if (!now && before) {
            remove(header);
        }
    }

    private void remove(Header header) {
        JobHeaders.Line line = headers.line(header);
        removed.add(new Splice(line.start(), line.end(), ""));
    }

    private void setPrevious(List<UUID> uuids) {
        if (uuids.isEmpty()) {
            remove(Header.PREVIOUS_UUID);
        } else {
            set(Header.PREVIOUS_UUID, JobHeaders.text(uuids));
        }
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

    private void set(Directive directive, @Nullable String before, @Nullable String after) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (after == null || file.isList(directive)) {
            throw new EditRefused("what the Job says of " + directive.keyword() + " is left to its operator");
        }
        BaculaValue current = file.value(directive);
        if (current == null) {
            insertDirective("  " + directive.line(after));
        } else {
            splices.add(new Splice(
                    current.start(),
                    current.end(),
                    current.isQuoted() ? QuotedText.of(after) : directive.written(after)));
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
