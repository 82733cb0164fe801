package dev.baculasync.benchmarks;

import dev.baculasync.catalog.jdbc.TestCatalog;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Debian's Director from its unpacked packages, with any number of jobs that all run every night. */
final class RealDirector implements AutoCloseable {
    private static final long START_SECONDS = 60;
    private static final String PASSWORD = "benchmark";

    private final Path home;
    private final Path folder;
    private final Process daemon;

    /**
     * Starts it.
     *
     * @param home the folder into which {@code test.sh} has unpacked Bacula's packages
     * @param folder an empty one to work in
     */
    static RealDirector start(Path home, Path folder, TestCatalog catalog) throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("work"));
        int port = freePort();
        Files.writeString(folder.resolve("query.sql"), "");
        Files.writeString(folder.resolve("bconsole.conf"), """
                Director {
                  Name = "bench-dir"
                  Address = 127.0.0.1
                  DirPort = %d
                  Password = "%s"
                }
                """.formatted(port, PASSWORD));
        Files.writeString(folder.resolve("bacula-dir.conf"), configuration(folder, port, catalog));
        RealDirector director = new RealDirector(home, folder);
        try {
            director.await(port);
            return director;
        } catch (IOException | InterruptedException | RuntimeException e) {
            director.close();
            throw e;
        }
    }

    private RealDirector(Path home, Path folder) throws IOException {
        this.home = home;
        this.folder = folder;
        write(0);
        daemon = process(
                        "bacula-dir",
                        "-f",
                        "-c",
                        folder.resolve("bacula-dir.conf").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("bacula-dir.out").toFile())
                .start();
    }

    private void await(int port) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!listens(port)) {
            if (daemon.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                throw new IOException(
                        "the Director does not start: " + Files.readString(folder.resolve("bacula-dir.out")));
            }
        }
    }

    /** From the next reload on it has so many jobs. */
    void write(int jobs) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("jobs.conf"))) {
            for (int job = 0; job < jobs; job++) {
                out.write("""
                        Job {
                          Name = "backup-dc1-os1-vm%1$d"
                          JobDefs = "DefaultJob"
                          Client = "bench-fd"
                          FileSet = "fs-dc1-os1-vm%1$d"
                        }
                        FileSet {
                          Name = "fs-dc1-os1-vm%1$d"
                          Include {
                            Plugin = "openstack: proxy_server=p instance=00000000-0000-0000-0000-%1$012d"
                          }
                        }
                        """.formatted(job));
            }
        }
    }

    /** One session of bconsole with one command, from start to end. */
    Measurement ask(String command) throws IOException, InterruptedException {
        Path input = Files.writeString(folder.resolve("input"), "gui on\n" + command + "\nquit\n");
        return Measurement.of(process("bconsole", "-n", "-c", bconsoleConf().toString())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null")));
    }

    Path bconsole() {
        return home.resolve("usr/sbin/bconsole");
    }

    Path bconsoleConf() {
        return folder.resolve("bconsole.conf");
    }

    /** What its programs need in their environment. */
    Map<String, String> environment() throws IOException {
        try (Stream<Path> usr = Files.list(home.resolve("usr/lib"));
                Stream<Path> lib =
                        Files.isDirectory(home.resolve("lib")) ? Files.list(home.resolve("lib")) : Stream.of()) {
            return Map.of(
                    "LD_LIBRARY_PATH",
                    Stream.concat(usr, lib)
                            .filter(path -> path.endsWith("bacula")
                                    || path.getFileName().toString().contains("-linux-"))
                            .map(Path::toString)
                            .collect(Collectors.joining(":")));
        }
    }

    @Override
    public void close() {
        daemon.destroyForcibly().onExit().join();
    }

    private ProcessBuilder process(String program, String... arguments) throws IOException {
        ProcessBuilder command = new ProcessBuilder(Stream.concat(
                        Stream.of(home.resolve("usr/sbin").resolve(program).toString()), Stream.of(arguments))
                .toList());
        command.environment().putAll(environment());
        return command;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String configuration(Path folder, int port, TestCatalog catalog) {
        return """
                Director {
                  Name = "bench-dir"
                  DirAddress = 127.0.0.1
                  DirPort = %1$d
                  Password = "%2$s"
                  QueryFile = "%3$s/query.sql"
                  WorkingDirectory = "%3$s/work"
                  Pid Directory = "%3$s/work"
                  Messages = "Standard"
                }
                Catalog {
                  Name = "MyCatalog"
                  DB Name = "%4$s"
                  DB User = "postgres"
                  DB Password = "unused"
                  DB Address = "%5$s"
                  DB Port = %6$d
                }
                Storage {
                  Name = "File1"
                  Address = 127.0.0.1
                  Password = "unused"
                  Device = "File1"
                  Media Type = "File"
                }
                Pool {
                  Name = "Default"
                  Pool Type = Backup
                }
                Schedule {
                  Name = "WeeklyCycle"
                  Run = Full 1st sun at 23:05
                  Run = Differential 2nd-5th sun at 23:05
                  Run = Incremental mon-sat at 23:05
                }
                Messages {
                  Name = "Standard"
                  append = "%3$s/log" = all
                }
                Client {
                  Name = "bench-fd"
                  Address = 127.0.0.1
                  Catalog = "MyCatalog"
                  Password = "unused"
                }
                FileSet {
                  Name = "Base Set"
                  Include {
                    File = "/etc/hostname"
                  }
                }
                JobDefs {
                  Name = "DefaultJob"
                  Type = Backup
                  Level = Incremental
                  Storage = "File1"
                  Pool = "Default"
                  Schedule = "WeeklyCycle"
                  Messages = "Standard"
                }
                Job {
                  Name = "Base"
                  JobDefs = "DefaultJob"
                  Client = "bench-fd"
                  FileSet = "Base Set"
                }
                @"%3$s/jobs.conf"
                """.formatted(port, PASSWORD, folder, catalog.database(), catalog.host(), catalog.port());
    }
}
