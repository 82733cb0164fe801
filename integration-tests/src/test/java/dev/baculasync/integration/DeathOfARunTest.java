package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.filestore.FileStore;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wherever a run dies, a real Director loads what it leaves, and the next run ends where it would have ended. */
class DeathOfARunTest {
    private static final OpenStackInstance BUSY = instance(1, Site.CLIENT, Site.PREFIX);
    private static final OpenStackInstance CALM = instance(2, Site.OTHER_CLIENT, Site.OTHER_PREFIX);
    private static final OpenStackInstance BLIND = instance(3, Site.THIRD_CLIENT, "backup-dc3-os1-");
    private static final List<OpenStackInstance> INSTANCES = List.of(BUSY, CALM, BLIND);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Pattern LISTED = Pattern.compile("(?m)^@\"(.*/(job|fileset))\"$");
    private static final Pattern NAME = Pattern.compile("(?m)^  Name +(?:= )\"([^\"]+)\"$");
    private static final String WEB = "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String DB = "server=db01 uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7\n";

    @TempDir
    private static Path folder;

    private static Site site;

    private final InMemoryInventory inventory = new InMemoryInventory();
    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-01T22:00:00Z"));
    private InMemoryDirector director = newDirector();

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void reset() throws Exception {
        site.reset();
    }

    /** Also when the Director has read what the dead run left before the next one put it back. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRunThatDiesAnywhereIsMadeUpForByTheNext(boolean directorRestarted) throws Exception {
        FileTree before = aFleetWithAHistory();
        todayOfTheFleet();

        director = newDirector();
        director.reload();
        Mortality immortal = Mortality.never();
        SyncReport whole = engine(immortal).run(INSTANCES);
        FileTree end = site.tree();
        assertThat(outcomes(whole))
                .containsOnlyKeys(
                        "created",
                        "unchanged",
                        "disabled",
                        "restored",
                        "returned",
                        "renamed",
                        "replaced",
                        "grace-started",
                        "in-grace");
        assertThat(whole.reload()).isEqualTo(SyncReport.Reload.DONE);
        assertThat(immortal.calls())
                .contains(
                        "LiveInventory.discover",
                        "BackupCatalog.jobNames",
                        "Director.resources",
                        "Director.checkConfiguration",
                        "Director.reload",
                        "Director.jobNames",
                        "StoreSession.apply",
                        "StoreSession.publish",
                        "StoreSession.commit",
                        "StoreSession.loaded");
        site.assertDirectorWouldLoadIt("the end");

        for (int breath = 0; breath < immortal.breaths(); breath++) {
            String where = "death " + breath + " of " + immortal.breaths() + ", at "
                    + immortal.calls().get(breath / 2);
            before.restore(site.bacula().baseDir());
            director = newDirector();
            director.reload();
            die(engine(Mortality.after(breath)), where);
            site.assertDirectorWouldLoadIt(where);
            if (directorRestarted) {
                director.reload();
            }
            SyncReport next = engine(Mortality.never()).run(INSTANCES);
            assertThat(next.reload()).as(where).isIn(SyncReport.Reload.DONE, SyncReport.Reload.NOT_NEEDED);
            assertThat(site.tree()).as(where).isEqualTo(end);
            assertThat(director.jobNames()).as(where).isEqualTo(configured("job"));
            site.assertDirectorWouldLoadIt("after the next run, " + where);
        }
    }

    /** The Director holds the jobs of the first of the dead, whatever becomes of the second: they are still ours. */
    @Test
    void twoRunsThatDieOneAfterTheOtherAreMadeUpForByTheThird() throws Exception {
        FileTree before = aFleetWithAHistory();
        todayOfTheFleet();
        director = newDirector();
        director.reload();
        Mortality immortal = Mortality.never();
        engine(immortal).run(INSTANCES);
        FileTree end = site.tree();
        int published = 2 * immortal.calls().indexOf("StoreSession.publish") + 1;

        for (int breath = 0; breath < immortal.breaths(); breath++) {
            String where = "death " + breath + " of " + immortal.breaths() + " of the second run";
            before.restore(site.bacula().baseDir());
            director = newDirector();
            director.reload();
            die(engine(Mortality.after(published)), where);
            director.reload();
            die(engine(Mortality.after(breath)), where);
            SyncReport third = engine(Mortality.never()).run(INSTANCES);
            assertThat(third.reload()).as(where).isIn(SyncReport.Reload.DONE, SyncReport.Reload.NOT_NEEDED);
            assertThat(site.tree()).as(where).isEqualTo(end);
            assertThat(director.jobNames()).as(where).isEqualTo(configured("job"));
        }
    }

