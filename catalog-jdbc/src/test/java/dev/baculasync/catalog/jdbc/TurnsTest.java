package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The removals of one process come one after the other, and nobody waits for them who only looks. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TurnsTest {
    private Scenario scene;
    private CatalogServer server;
    private JobHolding first;
    private JobHolding second;

    /** Who has said something to the catalog, in order. */
    private final List<String> saying = Collections.synchronizedList(new ArrayList<>());

    private final CountDownLatch firstIsAtIt = new CountDownLatch(1);
    private final CountDownLatch firstMayGoOn = new CountDownLatch(1);

    @BeforeEach
    void create() {
        scene = new Scenario(1026);
        scene.fill();
        scene.job("p-vm2", "filesetid", 0);
        server = new CatalogServer(PostgresCatalogProvider.config(Settings.of(scene.catalog.settings())));
        first = scene.look();
        second = scene.cleanup.look(Scenario.CLIENT, "p-vm2", "fs-vm2");
    }

    @AfterEach
    void drop() {
        firstMayGoOn.countDown();
        scene.close();
    }

    @Test
    void aRemovalSaysNothingToTheCatalogBeforeTheOtherOneIsOver() throws Exception {
        FutureTask<JobHolding> one = inThread(cleanup("one", this::stop), first);
        firstIsAtIt.await();
        FutureTask<JobHolding> two = inThread(cleanup("two", () -> {}), second);
        awaitOneInLine(two);
        assertThat(saying).isNotEmpty().containsOnly("one");
        assertThat(cleanup("reader", () -> {}).look(Scenario.CLIENT, "p-vm2", "fs-vm2"))
                .isEqualTo(second);
        firstMayGoOn.countDown();
        assertThat(one.get()).isEqualTo(first);
        assertThat(two.get()).isEqualTo(second);
        assertThat(saying.subList(0, saying.indexOf("two"))).containsOnly("one");
        assertThat(saying.subList(saying.indexOf("two"), saying.size())).containsOnly("two");
    }

    @Test
    void aRemovalThatFailsGivesItsTurnToTheNext() throws Exception {
        FutureTask<JobHolding> one = inThread(
                cleanup("one", () -> {
                    stop();
                    throw new SQLException("no space left", "53100");
                }),
                first);
        firstIsAtIt.await();
        FutureTask<JobHolding> two = inThread(cleanup("two", () -> {}), second);
        awaitOneInLine(two);
        firstMayGoOn.countDown();
        assertThat(two.get()).isEqualTo(second);
        assertThat(catchThrowable(one::get)).hasRootCauseMessage("no space left");
        assertThat(scene.look()).isEqualTo(first);
    }

    @Test
    void whoIsInterruptedWhileWaitingForItsTurnHasRemovedNothing() throws Exception {
        FutureTask<JobHolding> one = inThread(cleanup("one", this::stop), first);
        firstIsAtIt.await();
        SortedMap<String, List<Map<String, String>>> full = scene.all();
        FutureTask<Boolean> two = new FutureTask<>(() -> {
            Throwable thrown = catchThrowable(() -> cleanup("two", () -> {}).remove(second));
            assertThat(thrown)
                    .isInstanceOf(ProviderException.class)
                    .hasMessage("nothing was removed: removing job p-vm2 of client os1-fd was interrupted");
            assertThat(((ProviderException) thrown).code()).isEqualTo(Code.INTERRUPTED);
            return Thread.currentThread().isInterrupted();
        });
        Thread thread = new Thread(two);
        thread.start();
        awaitOneInLine(two);
        thread.interrupt();
        assertThat(two.get()).as("still interrupted").isTrue();
        assertThat(saying).containsOnly("one");
        assertThat(scene.all()).isEqualTo(full);
        firstMayGoOn.countDown();
        assertThat(one.get()).isEqualTo(first);
    }

    private interface Action {
        void run() throws SQLException;
    }

    /** @param atLock what it does when it is about to lock the jobs */
    private PostgresCleanup cleanup(String name, Action atLock) {
        WatchedConnections connections = new WatchedConnections(scene.catalog);
        connections.watch(step -> {
            saying.add(name);
            if (step.sql().equals(JobsLock.LOCK_JOBS) && !step.after()) {
                atLock.run();
            }
        });
        return new PostgresCleanup(server, connections, attempt -> {}, attempt -> {});
    }

    private void stop() {
        firstIsAtIt.countDown();
        try {
            firstMayGoOn.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FutureTask<JobHolding> inThread(PostgresCleanup cleanup, JobHolding looked) {
        FutureTask<JobHolding> removal = new FutureTask<>(() -> cleanup.remove(looked));
        new Thread(removal).start();
        return removal;
    }

    /** Comes back when a thread waits for its turn; fails when that one need not. */
    private void awaitOneInLine(FutureTask<?> task) {
        while (!((ReentrantLock) server.turn()).hasQueuedThreads()) {
            assertThat(task).isNotDone();
            Thread.onSpinWait();
        }
    }
}
