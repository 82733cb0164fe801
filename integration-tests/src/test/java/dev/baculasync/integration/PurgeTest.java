package dev.baculasync.integration;

import static dev.baculasync.integration.BackedUpSite.DB_JOB;
import static dev.baculasync.integration.BackedUpSite.OTHER_JOB;
import static dev.baculasync.integration.BackedUpSite.WEB;
import static dev.baculasync.integration.BackedUpSite.WEB_JOB;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.integration.RealBacula.Output;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code CLEANUP_AFTER_DAYS} on a real catalog that a real Director has filled: a VM that has been disabled for long goes,
 * and nothing else does, whatever comes between.
 */
class PurgeTest {
    private static final Duration TO_DISABLED = Duration.ofDays(15);
    private static final Duration TO_PURGE = Duration.ofDays(46);

    private static final int MANY = 60;

    /** What only web's files are named by. */
    private static final String NAMES = "filename 1, path 1";

    private static final List<OpenStackInstance> INSTANCES = List.of(BackedUpSite.INSTANCE);

    @TempDir
    private static Path folder;

    private static BackedUpSite site;

    @BeforeAll
    static void start() throws Exception {
        site = BackedUpSite.start(folder);
        site.answer("db");
        Program program = site.site().program();
        assertThat(site.site().sync(program, 0).outcomes()).containsEntry("web", "grace-started");
        program.laterBy(TO_DISABLED);
        assertThat(site.site().sync(program, 0).outcomes()).containsEntry("web", "disabled");
        site.keep();
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void rewind() throws Exception {
        site.rewind();
        assertThat(site.bacula().jobNames()).contains(WEB_JOB, DB_JOB, OTHER_JOB);
    }

    @Test
    void aVmThatIsPurgedTakesWhatIsItsOwnAndNothingElse() throws Exception {
        FileTree filesBefore = site.site().tree();
        CatalogDump rowsBefore = site.catalog();
        CatalogDump expected = site.catalogAfter(removalOfWeb());
        Map<String, Integer> inconsistenciesBefore = site.bacula().inconsistencies();
        Program program = purging();

        Program.Result dry = program.run("sync", "--dry-run", "--json");
        assertThat(dry.exitCode()).as(dry.out() + dry.err()).isZero();
        assertThat(reason(dry))
                .contains("runs: 3,")
                .contains("file 3, fileset 1, job 3, jobmedia 3, log ")
                .contains("media 1")
                .endsWith("volumes that held nothing else: Vol-0001");
        assertThat(dry.err()).contains("would be removed from the catalog as well: " + NAMES);
        assertThat(site.catalog()).isEqualTo(rowsBefore);
        assertThat(site.site().tree()).isEqualTo(filesBefore);

        Program.Result result = site.site().sync(program, 0);
        assertThat(result.outcomes())
                .isEqualTo(dry.outcomes())
                .isEqualTo(Map.of("web", "purged", "db", "unchanged", "other", "unchanged"));
        assertThat(result.json().get("reload").textValue()).isEqualTo("done");
        assertThat(actions(result)).isEqualTo(actions(dry)).hasSize(2);
        assertThat(actions(result).get(0))
                .startsWith("volume Vol-0001 on Storage File1 (MediaType File, "
                        + Files.size(site.bacula().volume("Vol-0001")) + " bytes)")
                .contains("unless \"list volume=Vol-0001\" in bconsole shows")
                .endsWith("rm -- '<Archive Device>/Vol-0001'");
        assertThat(result.err()).contains("are removed from the catalog as well: " + NAMES);
        assertThat(site.catalog()).isEqualTo(expected);
        assertThat(site.newInconsistencies(inconsistenciesBefore)).isEmpty();
        assertThat(site.listedJobs()).containsExactly(DB_JOB, DB_JOB, OTHER_JOB);
        assertThat(site.listedVolumes()).containsExactly("Vol-0002", "Vol-0003");
        assertThat(site.bacula().jobNames()).containsExactlyInAnyOrder("Base", "RestoreFiles", DB_JOB, OTHER_JOB);
        assertThat(site.bacula().checkConfiguration()).isEqualTo(new Output(0, ""));
        assertThat(site.site().vm("web")).doesNotExist();

        FileTree files = site.site().tree();
        Program.Result quiet = site.site().sync(program, 0);
        assertThat(quiet.outcomes()).isEqualTo(Map.of("db", "unchanged", "other", "unchanged"));
        assertThat(quiet.json().get("reload").textValue()).isEqualTo("not-needed");
        assertThat(actions(quiet)).isEmpty();
        assertThat(quiet.err()).isEmpty();
        assertThat(site.site().tree()).isEqualTo(files);
        assertThat(site.catalog()).isEqualTo(expected);

        site.assertRestorable(DB_JOB, Site.CLIENT);
        site.assertRestorable(OTHER_JOB, Site.OTHER_CLIENT);
    }

    @Test
    void aVmWhoseJobRunsIsKeptUntilItHasEnded() throws Exception {
        site.disks().hold(WEB);
        int running = site.bacula().startJob(WEB_JOB);
        Program program = purging();
        try {
            Site.await(site.disks().reading(WEB));
            FileTree files = site.site().tree();
            CatalogDump rows = site.catalog();
            Program.Result kept = site.site().sync(program, 0);
            assertThat(kept.outcomes()).containsEntry("web", "still-disabled");
            assertThat(reason(kept))
                    .contains("not purged now, because run \"" + WEB_JOB + ".", "is waiting or running");
            assertThat(actions(kept)).isEmpty();
            assertThat(site.site().tree()).isEqualTo(files);
            assertThat(site.catalog()).isEqualTo(rows);
        } finally {
            site.disks().release(WEB);
            assertThat(site.bacula().await(running).status()).isEqualTo("T");
        }

        assertThat(site.site().sync(program, 0).outcomes()).containsEntry("web", "purged");
        assertThat(site.bacula().catalog().column("SELECT Name FROM Job WHERE Name = ?", WEB_JOB))
                .isEmpty();
        assertThat(site.site().vm("web")).doesNotExist();
    }

    /** The Director must call its files purged, as those of a good run, or it would pass for a run of another catalog. */
    @Test
    void aRunThatWasCancelledGoesWithTheOthers() throws Exception {
        site.disks().hold(WEB);
        int cancelled = site.bacula().startJob(WEB_JOB);
        Site.await(site.disks().reading(WEB));
        site.bacula().ask("cancel jobid=" + cancelled);
        site.disks().release(WEB);
        assertThat(site.bacula().await(cancelled).status()).isEqualTo("A");

        assertThat(site.site().sync(purging(), 0).outcomes()).containsEntry("web", "purged");
        assertThat(site.bacula().catalog().column("SELECT Name FROM Job WHERE Name = ?", WEB_JOB))
                .isEmpty();
    }

    /** Such as the server that the catalog was moved away from. */
    @Test
    void aCopyOfTheDirectorsCatalogIsNotPurgedInItsPlace() throws Exception {
        site.bacula().catalog().copy("moved_away");
        FileTree files = site.site().tree();
        Program program = purging().with("DB_NAME", "moved_away");

        Program.Result refused = site.site().sync(program, 1);
        assertThat(refused.outcomes()).containsEntry("web", "failed");
        assertThat(reason(refused))
                .contains("nothing was removed")
                .contains("does not have them as purged; look whether that is the Director's own catalog");
        assertThat(actions(refused)).isEmpty();
        assertThat(site.site().tree().forDirector()).isEqualTo(files.forDirector());

        program.with("DB_NAME", CatalogDatabase.NAME);
        assertThat(site.site().sync(program, 0).outcomes()).containsEntry("web", "purged");
        assertThat(site.listedJobs()).containsExactly(DB_JOB, DB_JOB, OTHER_JOB);
    }

    /**
     * Whatever bconsole does at any of its commands: refuse the connection, be killed in the midst of the answer to a command
     * that has had its effect, or print what nobody expects of one that has had none.
     */
    @ParameterizedTest
    @ValueSource(strings = {"REFUSED", "CUT", "ODD"})
    void aBconsoleThatFailsAtAnyCommandLeavesWhatTheNextRunFinishes(String failure) throws Exception {
        CatalogDump purged = site.catalogAfter(removalOfWeb());
        SyncEngine healthy = engine(site.bacula().bconsole());
        SyncEngine failing = engine(failing(failure));
        assertThat(problems(healthy.run(INSTANCES))).isEmpty();
        FileTree end = site.site().tree().forDirector();
        Set<String> commands = new LinkedHashSet<>();
        for (int session = 1; ; session++) {
            site.rewindUntold();
            Files.writeString(site.site().file("sessions"), "0");
            Files.writeString(site.site().file("failing"), Integer.toString(session));
            SyncReport disturbed = failing.run(INSTANCES);
            if (Integer.parseInt(Files.readString(site.site().file("sessions")).strip()) < session) {
                break;
            }
            String command = Files.readString(site.site().file("failed-at")).strip();
            commands.add(command);
            String where = failure + " at " + command;
            boolean isPurged = site.catalog().equals(purged);
            if (!isPurged) {
                assertThat(site.catalogAfter(removalOfWeb())).as(where).isEqualTo(purged);
                assertThat(site.site().vm("web").resolve("job")).as(where).exists();
            } else {
                assertThat(site.site().tree().forDirector()).as(where).isEqualTo(end);
            }
            if (disturbed.hasProblem()) {
                assertThat(problems(disturbed))
                        .as(where)
                        .isNotEmpty()
                        .allMatch(problem -> problem.contains("Director")
                                || problem.contains("bconsole")
                                || problem.contains(command));
                SyncReport next = healthy.run(INSTANCES);
                assertThat(problems(next)).as(where).isEmpty();
                assertThat(next.reload()).as(where).isEqualTo(SyncReport.Reload.DONE);
            } else {
                // The session was cut, but the Director had read its configuration, and said so when it was asked; or
                // it said
                // so when it was asked in other words.
                assertThat(where).isIn("CUT at reload", "ODD at .status dir header");
                assertThat(isPurged).isTrue();
            }
            assertThat(site.catalog()).as(where).isEqualTo(purged);
            assertThat(site.site().tree().forDirector()).as(where).isEqualTo(end);
        }
        assertThat(commands)
                .containsExactly(
                        "show all",
                        "list jobname=" + WEB_JOB,
                        "purge files jobid=1",
                        "purge files jobid=2",
                        "purge files jobid=3",
                        ".status dir header",
                        "reload",
                        ".jobs");
    }

    private static List<String> removalOfWeb() throws SQLException {
        return site.removalOf(WEB_JOB, "fs-datacenter1-openstack1-web", "Vol-0001");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PURGE_OF_FILES",
                "BEFORE_COMMIT",
                "COMMIT",
                "CHECK",
                "RELOAD",
                "BEFORE_COMMIT_OF_NAMES",
                "COMMIT_OF_NAMES"
            })
    void aProcessThatIsKilledInTheMidstOfAPurgeIsMadeUpForAndWhatIsLeftIsTold(String moment) throws Exception {
        CatalogDump purged = site.catalogAfter(removalOfWeb());
        Map<String, Integer> inconsistenciesBefore = site.bacula().inconsistencies();
        Path reached = site.site().file("reached-" + moment);
        Path release = site.site().file("release-" + moment);
        Program doomed = purging();
        switch (moment) {
            case "BEFORE_COMMIT" -> site.stopTransactions("job", "INITIALLY IMMEDIATE", reached, release);
            case "COMMIT" -> site.stopTransactions("job", "INITIALLY DEFERRED", reached, release);
            case "BEFORE_COMMIT_OF_NAMES" -> site.stopTransactions("path", "INITIALLY IMMEDIATE", reached, release);
            case "COMMIT_OF_NAMES" -> site.stopTransactions("path", "INITIALLY DEFERRED", reached, release);
            case "CHECK" ->
                doomed.with(
                        "DIRECTOR_CHECK",
                        site.site()
                                .script("check-that-stops", ": > '" + reached + "'\nexec sleep 600\n")
                                .toString());
            default ->
                doomed.with(
                        "BCONSOLE",
                        site.site()
                                .bconsoleThatStopsAt(
                                        moment.equals("RELOAD") ? "reload" : "purge files jobid=2", reached, release)
                                .toString());
        }
        Program.kill(doomed.start("sync"), reached);
        Files.writeString(release, "");
        site.letTransactionsGoOn();
        assertThat(site.site().vm("web").resolve("job").toFile().exists())
                .isEqualTo(Set.of("PURGE_OF_FILES", "BEFORE_COMMIT", "COMMIT").contains(moment));
        assertThat(site.catalogAfter(site.removalOfNames(WEB_JOB)).equals(purged))
                .isEqualTo(!Set.of("PURGE_OF_FILES", "BEFORE_COMMIT").contains(moment));
        assertThat(site.bacula().checkConfiguration()).isEqualTo(new Output(0, ""));

        SyncEngine healthy = engine(site.bacula().bconsole());
        SyncReport next = healthy.run(INSTANCES);
        assertThat(problems(next)).isEmpty();
        assertThat(next.reload())
                .isEqualTo(moment.endsWith("_OF_NAMES") ? SyncReport.Reload.NOT_NEEDED : SyncReport.Reload.DONE);
        assertThat(toldToAPerson(next)).anyMatch(action -> action.endsWith("rm -- '<Archive Device>/Vol-0001'"));
        assertThat(site.catalog()).isEqualTo(purged);
        assertThat(site.newInconsistencies(inconsistenciesBefore)).isEmpty();
        assertThat(site.site().vm("web")).doesNotExist();
        assertThat(site.bacula().jobNames()).containsExactlyInAnyOrder("Base", "RestoreFiles", DB_JOB, OTHER_JOB);
        assertThat(toldToAPerson(healthy.run(INSTANCES))).isEmpty();
    }

