package dev.baculasync.cli;

import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.PluginBaselines;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The plugin's directory, if this host is the proxy; listed once. A file's name is
 * {@code openstack-<run>_<volume>.bmp} or {@code .sha}, where the run is the job's name, cut by Bacula to 104 bytes, and
 * a time.
 */
final class BaselineDirectory implements PluginBaselines {
    private static final int LONGEST_IN_RUN = 104;
    private static final Pattern FILE = Pattern.compile(
            "openstack-(.+)\\.\\d{4}-\\d\\d-\\d\\d_\\d\\d\\.\\d\\d\\.\\d\\d_\\d+_[A-Za-z0-9-]+\\.(?:bmp|sha)");

    private final Path directory;
    private @Nullable Map<String, SortedSet<String>> files;
    private boolean listed;

    BaselineDirectory(Path directory) {
        this.directory = directory;
    }

    @Override
    public synchronized Optional<List<String>> of(OpenStackInstance instance, String job) {
        if (!listed) {
            listed = true;
            files = list();
        }
        Map<String, SortedSet<String>> known = files;
        // This host may be the proxy of other instances only; and what is cut may be another job's.
        if (known == null
                || job.length() >= LONGEST_IN_RUN
                || known.keySet().stream().noneMatch(name -> name.startsWith(instance.jobPrefix()))) {
            return Optional.empty();
        }
        return Optional.of(List.copyOf(known.getOrDefault(job, new TreeSet<>())));
    }

    private @Nullable Map<String, SortedSet<String>> list() {
        if (!Files.isDirectory(directory)) {
            return null;
        }
        Map<String, SortedSet<String>> found = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Matcher name = FILE.matcher(String.valueOf(entry.getFileName()));
                if (name.matches()) {
                    found.computeIfAbsent(name.group(1), key -> new TreeSet<>()).add(entry.toString());
                }
            }
            return found;
        } catch (IOException | DirectoryIteratorException e) {
            // Not to be seen from here: the report then names the files by their pattern.
            return null;
        }
    }
}
