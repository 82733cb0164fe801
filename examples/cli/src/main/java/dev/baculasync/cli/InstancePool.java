package dev.baculasync.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that handle instances. When the process is told to end (Ctrl-C, SIGTERM), they and the thread that made the
 * pool are interrupted and given some time, so that none leaves a bconsole process behind.
 */
final class InstancePool implements Executor, AutoCloseable {
    private static final int SECONDS_TO_END = 5;

    private final ExecutorService threads;
    private final Thread maker = Thread.currentThread();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interruptAll, "end-of-process");

    InstancePool(int size) {
        threads = Executors.newFixedThreadPool(size, daemons());
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook is what waits for this.
        }
    }

    private void interruptAll() {
        // A task that never began never ends either, so the maker waits for it in vain.
        boolean makerWillEnd = threads.shutdownNow().isEmpty();
        maker.interrupt();
        try {
            if (threads.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS) && makerWillEnd) {
                closed.await(SECONDS_TO_END, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory daemons() {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "instance-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
