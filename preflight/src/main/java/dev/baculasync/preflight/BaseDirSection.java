package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.filestore.FileStoreProvider;
import dev.baculasync.preflight.config.Access;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code BASE_DIR}: there, ours, closed to others, and with room. */
final class BaseDirSection implements Section {
    private static final long LEAST_BYTES = 10L << 20;
    private static final long ENOUGH_BYTES = 200L << 20;
    /** A VM takes three: its directory and two files. */
    private static final long LEAST_INODES = 1_000;

    private static final long ENOUGH_INODES = 10_000;

    private final Installation installation;
    private final DiskRoom disk;
    private final BaseDirTree.Permissions permissions;

    BaseDirSection(Installation installation) {
        this(
                installation,
                new FileSystemRoom(installation.settings().get(BconsoleConfig.PATH)),
                BaseDirTree.Permissions.ofThisProcess());
    }

    BaseDirSection(Installation installation, DiskRoom disk, BaseDirTree.Permissions permissions) {
        this.installation = installation;
        this.disk = disk;
        this.permissions = permissions;
    }

    @Override
    public String name() {
        return "BASE_DIR";
    }

    @Override
    public void check(Findings findings) {
        Path base = installation.baseDir().toAbsolutePath().normalize();
        String user = installation.user();
        List<Path> places = List.of(existing(base));
        if (Files.notExists(base)) {
            findings.fail(
                    "directory",
                    "there is no directory " + base,
                    "mkdir -p -m 750 " + base + " && chown "
                            + installation.places().owner() + " " + base + ", or let BASE_DIR name another one");
        } else if (!Files.exists(base)) {
            findings.fail(
                    "directory",
                    base + " cannot be seen by " + user + ", because a directory above it is closed",
                    "chmod o+x, or add " + user + " to the group, for each of the directories above it");
        } else if (!Files.isDirectory(base)) {
            findings.fail("directory", base + " is not a directory", "let BASE_DIR name a directory");
        } else if (isOfOthers(base)) {
            findings.fail(
                    "directory",
                    base + " holds more than jobs of VMs, so what is below it was not looked at",
                    "let BASE_DIR name a directory for these alone, such as " + FileStoreProvider.BASE_DIR.fallback()
                            + "; leave owner and mode of this one as they are");
        } else {
            findings.ok("directory", base.toString());
            if (permissions.mayWrite(base) && permissions.mayRead(base) && permissions.mayEnter(base)) {
                findings.ok("writable", user + " may write there");
                BaseDirTree tree = new BaseDirTree(base, user, instances(base), permissions);
                tree.check(findings);
                places = Stream.concat(places.stream(), tree.mounts().stream()).toList();
            } else {
                findings.fail(
                        "writable",
                        user + " may not read and write " + base,
                        "run as the owner of the directory, or chown it; look also whether its file system is mounted"
                                + " read-only");
            }
            Access.of(base).ifPresent(access -> {
                owner(findings, base, access, user);
                mode(findings, base, access);
            });
        }
        above(findings, base);
        places.forEach(place -> room(findings, place));
    }

    /** Advice to chown or chmod it would do harm. */
    static boolean isOfOthers(Path base) {
        return base.getNameCount() < 2
                || Stream.of("bacula-dir.conf", "bconsole.conf", "bin/bacula-dir", "bin/bconsole")
                        .anyMatch(file -> Files.exists(base.resolve(file)));
    }

    private Set<Path> instances(Path base) {
        return installation.instances().stream()
                .map(instance -> base.resolve(instance.datacenter()).resolve(instance.openstack()))
                .collect(Collectors.toSet());
    }

    private void owner(Findings findings, Path base, Access access, String user) {
        String director = installation
                .daemons()
                .find("bacula-dir")
                .map(Daemons.Daemon::user)
                .orElse(access.owner());
        if (!access.owner().equals(user)) {
            findings.warn(
                    "owner",
                    base + " belongs to " + access.owner() + ", but preflight runs as " + user,
                    "run this and sync as the same user, best as the one whom the Director runs as");
        } else if (!director.equals(user) && !director.equals("root")) {
            findings.warn(
                    "owner",
                    base + " belongs to " + user + ", but the Director runs as " + director
                            + ": if it cannot read every file below, it cannot start",
                    "chown -R " + director + " " + base + ", and run this and sync as " + director
                            + "; or look that all of it can be read by " + director);
        } else {
            findings.ok("owner", user);
        }
    }

    private static void mode(Findings findings, Path base, Access access) {
        String found = base + " has mode " + access.mode() + ": ";
        if (access.othersMayWrite()) {
            findings.fail("mode", found + "anybody may put files there that the Director loads", "chmod 750 " + base);
        } else if (access.groupMayWrite()) {
            findings.warn("mode", found + "the group may put files there that the Director loads", "chmod 750 " + base);
        } else if (access.othersMayRead()) {
            findings.warn("mode", found + "anybody may see which VMs there are", "chmod 750 " + base);
        } else {
            findings.ok("mode", access.mode());
        }
    }

    private static void above(Findings findings, Path base) {
        for (Path parent = base.getParent(); parent != null; parent = parent.getParent()) {
            Path folder = parent;
            Access.of(folder).filter(Access::othersMayReplace).ifPresent(access -> {
                findings.fail(
                        "directories above",
                        folder + " has mode " + access.mode() + ": anybody may put another directory in the place of "
                                + base,
                        "chmod o-w " + folder);
            });
        }
    }

    private void room(Findings findings, Path place) {
        DiskRoom.Room room = disk.of(place);
        String advice = "make room: sync refuses to go on when a file cannot be written";
        if (room.bytes().isEmpty()) {
            findings.warn("disk space", "cannot be told for " + place, "look with df " + place);
        } else {
            long bytes = room.bytes().getAsLong();
            String found = (bytes >> 20) + " MiB free in " + place;
            judge(findings, "disk space", found, bytes, LEAST_BYTES, ENOUGH_BYTES, advice);
        }
        if (room.inodes().isEmpty()) {
            findings.warn("inodes", "cannot be told for " + place, "look with df -i " + place);
        } else {
            long inodes = room.inodes().getAsLong();
            String found = inodes == Long.MAX_VALUE
                    ? "the file system sets no limit"
                    : inodes + " free in " + place + "; a VM takes three";
            judge(findings, "inodes", found, inodes, LEAST_INODES, ENOUGH_INODES, advice);
        }
    }

    private static void judge(
            Findings findings, String check, String found, long free, long least, long enough, String advice) {
        if (free < least) {
            findings.fail(check, found, advice);
        } else if (free < enough) {
            findings.warn(check, found, advice);
        } else {
            findings.ok(check, found);
        }
    }

    private static Path existing(Path path) {
        Path place = path;
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        return place;
    }

    /** How much room a file system has. */
    interface DiskRoom {
        /** Of the file system of a path that exists. */
        Room of(Path path);

        /**
         * What is left of it.
         *
         * @param bytes that this user may still write; empty when unknown
         * @param inodes how many files may still be made; {@link Long#MAX_VALUE} without a limit, empty when unknown
         */
        record Room(OptionalLong bytes, OptionalLong inodes) {}
    }
}
