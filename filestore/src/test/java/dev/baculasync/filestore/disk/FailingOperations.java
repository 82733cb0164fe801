package dev.baculasync.filestore.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;

/** The real disk, on which the chosen steps fail. */
public final class FailingOperations implements FileOperations {
    private final BiPredicate<String, Path> fails;

    /**
     * A disk that fails where it is asked to.
     *
     * @param fails asked before each step, with its name and its (first) path
     */
    public FailingOperations(BiPredicate<String, Path> fails) {
        this.fails = fails;
    }

    private FileOperations step(String name, Path path) throws IOException {
        if (fails.test(name, path)) {
            throw new IOException("No space left on device");
        }
        return DISK;
    }

    @Override
    public BasicFileAttributes attributes(Path path) throws IOException {
        return step("attributes", path).attributes(path);
    }

    @Override
    public Ownership ownership(Path path) throws IOException {
        return step("ownership", path).ownership(path);
    }

    @Override
    public boolean leadsToFile(Path path) {
        return fails.test("leadsToFile", path) || DISK.leadsToFile(path);
    }

    @Override
    public List<Path> list(Path directory) throws IOException {
        return step("list", directory).list(directory);
    }

    @Override
    public byte[] read(Path file, int maxBytes) throws IOException {
        return step("read", file).read(file, maxBytes);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        step("createDirectory", directory).createDirectory(directory);
    }

    @Override
    public void createFile(Path file, byte[] content) throws IOException {
        if (fails.test("createFile", file)) {
            // A full disk takes a part of it.
            DISK.createFile(file, Arrays.copyOf(content, content.length / 2));
            throw new IOException("No space left on device");
        }
        DISK.createFile(file, content);
    }

    @Override
    public void append(Path file, long length, byte[] content) throws IOException {
        if (fails.test("append", file)) {
            DISK.append(file, length, Arrays.copyOf(content, content.length / 2));
            throw new IOException("No space left on device");
        }
        DISK.append(file, length, content);
    }

    @Override
    public void setPermissions(Path path, int permissions) throws IOException {
        step("setPermissions", path).setPermissions(path, permissions);
    }

    @Override
    public void setOwner(Path path, int uid, int gid) throws IOException {
        step("setOwner", path).setOwner(path, uid, gid);
    }

    @Override
    public void force(Path file) throws IOException {
        step("force", file).force(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step("forceDirectory", directory).forceDirectory(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step("rename", from).rename(from, to);
    }

    @Override
    public void delete(Path path) throws IOException {
        step("delete", path).delete(path);
    }

    @Override
    public FileChannel openLock(Path file) throws IOException {
        return step("openLock", file).openLock(file);
    }
}
