package dev.baculasync.filestore;

import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.FileOperations.Ownership;
import dev.baculasync.filestore.syntax.HeaderText;
import dev.baculasync.spi.FileNames;
import dev.baculasync.spi.IdRanges;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The names of files that were purged, until none of them is left over: a line for each purge, such as
 * {@code 7301953271/16384 path 12-400,402 filename -}. A file with anything else in it is believed in no part, because
 * what it holds is to be deleted.
 */
final class RememberedNames {
    private final ForcedLines lines;
    /** By catalog; null until it is read. */
    private @Nullable Map<String, FileNames> known;

    RememberedNames(FileOperations operations, Path base) {
        this.lines = new ForcedLines(operations, base, ForcedLines.NAMES);
    }

    Path file() {
        return lines.file();
    }

    /** One entry for each catalog. */
    synchronized List<FileNames> all() throws IOException {
        return List.copyOf(known().values());
    }

    /** On disk when this returns; only what is not there yet is written, since purges may name the same for months. */
    synchronized void add(FileNames names, Ownership parent) throws IOException {
        Map<String, FileNames> before = known();
        FileNames known = before.get(names.catalog());
        FileNames more = known == null ? names : names.without(known);
        if (!more.isEmpty()) {
            lines.add(List.of(line(more)), parent);
            before.merge(names.catalog(), more, FileNames::and);
        }
    }

    synchronized void forget(String catalog, Ownership parent) throws IOException {
        Map<String, FileNames> left = new TreeMap<>(known());
        left.remove(catalog);
        lines.replace(left.values().stream().map(RememberedNames::line).toList(), parent);
        known = left;
    }

    private Map<String, FileNames> known() throws IOException {
        if (known == null) {
            Map<String, FileNames> read = new TreeMap<>();
            for (String line : lines.read()) {
                FileNames names = parse(line);
                read.merge(names.catalog(), names, FileNames::and);
            }
            known = read;
        }
        return known;
    }

    private static String line(FileNames names) {
        return names.catalog() + " path " + names.paths() + " filename " + names.filenames();
    }

    private static FileNames parse(String line) throws IOException {
        String[] words = line.split(" ", -1);
        if (words.length == 5 && words[1].equals("path") && words[3].equals("filename")) {
            try {
                return new FileNames(words[0], IdRanges.parse(words[2]), IdRanges.parse(words[4]));
            } catch (IllegalArgumentException e) {
                throw unknown(line, e);
            }
        }
        throw unknown(line, null);
    }

    private static IOException unknown(String line, @Nullable Throwable cause) {
        String begin = line.substring(0, Math.min(line.length(), 60));
        return new IOException(
                "it has a line that was not written by this program: " + HeaderText.escape(begin), cause);
    }
}