    /** The rows stay, and dbcheck finds them, until a run meets with no job; then it finds nothing new. */
    @Test
    void namesWaitForAMomentWithoutJobs() throws Exception {
        CatalogDump purged = site.catalogAfter(removalOfWeb());
        Map<String, Integer> inconsistenciesBefore = site.bacula().inconsistencies();
        site.disks().hold(BackedUpSite.OTHER);
        int running = site.bacula().startJob(OTHER_JOB);
        Program program = purging();
        try {
            Site.await(site.disks().reading(BackedUpSite.OTHER));
            Program.Result result = site.site().sync(program, 0);
            assertThat(result.outcomes()).containsEntry("web", "purged");
            assertThat(result.err())
                    .contains(
                            "1 Path and 1 Filename rows that purged runs used wait for a sync with CLEANUP_AFTER_DAYS, or"
                                    + " a delete-client, at a moment without running jobs")
                    .contains("run \"" + OTHER_JOB + ".");
            assertThat(site.newInconsistencies(inconsistenciesBefore).keySet())
                    .containsExactly("orphaned Filename records", "orphaned Path records");
        } finally {
            site.disks().release(BackedUpSite.OTHER);
            assertThat(site.bacula().await(running).status()).isEqualTo("T");
        }
        assertThat(site.site().sync(program, 0).err()).contains("removed from the catalog as well: " + NAMES);
        assertThat(site.newInconsistencies(inconsistenciesBefore)).isEmpty();
        assertThat(site.catalog().tables().get("path"))
                .isEqualTo(purged.tables().get("path"));
        assertThat(site.catalog().tables().get("filename"))
                .isEqualTo(purged.tables().get("filename"));
    }

