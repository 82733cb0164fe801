package dev.baculasync.integration;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** One of Bacula's daemons, running in the foreground as our child. It dies with this virtual machine. */
final class Daemon implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final List<String> command;
    private final Map<String, String> environment;
    private final int port;
    private final Path output;
    private final Thread lastResort = new Thread(this::kill, "kill-daemon");
    private volatile Process process;

    Daemon(List<String> command, Map<String, String> environment, int port, Path output) {
        this.command = command;
        this.environment = environment;
        this.port = port;
        this.output = output;
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /**
     * Ports that nobody listens on, and that no other test was given, below those that the kernel hands out to outgoing
     * connections.
     */
    static List<Integer> freePorts(int count) throws IOException {
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < count) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            if (GIVEN.add(port) && isFree(port)) {
                ports.add(port);
            }
        }
        return ports;
    }

    private static boolean isFree(int port) throws IOException {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
            return true;
        } catch (BindException e) {
            return false;
        }
    }

    /** Starts the program and comes back when it listens. */
    void start() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().putAll(environment);
        Process started = builder.start();
        process = started;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
        while (!listens()) {
            if (started.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                kill();
                throw new IllegalStateException(command + " does not listen on port " + port + ": " + printed());
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    Process process() {
        return process;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until the program has ended by itself; false when it runs on. */
    boolean awaitEnd() throws InterruptedException {
        return process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    void stop() {
        kill();
        if (process != null) {
            process.onExit().join();
        }
    }

    String printed() throws IOException {
        return Files.readString(output);
    }

    private void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    @Override
    public void close() {
        stop();
        Runtime.getRuntime().removeShutdownHook(lastResort);
    }
}
