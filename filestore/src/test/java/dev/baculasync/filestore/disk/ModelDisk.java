package dev.baculasync.filestore.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A real disk with a made-up fault from a chosen step on. After a power cut it can lose everything that nobody forced,
 * which is the worst that a file system may do. Forcing is only noted, so that a test can afford thousands of runs.
 */
public final class ModelDisk implements FileOperations {
    /** What happens at the chosen step. */
    public enum Fault {
        /** The power goes; no step comes after. What was written without being forced is still there. */
        DEATH(null),
        /** The power goes, and what was not forced is lost. */
        DEATH_WITH_LOSS(null),
        /** From then on nothing new can be written. */
        DISK_FULL("No space left on device"),
        /** From then on nothing can be changed. */
        READ_ONLY("Read-only file system"),
        /** That step fails, and no other. */
        ONE_ERROR("Input/output error");

        private final String message;

        Fault(String message) {
            this.message = message;
        }

        public boolean isDeath() {
            return message == null;
        }
    }

    /** The end of a process in which no handler runs. */
    public static final class PowerOff extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final Set<String> WRITING = Set.of("createDirectory", "createFile", "append");
    private static final Set<String> CHANGING = Set.of("rename", "delete", "setPermissions", "setOwner");
    private static final Set<String> FORCING = Set.of("force", "forceDirectory", "openLock");

    private final Fault fault;
    private final int at;
    private final List<String> steps = new ArrayList<>();
    private boolean off;

    /** How to take back what was done to the entries of a directory since it was forced, last first. */
    private final Deque<Map.Entry<Path, Step>> unforcedEntries = new ArrayDeque<>();

    /** How much of a file is on disk at least. */
    private final Map<Path, Long> unforcedContent = new HashMap<>();

    private interface Step {
        void run() throws IOException;
    }

    private ModelDisk(Fault fault, int at) {
        this.fault = fault;
        this.at = at;
    }

    public static ModelDisk sound() {
        return new ModelDisk(Fault.DEATH, -1);
    }

    /**
     * A disk with one fault.
     *
     * @param at the number of the step, from 0
     */
    public static ModelDisk with(Fault fault, int at) {
        return new ModelDisk(fault, at);
    }

    /** The steps that count, including the one that failed. */
    public List<String> steps() {
        return steps;
    }

    public boolean faultHappened() {
        return at >= 0 && steps.size() > at;
    }

    private boolean isFaulty(String name, Path path) {
        if (off) {
            throw new PowerOff();
        }
        // Where nothing but one read fails, each step counts; else those between which the disk is not the same.
        boolean counts =
                fault == Fault.ONE_ERROR || WRITING.contains(name) || CHANGING.contains(name) || FORCING.contains(name);
        if (!counts) {
            return false;
        }
        int number = steps.size();
        steps.add(number + " " + name + " " + path.getFileName());
        return switch (fault) {
            case DEATH, DEATH_WITH_LOSS -> off = number == at;
            case DISK_FULL -> at >= 0 && number >= at && WRITING.contains(name);
            case READ_ONLY -> at >= 0 && number >= at && (WRITING.contains(name) || CHANGING.contains(name));
            case ONE_ERROR -> number == at;
        };
    }

    private void fail() throws IOException {
        if (fault.isDeath()) {
            throw new PowerOff();
        }
        throw new IOException(fault.message);
    }

    private void step(String name, Path path) throws IOException {
        if (isFaulty(name, path)) {
            fail();
        }
    }

    /** What a machine finds when it starts again. */
    public void startAgain() throws IOException {
        if (fault != Fault.DEATH_WITH_LOSS) {
            return;
        }
        for (Map.Entry<Path, Long> file : unforcedContent.entrySet()) {
            if (Files.exists(file.getKey())) {
                byte[] content = Files.readAllBytes(file.getKey());
                long kept = file.getValue();
                Files.write(file.getKey(), Arrays.copyOf(content, (int) (kept + (content.length - kept) / 2)));
            }
        }
        for (Map.Entry<Path, Step> change : unforcedEntries) {
            change.getValue().run();
        }
    }