    /** Many sessions with the Director and many transactions, none of which may be left over. */
    @Test
    void manyVmsArePurgedInOneRun() throws Exception {
        CatalogDump purged = site.catalogAfter(removalOfWeb());
        List<LiveVm> many = new ArrayList<>();
        for (int i = 1; i <= MANY; i++) {
            many.add(LiveVm.of("vm" + i, UUID.nameUUIDFromBytes(("vm" + i).getBytes(StandardCharsets.UTF_8))));
        }
        LiveVm db = LiveVm.of("db", UUID.fromString(BackedUpSite.DB));
        many.add(db);
        SyncPolicy.Builder policy = SyncPolicy.builder().maxDisableMin(MANY);
        site.engine(Duration.ZERO, policy, site.bacula().bconsole(), many.toArray(LiveVm[]::new))
                .run(INSTANCES);
        site.engine(Duration.ZERO, policy, site.bacula().bconsole(), db).run(INSTANCES);
        SyncReport disabling =
                site.engine(TO_DISABLED, policy, site.bacula().bconsole(), db).run(INSTANCES);
        assertThat(disabling.instances().get(0).count(Outcome.DISABLED)).isEqualTo(MANY);
        site.bacula().catalog().execute(runsOfMany());

        Program.Result result = purging()
                .with("MAX_DISABLE_MIN", Integer.toString(MANY + 1))
                .with("LOG_LEVEL", "info")
                .run("sync");
        assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
        assertThat(result.out()).contains("\tpurged=" + (MANY + 1) + "\t").contains("\treload=done\t");
        assertThat(result.out().lines().filter(line -> line.startsWith("ACTION REQUIRED\t") && line.contains("rm -- ")))
                .hasSize(MANY + 1);
        assertThat(result.err()).contains("purged 0 of " + (MANY + 1), "purged " + (MANY + 1) + " of " + (MANY + 1));
        assertThat(site.site().tree().forDirector().files().keySet()).noneMatch(file -> file.contains("/vm"));
        assertThat(site.catalog()).isEqualTo(purged);
        assertThat(site.listedJobs()).containsExactly(DB_JOB, DB_JOB, OTHER_JOB);
        assertThat(site.bacula().jobNames()).containsExactlyInAnyOrder("Base", "RestoreFiles", DB_JOB, OTHER_JOB);
    }

