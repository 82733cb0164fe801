package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a program, gives it its input, and hands on what it prints, line by line, in the caller's thread. Comes back in
 * bounded time whatever the process and its children do, and leaves none of its own processes behind.
 */
final class BoundedProcess {
    private static final Logger log = LoggerFactory.getLogger(BoundedProcess.class);
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int CHUNKS_AHEAD = 16;
    private static final File ROOT = new File("/");
    /**
     * bconsole runs the commands in {@code $HOME/.bconsolerc} before ours, and writes a history there. Below this nothing
     * can be, so there is nothing to remove either, whoever is killed.
     */
    private static final String NO_HOME = "/dev/null";

    private final String name;
    private final String setting;
    private final List<String> command;
    private final BconsoleConfig limits;
    private final Duration leftoverWait;

    /**
     * @param name what the program is called in messages
     * @param setting the setting that names it
     * @param limits environment, timeout and cap
     * @param leftoverWait how long the output of a process that has ended may stay silent without being closed; a child
     *     that outlives it holds the pipe open
     */
    BoundedProcess(String name, String setting, List<String> command, BconsoleConfig limits, Duration leftoverWait) {
        this.name = name;
        this.setting = setting;
        this.command = List.copyOf(command);
        this.limits = limits;
        this.leftoverWait = leftoverWait;
    }

    static BoundedProcess bconsole(BconsoleConfig config, Duration leftoverWait) {
        List<String> command = new ArrayList<>(List.of(config.executable().toString(), "-n"));
        if (config.configFile() != null) {
            command.addAll(List.of("-c", config.configFile().toString()));
        }
        return new BoundedProcess("bconsole", "BCONSOLE", command, config, leftoverWait);
    }

    /**
     * Runs one process to its end.
     *
     * @param input all of its standard input; must fit a pipe's buffer (64 KiB)
     * @param lines gets standard output and standard error as one; when it throws, the process is killed
     * @throws ProviderException {@code CONFIGURATION} when it cannot be started, {@code IO} when its output cannot be
     *     read, {@code INTERRUPTED} when the calling thread was; the thread's interrupt flag is set then
     */
    Ending run(String input, Consumer<String> lines) {
        Process process = start();
        Output output = new Output(process);
        try {
            give(process, input);
            return follow(process, output, lines);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProviderException(Code.INTERRUPTED, "interrupted while " + name + " was running; it was killed");
        } finally {
            kill(process);
            output.abandon();
        }
    }

    private Process start() {
        ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(limits.environment());
        builder.environment().put("HOME", NO_HOME);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ProviderException(
                    Code.CONFIGURATION,
                    name + " cannot be started (" + e.getMessage() + "); check " + setting + ", now " + command.get(0),
                    e);
        }
    }

    private void give(Process process, String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended before it read everything, as one does that cannot connect. What it printed says why.
            log.debug("{} did not read all of its input: {}", name, e.getMessage());
        }
    }

    private Ending follow(Process process, Output output, Consumer<String> lines) throws InterruptedException {
        long deadline = System.nanoTime() + limits.timeout().toNanos();
        LineSplitter splitter = new LineSplitter(lines);
        long printed = 0;
        boolean exited = false;
        while (true) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return Ending.killed(Ending.Kind.TIMED_OUT);
            }
            Event event = output.next(exited ? Math.min(left, leftoverWait.toNanos()) : left);
            if (event instanceof Chunk chunk) {
                printed += chunk.bytes().length;
                if (printed > limits.maxOutput()) {
                    return Ending.killed(Ending.Kind.TOO_MUCH_OUTPUT);
                }
                if (!splitter.accept(chunk.bytes())) {
                    return Ending.killed(Ending.Kind.LINE_TOO_LONG);
                }
            } else if (event instanceof Exit) {
                exited = true;
            } else if (event instanceof End end) {
                if (end.error() != null) {
                    throw new ProviderException(
                            Code.IO,
                            "the output of " + name + " cannot be read: "
                                    + end.error().getMessage(),
                            end.error());
                }
                if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return Ending.killed(Ending.Kind.TIMED_OUT);
                }
                splitter.finish();
                return Ending.exited(process.exitValue());
            } else if (exited) {
                // A child holds the pipe. All that bconsole itself printed was in it before bconsole ended.
                splitter.finish();
                return Ending.exited(process.exitValue());
            }
        }
    }

    private static void kill(Process process) {
        if (process.isAlive()) {
            List<ProcessHandle> family = process.descendants().toList();
            process.destroyForcibly();
            family.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private sealed interface Event permits Chunk, End, Exit {}

    /** Some output; the array is the receiver's alone. */
    private static final class Chunk implements Event {
        private final byte[] bytes;

        Chunk(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    /** No more output, and why if it is not simply over. */
    private record End(@Nullable IOException error) implements Event {}

    /** The process has ended; output may still be on its way. */
    private record Exit() implements Event {}

    /** Drains a process, a bounded number of chunks ahead of its consumer. */
    private static final class Output {
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final Semaphore room = new Semaphore(CHUNKS_AHEAD);
        private final Thread reader;
        private final CompletableFuture<Void> exit;

        Output(Process process) {
            reader = new Thread(() -> drain(process.getInputStream()), "bconsole-output-" + process.pid());
            // A read from a pipe that a stray child holds open cannot be ended; it must not hold up the JVM's exit.
            reader.setDaemon(true);
            reader.start();
            exit = process.onExit().thenRun(() -> events.add(new Exit()));
        }

        @Nullable
        Event next(long nanos) throws InterruptedException {
            Event event = events.poll(nanos, TimeUnit.NANOSECONDS);
            if (event instanceof Chunk) {
                room.release();
            }
            return event;
        }

        void abandon() {
            reader.interrupt();
            exit.cancel(false);
        }

        private void drain(InputStream output) {
            byte[] buffer = new byte[CHUNK_BYTES];
            try (output) {
                for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                    room.acquire();
                    events.add(new Chunk(Arrays.copyOf(buffer, n)));
                }
                events.add(new End(null));
            } catch (IOException e) {
                events.add(new End(e));
            } catch (InterruptedException e) {
                // Abandoned: nobody listens any more.
                Thread.currentThread().interrupt();
            }
        }
    }
}
