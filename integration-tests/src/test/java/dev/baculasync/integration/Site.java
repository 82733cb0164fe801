package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.integration.RealBacula.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A real Bacula of two OpenStack instances with the program set up for it, as an operator has it. */
final class Site implements AutoCloseable {
    static final String CLIENT = "bacula-dc1-os1-fd";
    static final String OTHER_CLIENT = "bacula-dc2-os1-fd";
    /** One that no line of clients.conf names. */
    static final String THIRD_CLIENT = "bacula-dc3-os1-fd";

    static final String PREFIX = "backup-dc1-os1-";
    static final String OTHER_PREFIX = "backup-dc2-os1-";

    private final RealBacula bacula;
    private final Path folder;
    private final String directorFile;

    private Site(RealBacula bacula, Path folder) throws IOException {
        this.bacula = bacula;
        this.folder = folder;
        this.directorFile = Files.readString(bacula.directorFile());
        Files.writeString(folder.resolve("clients.conf"), """
                datacenter1 openstack1 %s %s %s
                datacenter2 openstack1 %s %s %s
                """.formatted(
                CLIENT, RealBacula.RUNNABLE_PROXY, PREFIX, OTHER_CLIENT, RealBacula.RUNNABLE_PROXY, OTHER_PREFIX));
    }

    /**
     * @param folder an empty folder
     */
    static Site start(Path folder) throws Exception {
        return start(folder, 1);
    }

    /**
     * @param jobsPerVolume how many jobs may write to a volume
     */
    static Site start(Path folder, int jobsPerVolume) throws Exception {
        return new Site(
                RealBacula.start(RealBacula.Include.DIRECTOR_CONF, jobsPerVolume, CLIENT, OTHER_CLIENT, THIRD_CLIENT),
                folder);
    }

    RealBacula bacula() {
        return bacula;
    }

    /** Nothing is managed any more, and the Director has its own configuration only. */
    void reset() throws Exception {
        FileTree.empty(bacula.baseDir());
        Files.writeString(bacula.directorConf(), "");
        Files.writeString(bacula.directorFile(), directorFile);
        answer("server=other uuid=5f0f7a6e-0b0e-4b0e-9d7a-1d2c3b4a5f60\n", OTHER_CLIENT);
        bacula.reload();
        assertThat(bacula.jobNames()).containsExactly("Base", "RestoreFiles");
    }

    /** What the first instance lists from now on. */
    void answer(String vms) throws IOException {
        answer(vms, CLIENT);
    }

    void answer(String vms, String client) throws IOException {
        bacula.answerQuery(client, vms);
    }

    /** The program, with everything set that it needs to know this site. */
    Program program() throws IOException {
        return new Program(Files.createTempDirectory(folder, "run"))
                .with(bacula.settings())
                .with("CLIENTS_CONF", folder.resolve("clients.conf").toString())
                .with("RELOAD_AFTER_SYNC", "1");
    }

    /** Runs {@code sync --json} and expects it to end like this. */
    Program.Result sync(Program program, int exitCode) throws Exception {
        Program.Result result = program.run("sync", "--json");
        assertThat(result.exitCode())
                .as("%s%s%s", result.out(), result.err(), bacula.messages())
                .isEqualTo(exitCode);
        return result;
    }

    Path vm(String slug) {
        return bacula.baseDir().resolve("datacenter1").resolve("openstack1").resolve(slug);
    }

    String job(String slug) throws IOException {
        return Files.readString(vm(slug).resolve("job"));
    }

    FileTree tree() throws IOException {
        return FileTree.of(bacula.baseDir());
    }

    void assertDirectorWouldLoadIt(String when) throws Exception {
        assertThat(bacula.checkConfiguration()).as(when).isEqualTo(new Output(0, ""));
    }

    /** A program for the operator's folder. */
    Path script(String name, String text) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return script;
    }

    /**
     * A bconsole that stops at one command until a file is there.
     *
     * @param command how the command begins; {@code *} stands for anything
     * @param reached a file that is made when it stops
     */
    Path bconsoleThatStopsAt(String command, Path reached, Path release) throws IOException {
        return script("bconsole-for-" + reached.getFileName(), """
                input=$(cat)
                case $input in
                *"
                "%s*)
                    : > '%s'
                    until [ -e '%s' ]; do sleep 0.1; done
                    ;;
                esac
                exec '%s' "$@" <<END
                $input
                END
                """.formatted(
                        command.replace(" ", "\\ "), reached, release, bacula.bconsole()));
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Waits for a file that another process makes. */
    static void await(Path file) {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!Files.exists(file)) {
            assertThat(System.nanoTime()).as("%s is still not there", file).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Override
    public void close() throws IOException {
        bacula.close();
    }
}
