package dev.baculasync.preflight;

import dev.baculasync.preflight.Finding.Status;
import dev.baculasync.preflight.config.Access;
import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.spi.BaculaName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What lies below {@code BASE_DIR} and a run could not work with. A run reads every job and fileset, and replaces each by a
 * new file in the same directory.
 */
final class BaseDirTree {
    private static final int NAMED = 5;
    /** Where VMs lie: below a datacenter and an OpenStack instance. */
    private static final int VM = 3;

    private static final Set<String> LISTED = Set.of("job", "fileset");
    /** Files of runs' own, which are written where they are. */
    private static final String OWN_PREFIX = ".bacula-openstack-sync.";

    private final Path base;
    private final String user;
    private final Set<Path> instances;
    private final Permissions permissions;
    private final boolean closed;
    private final Map<Fault, Set<String>> found = new EnumMap<>(Fault.class);
    private final List<Path> mounts = new ArrayList<>();

    /** What this process may do. */
    interface Permissions {
        boolean mayRead(Path path);

        boolean mayEnter(Path directory);

        boolean mayWrite(Path path);

        /** As the kernel answers, which knows of read-only file systems and immutable files, too. */
        static Permissions ofThisProcess() {
            return new Permissions() {
                @Override
                public boolean mayRead(Path path) {
                    return Files.isReadable(path);
                }

                @Override
                public boolean mayEnter(Path directory) {
                    return Files.isExecutable(directory);
                }

                @Override
                public boolean mayWrite(Path path) {
                    return Files.isWritable(path);
                }
            };
        }
    }

    /** A kind of obstacle; in its words, {@code %s} is the user. */
    private enum Fault {
        UNREADABLE(Status.FAIL, "unreadable", "%s may not read ", "chown to %s, and chmod u+rwX"),
        UNWRITABLE(
                Status.FAIL,
                "unwritable",
                "%s may not write to ",
                "chown to %s, and chmod u+rwX; where owner and mode are right, look at lsattr for an i, and at the mount"),
        OPEN(
                Status.FAIL,
                "open to others",
                "anybody may change what the Director loads: ",
                "chmod o-w, and chmod 750 the directory BASE_DIR"),
        LINK_ABOVE_VMS(
                Status.FAIL,
                "linked directories",
                "links below BASE_DIR are never followed: ",
                "put the directory itself in its place: until then nothing is done for its OpenStack instances"),
        LINK(
                Status.WARN,
                "links",
                "links below BASE_DIR are never followed: ",
                "put what they lead to in their place, or take them away"),
        OTHER_FILE_SYSTEM(
                Status.WARN,
                "other file systems",
                "not on the file system of BASE_DIR: ",
                "let BASE_DIR be on one: while another is not mounted, its jobs are gone from the Director");

        private final Status status;
        private final String check;
        private final String phrase;
        private final String advice;

        Fault(Status status, String check, String phrase, String advice) {
            this.status = status;
            this.check = check;
            this.phrase = phrase;
            this.advice = advice;
        }
    }

    /**
     * @param base absolute, and a directory
     * @param instances directories of the instances in {@code clients.conf}
     */
    BaseDirTree(Path base, String user, Set<Path> instances, Permissions permissions) {
        this.base = base;
        this.user = user;
        this.instances = Set.copyOf(instances);
        this.permissions = permissions;
        this.closed = Access.of(base).filter(access -> !access.othersMayEnter()).isPresent();
    }

    void check(Findings findings) {
        look(base, 0, store(base));
        found.forEach((fault, paths) -> {
            String told = fault.phrase.formatted(user)
                    + String.join(", ", paths.stream().limit(NAMED).toList())
                    + (paths.size() > NAMED ? " and " + (paths.size() - NAMED) + " more" : "");
            if (fault.status == Status.FAIL) {
                findings.fail(fault.check, told, fault.advice.formatted(user));
            } else {
                findings.warn(fault.check, told, fault.advice);
            }
        });
        if (found.isEmpty()) {
            findings.ok("all below it", user + " may read and replace it");
        }
    }

    /** Directories where other file systems begin. */
    List<Path> mounts() {
        return List.copyOf(mounts);
    }

    /** Whether there is anything of ours in a directory. */
    private boolean look(Path directory, int depth, @Nullable FileStore above) {
        FileStore store = store(directory);
        if (store != null && above != null && !store.equals(above)) {
            mounts.add(directory);
            note(Fault.OTHER_FILE_SYSTEM, directory, store.name());
        }
        if (!permissions.mayRead(directory) || !permissions.mayEnter(directory)) {
            if (depth > 0) {
                note(Fault.UNREADABLE, directory);
            }
            return depth > 0;
        }
        boolean ours = instances.contains(directory)
                || instances.stream().anyMatch(instance -> directory.equals(instance.getParent()));
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                ours |= entry(entry, depth, store);
            }
        } catch (IOException | DirectoryIteratorException e) {
            note(Fault.UNREADABLE, directory, e.toString());
        }
        if (ours && depth > 0) {
            if (!permissions.mayWrite(directory)) {
                note(Fault.UNWRITABLE, directory);
            }
            open(directory);
        }
        return ours;
    }

    private boolean entry(Path entry, int depth, @Nullable FileStore store) {
        String name = String.valueOf(entry.getFileName());
        if (depth < VM && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
            return isVmOrAbove(name) && look(entry, depth + 1, store);
        }
        if (Files.isSymbolicLink(entry)) {
            boolean listed = depth == VM && LISTED.contains(name);
            if (listed || (depth < VM && isVmOrAbove(name) && !Files.isRegularFile(entry))) {
                note(depth < VM - 1 ? Fault.LINK_ABOVE_VMS : Fault.LINK, entry, "leads to " + ConfigFiles.real(entry));
            }
            return listed;
        }
        boolean listed = depth == VM ? LISTED.contains(name) : depth == 0 && name.equals(IncludeLines.DIRECTOR_CONF);
        boolean own = name.startsWith(OWN_PREFIX);
        if (listed || own) {
            file(entry, own);
        }
        return listed;
    }

    private void file(Path file, boolean writtenInPlace) {
        if (!permissions.mayRead(file)) {
            note(Fault.UNREADABLE, file);
        } else if (!permissions.mayWrite(file) && (writtenInPlace || isWritableByMode(file))) {
            note(Fault.UNWRITABLE, file);
        }
        open(file);
    }

    /** If such a file cannot be written to all the same, it cannot be replaced either. */
    private boolean isWritableByMode(Path file) {
        return Access.of(file)
                .filter(access -> access.owner().equals(user) && access.ownerMayWrite())
                .isPresent();
    }

    private void open(Path path) {
        if (!closed && Access.of(path).filter(Access::othersMayWrite).isPresent()) {
            note(Fault.OPEN, path);
        }
    }

    private static boolean isVmOrAbove(String name) {
        return BaculaName.isLegal(name) && !name.startsWith(".") && !name.startsWith("-");
    }

    private void note(Fault fault, Path path) {
        note(
                fault,
                path,
                Access.of(path)
                        .map(access -> "owner " + access.owner() + ", mode " + access.mode())
                        .orElse("owner and mode cannot be seen"));
    }

    private void note(Fault fault, Path path, String how) {
        found.computeIfAbsent(fault, first -> new TreeSet<>()).add(path + " (" + how + ")");
    }

    private static @Nullable FileStore store(Path path) {
        try {
            return Files.getFileStore(path);
        } catch (IOException e) {
            // A directory that vanished, or may not be seen; that is told where it is looked into.
            return null;
        }
    }
}
