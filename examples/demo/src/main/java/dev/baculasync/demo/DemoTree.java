package dev.baculasync.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of the demo. Only a folder that an earlier demo has marked as its own is ever emptied. */
final class DemoTree {
    private static final String MARK = ".bacula-openstack-sync-demo";

    private final Path root;

    private DemoTree(Path root) {
        this.root = root;
    }

    /** Makes an empty folder, in place of one that an earlier demo left. */
    static DemoTree prepare(Path given) throws IOException {
        Path root = given.toAbsolutePath().normalize();
        if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.isRegularFile(root.resolve(MARK), LinkOption.NOFOLLOW_LINKS)) {
                delete(root);
            } else if (!isEmptyFolder(root)) {
                throw new IOException(root + " is not empty and was not made by this demo; name another folder");
            }
        }
        Files.createDirectories(root);
        Files.createFile(root.resolve(MARK));
        DemoTree tree = new DemoTree(root);
        Files.createDirectories(tree.baseDir());
        return tree;
    }

    Path root() {
        return root;
    }

    /** {@code BASE_DIR} of the demo's installation. */
    Path baseDir() {
        return root.resolve("openstack");
    }

    /** The one file that a Director's configuration includes. */
    Path directorConf() {
        return baseDir().resolve("director.conf");
    }

    /** Contents of all files as digests, by path below {@code BASE_DIR}; the store's own hidden files left out. */
    Map<String, String> digests() throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (Path file : files()) {
            digests.put(baseDir().relativize(file).toString(), digest(Files.readAllBytes(file)));
        }
        return digests;
    }

    /** All files below {@code BASE_DIR}, the store's own hidden files left out. */
    List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(baseDir())) {
            return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> !baseDir().relativize(file).toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isEmptyFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void delete(Path root) throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException error) throws IOException {
                if (error != null) {
                    throw error;
                }
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
