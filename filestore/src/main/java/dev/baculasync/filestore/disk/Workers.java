package dev.baculasync.filestore.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/** The threads of one session: a disk answers many questions at once better than one after the other. */
public final class Workers implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final int count;
    private final ExecutorService threads;

    public Workers(int count) {
        this.count = count;
        // Threads start when there is work for them.
        this.threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, "filestore-" + NUMBERS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Applies a function to each item; the results are in the order of the items. Not ended by an interrupt. */
    public <T, R> List<R> map(List<T> items, Function<T, R> function) {
        AtomicReferenceArray<R> results = new AtomicReferenceArray<>(items.size());
        AtomicInteger next = new AtomicInteger();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
                results.set(i, function.apply(items.get(i)));
            }
        };
        CompletableFuture<?>[] running = new CompletableFuture<?>[Math.min(count, items.size())];
        for (int i = 0; i < running.length; i++) {
            running[i] = CompletableFuture.runAsync(worker, threads);
        }
        try {
            CompletableFuture.allOf(running).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
        List<R> list = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            list.add(results.get(i));
        }
        return list;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
