package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.BackupRun.Contents;
import dev.baculasync.spi.BackupRun.Result;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every {@link BackupHistory} must hold to. */
public interface BackupHistoryContract {
    /** How a run ended. */
    enum Ending {
        WELL,
        WITH_AN_ERROR,
        CANCELLED,
        /** Well, but nothing was backed up. */
        EMPTY
    }

    /**
     * A run of a backup job.
     *
     * @param began on a full second
     * @param of the VM that all of its files are of; null when no file of it tells
     */
    record PastRun(
            String client,
            String job,
            Instant began,
            Ending ending,
            @Nullable UUID of) {}

    /** The moment that the rules ask about. */
    Instant NOTED = Instant.parse("2026-03-29T01:00:00Z");

    /** The VM that the rules ask about. */
    UUID VM = UUID.fromString("22d27bdf-1cdb-461e-8f61-a641e36f9ed7");

    /** Another VM. */
    UUID OTHER_VM = UUID.fromString("c4d13b99-5bdc-4b45-b673-bb6a81e443a1");

    /** What is known where exactly these runs were made. */
    BackupHistory historyOf(List<PastRun> runs);

    @Test
    default void aGoodRunAfterTheMomentIsToldAndNoneBeforeOrAtIt() {
        BackupHistory history = historyOf(List.of(
                run("job", NOTED.minusSeconds(86_400), Ending.WELL),
                run("job", NOTED.minusSeconds(1), Ending.WELL),
                run("job", NOTED, Ending.WELL),
                run("job", NOTED.plusSeconds(1), Ending.WELL),
                run("job", NOTED.plusSeconds(86_400), Ending.WELL)));
        List<BackupRun> runs = history.runsSince("os1-fd", List.of(new Absence("job", VM, NOTED)));
        assertThat(runs)
                .extracting(BackupRun::startedAt)
                .containsExactlyInAnyOrder(NOTED.plusSeconds(1), NOTED.plusSeconds(86_400));
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.job()).isEqualTo("job");
            assertThat(run.result()).isEqualTo(Result.GOOD);
        });
        assertThat(runs).extracting(BackupRun::jobId).doesNotHaveDuplicates();
        // Fractions of a second count for nothing more than they are.
        assertThat(history.runsSince("os1-fd", List.of(new Absence("job", VM, NOTED.plusMillis(999)))))
                .hasSize(2);
    }

    @Test
    default void runsOfAnotherClientAreNeverMeant() {
        BackupHistory history =
                historyOf(List.of(new PastRun("os2-fd", "job", NOTED.plusSeconds(60), Ending.WELL, null)));
        assertThat(history.runsSince("os1-fd", List.of(new Absence("job", VM, NOTED))))
                .isEmpty();
        assertThat(history.runsSince("os2-fd", List.of(new Absence("job", VM, NOTED))))
                .hasSize(1);
        assertThat(history.runsSince("nobody-fd", List.of(new Absence("job", VM, NOTED))))
                .isEmpty();
    }

    @Test
    default void theResultIsWhatCameOfTheRun() {
        BackupHistory history = historyOf(List.of(
                run("well", NOTED.plusSeconds(60), Ending.WELL),
                run("error", NOTED.plusSeconds(60), Ending.WITH_AN_ERROR),
                run("cancelled", NOTED.plusSeconds(60), Ending.CANCELLED),
                run("empty", NOTED.plusSeconds(60), Ending.EMPTY)));
        assertThat(history.runsSince(
                        "os1-fd",
                        List.of(
                                new Absence("well", VM, NOTED),
                                new Absence("error", VM, NOTED),
                                new Absence("cancelled", VM, NOTED),
                                new Absence("empty", VM, NOTED))))
                .extracting(BackupRun::job, BackupRun::result)
                .containsExactlyInAnyOrder(
                        tuple("well", Result.GOOD),
                        tuple("error", Result.FAILED),
                        tuple("cancelled", Result.OTHER),
                        tuple("empty", Result.OTHER));
    }

    @Test
    default void theFilesOfAGoodRunSayWhoseItIs() {
        Instant at = NOTED.plusSeconds(60);
        BackupHistory history = historyOf(List.of(
                new PastRun("os1-fd", "own", at, Ending.WELL, VM),
                new PastRun("os1-fd", "others", at, Ending.WELL, OTHER_VM),
                new PastRun("os1-fd", "silent", at, Ending.WELL, null),
                new PastRun("os1-fd", "failed", at, Ending.WITH_AN_ERROR, VM)));
        assertThat(history.runsSince(
                        "os1-fd",
                        List.of(
                                new Absence("own", VM, NOTED),
                                new Absence("others", VM, NOTED),
                                new Absence("silent", VM, NOTED),
                                new Absence("failed", VM, NOTED))))
                .extracting(BackupRun::job, BackupRun::contents)
                .containsExactlyInAnyOrder(
                        tuple("own", Contents.OF_THE_VM),
                        tuple("others", Contents.OF_OTHERS),
                        tuple("silent", Contents.UNKNOWN),
                        tuple("failed", Contents.UNKNOWN));
    }

    @Test
    default void eachJobOfAQuestionHasItsOwnMomentAndItsOwnVm() {
        Instant at = NOTED.plusSeconds(3600);
        BackupHistory history = historyOf(List.of(
                new PastRun("os1-fd", "a", at, Ending.WELL, VM),
                new PastRun("os1-fd", "b", at, Ending.WELL, VM),
                new PastRun("os1-fd", "c", at, Ending.WELL, VM),
                new PastRun("os1-fd", "not-asked", at, Ending.WELL, VM)));
        assertThat(history.runsSince(
                        "os1-fd",
                        List.of(
                                new Absence("a", VM, NOTED),
                                new Absence("b", VM, at),
                                new Absence("c", OTHER_VM, NOTED),
                                new Absence("never-ran", VM, NOTED))))
                .extracting(BackupRun::job, BackupRun::contents)
                .containsExactlyInAnyOrder(tuple("a", Contents.OF_THE_VM), tuple("c", Contents.OF_OTHERS));
        assertThat(history.runsSince("os1-fd", List.of())).isEmpty();
    }

    @Test
    default void namesAreTakenLiterally() {
        Instant at = NOTED.plusSeconds(60);
        BackupHistory history = historyOf(List.of(
                run("b_a.web", at, Ending.WELL),
                run("bxa.web", at, Ending.WELL),
                run("b_aXweb", at, Ending.WELL),
                run("B_A.web", at, Ending.WELL)));
        assertThat(history.runsSince(
                        "os1-fd",
                        List.of(
                                new Absence("b_a.web", VM, NOTED),
                                new Absence("b%", VM, NOTED),
                                new Absence("%", VM, NOTED),
                                new Absence("b_a_web", VM, NOTED))))
                .extracting(BackupRun::job)
                .containsExactly("b_a.web");
        assertThat(history.runsSince("os__fd", List.of(new Absence("b_a.web", VM, NOTED))))
                .isEmpty();
    }

    @Test
    default void theJobsThatRanAreToldWithWhetherOneRunOfEachWasGood() {
        Instant later = NOTED.plusSeconds(1);
        Instant muchLater = NOTED.plusSeconds(10 * 86_400);
        BackupHistory history = historyOf(List.of(
                run("good", later, Ending.WELL),
                run("good-in-the-end", later, Ending.WITH_AN_ERROR),
                run("good-in-the-end", muchLater, Ending.WELL),
                run("bad-in-the-end", later, Ending.WELL),
                run("bad-in-the-end", muchLater, Ending.CANCELLED),
                run("bad", later, Ending.WITH_AN_ERROR),
                run("empty", muchLater, Ending.EMPTY),
                run("was-good", NOTED.minusSeconds(60), Ending.WELL),
                run("was-good", later, Ending.CANCELLED),
                run("at-the-moment", NOTED, Ending.WELL),
                run("long-ago", NOTED.minusSeconds(10 * 86_400), Ending.WELL),
                new PastRun("os2-fd", "good", later, Ending.WELL, null),
                new PastRun("os2-fd", "bad", later, Ending.WELL, null),
                new PastRun("os2-fd", "of-another", later, Ending.WELL, null)));
        assertThat(history.jobsRunSince("os1-fd", NOTED))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "good", true,
                        "good-in-the-end", true,
                        "bad-in-the-end", true,
                        "bad", false,
                        "empty", false,
                        "was-good", false));
        assertThat(history.jobsRunSince("os1-fd", muchLater)).isEmpty();
        assertThat(history.jobsRunSince("nobody-fd", NOTED)).isEmpty();
    }

    private static PastRun run(String job, Instant began, Ending ending) {
        return new PastRun("os1-fd", job, began, ending, null);
    }
}
