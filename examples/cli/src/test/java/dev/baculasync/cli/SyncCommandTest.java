package dev.baculasync.cli;

import static dev.baculasync.cli.CliHarness.FIRST;
import static dev.baculasync.cli.CliHarness.SECOND;
import static dev.baculasync.cli.CliHarness.UUID_1;
import static dev.baculasync.cli.CliHarness.UUID_2;
import static dev.baculasync.cli.CliHarness.stored;
import static dev.baculasync.cli.CliHarness.vm;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.cli.CliHarness.Result;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.Stamp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncCommandTest {
    @TempDir
    Path folder;

    private CliHarness cli;

    @BeforeEach
    void oneVmInEachInstance() {
        cli = new CliHarness(folder);
        cli.inventory.set(FIRST, vm("rocky9-instance1", UUID_1));
        cli.inventory.set(SECOND, vm("db", UUID_2));
    }

    @Test
    void syncIsWhatHappensWithoutACommand() {
        Result result = cli.run();

        assertThat(result.exitCode()).isZero();
        assertThat(cli.store.jobNames())
                .containsExactlyInAnyOrder("backup-dc1-os1-rocky9-instance1", "backup-dc2-os1-db");
    }

    @Test
    void optionsOfSyncStandBeforeTheCommandAfterItOrWithoutIt() {
        for (String[] arguments : List.of(
                new String[] {"--dry-run"}, new String[] {"sync", "--dry-run"}, new String[] {"--dry-run", "sync"})) {
            Result result = cli.run(arguments);

            assertThat(result.exitCode()).isZero();
            assertThat(result.outLines()).first().isEqualTo("DRY RUN: nothing was changed");
            assertThat(cli.store.vms()).isEmpty();
        }
    }

    @Test
    void dryRunByVariableChangesNothingEither() {
        Result result = cli.set("DRYRUN", "1").run("sync");

        assertThat(result.outLines()).first().isEqualTo("DRY RUN: nothing was changed");
        assertThat(result.out()).contains("created\tdatacenter1/openstack1").contains("dry-run=yes");
        assertThat(cli.store.vms()).isEmpty();
    }

    @Test
    void aPipeGetsOneStableLineForEachInstanceAndVmAndASummary() {
        cli.store.put(stored(SECOND, "db", UUID_2));

        Result result = cli.run("sync");

        assertThat(result.outLines())
                .containsExactly(
                        "instance\tdatacenter1/openstack1\tbacula-dc1-os1-fd\tcomplete\tvms=1\tcreated=1",
                        "created\tdatacenter1/openstack1\trocky9-instance1\t" + UUID_1
                                + "\tbackup-dc1-os1-rocky9-instance1\tnew; protected with JobDefs DefaultJob",
                        "instance\tdatacenter2/openstack1\tbacula-dc2-os1-fd\tcomplete\tvms=1\tunchanged=1",
                        "unchanged\tdatacenter2/openstack1\tdb\t" + UUID_2 + "\tbackup-dc2-os1-db\tlive",
                        "summary\tinstances=2\tinstances-with-error=0\tvms=2\tcreated=1\tunchanged=1\treload=off"
                                + "\tdry-run=no\texit-code=0");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void onlyTheClientsThatWereNamedAreHandled() {
        Result result = cli.run("sync", "--client", SECOND.client());

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).contains("datacenter2/openstack1").doesNotContain("datacenter1/openstack1");
        assertThat(cli.store.jobNames()).containsExactly("backup-dc2-os1-db");

        assertThat(cli.run("--client", FIRST.client(), "sync", "--client", SECOND.client())
                        .outLines())
                .filteredOn(line -> line.startsWith("instance\t"))
                .hasSize(2);
    }

    @Test
    void anUnknownClientIsRefusedAndTheKnownOnesAreListed() {
        Result result = cli.run("sync", "--client", "bacula-dc9-fd");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("ERROR: --client: \"bacula-dc9-fd\"")
                .contains(FIRST.client(), SECOND.client());
        assertThat(cli.store.vms()).isEmpty();
    }

    @Test
    void anInstanceThatFailsDoesNotStopTheOthersAndTheRunEndsWithOne() {
        cli.inventory.set(FIRST);

        Result result = cli.run("sync");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errLines()).containsExactly("ERROR: the list is empty [datacenter1/openstack1]");
        assertThat(result.out())
                .contains("instance\tdatacenter1/openstack1\tbacula-dc1-os1-fd\tfailed\tvms=0\n")
                .contains("created\tdatacenter2/openstack1")
                .contains("instances-with-error=1")
                .endsWith("exit-code=1\n");
    }

    @Test
    void aCatalogThatCannotBeReachedIsToldOnce() {
        cli.catalog.failWith(new ProviderException(
                ProviderException.Code.UNREACHABLE, "cannot connect to the PostgreSQL catalog at localhost:5432"));

        Result result = cli.run("sync");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.errLines())
                .containsExactly("ERROR: cannot connect to the PostgreSQL catalog at localhost:5432");
    }

    @Test
    void aRunBesideAnotherOneEndsWithThreeAndSaysWhoIsAtWork() {
        cli.store(access -> {
            throw new ProviderException(ProviderException.Code.LOCKED, "process 4711 on host a is at work");
        });

        Result result = cli.run("sync");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.errLines()).containsExactly("ERROR: process 4711 on host a is at work");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aStoreThatCannotBeOpenedEndsWithOneAndOneThatIsSetUpWronglyWithTwo() {
        assertThat(cli.store(access -> {
                            throw new ProviderException(ProviderException.Code.IO, "the disk is gone");
                        })
                        .run("sync")
                        .exitCode())
                .isEqualTo(1);
        assertThat(cli.store(access -> {
                            throw new ProviderException(ProviderException.Code.CONFIGURATION, "no such directory");
                        })
                        .run("sync")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void aDefectIsOneLineUnlessSomebodyIsDebugging() {
        cli.store(access -> {
            throw new IllegalStateException("a defect");
        });

        Result quiet = cli.run("sync");
        Result debugging = cli.set("LOG_LEVEL", "debug").run("sync");

        assertThat(quiet.exitCode()).isEqualTo(1);
        assertThat(quiet.errLines())
                .singleElement()
                .asString()
                .startsWith("ERROR: internal error: ")
                .contains("a defect");
        assertThat(debugging.err()).contains("\tat dev.baculasync.");
    }

    @Test
    void aReloadThatFailedIsTheFirstLineOfTheReport() {
        cli.director.reloadsEnd(ReloadResult.Kind.REFUSED);
        cli.set("RELOAD_AFTER_SYNC", "1");

        Result result = cli.run("sync");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.outLines()).first().asString().startsWith("DIRECTOR: reload failed: ");
        assertThat(result.out()).contains("\treload=failed\t");
    }

    @Test
    void aReloadThatFailedIsTheFirstLineOnATerminalToo() {
        cli.director.reloadsEnd(ReloadResult.Kind.DIED);
        cli.set("RELOAD_AFTER_SYNC", "1").set("NO_COLOR", "1").onTerminal();

        assertThat(cli.run("sync").outLines()).first().asString().startsWith("DIRECTOR: reload failed: ");
    }

    @Test
    void aConfigurationThatWouldNotBeAcceptedIsTheFirstLineEvenWhenNothingChanged() {
        cli.director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.ACCEPTED, ""));
        assertThat(cli.run("sync").exitCode()).isZero();
        cli.director.checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.REFUSED, "line 7 of file /etc/x.conf\nis bad"));
        String told = "DIRECTOR: the Director's configuration would not be accepted; this run changed nothing";

        Result lines = cli.run("sync");
        assertThat(lines.exitCode()).isEqualTo(1);
        assertThat(lines.outLines())
                .first()
                .asString()
                .startsWith(told)
                .contains("it was last found good at ", "line 7 of file /etc/x.conf");
        assertThat(lines.out()).contains("\treload=off\t", "\texit-code=1");

        Result json = cli.run("sync", "--json");
        assertThat(json.exitCode()).isEqualTo(1);
        assertThat(json.errLines()).first().asString().startsWith("ERROR: " + told);

        assertThat(cli.set("NO_COLOR", "1").onTerminal().run("sync").outLines())
                .first()
                .asString()
                .startsWith(told);
    }

    @Test
    void theDirectorIsToldOnlyWhenItIsToBe() {
        cli.run("sync");
        assertThat(cli.director.reloads()).isZero();

        cli.inventory.set(FIRST, vm("rocky9-instance1", UUID_1), vm("new", new UUID(7, 7)));
        assertThat(cli.set("RELOAD_AFTER_SYNC", "1").run("sync").out()).contains("\treload=done\t");
        assertThat(cli.director.reloads()).isEqualTo(1);
        assertThat(cli.run("sync").out()).contains("\treload=not-needed\t");
        assertThat(cli.director.reloads()).isEqualTo(1);
    }

    @Test
    void warningsGoToStandardErrorAndSayWhichVmTheyAreAbout() {
        cli.inventory.set(FIRST, new LiveVm("web", UUID_1, "nosuch", false, List.of()));

        Result result = cli.run("sync");

        assertThat(result.exitCode()).isZero();
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("WARN: ")
                .contains("nosuch")
                .endsWith(" [datacenter1/openstack1 web]");
        assertThat(cli.set("LOG_LEVEL", "error").run("sync").err()).isEmpty();
    }

    @Test
    void aLostJobFileIsAWarningInTheWordsOfTheManualAndNeverExitCode0() {
        cli.catalog.ran(FIRST.client(), "backup-dc1-os1-rocky9-instance1");

        Result result = cli.run("sync");

        assertThat(result.err()).contains("WARN: known to catalog but job file missing");
        assertThat(result.outLines().get(0))
                .startsWith("ATTENTION\tdatacenter1/openstack1\t1 live VM(s) have no job file");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void aHostileNameNeitherBreaksALineNorReachesTheTerminal() {
        cli.inventory.set(FIRST, vm("a\u001b[2J\nfailed\tx\u202e", UUID_1));

        for (Result result : List.of(
                cli.run("sync", "--dry-run"),
                cli.onTerminal().set("NO_COLOR", "1").run())) {
            assertThat(result.out())
                    .contains("a\\u001B[2J\\u000Afailed\\u0009x\\u202E")
                    .doesNotContain("\u001b", "\u202e");
        }
    }

    @Test
    void aTerminalGetsATableOfWhatIsWorthTellingAndCountsOfTheRest() {
        UUID other = UUID.fromString("22222222-2222-4222-8222-222222222222");
        cli.store.put(stored(FIRST, "web", UUID_2)).put(stored(FIRST, "gone", other));
        cli.clients(FIRST).inventory.set(FIRST, vm("rocky9-instance1", UUID_1), vm("web", UUID_2));

        List<String> lines = cli.set("NO_COLOR", "1")
                .set("TZ", "Asia/Tokyo")
                .onTerminal()
                .run()
                .outLines();

        assertThat(lines).anyMatch(line -> line.contains("disabled after 2026-12-06 07:00:00 if"));
        assertThat(lines.get(0))
                .isEqualTo(
                        "datacenter1/openstack1 (bacula-dc1-os1-fd): 3 VMs: 1 created, 1 unchanged, 1 grace-started");
        assertThat(lines.get(1)).matches("  OUTCOME +VM +JOB +WHY");
        int job = lines.get(1).indexOf("JOB");
        assertThat(lines.subList(2, 4))
                .allSatisfy(line -> assertThat(line.substring(job)).startsWith("backup-dc1-os1-"));
        assertThat(lines.subList(2, 4)).noneMatch(line -> line.contains("unchanged"));
        assertThat(lines).last().asString().startsWith("1 instance, 3 VMs: 1 created");
    }

    @Test
    void aTerminalShowsWarningsBelowTheirVmAndErrorsOnTop() {
        cli.inventory.set(FIRST, new LiveVm("web", UUID_1, "nosuch", false, List.of()));
        cli.inventory.set(SECOND);

        Result result = cli.set("NO_COLOR", "1").onTerminal().run();

        assertThat(result.err()).isEmpty();
        assertThat(result.outLines()).first().isEqualTo("ERROR: the list is empty [datacenter2/openstack1]");
        List<String> lines = result.outLines();
        int vm = lines.indexOf(lines.stream()
                .filter(line -> line.startsWith("  created"))
                .findFirst()
                .orElseThrow());
        assertThat(lines.get(vm + 1)).startsWith("           warning: tag \"nosuch\"");
    }

    @Test
    void aTerminalSeesWhichInstancesWereNotHandled() {
        cli.catalog.failWith(new ProviderException(ProviderException.Code.UNREACHABLE, "no catalog"));

        assertThat(cli.set("NO_COLOR", "1").onTerminal().run().outLines())
                .containsExactly(
                        "ERROR: no catalog",
                        "",
                        "datacenter1/openstack1 (bacula-dc1-os1-fd): not handled",
                        "",
                        "datacenter2/openstack1 (bacula-dc2-os1-fd): not handled",
                        "",
                        "2 instances, 2 with an error, 0 VMs; the Director is not told (RELOAD_AFTER_SYNC=0)");
    }

    @Test
    void aTerminalIsToldThatADryRunChangedNothing() {
        List<String> lines =
                cli.set("NO_COLOR", "1").onTerminal().run("--dry-run").outLines();

        assertThat(lines).first().asString().startsWith("DRY RUN: nothing was changed");
        assertThat(lines).last().asString().startsWith("DRY RUN: nothing was changed");
    }

    @Test
    void coloursAreForTerminalsOfPeopleWhoWantThem() {
        assertThat(cli.run("sync", "--dry-run").out()).doesNotContain("\u001b");
        assertThat(cli.onTerminal().run("sync", "--dry-run").out()).contains("\u001b[32mcreated\u001b[0m");
        assertThat(cli.set("NO_COLOR", "1").run("sync", "--dry-run").out()).doesNotContain("\u001b");
        assertThat(cli.set("NO_COLOR", "").run("sync", "--json").out()).doesNotContain("\u001b");
    }

    @Test
    void aBarShowsOnlyWhereAPersonLooksAtMessages() {
        assertThat(cli.onTerminal().run("sync", "--dry-run").err()).isEmpty();

        String err = cli.messagesOnTerminal().run("sync", "--dry-run", "--json").err();

        assertThat(err).contains("OpenStack instances").endsWith(RunProgress.CLEAR_LINE);
    }

    @Test
    void aLogThatAsksForMoreGetsMessagesInsteadOfABar() {
        String err = cli.messagesOnTerminal()
                .set("LOG_LEVEL", "info")
                .run("sync", "--dry-run")
                .err();

        assertThat(err)
                .contains("INFO: datacenter1/openstack1: 1 VMs, list complete")
                .doesNotContain("OpenStack ins");
    }

    @Test
    void parallelIsTheNumberOfThreadsAndNoneOfThemKeepsTheProcessAlive() {
        assertThat(threadsThatAsk("1")).hasSize(1).allMatch(Thread::isDaemon);
        assertThat(threadsThatAsk("2")).hasSize(2).allMatch(Thread::isDaemon);
    }

    private Set<Thread> threadsThatAsk(String parallel) {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        cli.inventory(instance -> {
                    threads.add(Thread.currentThread());
                    return cli.inventory.discover(instance);
                })
                .set("PARALLEL", parallel)
                .run("sync", "--dry-run");
        return threads;
    }

    @Test
    void whatIsLongDisabledIsPurgedWhenThatIsAskedForAndProgressIsShown() {
        Stamp longAgo = Stamp.of(CliHarness.NOW.minus(Duration.ofDays(91)));
        cli.inventory.set(FIRST, vm("db", UUID_2));
        cli.store.put(stored(FIRST, "gone", new UUID(7, 7), JobStatus.DISABLED, null, longAgo));
        cli.catalog.ran(FIRST.client(), FIRST.jobPrefix() + "gone");
        cli.director.writesTo(cli.catalog);

        assertThat(cli.run("sync").out()).contains("still-disabled\tdatacenter1/openstack1\tgone");
        Result dry = cli.set("CLEANUP_AFTER_DAYS", "90").run("sync", "--dry-run", "--json");
        assertThat(dry.out()).contains("\"purged\"").contains("rows of the catalog: job 1");
        assertThat(cli.catalog.runsOf(FIRST.jobPrefix() + "gone")).hasSize(1);
        Result result = cli.set("LOG_LEVEL", "info").run("sync");

        assertThat(result.out())
                .contains("purged\tdatacenter1/openstack1\tgone")
                .contains("ACTION REQUIRED\tdatacenter1/openstack1\tthe plugin keeps baseline files of job");
        assertThat(result.err()).contains("INFO: datacenter1/openstack1: purged 1 of 1");
        assertThat(cli.catalog.runsOf(FIRST.jobPrefix() + "gone")).isEmpty();
    }
}
