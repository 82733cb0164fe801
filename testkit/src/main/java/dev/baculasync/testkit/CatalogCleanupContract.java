package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What every {@link CatalogCleanup} must hold to. */
public interface CatalogCleanupContract {
    /** A client that has jobs. */
    String CLIENT = "os1-fd";

    /** Another one. */
    String OTHER_CLIENT = "os2-fd";

    /** Its own FileSet is called as it is, with {@code fs-} before. */
    String WEB = "backup-web";

    /** Another job. */
    String DB = "backup-db";

    /** What a run is. */
    enum Kind {
        /** A run of the job itself that is over. */
        OWN,
        /** A copy of such a run, which bears the job's name. */
        COPY,
        /** A run of the job itself that is running. */
        ACTIVE
    }

    /**
     * A Job row, whose files the Director has not purged. It has one file, in a directory that all runs of jobs of that name
     * have, and nothing else has.
     *
     * @param client name of its Client resource
     * @param job name of its Job resource
     */
    record PastRun(String client, String job, Kind kind) {
        /** A run of the job itself, of the first client. */
        public static PastRun own(String job) {
            return new PastRun(CLIENT, job, Kind.OWN);
        }
    }

    /** A catalog, as somebody sees it who looks into its tables. */
    interface Catalog {
        /** The facet under test, the same each time. */
        CatalogCleanup cleanup();

        /** Adds a run; its JobId is one more than the last. */
        void add(PastRun run);

        /** Does what a Director does that is to purge the files of runs. */
        void purgeFiles(Collection<Long> runs);

        /** Lets all that runs come to a good end. */
        void end();

        /** JobIds of all runs that are there. */
        Set<Long> runs();

        /** The jobs whose directories are there. */
        Set<String> directories();

        /** The clients that are there. */
        Set<String> clients();
    }

    /**
     * A catalog that holds nothing but two clients and this.
     *
     * @param runs their JobIds are their places, from 1
     */
    Catalog catalogWith(List<PastRun> runs);

    private Catalog catalogWith(PastRun... runs) {
        return catalogWith(List.of(runs));
    }

    private static JobHolding look(CatalogCleanup cleanup, String job) {
        return cleanup.look(CLIENT, job, "fs-" + job);
    }

    /** As a run does it. */
    private static JobHolding purge(Catalog catalog, String job) {
        JobHolding looked = look(catalog.cleanup(), job);
        catalog.purgeFiles(looked.unpurged());
        return catalog.cleanup().remove(looked.purged());
    }

    private static List<OrphanedRows> used(CatalogCleanup cleanup, Set<Long> runs) {
        return cleanup.usedBy(runs, List.of()).stream().toList();
    }