    /** A run for each VM, with three files, on a volume of its own. */
    private static List<String> runsOfMany() {
        return List.of(
                "INSERT INTO FileSet (FileSetId, FileSet, MD5, CreateTime) SELECT 10000 + n,"
                        + " 'fs-datacenter1-openstack1-vm' || n, 'm' || n, now() FROM generate_series(1, " + MANY
                        + ") n",
                "INSERT INTO Job (JobId, Job, Name, Type, Level, ClientId, JobStatus, SchedTime, StartTime, EndTime,"
                        + " RealEndTime, JobTDate, JobFiles, JobBytes, PoolId, FileSetId)"
                        + " SELECT 10000 + n, 'run' || n, '" + Site.PREFIX + "vm' || n, 'B', 'F',"
                        + " ClientId, 'T', now(), now(), now(), now(), 1, 3, 1000, 1, 10000 + n"
                        + " FROM generate_series(1, " + MANY + ") n, Client"
                        + " WHERE Client.Name = '" + Site.CLIENT + "'",
                "INSERT INTO Media (MediaId, VolumeName, MediaType, PoolId, VolStatus, VolBytes, Enabled, StorageId)"
                        + " SELECT 10000 + n, 'Many-' || n, 'File', 1, 'Used', 3000, 1, 1"
                        + " FROM generate_series(1, " + MANY + ") n",
                "INSERT INTO JobMedia (JobId, MediaId) SELECT JobId, JobId FROM Job WHERE JobId > 10000",
                "INSERT INTO File (FileIndex, JobId, PathId, FilenameId, LStat, MD5)"
                        + " SELECT n, JobId, 1, 1, 'A', 'A' FROM Job, generate_series(1, 3) n WHERE JobId > 10000",
                "INSERT INTO Log (JobId, Time, LogText) SELECT JobId, now(), 'a line' FROM Job WHERE JobId > 10000");
    }

