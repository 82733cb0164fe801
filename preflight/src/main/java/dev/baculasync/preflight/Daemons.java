package dev.baculasync.preflight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Bacula's daemons on this host, as far as its users can see one another's processes. */
public interface Daemons {
    /** The one that runs; empty when none does, or several do, or that cannot be seen. */
    Optional<Daemon> find(String program);

    /**
     * A daemon.
     *
     * @param user the name of the user whom it runs as
     * @param started when it was started
     * @param configuration the file that it was told to read; empty when it took its usual one, or that cannot be seen
     */
    record Daemon(String user, Instant started, Optional<Path> configuration) {}

    /** The processes of a Linux system. */
    static Daemons ofThisHost() {
        return in(Path.of("/proc"));
    }

    /**
     * The processes that a directory tells of.
     *
     * @param proc laid out as the kernel lays out {@code /proc}
     */
    static Daemons in(Path proc) {
        return program -> {
            List<Daemon> found = new ArrayList<>();
            try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
                for (Path process : processes) {
                    daemon(process, program).ifPresent(found::add);
                }
            } catch (IOException | DirectoryIteratorException e) {
                // Not a Linux system, or one whose processes are nobody's business: then none can be seen.
                return Optional.empty();
            }
            return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
        };
    }

    private static Optional<Daemon> daemon(Path process, String program) {
        try {
            if (!Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1)
                    .strip()
                    .equals(program)) {
                return Optional.empty();
            }
            String user = Files.getOwner(process).getName();
            return ProcessHandle.of(Long.parseLong(String.valueOf(process.getFileName())))
                    .flatMap(handle -> handle.info().startInstant())
                    .map(started -> new Daemon(user, started, configuration(process)));
        } catch (IOException e) {
            // It has ended since.
            return Optional.empty();
        }
    }

    private static Optional<Path> configuration(Path process) {
        try {
            List<String> words = List.of(Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8)
                    .split("\0"));
            int option = words.indexOf("-c");
            return Optional.of(option)
                    .filter(at -> at >= 0 && at + 1 < words.size())
                    .map(at -> words.get(at + 1))
                    .filter(file -> file.startsWith("/"))
                    .map(Path::of);
        } catch (IOException e) {
            // It has ended since, or is nobody's business.
            return Optional.empty();
        }
    }
}
