package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.testkit.BackupHistoryContract.PastRun;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A contract that a broken provider passes is worth nothing. */
class BrokenProvidersTest {
    @Test
    void anInventoryThatBelievesWhatItHearsAndRemembersItIsFound() {
        LiveInventoryContract credulous = new LiveInventoryContract() {
            @Override
            public LiveInventory listing(List<List<LiveVm>> lists) {
                return instance -> lists.get(0).isEmpty()
                        ? Discovery.incomplete(List.of(), List.of(), "nothing there")
                        : Discovery.complete(lists.get(0).stream()
                                .map(vm -> vm.withTag(null))
                                .toList());
            }

            @Override
            public LiveInventory cutShortAfter(List<LiveVm> vms) {
                return instance -> Discovery.complete(vms);
            }

            @Override
            public LiveInventory unreachable() {
                return instance -> {
                    throw new IllegalStateException("not connected");
                };
            }
        };
        assertFound(
                credulous::aWholeListIsCompleteAndNamesEachVm,
                credulous::aSecondQuestionIsAskedAgain,
                credulous::anEmptyListIsAFailure,
                credulous::aListThatMayBeShortIsNeverComplete,
                credulous::aSourceThatDoesNotAnswerIsAFailureAndNoException);
    }

    @Test
    void aDirectorThatReadsItsFilesInsteadOfAskingIsFound() {
        Director blind = new Director() {
            @Override
            public DirectorResources resources() {
                return new DirectorResources(
                        Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), jobNames(), Set.of());
            }

            @Override
            public ReloadResult reload() {
                return new ReloadResult(ReloadResult.Kind.DONE, "silence");
            }

            @Override
            public Set<String> jobNames() {
                return DirectorContract.CONFIGURED;
            }

            @Override
            public SortedSet<Long> runsOf(String job) {
                return new TreeSet<>();
            }

            @Override
            public void purgeFiles(long jobId) {}

            @Override
            public ClientState clientState(String client) {
                return new ClientState(ClientState.Kind.SILENT, "not asked");
            }
        };
        DirectorContract hopeful = new DirectorContract() {
            @Override
            public Director directorThat(Fate fate) {
                return blind;
            }

            @Override
            public Director unreachable() {
                return blind;
            }
        };
        assertFound(
                hopeful::whatItHasIsWhatItHasLoaded,
                hopeful::whichJobsItDoesNotStartAndWhatTheOthersBackUpIsAmongItsResources,
                hopeful::aReloadThatWorkedIsDoneAndItHasTheNewJobs,
                hopeful::aReloadThatWasRefusedIsNeverDone,
                hopeful::aDirectorThatDiesOfAReloadIsToldAndNoException,
                hopeful::aDirectorThatDoesNotAnswerIsAnExceptionNotAnEmptyList);
    }

    @Test
    void aHistoryThatTellsOfEverythingInTheSameWayIsFound() {
        BackupHistoryContract gullible = runs -> new BackupHistory() {
            @Override
            public void check() {}

            @Override
            public List<BackupRun> runsSince(String client, Collection<Absence> absences) {
                return runs.stream()
                        .map(run -> new BackupRun(
                                1,
                                run.job(),
                                BackupRun.Result.GOOD,
                                run.began(),
                                run.of() == null ? BackupRun.Contents.OF_THE_VM : BackupRun.Contents.UNKNOWN))
                        .toList();
            }

            @Override
            public Map<String, Boolean> jobsRunSince(String client, Instant since) {
                return runs.stream().collect(Collectors.toMap(PastRun::job, run -> true, (one, other) -> true));
            }
        };
        assertFound(
                gullible::aGoodRunAfterTheMomentIsToldAndNoneBeforeOrAtIt,
                gullible::runsOfAnotherClientAreNeverMeant,
                gullible::theResultIsWhatCameOfTheRun,
                gullible::theFilesOfAGoodRunSayWhoseItIs,
                gullible::eachJobOfAQuestionHasItsOwnMomentAndItsOwnVm,
                gullible::namesAreTakenLiterally,
                gullible::theJobsThatRanAreToldWithWhetherOneRunOfEachWasGood);
    }

    private static void assertFound(ThrowingCallable... rules) {
        for (int rule = 0; rule < rules.length; rule++) {
            assertThatCode(rules[rule])
                    .as("rule %d", rule)
                    .isInstanceOfAny(AssertionError.class, IllegalStateException.class);
        }
    }
}
