package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The worlds of {@link TreeCampaignTest} with the program as it is built and a real Director, which says itself after each run
 * what it thinks of the list, and is restarted at the end of each world.
 */
class DirectorCampaignTest {
    @TempDir
    private Path folder;

    private final Campaign.Tally tally = new Campaign.Tally();

    @Test
    void whateverPeopleDoARealDirectorTakesTheListAndLosesNoJob() throws Exception {
        Map<Long, String> failed = new TreeMap<>();
        List<Long> seeds = CampaignSettings.seeds("campaign.real.worlds");
        try (RealBacula bacula = RealBacula.start(CampaignWorld.CLIENTS.toArray(new String[0]))) {
            bacula.catalog().save();
            for (long seed : seeds) {
                Path own = Files.createDirectory(folder.resolve("world" + seed));
                Real world = new Real(seed, bacula, own);
                Optional<String> broken = world.play();
                broken = broken.isPresent() ? broken : world.end();
                broken.ifPresent(rule -> failed.put(seed, rule));
                System.out.println("campaign: world " + seed + (broken.isPresent() ? " failed" : " passed"));
            }
        }
        System.out.println(
                "campaign: " + seeds.size() + " worlds on a real Director, failed: " + failed.keySet() + "\n" + tally);
        assertThat(failed).as("run one of them with -Dcampaign.seed=").isEmpty();
        assertThat(tally.seen()).containsKeys("reload done", "outcome created");
        assertThat(tally.acts()).isNotEmpty();
    }

    private final class Real extends Campaign {
        private final RealBacula bacula;
        private final Path own;
        private final Program program;

        Real(long seed, RealBacula bacula, Path own) throws Exception {
            super(new CampaignWorld(seed, empty(bacula), Files.createDirectory(own.resolve("aside"))), tally);
            this.bacula = bacula;
            this.own = own;
            bacula.catalog().restore();
            assertThat(restartDirector()).as("a Director without jobs").isTrue();
            program = new Program(Files.createDirectory(own.resolve("run")))
                    .with(bacula.settings())
                    .with("CLIENTS_CONF", own.resolve("clients.conf").toString())
                    .with("RELOAD_AFTER_SYNC", "1")
                    .with("GRACE_DAYS", "2")
                    .with("MAX_DISABLE_PERCENT", Integer.toString(CampaignChecks.MOST_PERCENT))
                    .with("MAX_DISABLE_MIN", Integer.toString(CampaignChecks.MOST_ALWAYS));
        }

        private static Path empty(RealBacula bacula) throws IOException {
            FileTree.empty(bacula.baseDir());
            Files.writeString(bacula.directorConf(), "");
            return bacula.baseDir();
        }

        private Program.Result sync(String check, Set<String> approvals) throws Exception {
            Files.write(
                    own.resolve("clients.conf"),
                    world().lines().stream().map(Real::text).toList());
            for (OpenStackInstance line : world().lines()) {
                StringBuilder list = new StringBuilder();
                for (LiveVm vm : world().live(line.client())) {
                    list.append("server=" + vm.name() + " uuid=" + vm.uuid() + (vm.optedOut() ? " backup=false" : "")
                            + "\n");
                }
                bacula.answerQuery(line.client(), list.toString());
            }
            if (check.isEmpty()) {
                program.without("DIRECTOR_CHECK");
            } else {
                program.with("DIRECTOR_CHECK", check);
            }
            List<String> words = new ArrayList<>(List.of("sync", "--json"));
            approvals.forEach(digest -> words.addAll(List.of("--approve", digest)));
            return program.run(words.toArray(new String[0]));
        }

        private static String text(OpenStackInstance line) {
            return String.join(
                    " ", line.datacenter(), line.openstack(), line.client(), line.proxyServer(), line.jobPrefix());
        }

        @Override
        RunTold run(boolean checked, Set<String> approvals) throws Exception {
            Program.Result result = sync(checked ? bacula.checkCommand() : "", approvals);
            if (result.exitCode() > 1) {
                throw new AssertionError(world() + "\n" + result);
            }
            return RunTold.of(new ObjectMapper().readTree(result.out()), result.err());
        }

        /** The check kills who has asked for it. */
        @Override
        boolean runThatDies(boolean checked) throws Exception {
            Path killer = Files.writeString(own.resolve("killer"), "#!/bin/sh\nkill -9 $PPID\n");
            Files.setPosixFilePermissions(killer, PosixFilePermissions.fromString("rwxr-xr-x"));
            return sync(killer.toString(), Set.of()).exitCode() > 128;
        }

        @Override
        Set<String> loadedJobs() throws Exception {
            return bacula.jobNames().stream()
                    .filter(job -> !Set.of("Base", "RestoreFiles").contains(job))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        boolean isDirectorAlive() {
            return bacula.isAlive();
        }

        /** Whether it comes up is seen beforehand: one that does not is waited for in vain. */
        @Override
        boolean restartDirector() throws Exception {
            boolean comesUp = bacula.checkConfiguration().exitCode() == 0;
            if (comesUp) {
                bacula.restartDirector();
            } else {
                bacula.director().stop();
            }
            return comesUp;
        }

        /** The model of a Director by which the list is judged says what the Director says. */
        @Override
        Optional<String> furtherCheck() throws Exception {
            RealBacula.Output check = bacula.checkConfiguration();
            Optional<String> refusal = DirectorReading.of(bacula.directorConf()).refusal();
            return (check.exitCode() == 0) == refusal.isEmpty()
                    ? Optional.empty()
                    : Optional.of("the model reads as the Director does: " + refusal + " but " + check);
        }

        /** All that has run in this world runs again in a Director of its own. */
        Optional<String> end() throws Exception {
            boolean isRight =
                    DirectorReading.of(bacula.directorConf()).refusal().isEmpty();
            return restartDirector() || !isRight
                    ? Optional.empty()
                    : Optional.of(world() + "\nBROKEN: a Director that is restarted comes up");
        }

        /** The jobs of a night are those of an ordinary one: in the catalog, as far as the program looks. */
        @Override
        void night() throws Exception {
            if (isDirectorAlive()) {
                List<String> rows = new ArrayList<>();
                for (DirectorReading.Job job :
                        DirectorReading.of(bacula.directorConf()).jobs().values()) {
                    if (job.isEnabled() && world().random().nextInt(10) < 7) {
                        String end = "now() + interval '" + program.ahead().toHours() + " hours'";
                        rows.add("INSERT INTO Job (Job, Name, Type, Level, ClientId, JobStatus, SchedTime, StartTime,"
                                + " EndTime, JobTDate, JobFiles, JobBytes) SELECT '" + job.name() + "." + world().next()
                                + "', '" + job.name() + "', 'B', 'F', ClientId, 'f', " + end + ", " + end + ", " + end
                                + ", 0, 0, 0 FROM Client WHERE Name = '" + job.client() + "'");
                    }
                }
                bacula.catalog().execute(rows);
            }
            program.laterBy(Duration.ofDays(1));
        }
    }
}