    private static void die(SyncEngine doomed, String where) {
        assertThatThrownBy(() -> doomed.run(INSTANCES)).as(where).isInstanceOf(Mortality.PowerCut.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUERY_OF_THE_SECOND", "RESOURCES", "CHECK", "RELOAD", "AFTER_RELOAD"})
    void aProcessThatIsKilledLeavesNothingThatTheNextRunCannotMend(String moment) throws Exception {
        site.answer(WEB + DB);
        Program expected = site.program().with("DIRECTOR_CHECK", site.bacula().checkCommand());
        site.sync(expected, 0);
        FileTree start = site.tree();
        site.answer(DB + "server=new uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n");
        site.answer(
                "server=other uuid=5f0f7a6e-0b0e-4b0e-9d7a-1d2c3b4a5f60\nserver=second uuid=5f0f7a6e-0b0e-4b0e-9d7a-1d2c3b4a5f61\n",
                Site.OTHER_CLIENT);

        Path reached = site.file("reached-" + moment);
        Program doomed = site.program().with("PARALLEL", "1");
        doomed.with("BCONSOLE", blocking(moment, reached, site.file("never")).toString());
        Path check = site.script(
                "check-" + moment,
                moment.equals("CHECK")
                        ? ": > '" + reached + "'\nexec sleep 600\n"
                        : "exec " + site.bacula().checkCommand() + "\n");
        doomed.with("DIRECTOR_CHECK", check.toString());
        Program.kill(doomed.start("sync"), reached);
        site.assertDirectorWouldLoadIt("killed at " + moment);
        assertThat(site.bacula().isAlive()).isTrue();
        for (Map.Entry<String, String> file : start.forDirector().files().entrySet()) {
            assertThat(site.tree().files()).as("nothing is lost").containsKey(file.getKey());
        }

        Program.Result next = site.sync(expected, 0);
        assertThat(site.tree().forDirector().files().keySet().stream().filter(name -> name.endsWith("/job")))
                .containsExactlyInAnyOrder(
                        "datacenter1/openstack1/web/job",
                        "datacenter1/openstack1/db01/job",
                        "datacenter1/openstack1/new/job",
                        "datacenter2/openstack1/other/job",
                        "datacenter2/openstack1/second/job");
        assertThat(site.job("web")).contains("#@missing-since: ").contains("Enabled    = yes");
        assertThat(next.json().get("reload").textValue()).isEqualTo("done");
        assertThat(site.bacula().jobNames())
                .containsExactlyInAnyOrder(
                        "Base",
                        "RestoreFiles",
                        Site.PREFIX + "web",
                        Site.PREFIX + "db01",
                        Site.PREFIX + "new",
                        Site.OTHER_PREFIX + "other",
                        Site.OTHER_PREFIX + "second");
        FileTree files = site.tree().withoutLastCheck();
        assertThat(site.sync(expected, 0).json().get("reload").textValue()).isEqualTo("not-needed");
        assertThat(site.tree().withoutLastCheck()).isEqualTo(files);
    }

    @Test
    void aSecondRunAtTheSameTimeIsTurnedAwayAndDoesTheFirstNoHarm() throws Exception {
        site.answer(WEB);
        Path reached = site.file("first-is-at-it");
        Path release = site.file("first-may-go-on");
        Program first = site.program()
                .with("BCONSOLE", blocking("RELOAD", reached, release).toString());
        Process running = first.start("sync", "--json");
        try {
            Site.await(reached);
            FileTree files = site.tree();
            site.answer(WEB + DB);
            Program.Result second = site.program().run("sync");
            assertThat(second.exitCode()).isEqualTo(3);
            assertThat(second.err()).contains(Long.toString(running.pid()));
            assertThat(site.program().run("repair", "web").exitCode()).isEqualTo(3);
            assertThat(site.program().run("sync", "--dry-run").exitCode()).isZero();
            assertThat(site.tree()).isEqualTo(files);
        } finally {
            Files.writeString(release, "");
        }
        assertThat(running.waitFor()).isZero();
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "web").doesNotContain(Site.PREFIX + "db01");
        assertThat(site.sync(site.program(), 0).outcomes())
                .containsEntry("web", "unchanged")
                .containsEntry("db01", "created");
    }

    private static Path blocking(String moment, Path reached, Path release) throws IOException {
        String command = switch (moment) {
            case "QUERY_OF_THE_SECOND" -> ".query*" + Site.OTHER_CLIENT;
            case "RESOURCES" -> "show all";
            case "RELOAD" -> "reload";
            case "AFTER_RELOAD" -> ".jobs";
            default -> "nothing";
        };
        return site.bconsoleThatStopsAt(command, reached, release);
    }

    /** VMs in every state, made by runs on other days. */
    private FileTree aFleetWithAHistory() throws IOException {
        inventory.set(BUSY, vm("keep"), vm("gone"), vm("before"), vm("rebuilt"), vm("back"), vm("returning"));
        inventory.set(CALM, vm("keep", CALM), vm("leaving", CALM));
        inventory.set(BLIND, vm("keep", BLIND), vm("leaving", BLIND));
        runOn(DAY.multipliedBy(0));
        inventory.set(BUSY, vm("keep"), vm("gone"), vm("before"), vm("rebuilt"), vm("returning"));
        runOn(DAY);
        inventory.set(BUSY, vm("keep"), vm("before"), vm("rebuilt"), vm("returning"));
        runOn(DAY.multipliedBy(9));
        runOn(DAY.multipliedBy(6));
        inventory.set(BUSY, vm("keep"), vm("before"), vm("rebuilt"));
        inventory.set(BLIND, vm("keep", BLIND));
        runOn(DAY.multipliedBy(4));
        clock.advance(DAY.multipliedBy(5));
        return site.tree();
    }

    private void todayOfTheFleet() {
        inventory.set(
                BUSY,
                vm("keep"),
                LiveVm.of("after", vm("before").uuid()),
                LiveVm.of("rebuilt", vm("rebuilt again").uuid()),
                vm("back"),
                vm("returning"),
                vm("new one"),
                vm("new-two"));
        inventory.set(CALM, vm("keep", CALM), vm("new", CALM));
        inventory.answer(BLIND, Discovery.failed("the File Daemon does not answer"));
    }

    private void runOn(Duration later) {
        clock.advance(later);
        engine(Mortality.never()).run(INSTANCES);
    }

    private SyncEngine engine(Mortality mortality) {
        return SyncEngine.builder()
                .inventory(mortality.mortal(LiveInventory.class, inventory))
                .catalog(mortality.mortal(BackupCatalog.class, new InMemoryCatalog()))
                .store(mortality.mortal(
                        ConfigStore.class,
                        FileStore.in(site.bacula().baseDir())
                                .zone(ZoneOffset.UTC)
                                .build()))
                .director(mortality.mortal(Director.class, director))
                .clock(clock)
                .policy(SyncPolicy.builder().dedup(null).build())
                .reloadAfterSync(true)
                .build();
    }

    /** The real check, and a reload that takes no time: it loads what the real Director would. */
    private static InMemoryDirector newDirector() {
        return new InMemoryDirector(() -> configured("job"))
                .fileSets(() -> configured("fileset"))
                .clients(Set.of(Site.CLIENT, Site.OTHER_CLIENT, Site.THIRD_CLIENT))
                .checksEnd(() -> {
                    try {
                        RealBacula.Output check = site.bacula().checkConfiguration();
                        return new ConfigCheck(
                                check.exitCode() == 0 ? ConfigCheck.Kind.ACCEPTED : ConfigCheck.Kind.REFUSED,
                                check.text());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static Set<String> configured(String kind) {
        try {
            Set<String> names = new TreeSet<>();
            Matcher files = LISTED.matcher(Files.readString(site.bacula().directorConf()));
            while (files.find()) {
                Matcher name = NAME.matcher(Files.readString(Path.of(files.group(1))));
                assertThat(name.find()).isTrue();
                if (files.group(2).equals(kind)) {
                    names.add(name.group(1));
                }
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Long> outcomes(SyncReport report) {
        return report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .collect(Collectors.groupingBy(vm -> vm.outcome().word(), TreeMap::new, Collectors.counting()));
    }

    private static OpenStackInstance instance(int number, String client, String prefix) {
        return new OpenStackInstance("datacenter" + number, "openstack1", client, "proxy", prefix, null);
    }

    private static LiveVm vm(String name) {
        return vm(name, BUSY);
    }

    private static LiveVm vm(String name, OpenStackInstance instance) {
        return LiveVm.of(name, UUID.nameUUIDFromBytes((instance + name).getBytes(StandardCharsets.UTF_8)));
    }
}
