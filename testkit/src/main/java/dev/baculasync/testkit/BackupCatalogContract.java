package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every {@link BackupCatalog} must hold to. */
public interface BackupCatalogContract {
    /**
     * A catalog that holds nothing but this; keys are the names of clients.
     *
     * @param jobsByClient names of jobs that have run, some perhaps many times
     * @param copiesByClient names of jobs whose runs there are a copy, a migrated run or what came of it, in any number
     */
    BackupCatalog catalogWith(Map<String, List<String>> jobsByClient, Map<String, List<String>> copiesByClient);

    /** A catalog in which exactly these jobs have run. */
    private BackupCatalog catalogWith(Map<String, List<String>> jobsByClient) {
        return catalogWith(jobsByClient, Map.of());
    }

    @Test
    default void onlyJobsOfTheClientThatStartWithThePrefixAreKnown() {
        BackupCatalog catalog = catalogWith(Map.of(
                "bacula-dc1-os1-fd",
                List.of("backup-dc1-os1-web", "backup-dc1-os1-db", "backup-dc1-os2-web", "other", "backup-dc1-os1"),
                "bacula-dc2-os1-fd",
                List.of("backup-dc1-os1-foreign")));
        catalog.check();
        assertThat(catalog.jobNames(Fleets.instance(1)).known())
                .containsExactlyInAnyOrder("backup-dc1-os1-web", "backup-dc1-os1-db");
        assertThat(catalog.jobNames(Fleets.instance(2)).known()).isEmpty();
    }

    @Test
    default void aPrefixIsTakenLiterally() {
        BackupCatalog catalog = catalogWith(Map.of("c-fd", List.of("b_a.web", "bxa.web", "b_aXweb", "B_A.web")));
        assertThat(catalog.jobNames(new OpenStackInstance("dc", "os", "c-fd", "proxy", "b_a.", null))
                        .known())
                .containsExactly("b_a.web");
    }

    @Test
    default void aClientThatNeverRanAJobHasNone() {
        assertThat(catalogWith(Map.of()).jobNames(Fleets.instance(1))).isEqualTo(JobNames.NONE);
    }

    /** A purge takes a job's own runs only. */
    @Test
    default void aJobIsKnownByItsOwnRunsAndNotByTheirCopies() {
        String client = Fleets.instance(1).client();
        JobNames names = catalogWith(
                        Map.of(
                                client,
                                List.of("backup-dc1-os1-a", "backup-dc1-os1-b"),
                                "other-fd",
                                List.of("backup-dc1-os1-c", "backup-dc1-os1-e")),
                        Map.of(
                                client,
                                List.of("backup-dc1-os1-b", "backup-dc1-os1-c", "backup-dc1-os1-d", "backup-dc1-os2-d"),
                                "other-fd",
                                List.of("backup-dc1-os1-f")))
                .jobNames(Fleets.instance(1));
        assertThat(names.known()).containsExactlyInAnyOrder("backup-dc1-os1-a", "backup-dc1-os1-b");
        assertThat(names.copiesOnly()).containsExactlyInAnyOrder("backup-dc1-os1-c", "backup-dc1-os1-d");
    }
}
