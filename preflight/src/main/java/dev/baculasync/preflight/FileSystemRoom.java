package dev.baculasync.preflight;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the file system itself; for inodes, of which Java knows nothing, the {@code df} program. */
final class FileSystemRoom implements BaseDirSection.DiskRoom {
    private static final long SECONDS = 10;
    /** The name of a device may hold blanks; the numbers follow it. */
    private static final Pattern ROW =
            Pattern.compile(".*?\\s(?<all>\\d{1,18}|-)\\s+(?:\\d+|-)\\s+(?<free>\\d{1,18}|-)\\s+(?:\\d+%|-)\\s+/.*");

    private final String searchPath;

    /**
     * @param searchPath value of {@code PATH}
     */
    FileSystemRoom(String searchPath) {
        this.searchPath = searchPath;
    }

    @Override
    public Room of(Path path) {
        return new Room(bytes(path), inodes(path));
    }

    private static OptionalLong bytes(Path path) {
        try {
            return OptionalLong.of(Files.getFileStore(path).getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private OptionalLong inodes(Path path) {
        ProcessBuilder df = new ProcessBuilder("/bin/sh", "-c", "exec df -Pi -- \"$1\"", "sh", path.toString())
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        df.environment().clear();
        df.environment().put("PATH", searchPath);
        df.environment().put("LC_ALL", "C");
        try {
            Process process = df.start();
            try {
                // Two short lines: they fit the pipe, so the process ends before they are read.
                if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                    return OptionalLong.empty();
                }
                return inodes(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return OptionalLong.empty();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Reads what {@code df -Pi} prints; a file system without a fixed number of inodes shows 0 of 0, or dashes. */
    static OptionalLong inodes(String printed) {
        Matcher row = printed.lines()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .orElse(null);
        if (row == null) {
            return OptionalLong.empty();
        }
        String free = row.group("free");
        boolean unlimited = free.equals("-") || row.group("all").equals("0");
        return OptionalLong.of(unlimited ? Long.MAX_VALUE : Long.parseLong(free));
    }
}
