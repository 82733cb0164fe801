package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InMemoryProvidersTest {
    @Nested
    class Store implements ConfigStoreContract {
        @Override
        public ConfigStore emptyStore() {
            return new InMemoryStore();
        }
    }

    @Nested
    class Catalog implements BackupCatalogContract {
        @Override
        public BackupCatalog catalogWith(
                Map<String, List<String>> jobsByClient, Map<String, List<String>> copiesByClient) {
            InMemoryCatalog catalog = new InMemoryCatalog();
            copiesByClient.forEach((client, jobs) -> jobs.forEach(job -> catalog.copied(client, job)));
            jobsByClient.forEach((client, jobs) -> jobs.forEach(job -> catalog.ran(client, job)));
            return catalog;
        }
    }

    @Nested
    class History implements BackupHistoryContract {
        @Override
        public BackupHistory historyOf(List<PastRun> runs) {
            InMemoryCatalog catalog = new InMemoryCatalog();
            for (PastRun run : runs) {
                BackupRun.Result result = switch (run.ending()) {
                    case WELL -> BackupRun.Result.GOOD;
                    case WITH_AN_ERROR -> BackupRun.Result.FAILED;
                    case CANCELLED, EMPTY -> BackupRun.Result.OTHER;
                };
                catalog.ran(run.client(), run.job(), run.began(), result, run.of());
            }
            return catalog.history().orElseThrow();
        }
    }

    @Nested
    class Inventory implements LiveInventoryContract {
        @Override
        public LiveInventory listing(List<List<LiveVm>> lists) {
            return new InMemoryInventory()
                    .answer(
                            SITE,
                            lists.stream()
                                    .map(vms -> vms.isEmpty()
                                            ? Discovery.failed("the list is empty")
                                            : Discovery.complete(vms))
                                    .toArray(Discovery[]::new));
        }

        @Override
        public LiveInventory cutShortAfter(List<LiveVm> vms) {
            return new InMemoryInventory().answer(SITE, Discovery.incomplete(vms, List.of(), "cut short"));
        }

        @Override
        public LiveInventory unreachable() {
            return new InMemoryInventory();
        }
    }

    @Nested
    class TheDirector implements DirectorContract {
        @Override
        public Director directorThat(Fate fate) {
            AtomicReference<Set<String>> files = new AtomicReference<>(LOADED);
            InMemoryDirector director =
                    new InMemoryDirector(files::get).disabledJobs(DISABLED).vmsOfJobs(VMS);
            director.reload();
            files.set(CONFIGURED);
            return switch (fate) {
                case LOADS -> director;
                case REFUSES -> director.reloadsEnd(ReloadResult.Kind.REFUSED);
                case DIES -> director.reloadsEnd(ReloadResult.Kind.DIED);
            };
        }

        @Override
        public Director unreachable() {
            return new InMemoryDirector(Set::of)
                    .failWith(new ProviderException(ProviderException.Code.UNREACHABLE, "nobody answers"));
        }
    }

    @Test
    void aCatalogTellsOfRunsAsTheyAreNow() {
        UUID vm = new UUID(1, 1);
        InMemoryCatalog catalog = new InMemoryCatalog();
        BackupHistory history = catalog.history().orElseThrow();
        List<Absence> everything = List.of(new Absence("job", vm, Instant.MIN));
        catalog.ran("c", "job", Instant.EPOCH, BackupRun.Result.GOOD, vm);
        assertThat(history.runsSince("c", everything))
                .containsExactly(
                        new BackupRun(1, "job", BackupRun.Result.GOOD, Instant.EPOCH, BackupRun.Contents.OF_THE_VM));
        catalog.purgeFiles(1);
        assertThat(history.runsSince("c", everything))
                .extracting(BackupRun::contents)
                .containsExactly(BackupRun.Contents.UNKNOWN);
        catalog.removeRuns("c", "job").runs("c", "job");
        assertThat(history.runsSince("c", everything))
                .extracting(BackupRun::result)
                .containsExactly(BackupRun.Result.OTHER);
        assertThat(history.jobsRunSince("c", Instant.MIN)).isEqualTo(Map.of("job", false));
        catalog.ended();
        assertThat(history.jobsRunSince("c", Instant.MIN)).isEqualTo(Map.of("job", true));
    }

    @Test
    void aCatalogMayHaveNoHistoryOrFailToTellIt() {
        InMemoryCatalog catalog = new InMemoryCatalog().ran("c", "job");
        BackupHistory history = catalog.history().orElseThrow();
        ProviderException refused = new ProviderException(ProviderException.Code.CONFIGURATION, "not granted");
        catalog.failHistoryWith(refused);
        catalog.check();
        assertThatThrownBy(() -> history.runsSince("c", List.of())).isSameAs(refused);
        assertThatThrownBy(() -> history.jobsRunSince("c", Instant.MIN)).isSameAs(refused);
        ProviderException gone = new ProviderException(ProviderException.Code.UNREACHABLE, "gone");
        catalog.failHistoryWith(null).failWith(gone);
        assertThatThrownBy(() -> history.runsSince("c", List.of())).isSameAs(gone);
        catalog.failWith(null);
        assertThat(history.jobsRunSince("c", Instant.MIN)).containsOnlyKeys("job");
        assertThat(catalog.withoutHistory().history()).isEmpty();
    }

    @Test
    void anInventoryGivesItsAnswersInOrderAndKeepsTheLast() {
        Discovery first = Discovery.complete(List.of(LiveVm.of("web", new UUID(1, 1))));
        Discovery last = Discovery.failed("down");
        InMemoryInventory inventory = new InMemoryInventory().answer(Fleets.instance(1), first, last);
        assertThat(inventory.discover(Fleets.instance(1))).isEqualTo(first);
        assertThat(inventory.discover(Fleets.instance(1))).isEqualTo(last);
        assertThat(inventory.discover(Fleets.instance(1))).isEqualTo(last);
    }

    @Test
    void aDirectorLoadsJobsOnlyOnAReloadThatIsAccepted() {
        InMemoryDirector director = new InMemoryDirector(() -> Set.of("job"));
        assertThat(director.jobNames()).isEmpty();
        director.reloadsEnd(ReloadResult.Kind.REFUSED).reload();
        assertThat(director.jobNames()).isEmpty();
        director.reloadsEnd(ReloadResult.Kind.DONE).reload();
        assertThat(director.jobNames()).containsExactly("job");
        assertThat(director.reloads()).isEqualTo(2);
    }
}
