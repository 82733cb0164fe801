package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.ReloadResult.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(600)
class BconsoleDirectorTest {
    @TempDir
    Path folder;

    private final List<Duration> pauses = new ArrayList<>();
    private FakeBconsole fake;

    @BeforeEach
    void fake() {
        fake = new FakeBconsole(folder);
    }

    @Test
    void resourcesAreTheLinesAtColumnZeroAndNamesMayHoldSpaces() {
        fake.replay("show-all-9.6");
        assertThat(director().resources())
                .isEqualTo(new DirectorResources(
                                Set.of("Def Ault"),
                                Set.of("File 1"),
                                Set.of("De fault"),
                                Set.of("Week ly"),
                                Set.of("Daemon", "Stan dard"),
                                Set.of("bacula-dc1-os1-fd"),
                                Set.of("my job"),
                                Set.of("Full Set", "fs-datacenter1-openstack1-rocky9-instance1"))
                        .withDedup(Set.of()));
        assertThat(fake.asked()).containsExactly("show all");
    }

    @ParameterizedTest
    @CsvSource({
        "9.6.7 (10 December 2020), ''",
        "11.0.1 (06 February 2020), storage bothsides none",
        "15.0.0 (01 November 2023), storage bothsides none",
        "16.0.4 (12 February 2023),",
        "15.0.2 (21 March 2024) enterprise,",
        "new,"
    })
    void whatAFileSetMaySayOfDeduplicationFollowsFromTheVersion(String version, String words) {
        fake.session(
                "printf 'Connecting to Director x:9101\n1000 OK: 10002 d Version: " + version
                        + "\nEnter a period.\n'; echo_in; echo_in; cat \"$answer\"; echo_in",
                "Director: name=d MaxJobs=1\n");
        Set<String> dedup = director().resources().dedup();
        if (words == null) {
            assertThat(dedup).isNull();
        } else {
            assertThat(dedup).isEqualTo(words.isEmpty() ? Set.of() : Set.of(words.split(" ")));
        }
    }

    @Test
    void anAutochangerIsAStorage() {
        fake.replay("show-all-15.0");
        DirectorResources resources = director().resources();
        assertThat(resources.storages()).containsExactlyInAnyOrder("File1", "File2");
        assertThat(resources.jobDefs()).containsExactly("DefaultJob");
        assertThat(resources.jobs()).containsExactly("RestoreFiles");
    }

    @Test
    void jobDefsOfAnotherTypeThanBackupAreToldApart() {
        fake.answer("Director: name=d MaxJobs=1\n"
                + "JobDefs: name=Def Ault JobType=66 level=Incremental Priority=10 Enabled=1\n"
                + "JobDefs: name=Restore All JobType=82 level= Priority=10 Enabled=1\n"
                + "JobDefs: name=Typeless JobType=0 level= Priority=10 Enabled=1\n"
                + "JobDefs: name=Of another version\n"
                + "Job: name=r JobType=82 level= Priority=10 Enabled=1\n");
        DirectorResources resources = director().resources();
        assertThat(resources.jobDefs())
                .containsExactlyInAnyOrder("Def Ault", "Restore All", "Typeless", "Of another version");
        assertThat(resources.otherJobDefs()).containsExactlyInAnyOrder("Restore All", "Typeless");
    }

