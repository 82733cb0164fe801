package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;

/**
 * Disks of VMs that are not there, one for each UUID, for jobs that are to back up and restore what a test wants: a line of
 * the {@code bpipe} plugin, put into a generated FileSet as an operator might, lets the File Daemon read and write them, with
 * catalog rows under a path of their own.
 */
final class VmDisks {
    private final Path folder;

    VmDisks(Path folder) throws IOException {
        this.folder = folder;
        script("read-disk", """
                while [ -e "$1.held" ]; do
                    : > "$1.reading"
                    sleep 0.1
                done
                exec cat "$1"
                """);
        script("write-disk", "exec cat > \"$1.restored\"\n");
    }

    private void script(String name, String text) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\ncd '" + folder + "' || exit 1\n" + text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Makes the jobs of this FileSet back up the disk. */
    void putInto(Path fileSet, String uuid) throws IOException {
        String plugin = "Plugin = \"bpipe:/@openstack/nova/server/" + uuid + "/disk-of-" + uuid + ".bvmdk:"
                + folder.resolve("read-disk") + " " + uuid + ":" + folder.resolve("write-disk") + " " + uuid + "\"";
        String text = Files.readString(fileSet);
        String changed = text.replaceFirst("Plugin = .*", Matcher.quoteReplacement(plugin));
        assertThat(changed).isNotEqualTo(text);
        Files.writeString(fileSet, changed);
    }

    /** What a VM's disk holds from now on. */
    void fill(String uuid, byte[] content) throws IOException {
        Files.write(folder.resolve(uuid), content);
    }

    /** What the last restore has written. */
    byte[] restored(String uuid) throws IOException {
        return Files.readAllBytes(folder.resolve(uuid + ".restored"));
    }

    /** Until the next restore there is nothing to find. */
    void forgetRestored(String uuid) throws IOException {
        Files.deleteIfExists(folder.resolve(uuid + ".restored"));
    }

    /** Lets jobs that read the disk wait. */
    void hold(String uuid) throws IOException {
        Files.deleteIfExists(reading(uuid));
        Files.writeString(folder.resolve(uuid + ".held"), "");
    }

    /** Is there when a job has begun to wait. */
    Path reading(String uuid) {
        return folder.resolve(uuid + ".reading");
    }

    void release(String uuid) throws IOException {
        Files.deleteIfExists(folder.resolve(uuid + ".held"));
    }
}
