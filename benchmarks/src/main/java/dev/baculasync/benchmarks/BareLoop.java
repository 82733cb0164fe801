package dev.baculasync.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A program that writes what a first sync wrote, once more elsewhere, with nothing around it: for each VM a directory, each
 * file under a temporary name, forced and renamed, and the directory forced. One after the other.
 */
public final class BareLoop {
    /** What is written for one VM. */
    private record VmFiles(String name, ByteBuffer fileSet, ByteBuffer job) {}

    private BareLoop() {}

    /**
     * Prints the seconds that the writing took.
     *
     * @param arguments the instance's directory to take the contents from, and the one to make
     */
    public static void main(String[] arguments) throws IOException {
        List<VmFiles> vms = new ArrayList<>();
        try (Stream<Path> entries = Files.list(Path.of(arguments[0]))) {
            for (Path entry : entries.sorted().toList()) {
                vms.add(new VmFiles(
                        entry.getFileName().toString(),
                        ByteBuffer.wrap(Files.readAllBytes(entry.resolve("fileset"))),
                        ByteBuffer.wrap(Files.readAllBytes(entry.resolve("job")))));
            }
        }
        Path target = Path.of(arguments[1]);
        long start = System.nanoTime();
        Files.createDirectories(target);
        for (VmFiles vm : vms) {
            Path directory = Files.createDirectory(target.resolve(vm.name()));
            write(directory, "fileset", vm.fileSet());
            write(directory, "job", vm.job());
            force(directory);
        }
        force(target);
        System.out.println((System.nanoTime() - start) / 1e9);
    }

    private static void write(Path directory, String name, ByteBuffer content) throws IOException {
        Path temporary = directory.resolve("." + name + ".tmp");
        try (FileChannel channel =
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (content.hasRemaining()) {
                channel.write(content);
            }
            channel.force(true);
        }
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
