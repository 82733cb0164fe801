package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.catalog.jdbc.WatchedConnections.Step;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.Settings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All or nothing, wherever a removal is disturbed, and it is known which. */
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptedRemovalTest {
    private static Scenario scene;
    private static WatchedConnections connections;

    private JobHolding looked;
    private SortedMap<String, List<Map<String, String>>> full;
    private final List<Integer> pauses = new ArrayList<>();

    @BeforeAll
    static void create() {
        scene = new Scenario(1026);
        connections = new WatchedConnections(scene.catalog);
    }

    @AfterAll
    static void drop() {
        scene.close();
    }

    @BeforeEach
    void fill() {
        scene.reset();
        scene.fill();
        connections.watch(step -> {});
        looked = scene.look();
        full = scene.all();
        pauses.clear();
    }

    @AfterEach
    void noInterruptIsLeftBehind() {
        Thread.interrupted();
    }

    /** Before each statement, the commit as well, and after the commit. */
    @Test
    void aConnectionThatIsTerminatedAnywhereLeavesAllOrNothing() {
        int last = undisturbed();
        SortedMap<String, List<Map<String, String>>> left = scene.all();
        assertThat(connections.statements().get(last - 1)).isEqualTo("COMMIT");
        for (int n = 1; n <= last + 1; n++) {
            fill();
            int at = n;
            boolean committed = at > last;
            connections.watch(on(isBefore(at, last), step -> terminate(step.backend())));
            try {
                // A process that gives up at once.
                JobHolding removed = cleanup(attempt -> {
                            throw new InterruptedException();
                        })
                        .remove(looked);
                assertThat(committed).as("done although terminated at %d", at).isTrue();
                assertThat(removed.rows()).isEqualTo(looked.rows());
            } catch (ProviderException e) {
                assertThat(committed).as(e.getMessage()).isFalse();
                assertThat(e.code()).isEqualTo(Code.INTERRUPTED);
                assertThat(e).hasMessageStartingWith("nothing was removed");
                assertThat(scene.all()).as("terminated at %d", at).isEqualTo(full);
            }
            assertThat(Thread.interrupted()).isEqualTo(!committed);
            assertThat(cleanup(pauses::add).remove(looked).obstacle()).isNull();
            assertGone(left);
        }
    }

    @Test
    void aConnectionThatIsTerminatedAnywhereIsReplacedAndTheRemovalDone() {
        int last = undisturbed();
        SortedMap<String, List<Map<String, String>>> left = scene.all();
        for (int n = 1; n <= last + 1; n++) {
            fill();
            connections.watch(on(isBefore(n, last), step -> terminate(step.backend())));
            assertThat(cleanup(pauses::add).remove(looked)).isEqualTo(looked);
            assertThat(pauses).hasSize(n > last ? 0 : 1);
            assertGone(left);
        }
    }

    @Test
    void aCommitWhoseAnswerIsLostIsKnownToHaveHappened() {
        connections.watch(on(step -> step.sql().equals("COMMIT") && step.after(), step -> {
            terminate(step.backend());
            throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
        }));
        assertThat(cleanup(pauses::add).remove(looked)).isEqualTo(looked);
        assertThat(pauses).isEmpty();
        assertThat(removals()).isEqualTo(1);
        assertThat(scene.look().runs()).isEmpty();
    }

    @Test
    void aCommitThatNeverArrivedIsKnownNotToHaveHappenedAndDoneAgain() {
        connections.watch(on(step -> step.sql().equals("COMMIT") && !step.after() && removals() == 1, step -> {
            terminate(step.backend());
            throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
        }));
        assertThat(cleanup(pauses::add).remove(looked)).isEqualTo(looked);
        assertThat(pauses).containsExactly(1);
        assertThat(removals()).isEqualTo(2);
        assertThat(scene.look().runs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCommitThatIsStillInProgressIsAskedForAgain(boolean commits) {
        List<Connection> hanging = new ArrayList<>();
        connections.watch(on(step -> step.sql().equals("COMMIT") && !step.after() && removals() == 1, step -> {
            connections.keepOpen(step.connection());
            hanging.add(step.connection());
            throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
        }));
        JobHolding removed = cleanup(attempt -> {
                    pauses.add(attempt);
                    if (pauses.size() == 3) {
                        end(hanging.get(0), commits);
                    }
                })
                .remove(looked);
        assertThat(removed).isEqualTo(looked);
        assertThat(pauses).isEqualTo(commits ? List.of(1, 2, 3) : List.of(1, 2, 3, 1));
        assertThat(removals()).isEqualTo(commits ? 1 : 2);
        assertThat(scene.look().runs()).isEmpty();
    }

    @Test
    void aCommitThatStaysInProgressIsUnknownAndTheNextCallFinishesIt() throws SQLException {
        List<Connection> hanging = new ArrayList<>();
        connections.watch(on(step -> step.sql().equals("COMMIT"), step -> {
            connections.keepOpen(step.connection());
            hanging.add(step.connection());
            throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
        }));
        ProviderException e = failure();
        assertThat(e.code()).isEqualTo(Code.OUTCOME_UNKNOWN);
        assertThat(e).hasMessageContaining("the next run looks again and finishes it");
        assertThat(pauses).hasSize(WriteTransactions.ASKINGS - 1);
        assertThat(removals()).isEqualTo(1);
        connections.watch(step -> {});
        end(hanging.get(0), true);
        assertThat(cleanup(pauses::add).remove(looked).obstacle()).isNull();
        assertThat(scene.look().runs()).isEmpty();
    }

    @Test
    void aServerThatCannotBeAskedLeavesTheOutcomeUnknown() {
        connections.watch(step -> {
            if (step.sql().equals("COMMIT") && step.after() || step.sql().contains("txid_status")) {
                throw new SQLException("An I/O error occurred while sending to the backend.", "08006");
            }
        });
        ProviderException e = failure();
        assertThat(e.code()).isEqualTo(Code.OUTCOME_UNKNOWN);
        assertThat(e.getCause().getSuppressed()).hasSize(WriteTransactions.ASKINGS);
        connections.watch(step -> {});
        assertThat(cleanup(pauses::add).remove(looked).runs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03", "57P01", "08006"})
    void whatMayPassIsTriedAgain(String state) {
        connections.watch(on(step -> step.sql().startsWith("DELETE FROM log") && removals() < 3, step -> {
            throw new SQLException("for some reason", state);
        }));
        assertThat(cleanup(pauses::add).remove(looked)).isEqualTo(looked);
        assertThat(pauses).containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03"})
    void whatDoesNotPassIsGivenUp(String state) {
        connections.watch(on(step -> step.sql().equals("COMMIT") && !step.after(), step -> {
            throw new SQLException("for some reason", state);
        }));
        ProviderException e = failure();
        assertThat(e.code()).isEqualTo(Code.BUSY);
        assertThat(e).hasMessageStartingWith("nothing was removed: removing job p-vm of client os1-fd");
        assertThat(removals()).isEqualTo(WriteTransactions.ATTEMPTS);
        assertThat(scene.all()).isEqualTo(full);
    }

    @Test
    void anyOtherErrorIsNotTriedAgain() {
        connections.watch(on(step -> step.sql().startsWith("DELETE FROM media"), step -> {
            throw new SQLException("for some reason", "42P01");
        }));
        assertThat(failure().code()).isEqualTo(Code.BAD_ANSWER);
        assertThat(pauses).isEmpty();
        assertThat(scene.all()).isEqualTo(full);
    }

    @Test
    void aTableOfJobsThatSomebodyWritesToIsWaitedForAnew() throws SQLException {
        try (Connection director = scene.catalog.connect();
                Statement statement = director.createStatement()) {
            director.setAutoCommit(false);
            statement.execute("UPDATE job SET comment = 'x' WHERE name = 'p-other'");
            JobHolding removed = cleanup(attempt -> {
                        pauses.add(attempt);
                        end(director, true);
                    })
                    .remove(looked);
            assertThat(removed).isEqualTo(looked);
            assertThat(pauses).containsExactly(1);
            assertThat(removals()).as("what is done before is not done again").isEqualTo(1);
        }
    }

    @Test
    void twoRemovalsAtOnceDoNotStopOneAnother() throws Exception {
        long run = scene.job("p-vm2", "filesetid", 0);
        JobHolding second = scene.cleanup.look(Scenario.CLIENT, "p-vm2", "fs-vm2");
        CyclicBarrier bothHaveDeleted = new CyclicBarrier(2);
        CompletableFuture<JobHolding> oneIsDone = new CompletableFuture<>();
        Pause untilThen = attempt -> oneIsDone.join();
        List<CompletableFuture<JobHolding>> removals = new ArrayList<>();
        for (JobHolding holding : List.of(looked, second)) {
            WatchedConnections own = new WatchedConnections(scene.catalog);
            own.watch(on(step -> step.sql().equals(JobsLock.LOCK_JOBS) && !step.after(), step -> {
                if (own.statements().stream().filter(JobsLock.LOCK_JOBS::equals).count() == 1) {
                    await(bothHaveDeleted);
                }
            }));
            removals.add(CompletableFuture.supplyAsync(
                            () -> new PostgresCleanup(server(), own, untilThen, untilThen).remove(holding))
                    .whenComplete((done, failure) -> oneIsDone.complete(done)));
        }
        assertThat(removals.get(0).get()).isEqualTo(looked);
        assertThat(removals.get(1).get()).isEqualTo(second);
        assertThat(second.runs()).containsExactly(run);
    }

    /** Wherever it is made: either nothing is removed, or it could not be made until the removal was done. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "('p-vm', 'B', 'C', 0)",
                "('p-vm', 'B', 'T', 1)",
                "('RestoreFiles', 'R', 'R', 1)",
            })
    void aRunMadeMeanwhileKeepsTheJob(String values) {
        int last = undisturbed();
        int lockedAt = connections.statements().indexOf(JobsLock.LOCK_JOBS) + 1;
        for (int n = 1; n <= last; n++) {
            fill();
            int at = n;
            List<Boolean> made = new ArrayList<>();
            connections.watch(step -> {
                if (step.number() == at && !step.after()) {
                    made.add(insertJob(values));
                }
            });
            JobHolding removed = cleanup(pauses::add).remove(looked);
            boolean afterLock = at > lockedAt;
            assertThat(made).as("made at %d", at).containsExactly(!afterLock);
            if (afterLock) {
                assertThat(removed).isEqualTo(looked);
            } else {
                assertThat(removed.obstacle()).isNotNull();
                assertThat(removed.rows()).isEmpty();
                scene.catalog.execute("DELETE FROM job WHERE job = 'meanwhile'");
                assertThat(scene.all()).isEqualTo(full);
            }
        }
    }

    @Test
    void aRunMadeMeanwhileThatMayWriteKeepsTheVolume() {
        connections.watch(on(step -> step.sql().equals(JobsLock.LOCK_JOBS) && !step.after(), step -> {
            assertThat(insertJob("('p-other', 'B', 'C', 0)")).isTrue();
        }));
        JobHolding removed = cleanup(pauses::add).remove(looked);
        assertThat(removed.runs()).isEqualTo(looked.runs());
        assertThat(looked.volumes()).hasSize(1);
        assertThat(removed.volumes()).isEmpty();
        assertThat(removed.kept()).singleElement().asString().contains("may be writing to it");
    }

    @Test
    void aRunThatBecomesABaseMeanwhileIsNotRemoved() {
        connections.watch(on(step -> step.sql().equals(JobsLock.LOCK_JOBS) && !step.after(), step -> {
            scene.rows.add(
                    "basefiles", "jobid", 999_999, "basejobid", looked.runs().first());
        }));
        JobHolding removed = cleanup(pauses::add).remove(looked);
        assertThat(removed.obstacle()).isEqualTo("its runs have been changed meanwhile");
        scene.catalog.execute("DELETE FROM basefiles WHERE jobid = 999999");
        assertThat(scene.all()).isEqualTo(full);
    }

    /** The number of statements of a removal that nobody disturbs. */
    private int undisturbed() {
        assertThat(cleanup(pauses::add).remove(looked)).isEqualTo(looked);
        return connections.statements().size();
    }

    /** How many transactions there were that came as far as the first table. */
    private static long removals() {
        return connections.statements().stream()
                .filter(sql -> sql.startsWith("DELETE FROM tagobject"))
                .count();
    }

    private void assertGone(SortedMap<String, List<Map<String, String>>> left) {
        assertThat(scene.all().keySet()).isEqualTo(left.keySet());
        left.forEach(
                (table, rows) -> assertThat(scene.rows.rows(table)).as(table).hasSameSizeAs(rows));
        assertThat(scene.look().runs()).isEmpty();
    }

    private ProviderException failure() {
        ProviderException e = catchThrowableOfType(
                ProviderException.class, () -> cleanup(pauses::add).remove(looked));
        assertThat(e).as("a ProviderException").isNotNull();
        assertThat(e.getMessage()).doesNotContain("\n");
        return e;
    }

    private static PostgresCleanup cleanup(Pause pause) {
        return new PostgresCleanup(server(), connections, pause, pause);
    }

    private static CatalogServer server() {
        return new CatalogServer(PostgresCatalogProvider.config(Settings.of(scene.catalog.settings())));
    }

    /** Before the statement of that number, or after the last one. */
    private static Predicate<Step> isBefore(int number, int last) {
        return step -> step.after() ? step.number() == last && number > last : step.number() == number;
    }

    private static WatchedConnections.Watcher on(Predicate<Step> which, WatchedConnections.Watcher what) {
        return step -> {
            if (which.test(step)) {
                what.at(step);
            }
        };
    }

    /** Ends a server process, and returns when it is gone. */
    private static void terminate(int backend) throws SQLException {
        try (Connection admin = scene.catalog.connect();
                PreparedStatement statement = admin.prepareStatement("SELECT pg_terminate_backend(?, 30000)")) {
            statement.setInt(1, backend);
            try (ResultSet row = statement.executeQuery()) {
                assertThat(row.next() && row.getBoolean(1)).isTrue();
            }
        }
    }

    /** Whether it was possible. */
    private static boolean insertJob(String values) throws SQLException {
        try (Connection director = scene.catalog.connect();
                Statement statement = director.createStatement()) {
            statement.execute("SET lock_timeout = '1ms'");
            statement.execute(
                    "INSERT INTO job (job, level, clientid, name, type, jobstatus, poolid) SELECT 'meanwhile',"
                            + " 'F', " + scene.client + ", v.* FROM (VALUES " + values + ") v");
            return true;
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("55P03");
            return false;
        }
    }

    private static void end(Connection connection, boolean commits) {
        try {
            if (commits) {
                connection.commit();
            } else {
                connection.rollback();
            }
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }
}