    private static SyncEngine engine(Path bconsole) {
        return site.engine(
                TO_PURGE,
                SyncPolicy.builder().cleanupAfter(Duration.ofDays(30)),
                bconsole,
                LiveVm.of("db", UUID.fromString(BackedUpSite.DB)));
    }

    /**
     * A bconsole that counts its sessions, and fails at one of them. A reload that is given once more, because the last was
     * in the same second, does not count, nor does what is asked after it: whether it comes is a matter of chance.
     */
    private static Path failing(String failure) throws IOException {
        String how = switch (failure) {
            case "REFUSED" -> "echo 'Could not connect to the Director'; exit 1";
            case "CUT" -> """
                    said=$(printf '%s\n' "$input" | "$real" "$@")
                    printf '%s' "$said" | head -c $((${#said} * 9 / 10))
                    kill -9 $$
                    """;
            default -> """
                    said=$(echo quit | "$real" "$@")
                    printf '%s' "${said%quit}"
                    printf '%s\n' "$input" | while IFS= read -r line; do
                        printf '%s\n' "$line"
                        case $line in 'gui on' | quit) ;; *) echo 'Nobody expects this.' ;; esac
                    done
                    """;
        };
        return site.site()
                .script("bconsole-" + failure, """
                real='%s'
                input=$(cat)
                cd '%s' || exit 2
                before=$(cat sessions)
                [ "$before" -ne 0 ] || : >given
                printf '%%s\n' "$input" | sed -n 2p >>given
                session=$(awk '!seen[$0]++ || ($0 == ".status dir header" && seen[$0] == 2) {n++} END {print n}' given)
                echo "$session" >sessions
                if [ "$session" -eq "$before" ] || [ "$session" -ne "$(cat failing)" ]; then
                    printf '%%s\n' "$input" | "$real" "$@"
                    exit
                fi
                printf '%%s' "$input" | sed -n 2p >failed-at
                %s
                """.formatted(site.bacula().bconsole(), folder, how));
    }

