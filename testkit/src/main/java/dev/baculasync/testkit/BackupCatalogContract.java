package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every {@link BackupCatalog} must hold to. */
public interface BackupCatalogContract {
    /**
     * A catalog in which exactly these jobs have run, some perhaps many times; keys are the names of clients.
     */
    BackupCatalog catalogWith(Map<String, List<String>> jobsByClient);

    @Test
    default void onlyJobsOfTheClientThatStartWithThePrefixAreKnown() {
        BackupCatalog catalog = catalogWith(Map.of(
                "bacula-dc1-os1-fd",
                List.of("backup-dc1-os1-web", "backup-dc1-os1-db", "backup-dc1-os2-web", "other", "backup-dc1-os1"),
                "bacula-dc2-os1-fd",
                List.of("backup-dc1-os1-foreign")));
        catalog.check();
        assertThat(catalog.jobNames(Fleets.instance(1)))
                .containsExactlyInAnyOrder("backup-dc1-os1-web", "backup-dc1-os1-db");
        assertThat(catalog.jobNames(Fleets.instance(2))).isEmpty();
    }

    @Test
    default void aPrefixIsTakenLiterally() {
        BackupCatalog catalog = catalogWith(Map.of("c-fd", List.of("b_a.web", "bxa.web", "b_aXweb", "B_A.web")));
        assertThat(catalog.jobNames(new OpenStackInstance("dc", "os", "c-fd", "proxy", "b_a.", null)))
                .containsExactly("b_a.web");
    }

    @Test
    default void aClientThatNeverRanAJobHasNone() {
        assertThat(catalogWith(Map.of()).jobNames(Fleets.instance(1))).isEmpty();
    }
}