    @Test
    void aJobThatIsNotStartedIsDisabledWhateverItsTypeIs() {
        fake.answer("Director: name=d MaxJobs=1\n"
                + "Job: name=on JobType=66 level=Incremental Priority=10 Enabled=1\n"
                + "Job: name=o f f JobType=66 level=Incremental Priority=10 Enabled=0\n"
                + "Job: name=restore JobType=82 level= Priority=10 Enabled=0 Of=later\n"
                + "Job: name=Of another version\n"
                + "  --> Client: Name=fd Enabled=0 Address=127.0.0.1\n"
                + "JobDefs: name=defs JobType=66 level= Priority=10 Enabled=0\n"
                + "Client: Name=fd Enabled=0 Address=127.0.0.1\n");
        assertThat(director().resources().disabledJobs()).containsExactlyInAnyOrder("o f f", "restore");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
        openstack: proxy_server=p instance=014C5892-5efb-4efb-bd60-4e038800475d,        014c5892-5efb-4efb-bd60-4e038800475d
        openstack:instance=014c5892-5efb-4efb-bd60-4e038800475d proxy_server=p,         014c5892-5efb-4efb-bd60-4e038800475d
        openstack: instance="014c5892-5efb-4efb-bd60-4e038800475d",                     014c5892-5efb-4efb-bd60-4e038800475d
        openstack: instance=014c5892-5efb-4efb-bd60-4e038800475d0,
        openstack: instance=014c5892-5efb-4efb-bd60,
        openstack: proxy_instance=014c5892-5efb-4efb-bd60-4e038800475d,
        openstack: instance=*,
        bpipe:/openstack: instance=014c5892-5efb-4efb-bd60-4e038800475d:cat,
        """)
    void theVmOfAJobIsTheInstanceOfItsPluginString(String plugin, String uuid) {
        fake.answer("Director: name=d MaxJobs=1\n"
                + "Job: name=my job JobType=66 level=Incremental Priority=10 Enabled=1\n"
                + "  --> FileSet: name=F IgnoreFileSetChanges=0\n      O M\n      N\n      P " + plugin
                + "\n      N\n");
        assertThat(director().resources().vmsOfJobs())
                .isEqualTo(uuid == null ? Map.of() : Map.of("my job", Set.of(UUID.fromString(uuid))));
    }

    /** A FileSet is shown for each job that has it, and by itself; a job that restores has one, too. */
    @Test
    void onlyWhatStandsBelowABackupJobsFileSetIsItsVm() {
        String first = "      P openstack: proxy_server=p instance=00000000-0000-0000-0000-000000000001\n";
        String second = first.replace("1\n", "2\n");
        fake.answer("Director: name=d MaxJobs=1\n"
                + "Job: name=a JobType=66 level= Priority=10 Enabled=1\n"
                + first
                + "  --> FileSet: name=A IgnoreFileSetChanges=0\n" + first + second + second
                + "  --> Schedule: Name=S Enabled=1\n" + first.replace("1\n", "3\n")
                + "Job: name=b JobType=66 level= Priority=10 Enabled=0\n"
                + "  --> FileSet: name=A IgnoreFileSetChanges=0\n" + second
                + "Job: name=r JobType=82 level= Priority=10 Enabled=1\n"
                + "  --> FileSet: name=A IgnoreFileSetChanges=0\n" + first
                + "Job: name=none JobType=66 level= Priority=10 Enabled=1\n"
                + "FileSet: name=A IgnoreFileSetChanges=0\n" + first
                + "JobDefs: name=defs JobType=66 level= Priority=10 Enabled=1\n"
                + "  --> FileSet: name=A IgnoreFileSetChanges=0\n" + first);
        assertThat(director().resources().vmsOfJobs())
                .isEqualTo(Map.of("a", Set.of(new UUID(0, 1), new UUID(0, 2)), "b", Set.of(new UUID(0, 2))));
    }

    @Test
    void aHundredThousandJobsAreReadAsTheyCome() {
        String nested = "  --> FileSet: name=F\\n      P openstack: instance=014c5892-5efb-4efb-bd60-4e038800475d\\n"
                + "  --> Messages: name=Standard\\n".repeat(20);
        fake.session(
                "printf '%s' \"$preamble\"; echo_in; echo_in; echo 'Director: name=d MaxJobs=1';"
                        + " awk 'BEGIN { for (i = 0; i < 100000; i++)"
                        + " printf \"Job: name=backup-%d JobType=66 level=Full\\n" + nested + "\", i }'; echo_in",
                "");
        Bconsole console = new Bconsole(fake.config(Duration.ofSeconds(50), 1L << 30));
        DirectorResources resources = director(console).resources();
        assertThat(resources.jobs()).hasSize(100_000);
        assertThat(resources.vmsOfJobs()).hasSize(100_000);
    }

    @Test
    void anAnswerThatIsNotWholeNamesNoResources() {
        for (String session : new String[] {"show-all-cut", "show-all-without-director", "reload-silent"}) {
            fake.replay(session);
            assertThat(thrown(() -> director().resources()).code()).isEqualTo(Code.BAD_ANSWER);
        }
    }

    @Test
    void aNameThatNoDirectorAcceptsMeansThatTheAnswerIsNotUnderstood() {
        fake.answer("Director: name=d MaxJobs=1\nJobDefs: name=\"DefaultJob\" JobType=66\n");
        assertThat(thrown(() -> director().resources())).hasMessageContaining("cannot be understood");
    }

    @Test
    void jobNamesAreListed() {
        fake.replay("jobs");
        assertThat(director().jobNames())
                .containsExactlyInAnyOrder("Base", "my job", "backup-dc1-os1-rocky9-instance1");
    }

    @Test
    void aLineThatIsNoNameIsABadAnswer() {
        fake.replay("jobs-garbled");
        assertThat(thrown(() -> director().jobNames()).code()).isEqualTo(Code.BAD_ANSWER);
    }

    @Test
    void aCommandThatTheConsoleMayNotGiveIsToldAsSuch() {
        fake.replay("show-all-invalid-command")
                .replay("jobs-invalid-command")
                .replay("status-dir-before")
                .replay("reload-invalid-command");
        assertThat(thrown(() -> director().resources())).hasMessageContaining("CommandACL");
        assertThat(thrown(() -> director().jobNames())).hasMessageContaining("CommandACL");
        assertThat(thrown(() -> director().reload())).hasMessageContaining("CommandACL");
    }

    @Test
    void aReloadIsDoneWhenTheDirectorSaysWhenItReadItsConfiguration() {
        fake.replay("status-dir-before").replay("reload-silent").replay("status-dir-after");
        assertThat(director().reload()).isEqualTo(new ReloadResult(Kind.DONE, ""));
        assertThat(fake.asked()).containsExactly(".status dir header", "reload", ".status dir header");
        fake.replay("status-dir-before-9.6").replay("reload-silent").replay("status-dir-after-9.6");
        assertThat(director().reload().kind()).isEqualTo(Kind.DONE);
    }

    @Test
    void aRefusedReloadIsToldInTheDirectorsWords() {
        fake.replay("status-dir-before").replay("reload-refused").replay("status-dir-before");
        assertThat(director().reload())
                .isEqualTo(new ReloadResult(
                        Kind.REFUSED,
                        "Please correct configuration file: /opt/bacula/etc/bacula-dir.conf; Resetting previous"
                                + " configuration."));
        assertThat(pauses).isEmpty();
    }

    @Test
    void silenceWithTheOldConfigurationIsUnconfirmed() {
        fake.replay("status-dir-before").replay("reload-silent").replay("status-dir-before");
        fake.replay("reload-silent").replay("status-dir-before");
        assertReload(Kind.UNCONFIRMED, "22-Nov-2026 00:24:14");
        assertThat(fake.asked())
                .containsExactly(".status dir header", "reload", ".status dir header", "reload", ".status dir header");
    }

    /** The Director says to the second when it read its configuration, and may have been told to in this very second. */
    @Test
    void aReloadInTheSecondOfTheLastOneIsGivenAgainInTheNext() {
        fake.replay("status-dir-before").replay("reload-silent").replay("status-dir-before");
        fake.replay("reload-silent").replay("status-dir-after");
        assertThat(director().reload()).isEqualTo(new ReloadResult(Kind.DONE, ""));
        assertThat(pauses).singleElement().satisfies(pause -> assertThat(pause).isGreaterThan(Duration.ofSeconds(1)));
    }

    @Test
    void whatTheSecondReloadIsAnsweredCounts() {
        fake.replay("status-dir-before").replay("reload-silent").replay("status-dir-before");
        fake.replay("reload-refused").replay("status-dir-before");
        assertReload(Kind.REFUSED, "Please correct configuration file");
        fake.replay("status-dir-before").replay("reload-silent").replay("status-dir-before");
        fake.replay("reload-silent").unreachable();
        assertReload(Kind.DIED, "cannot connect");
    }

    @Test
    void anInterruptBetweenTwoReloadsIsPassedOn() {
        fake.replay("status-dir-before").replay("reload-silent").replay("status-dir-before");
        BconsoleDirector director = new BconsoleDirector(
                fake.console(),
                null,
                time -> {
                    throw new InterruptedException();
                },
                FakeBconsole.NEVER_LOOKED);
        assertThat(thrown(director::reload).code()).isEqualTo(Code.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aDirectorThatNoLongerAnswersHasDied() {
        fake.replay("status-dir-before-9.6").replay("reload-director-dies").unreachable();
        assertReload(Kind.DIED, "cannot connect");
    }

    @Test
    void aDirectorThatDropsTheNextSessionHasDied() {
        fake.replay("status-dir-before-9.6").replay("reload-silent").cut("");
        assertReload(Kind.DIED, "cut");
    }

    @Test
    void aDirectorThatHangsAfterwardsHasDied() {
        fake.replay("status-dir-before-9.6").replay("reload-silent").hangs();
        // Enough for the two sessions before.
        ReloadResult result = director(fake.console(Duration.ofSeconds(5))).reload();
        assertThat(result.kind()).isEqualTo(Kind.DIED);
    }

    @Test
    void aDirectorThatWasStartedAgainHasDied() {
        fake.replay("status-dir-before").replay("reload-director-dies").replay("status-dir-restarted");
        assertReload(Kind.DIED, "22-Nov-26 00:31");
    }

    @Test
    void aSessionThatIsCutIsUnconfirmedWhileTheDirectorLives() {
        fake.replay("status-dir-before").replay("reload-director-dies").replay("status-dir-before");
        assertReload(Kind.UNCONFIRMED, "cut");
        assertThat(pauses).isEmpty();
    }

    @Test
    void withoutStatusNothingIsConfirmed() {
        fake.replay("dot-status-invalid-command").replay("status-dir-invalid-command");
        fake.replay("reload-silent");
        fake.replay("dot-status-invalid-command").replay("status-dir-invalid-command");
        assertReload(Kind.UNCONFIRMED, "CommandACL");
        assertThat(pauses).isEmpty();
    }

    /** Plain {@code status dir} works out the Schedule of every job. */
    @Test
    void aConsoleThatMayNotAskDotStatusAsksForTheJobsOfNoDayAndNeverForThoseOfAll() {
        fake.replay("dot-status-invalid-command").replay("status-dir-days-0-before");
        fake.replay("reload-silent");
        fake.replay("dot-status-invalid-command").replay("status-dir-days-0-after");
        assertThat(director().reload()).isEqualTo(new ReloadResult(Kind.DONE, ""));
        assertThat(fake.asked())
                .containsExactly(
                        ".status dir header", "status dir days=0", "reload", ".status dir header", "status dir days=0");
    }

    @Test
    void aReloadThatCannotBeGivenIsAnException() {
        fake.unreachable();
        assertThat(thrown(() -> director().reload()).code()).isEqualTo(Code.UNREACHABLE);
        fake.replay("status-dir-before").unreachable();
        assertThat(thrown(() -> director().reload()).code()).isEqualTo(Code.UNREACHABLE);
    }

    @Test
    void theProviderMakesADirector() {
        BconsoleConfig config =
                new BconsoleConfig(folder.resolve("nowhere"), null, Duration.ofSeconds(5), 1 << 20, Map.of(), null);
        assertThat(thrown(() -> new BconsoleDirectorProvider().create(config).jobNames())
                        .code())
                .isEqualTo(Code.CONFIGURATION);
    }

    private BconsoleDirector director() {
        return director(fake.console());
    }

    private BconsoleDirector director(Bconsole console) {
        return new BconsoleDirector(console, null, pauses::add, FakeBconsole.NEVER_LOOKED);
    }

    private void assertReload(Kind kind, String detail) {
        ReloadResult result = director().reload();
        assertThat(result.kind()).isEqualTo(kind);
        assertThat(result.detail()).contains(detail);
    }

    private static ProviderException thrown(ThrowingCallable call) {
        ProviderException e = catchThrowableOfType(ProviderException.class, call);
        assertThat(e).isNotNull();
        return e;
    }
}