    @Test
    default void aLookRemovesNothingAndNamesOwnRunsAlone() {
        Catalog catalog = catalogWith(
                PastRun.own(WEB),
                PastRun.own(WEB),
                new PastRun(CLIENT, WEB, Kind.COPY),
                new PastRun(OTHER_CLIENT, WEB, Kind.OWN),
                PastRun.own(DB));
        catalog.purgeFiles(List.of(2L));
        catalog.cleanup().check();
        JobHolding looked = look(catalog.cleanup(), WEB);
        assertThat(looked.runs()).containsExactly(1L, 2L);
        assertThat(looked.unpurged()).containsExactly(1L);
        assertThat(looked.rows()).containsEntry("job", 2L);
        assertThat(looked.obstacle()).isNull();
        assertThat(looked.kept()).as("the copy").anyMatch(kept -> kept.contains("JobId 3"));
        assertThat(catalog.runs()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    default void aRemovalTakesTheJobsOwnRunsAndNothingElse() {
        Catalog catalog = catalogWith(
                PastRun.own(WEB),
                new PastRun(CLIENT, WEB, Kind.COPY),
                new PastRun(OTHER_CLIENT, WEB, Kind.OWN),
                PastRun.own(DB),
                PastRun.own(WEB + "2"),
                PastRun.own(WEB));
        JobHolding removed = purge(catalog, WEB);
        assertThat(removed.obstacle()).isNull();
        assertThat(removed.runs()).containsExactly(1L, 6L);
        assertThat(catalog.runs()).containsExactlyInAnyOrder(2L, 3L, 4L, 5L);
    }

    @Test
    default void removingAgainIsNoError() {
        Catalog catalog = catalogWith(PastRun.own(WEB), PastRun.own(DB));
        JobHolding looked = look(catalog.cleanup(), WEB);
        purge(catalog, WEB);
        JobHolding again = catalog.cleanup().remove(looked.purged());
        assertThat(again.obstacle()).isNull();
        assertThat(again.runs()).isEmpty();
        assertThat(catalog.runs()).containsExactly(2L);
    }

    @Test
    default void aJobAtWorkStays() {
        Catalog catalog = catalogWith(PastRun.own(WEB), new PastRun(CLIENT, WEB, Kind.ACTIVE));
        for (CatalogCleanup cleanup :
                List.of(catalog.cleanup(), catalog.cleanup().preview())) {
            assertThat(look(cleanup, WEB).obstacle()).isNotNull();
        }
        assertThat(purge(catalog, WEB).obstacle()).isNotNull();
        assertThat(catalog.runs()).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    default void aRunThatWasMadeSinceTheLookStopsTheRemoval() {
        Catalog catalog = catalogWith(PastRun.own(WEB));
        JobHolding looked = look(catalog.cleanup(), WEB);
        catalog.add(PastRun.own(WEB));
        catalog.purgeFiles(List.of(1L, 2L));
        for (CatalogCleanup cleanup : List.of(catalog.cleanup().preview(), catalog.cleanup())) {
            JobHolding removed = cleanup.remove(looked.purged());
            assertThat(removed.obstacle()).isNotNull();
            assertThat(removed.runs()).isEmpty();
        }
        assertThat(catalog.runs()).containsExactlyInAnyOrder(1L, 2L);
    }

    /** A Director notes in its own catalog what it has purged, and not in a copy of it. */
    @Test
    default void aCatalogThatDoesNotKnowWhatTheDirectorHasPurgedIsNotTheDirectors() {
        Catalog catalog = catalogWith(PastRun.own(WEB), PastRun.own(WEB));
        JobHolding looked = look(catalog.cleanup(), WEB);
        catalog.purgeFiles(List.of(1L));
        assertThatThrownBy(() -> catalog.cleanup().remove(looked.purged()))
                .isInstanceOf(ProviderException.class)
                .extracting(e -> ((ProviderException) e).code())
                .isEqualTo(ProviderException.Code.CONFIGURATION);
        assertThat(catalog.runs()).containsExactlyInAnyOrder(1L, 2L);
    }

    /** Although the Director is not told to purge any files. */
    @Test
    default void aPreviewRemovesNothingAndSaysWhatTheRemovalThenDoes() {
        Catalog catalog = catalogWith(
                PastRun.own(WEB),
                PastRun.own(WEB),
                new PastRun(CLIENT, WEB, Kind.COPY),
                PastRun.own(DB),
                new PastRun(OTHER_CLIENT, DB, Kind.OWN));
        CatalogCleanup preview = catalog.cleanup().preview();
        List<JobHolding> previewed = new ArrayList<>();
        List<OrphanedRows> orphans = new ArrayList<>();
        for (String job : List.of(WEB, DB)) {
            JobHolding looked = look(preview, job);
            preview.usedBy(looked.runs(), orphans).ifPresent(orphans::add);
            previewed.add(preview.remove(looked.purged()).purged());
        }
        OrphanRemoval previewedOrphans = preview.removeOrphaned(orphans);
        boolean previewedClient = preview.removeClient(CLIENT);
        assertThat(catalog.runs()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
        assertThat(catalog.directories()).containsExactlyInAnyOrder(WEB, DB);
        assertThat(catalog.clients()).containsExactlyInAnyOrder(CLIENT, OTHER_CLIENT);
        assertThat(look(catalog.cleanup(), WEB).unpurged()).containsExactly(1L, 2L);

        // A Director takes rows of the files before the removal counts them.
        assertThat(List.of(purge(catalog, WEB), purge(catalog, DB)))
                .usingRecursiveComparison()
                .ignoringFields("rows")
                .isEqualTo(previewed);
        assertThat(previewed).extracting(holding -> holding.rows().get("job")).containsExactly(2L, 1L);
        assertThat(catalog.cleanup().removeOrphaned(orphans)).isEqualTo(previewedOrphans);
        assertThat(catalog.cleanup().removeClient(CLIENT)).isEqualTo(previewedClient);
        assertThat(catalog.runs()).containsExactlyInAnyOrder(3L, 5L);
    }

    @Test
    default void aPreviewGoesOnFromWhatItHasRemovedAndAnotherBeginsAnew() {
        Catalog catalog = catalogWith(PastRun.own(WEB), PastRun.own(DB));
        CatalogCleanup preview = catalog.cleanup().preview();
        List<OrphanedRows> orphans = used(preview, Set.of(1L));
        assertThat(preview.removeOrphaned(orphans).rows()).as("still in use").isEmpty();
        preview.remove(look(preview, WEB));
        assertThat(look(preview, WEB).runs()).isEmpty();
        assertThat(look(preview, WEB).rows()).isEmpty();
        assertThat(preview.removeOrphaned(orphans).rows()).isNotEmpty();
        assertThat(preview.removeOrphaned(orphans).rows()).as("once").isEmpty();
        assertThat(preview.removeClient(CLIENT)).as("it has another job").isFalse();
        preview.remove(look(preview, DB));
        assertThat(preview.removeClient(CLIENT)).isTrue();
        for (CatalogCleanup other : List.of(catalog.cleanup(), catalog.cleanup().preview(), preview.preview())) {
            assertThat(look(other, WEB).runs()).containsExactly(1L);
        }
        assertThat(catalog.runs()).containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    default void onlyRowsThatNothingUsesAnyMoreAreRemoved() {
        Catalog catalog = catalogWith(
                PastRun.own(WEB), PastRun.own(DB), new PastRun(OTHER_CLIENT, DB, Kind.OWN), PastRun.own("unnamed"));
        List<OrphanedRows> orphans = used(catalog.cleanup(), Set.of(1L, 2L));
        assertThat(catalog.cleanup().removeOrphaned(orphans).rows())
                .as("still in use")
                .isEmpty();
        for (String job : List.of(WEB, DB, "unnamed")) {
            purge(catalog, job);
        }
        OrphanRemoval removal = catalog.cleanup().removeOrphaned(orphans);
        assertThat(removal.rows()).isNotEmpty();
        assertThat(removal.remaining()).isNull();
        assertThat(catalog.directories())
                .as("of another client's runs, and those that nobody has named")
                .containsExactlyInAnyOrder(DB, "unnamed");
        assertThat(catalog.cleanup().removeOrphaned(orphans).rows()).isEmpty();
        assertThat(catalog.cleanup().removeOrphaned(List.of()).remaining()).isNull();
    }

    @Test
    default void rowsThatAreKnownAreNotNamedAgain() {
        Catalog catalog = catalogWith(PastRun.own(WEB), PastRun.own(WEB), PastRun.own(DB));
        List<OrphanedRows> known = new ArrayList<>(used(catalog.cleanup(), Set.of(1L, 2L)));
        assertThat(known).hasSize(1);
        assertThat(catalog.cleanup().usedBy(Set.of(1L, 2L), known)).isEmpty();
        assertThat(catalog.cleanup().usedBy(Set.of(1L, 2L), List.of(new OrphanedRows("elsewhere/1", "anything"))))
                .as("what is known of another catalog does not matter")
                .contains(known.get(0));
        known.add(catalog.cleanup().usedBy(Set.of(1L, 2L, 3L), known).orElseThrow());
        for (String job : List.of(WEB, DB)) {
            purge(catalog, job);
        }
        catalog.cleanup().removeOrphaned(known);
        assertThat(catalog.directories()).as("both name them all").isEmpty();
    }

    @Test
    default void orphanedRowsWaitForAMomentWithoutAJobAtWorkButNotInAPreview() {
        Catalog catalog = catalogWith(PastRun.own(WEB), new PastRun(OTHER_CLIENT, DB, Kind.ACTIVE));
        List<OrphanedRows> orphans = used(catalog.cleanup(), Set.of(1L));
        purge(catalog, WEB);
        OrphanRemoval previewed = catalog.cleanup().preview().removeOrphaned(orphans);
        OrphanRemoval waiting = catalog.cleanup().removeOrphaned(orphans);
        assertThat(waiting.remaining()).isNotNull();
        assertThat(waiting.rows()).isEmpty();
        assertThat(catalog.directories()).containsExactlyInAnyOrder(WEB, DB);
        catalog.end();
        assertThat(catalog.cleanup().removeOrphaned(orphans)).isEqualTo(previewed);
        assertThat(catalog.directories()).containsExactly(DB);
    }

    @Test
    default void rowsOfAnotherCatalogStay() {
        Catalog catalog = catalogWith(PastRun.own(WEB), PastRun.own(DB));
        List<OrphanedRows> orphans = used(catalog.cleanup(), Set.of(1L)).stream()
                .map(rows -> new OrphanedRows("elsewhere/1", rows.rows()))
                .toList();
        purge(catalog, WEB);
        for (CatalogCleanup cleanup : List.of(catalog.cleanup().preview(), catalog.cleanup())) {
            OrphanRemoval removal = cleanup.removeOrphaned(orphans);
            assertThat(removal.rows()).isEmpty();
            assertThat(removal.remaining()).isNotNull();
        }
        assertThat(catalog.directories()).containsExactlyInAnyOrder(WEB, DB);
    }

    @Test
    default void rowsThatAreNotUnderstoodAreRefused() {
        Catalog catalog = catalogWith(PastRun.own(WEB), PastRun.own(DB));
        List<OrphanedRows> odd = new ArrayList<>(used(catalog.cleanup(), Set.of(1L)));
        odd.add(new OrphanedRows(odd.get(0).catalog(), "\u001b[2Jnobody has written this"));
        purge(catalog, WEB);
        for (CatalogCleanup cleanup : List.of(catalog.cleanup().preview(), catalog.cleanup())) {
            assertThatThrownBy(() -> cleanup.usedBy(Set.of(2L), odd)).isInstanceOf(ProviderException.class);
            assertThatThrownBy(() -> cleanup.removeOrphaned(odd))
                    .isInstanceOf(ProviderException.class)
                    .message()
                    .doesNotContain("\u001b");
        }
        assertThat(catalog.directories()).containsExactlyInAnyOrder(WEB, DB);
    }

    @Test
    default void activeJobsAreThoseOfTheClientWhateverTheirNames() {
        Catalog catalog = catalogWith(
                PastRun.own(WEB),
                new PastRun(CLIENT, "Restore", Kind.ACTIVE),
                new PastRun(OTHER_CLIENT, DB, Kind.ACTIVE));
        assertThat(catalog.cleanup().activeJobs(CLIENT))
                .singleElement()
                .asString()
                .startsWith("Restore");
        catalog.end();
        assertThat(catalog.cleanup().activeJobs(CLIENT)).isEmpty();
    }

    @Test
    default void aClientGoesOnceNoJobRowNamesIt() {
        Catalog catalog = catalogWith(PastRun.own(WEB), new PastRun(OTHER_CLIENT, DB, Kind.OWN));
        assertThat(catalog.cleanup().removeClient(CLIENT)).isFalse();
        assertThat(catalog.clients()).containsExactlyInAnyOrder(CLIENT, OTHER_CLIENT);
        purge(catalog, WEB);
        assertThat(catalog.cleanup().preview().removeClient(CLIENT)).isTrue();
        assertThat(catalog.clients()).containsExactlyInAnyOrder(CLIENT, OTHER_CLIENT);
        assertThat(catalog.cleanup().removeClient(CLIENT)).isTrue();
        assertThat(catalog.cleanup().removeClient(CLIENT))
                .as("it is not there any more")
                .isTrue();
        assertThat(new TreeSet<>(catalog.clients())).containsExactly(OTHER_CLIENT);
    }
}
