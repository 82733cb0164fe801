package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.filestore.FileStore;
import dev.baculasync.integration.DirectorReading.Job;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever people do to the tree, to clients.conf and to their clouds between two runs, the list is never wrong, nothing of
 * theirs is lost, and what a run tells is so: engine and files as they are, a model of everything else. Seed by seed; a world
 * that fails prints its seed and all that was done in it.
 */
class TreeCampaignTest {
    /** So many see most of it, and so many all. */
    private static final int MOST = 60;

    private static final int ALL = 500;

    @TempDir
    private Path folder;

    private final Campaign.Tally tally = new Campaign.Tally();

    @Test
    void whateverPeopleDoTheListIsNeverWrongAndNothingOfTheirsIsLost() throws Exception {
        List<Long> seeds = CampaignSettings.seeds("campaign.worlds");
        Map<Long, String> failed = new TreeMap<>();
        for (long seed : seeds) {
            Path own = Files.createDirectory(folder.resolve("world" + seed));
            new Model(seed, own).play().ifPresent(broken -> failed.put(seed, broken));
            CampaignWorld.delete(own);
        }
        System.out.println("campaign: " + seeds.size() + " worlds, failed: " + failed.keySet() + "\n" + tally);
        assertThat(failed).as("run one of them with -Dcampaign.seed=").isEmpty();
        if (seeds.size() >= MOST) {
            assertThat(tally.acts()).containsOnlyKeys(EverydayAct.values());
            assertThat(tally.seen())
                    .containsKeys(
                            "list not published",
                            "died",
                            "approved",
                            "copy",
                            "refused by the check",
                            "restarted",
                            "outcome disabled",
                            "outcome file-missing",
                            "outcome repaired",
                            "outcome quarantined",
                            "outcome replaced",
                            "outcome renamed",
                            "outcome opted-out");
        }
        if (seeds.size() >= ALL) {
            assertThat(tally.seen()).containsKeys("outcome restored", "outcome returned");
        }
    }

    @Test
    void whenTheFilesOfEveryInstanceAreGoneTheFirstLineSaysNotToTouchTheDirector() throws Exception {
        Model model = new Model(1, folder);
        model.run(false, Set.of());
        Set<String> jobs = model.loadedJobs();
        assertThat(jobs).isNotEmpty();
        for (Path datacenter : model.world().directories(1)) {
            model.world().unmount(datacenter);
        }
        for (boolean checked : new boolean[] {false, true}) {
            RunTold told = model.run(checked, Set.of());
            assertThat(told.exitCode()).isEqualTo(1);
            assertThat(told.notes().get(0)).startsWith("do not reload or restart the Director");
            assertThat(told.isUnpublished()).isTrue();
            assertThat(model.loadedJobs()).isEqualTo(jobs);
        }
        for (Path datacenter : model.world().directories(1)) {
            model.world().mount(datacenter);
        }
        assertThat(model.run(true, Set.of()).exitCode()).isZero();
        assertThat(model.restartDirector()).isTrue();
    }

    /** The process is killed. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1;
    }

    private final class Model extends Campaign {
        private final ModelDirector director;
        private final InMemoryInventory inventory = new InMemoryInventory();
        private final InMemoryCatalog catalog = new InMemoryCatalog();
        private final ManualClock clock = new ManualClock(Instant.parse("2026-05-01T20:00:00Z"));
        private final SyncEngine engine;
        private int questions = Integer.MAX_VALUE;

        Model(long seed, Path own) throws Exception {
            super(
                    new CampaignWorld(
                            seed,
                            Files.createDirectory(own.resolve("base")),
                            Files.createDirectory(own.resolve("aside"))),
                    tally);
            Path base = world().base();
            director = new ModelDirector(
                    Files.createFile(base.resolve("director.conf")), Set.copyOf(CampaignWorld.CLIENTS));
            engine = SyncEngine.builder()
                    .inventory(instance -> {
                        questions--;
                        if (questions < 0) {
                            throw new Death();
                        }
                        return inventory.discover(instance);
                    })
                    .catalog(catalog)
                    .store(FileStore.in(base).zone(ZoneOffset.UTC).workers(1).build())
                    .director(director)
                    .clock(clock)
                    .policy(SyncPolicy.builder()
                            .grace(Duration.ofDays(2))
                            .maxDisablePercent(CampaignChecks.MOST_PERCENT)
                            .maxDisableMin(CampaignChecks.MOST_ALWAYS)
                            .dedup(null)
                            .zone(ZoneOffset.UTC)
                            .build())
                    .reloadAfterSync(true)
                    .build();
        }

        private SyncReport sync(boolean checked, Set<String> approvals, Runnable end) {
            director.checks(checked);
            for (OpenStackInstance line : world().lines()) {
                inventory.set(line, world().live(line.client()).toArray(new LiveVm[0]));
            }
            return engine.run(world().lines(), approvals, report -> end.run());
        }

        @Override
        RunTold run(boolean checked, Set<String> approvals) {
            return RunTold.of(sync(checked, approvals, () -> {}));
        }

        /** While it asks for some list, in the check, or when all is done. */
        @Override
        boolean runThatDies(boolean checked) {
            Runnable death = () -> {
                throw new Death();
            };
            if (world().random().nextBoolean()) {
                director.beforeCheck(death);
            } else {
                questions = world().random().nextInt(world().lines().size() + 1);
            }
            try {
                sync(checked, Set.of(), death);
                throw new AssertionError("it did not die");
            } catch (Death e) {
                return true;
            } finally {
                director.beforeCheck(() -> {});
                questions = Integer.MAX_VALUE;
            }
        }

        @Override
        Set<String> loadedJobs() {
            return Set.copyOf(director.loaded().jobs().keySet());
        }

        @Override
        boolean isDirectorAlive() {
            return !director.isDead();
        }

        @Override
        boolean restartDirector() {
            director.restart();
            return !director.isDead();
        }

        /** Most of the jobs run; those of VMs that are there run well. */
        @Override
        void night() {
            Set<UUID> there = CampaignWorld.CLIENTS.stream()
                    .flatMap(client -> world().live(client).stream())
                    .map(LiveVm::uuid)
                    .collect(Collectors.toSet());
            for (Job job : director.loaded().jobs().values()) {
                if (isDirectorAlive() && job.isEnabled() && world().random().nextInt(10) < 7) {
                    Set<UUID> vms = director.loaded().vmsOf(job);
                    Optional<UUID> one = vms.stream().findFirst();
                    catalog.ran(
                            job.client(),
                            job.name(),
                            clock.instant().plus(Duration.ofHours(4)),
                            there.containsAll(vms) ? BackupRun.Result.GOOD : BackupRun.Result.FAILED,
                            one.orElse(null));
                }
            }
            clock.advance(Duration.ofDays(1));
        }
    }
}
