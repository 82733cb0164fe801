package dev.baculasync.filestore.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.Samples;
import dev.baculasync.filestore.disk.FileOperations;
import dev.baculasync.spi.ManagedVm;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads job files that are on no disk as the store reads those that are. No FileSet lies beside them. */
final class JobReader {
    private static final Path DIRECTORY = Samples.vmDirectory(Path.of("/nowhere"));
    private static final Path JOB = DIRECTORY.resolve(VmFiles.JOB);

    private JobReader() {}

    /** @param job a file without a flaw, of the instance of {@link Samples} */
    static ManagedVm read(byte[] job) {
        FileOperations memory = stub(FileOperations.class, (operation, path) -> switch (operation) {
            case "attributes" -> path.equals(DIRECTORY) || path.equals(JOB) ? attributes(path, job.length) : null;
            case "read" -> job;
            default -> throw new UnsupportedOperationException(operation);
        });
        VmEntry entry = new VmDirectory(
                        memory,
                        Samples.TIMESTAMPS,
                        DIRECTORY,
                        Samples.INSTANCE.datacenter(),
                        Samples.INSTANCE.openstack())
                .load();
        assertThat(entry).isInstanceOf(VmEntry.Managed.class);
        return ((VmEntry.Managed) entry).vm();
    }

    private static BasicFileAttributes attributes(Path file, long size) {
        return stub(BasicFileAttributes.class, (question, none) -> switch (question) {
            case "isDirectory" -> file.equals(DIRECTORY);
            case "isRegularFile" -> file.equals(JOB);
            case "isSymbolicLink" -> false;
            case "size" -> size;
            default -> throw new UnsupportedOperationException(question);
        });
    }

    private interface Answers {
        Object to(String method, Path path);
    }

    private static <T> T stub(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(
                JobReader.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        answers.to(method.getName(), arguments == null ? null : (Path) arguments[0])));
    }
}
