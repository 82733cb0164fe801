package dev.baculasync.integration.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A folder that is a system of its own for those who install something: root is its only user. */
final class EmptySystem {
    static final String OPT = "opt/bacula/";

    private final Path root;

    EmptySystem(Path root) throws IOException {
        Root.orSkip();
        this.root = root;
        // The user that is made must get through.
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(root.resolve("var/lib/dpkg/info"));
        Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
        file("var/lib/dpkg/status", "");
        file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        file("etc/group", "root:x:0:\n");
        file("etc/shadow", "");
        file("etc/gshadow", "");
    }

    Path path(String name) {
        return root.resolve(name);
    }

    Path file(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    /** The user of that name, with these numbers. */
    void addBacula(int user, int group) throws IOException {
        file(
                "etc/passwd",
                "root:x:0:0:root:/root:/bin/sh\nbacula:x:" + user + ":" + group + "::/opt/bacula:/bin/false\n");
        file("etc/group", "root:x:0:\nbacula:x:" + group + ":\n");
    }

    /** The line of {@code /etc/passwd}. */
    String bacula() throws IOException {
        try (Stream<String> users = Files.lines(root.resolve("etc/passwd"))) {
            return users.filter(line -> line.startsWith("bacula:")).findFirst().orElseThrow();
        }
    }

    /** As {@code rw-r----- 4711:4712}. */
    String look(String name) throws IOException {
        Path path = root.resolve(name);
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path)) + " "
                + Files.getAttribute(path, "unix:uid") + ":" + Files.getAttribute(path, "unix:gid");
    }

    void give(String name, int user, int group, String mode) throws IOException {
        Path path = root.resolve(name);
        Files.setAttribute(path, "unix:uid", user);
        Files.setAttribute(path, "unix:gid", group);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** Everything that is there: kind, mode, owner, time and content. */
    Map<String, String> everything() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                String what = Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) + " "
                        + Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) + ":"
                        + Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS) + " ";
                if (Files.isSymbolicLink(file)) {
                    what += Files.readSymbolicLink(file);
                } else if (Files.isRegularFile(file)) {
                    what += Files.getLastModifiedTime(file) + " " + Arrays.hashCode(Files.readAllBytes(file));
                }
                all.put(root.relativize(file).toString(), what);
            }
        }
        return all;
    }

    String text(String name) throws IOException {
        return Files.readString(root.resolve(name), StandardCharsets.UTF_8);
    }

    boolean has(String name) {
        return Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }
}