    private void changed(Path path, Step takeBack) {
        unforcedEntries.push(Map.entry(path.getParent(), takeBack));
    }

    private static void write(Path file, byte[] content, Set<PosixFilePermission> permissions) throws IOException {
        Files.write(file, content);
        Files.setPosixFilePermissions(file, permissions);
    }

    public static void removeAll(Path path) throws IOException {
        if (Files.exists(path)) {
            try (Stream<Path> paths = Files.walk(path)) {
                for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    @Override
    public BasicFileAttributes attributes(Path path) throws IOException {
        step("attributes", path);
        return DISK.attributes(path);
    }

    @Override
    public Ownership ownership(Path path) throws IOException {
        step("ownership", path);
        return DISK.ownership(path);
    }

    @Override
    public boolean leadsToFile(Path path) {
        if (isFaulty("leadsToFile", path)) {
            if (fault.isDeath()) {
                throw new PowerOff();
            }
            return true;
        }
        return DISK.leadsToFile(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        step("list", directory);
        return DISK.list(directory);
    }

    @Override
    public byte[] read(Path file, int maxBytes) throws IOException {
        step("read", file);
        return DISK.read(file, maxBytes);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        step("createDirectory", directory);
        DISK.createDirectory(directory);
        changed(directory, () -> removeAll(directory));
    }

    @Override
    public void createFile(Path file, byte[] content) throws IOException {
        boolean faulty = isFaulty("createFile", file);
        DISK.createFile(file, faulty ? Arrays.copyOf(content, content.length / 2) : content);
        unforcedContent.put(file, 0L);
        changed(file, () -> Files.deleteIfExists(file));
        if (faulty) {
            fail();
        }
    }

    @Override
    public void append(Path file, long length, byte[] content) throws IOException {
        boolean faulty = isFaulty("append", file);
        DISK.append(file, length, faulty ? Arrays.copyOf(content, content.length / 2) : content);
        unforcedContent.merge(file, length, Math::min);
        if (faulty) {
            fail();
        }
    }

    @Override
    public void setPermissions(Path path, int permissions) throws IOException {
        step("setPermissions", path);
        DISK.setPermissions(path, permissions);
    }

    @Override
    public void setOwner(Path path, int uid, int gid) throws IOException {
        step("setOwner", path);
        DISK.setOwner(path, uid, gid);
    }

    @Override
    public void force(Path file) throws IOException {
        step("force", file);
        unforcedContent.remove(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step("forceDirectory", directory);
        unforcedEntries.removeIf(change -> change.getKey().equals(directory));
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step("rename", to);
        byte[] replaced = Files.exists(to) ? Files.readAllBytes(to) : null;
        Set<PosixFilePermission> permissions = replaced == null ? Set.of() : Files.getPosixFilePermissions(to);
        DISK.rename(from, to);
        Long kept = unforcedContent.remove(from);
        if (kept != null) {
            unforcedContent.put(to, kept);
        }
        changed(to, () -> {
            Files.move(to, from);
            if (replaced != null) {
                write(to, replaced, permissions);
            }
        });
    }

    @Override
    public void delete(Path path) throws IOException {
        step("delete", path);
        if (!Files.exists(path)) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (Files.isDirectory(path)) {
            DISK.delete(path);
            changed(path, () -> {
                Files.createDirectory(path);
                Files.setPosixFilePermissions(path, permissions);
            });
        } else {
            byte[] content = Files.readAllBytes(path);
            DISK.delete(path);
            unforcedContent.remove(path);
            changed(path, () -> write(path, content, permissions));
        }
    }

    @Override
    public FileChannel openLock(Path file) throws IOException {
        step("openLock", file);
        return DISK.openLock(file);
    }
}
