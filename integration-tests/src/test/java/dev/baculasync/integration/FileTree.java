package dev.baculasync.integration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Every file below a directory but the lock, byte for byte.
 *
 * @param files contents by relative path, each byte a character
 */
record FileTree(SortedMap<String, String> files) {
    FileTree {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    static FileTree of(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.filter(path -> !Files.isDirectory(path)).toList();
        }
        SortedMap<String, String> files = new TreeMap<>();
        for (Path path : paths) {
            String name = root.relativize(path).toString();
            if (!name.endsWith(".lock")) {
                files.put(name, Files.readString(path, StandardCharsets.ISO_8859_1));
            }
        }
        return new FileTree(files);
    }

    /** The files that a Director reads. */
    FileTree forDirector() {
        SortedMap<String, String> visible = new TreeMap<>(files);
        visible.keySet().removeIf(name -> name.contains("/.") || name.startsWith("."));
        return new FileTree(visible);
    }

    /** All but the moment when the configuration was last found good, which every run with a check notes anew. */
    FileTree withoutLastCheck() {
        SortedMap<String, String> others = new TreeMap<>(files);
        others.remove(".bacula-openstack-sync.ledger-check");
        return new FileTree(others);
    }

    /** Makes a directory hold these files and no others. */
    void restore(Path root) throws IOException {
        empty(root);
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue(), StandardCharsets.ISO_8859_1);
        }
    }

    static void empty(Path root) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            if (!path.equals(root)) {
                Files.delete(path);
            }
        }
    }
}
