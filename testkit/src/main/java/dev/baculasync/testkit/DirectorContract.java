package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link Director} must hold to. A test class implements it over a Director of its own making. */
public interface DirectorContract {
    /** What the Director has loaded at first, besides the JobDefs {@code DefaultJob}. */
    Set<String> LOADED = Set.of("Base", "my job");

    /** Those of {@link #LOADED} that it does not start. */
    Set<String> DISABLED = Set.of("my job");

    /** The VMs that its jobs back up; a job in {@link #LOADED} that is not here backs up none. */
    Map<String, Set<UUID>> VMS = Map.of("Base", Set.of(UUID.fromString("014c5892-5efb-4efb-bd60-4e038800475d")));

    /** The jobs in its configuration files, which it has not read yet. */
    Set<String> CONFIGURED = Set.of("Base", "backup-dc1-os1-web");

    /** What becomes of a Director that is told to reload. */
    enum Fate {
        /** It reads its configuration. */
        LOADS,
        /** It does not like its configuration and goes on with the old one. */
        REFUSES,
        /** It does not like its configuration and ends. */
        DIES
    }

    /** A Director that has loaded {@link #LOADED}, with {@link #DISABLED} and {@link #VMS}, and whose configuration holds {@link #CONFIGURED}. */
    Director directorThat(Fate fate);

    /** A Director that does not answer. */
    Director unreachable();

    @Test
    default void whatItHasIsWhatItHasLoaded() {
        Director director = directorThat(Fate.LOADS);
        assertThat(director.jobNames()).isEqualTo(LOADED);
        assertThat(director.resources().jobs()).isEqualTo(LOADED);
        assertThat(director.resources().jobDefs()).containsExactly("DefaultJob");
    }

    @Test
    default void whichJobsItDoesNotStartAndWhatTheOthersBackUpIsAmongItsResources() {
        DirectorResources resources = directorThat(Fate.LOADS).resources();
        assertThat(resources.disabledJobs()).isEqualTo(DISABLED);
        assertThat(resources.vmsOfJobs()).isEqualTo(VMS);
    }

    @Test
    default void aReloadThatWorkedIsDoneAndItHasTheNewJobs() {
        Director director = directorThat(Fate.LOADS);
        assertThat(director.reload()).isEqualTo(new ReloadResult(ReloadResult.Kind.DONE, ""));
        assertThat(director.jobNames()).isEqualTo(CONFIGURED);
        assertThat(director.resources().jobs()).isEqualTo(CONFIGURED);
    }

    @Test
    default void aReloadThatWasRefusedIsNeverDone() {
        Director director = directorThat(Fate.REFUSES);
        ReloadResult result = director.reload();
        assertThat(result.kind()).isIn(ReloadResult.Kind.REFUSED, ReloadResult.Kind.UNCONFIRMED);
        assertThat(result.detail()).isNotBlank();
        assertThat(director.jobNames()).isEqualTo(LOADED);
    }

    @Test
    default void aDirectorThatDiesOfAReloadIsToldAndNoException() {
        ReloadResult result = directorThat(Fate.DIES).reload();
        assertThat(result.kind()).isEqualTo(ReloadResult.Kind.DIED);
        assertThat(result.detail()).isNotBlank();
    }

    @Test
    default void aDirectorThatDoesNotAnswerIsAnExceptionNotAnEmptyList() {
        Director director = unreachable();
        assertThatThrownBy(director::jobNames).isInstanceOf(ProviderException.class);
        assertThatThrownBy(director::resources).isInstanceOf(ProviderException.class);
        assertThatThrownBy(director::reload).isInstanceOf(ProviderException.class);
    }
}
