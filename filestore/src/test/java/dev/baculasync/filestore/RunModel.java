package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.Samples.Edit;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.filestore.disk.ModelDisk;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** A run that does a bit of everything, and what must be true of the files at each moment of it. */
final class RunModel {
    static final String NEW_1 = "new-1";
    static final String NEW_2 = "new-2";
    static final String REPLACED = "replaced";
    static final String DISABLED = "disabled";
    static final String BARE = "bare";
    static final String REMOVED = "removed";
    static final String NOTED = "noted";

    private static final UUID UUID_3 = new UUID(0x4000L, 0x8000_0000_0000_0003L);

    /** How the run ends. */
    enum Ending {
        /** The configuration is accepted. */
        ACCEPTED,
        /** It is refused, for three of the VMs. */
        PARTLY_PUT_BACK,
        /** It is refused, for no reason that can be told. */
        ALL_PUT_BACK
    }

    private final Path base;
    private final Ending ending;
    private boolean loadedBegun;

    RunModel(Path base, Ending ending) {
        this.base = base;
        this.ending = ending;
    }

    static Path instance(Path base) {
        return base.resolve("datacenter1/openstack1");
    }

    /** A tree that a Director has loaded; one VM lacks its fileset, one has modes and one a file of an operator's own. */
    static Path prepare(Path base) {
        for (String vm : List.of(REPLACED, DISABLED, BARE, REMOVED, NOTED)) {
            put(base, vm);
        }
        Path bare = instance(base).resolve(BARE).resolve("fileset");
        Path removed = instance(base).resolve(REMOVED);
        Samples.put(instance(base).resolve(NOTED).resolve("notes.txt"), "x");
        try {
            Files.delete(bare);
            Files.setPosixFilePermissions(removed.resolve("job"), PosixFilePermissions.fromString("rw-rw----"));
            Files.setPosixFilePermissions(removed.resolve("fileset"), PosixFilePermissions.fromString("rw-r--r-x"));
            Files.setPosixFilePermissions(removed, PosixFilePermissions.fromString("rwxrwx--x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (StoreSession session = open(base, ModelDisk.sound())) {
            session.publish(session.listing().whole());
            session.loaded();
        }
        return base;
    }

    private static void put(Path base, String vm) {
        Path directory = instance(base).resolve(vm);
        Samples.put(directory.resolve("fileset"), Samples.FILE_SET_TEXT.replace(Samples.VM, vm));
        Samples.put(directory.resolve("job"), Samples.JOB_TEXT.replace(Samples.VM, vm));
    }

    static StoreSession open(Path base, FileOperations operations) {
        return Samples.builder(base).workers(1).operations(operations).build().open(Access.WRITE);
    }

    static List<Edit> edits() {
        return List.of(
                Samples.create(NEW_1, NEW_1, Samples.UUID_2),
                Samples.create(NEW_2, NEW_2, UUID_3),
                Samples.change(REPLACED, vm -> Samples.replace(vm, UUID_3).displayName("another")),
                Samples.change(
                        DISABLED,
                        vm -> vm.status(JobStatus.DISABLED).enabled(false).disabledAt(Stamp.of(Samples.CREATED))),
                Samples.change(BARE, vm -> vm.fileSet(Samples.fileSet(BARE, Samples.UUID_1))),
                Samples.remove(REMOVED),
                Samples.remove(NOTED));
    }

    /** The whole run, from the opening on. */
    void run(FileOperations operations) {
        try (StoreSession session = open(base, operations)) {
            session.read(Samples.INSTANCE);
            List<VmKey> done = Samples.apply(session, edits()).stream()
                    .filter(result -> result.error() == null)
                    .map(result -> result.edit().key())
                    .toList();
            session.ledger().update("outages", entry -> true, List.of(new Ledger.Entry("it", "was not seen")));
            session.publish(session.listing().whole());
            if (ending == Ending.PARTLY_PUT_BACK) {
                String message = "Config error: line 9, col 20 of file " + instance(base) + "/" + NEW_1
                        + "/job\nand of file " + instance(base) + "/" + REPLACED + "/fileset: bad; no " + instance(base)
                        + "/"
                        + REMOVED + "/job";
                for (VmKey vm : session.namedIn(message, done)) {
                    session.rollback(List.of(vm));
                }
                session.publish(session.listing().whole());
            } else if (ending == Ending.ALL_PUT_BACK) {
                session.rollback(done);
                session.publish(session.listing().whole());
            }
            session.commit();
            loadedBegun = true;
            session.ledger().update(Ledger.ROLLED_BACK, entry -> true, List.of());
            session.loaded();
        }
    }

    /** Whether the Director may have been told already. */
    boolean loadedBegun() {
        return loadedBegun;
    }

    /** The files of the VMs, and their directories. */
    static Map<String, String> vms(Path base) {
        Map<String, String> tree = Samples.tree(base);
        tree.keySet().removeIf(path -> path.split("/", -1).length < 3 || path.contains(".bacula-openstack-sync."));
        return tree;
    }

    /** What must be true whenever a Director might read these files. */
    static void assertLoads(Path base, List<Map<String, String>> wholeVersions) throws IOException {
        everyListedFileIsThere(base.resolve("director.conf"));
        Map<String, String> tree = Samples.tree(base);
        try (Stream<Path> paths = Files.walk(instance(base))) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.equals("job") && !file.getParent().endsWith(BARE)) {
                    assertThat(file.resolveSibling("fileset")).exists();
                }
                if (name.equals("job") || name.equals("fileset")) {
                    String key = base.relativize(file).toString();
                    String content = tree.get(key);
                    assertThat(wholeVersions.stream().map(version -> version.get(key)))
                            .contains(content);
                }
            }
        }
    }

    /** A list that names a missing file, or a job without its fileset, stops a Director. */
    static void everyListedFileIsThere(Path conf) {
        if (!Files.exists(conf)) {
            return;
        }
        String text = Samples.text(conf);
        assertThat(text).startsWith("# Generated by").endsWith("\n");
        List<Path> listed = new ArrayList<>();
        for (String line : text.lines().filter(each -> !each.startsWith("#")).toList()) {
            assertThat(line).startsWith("@\"").endsWith("\"");
            listed.add(Path.of(line.substring(2, line.length() - 1)));
        }
        assertThat(listed).allMatch(Files::isRegularFile, "is there, though director.conf lists it");
        for (Path file : listed) {
            assertThat(listed).contains(file.resolveSibling("fileset"));
        }
    }
}