    private static List<String> problems(SyncReport report) {
        return Stream.concat(
                        report.instances().stream()
                                .flatMap(instance -> Stream.concat(
                                        Stream.ofNullable(instance.error()),
                                        instance.vms().stream()
                                                .filter(vm -> vm.outcome().isProblem())
                                                .map(VmPlan::reason))),
                        Stream.ofNullable(report.reloadDetail()).map(detail -> "reload of the Director: " + detail))
                .toList();
    }

    private static List<String> toldToAPerson(SyncReport report) {
        return Stream.concat(
                        report.notes().stream(),
                        report.instances().stream().flatMap(instance -> instance.actionRequired().stream()))
                .toList();
    }

    private static Program purging() throws IOException {
        return site.site().program().with("CLEANUP_AFTER_DAYS", "30").laterBy(TO_PURGE);
    }

    private static String reason(Program.Result result) throws IOException {
        for (JsonNode vm : result.json().get("clients").get(0).get("vms")) {
            if (vm.get("vm").textValue().equals("web")) {
                return vm.get("reason").textValue();
            }
        }
        throw new AssertionError(result.out());
    }

    private static List<String> actions(Program.Result result) throws IOException {
        List<String> actions = new ArrayList<>();
        result.json().get("clients").get(0).get("actionRequired").forEach(action -> actions.add(action.textValue()));
        return actions;
    }
}
