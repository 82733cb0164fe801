package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.integration.Program.Result;
import dev.baculasync.integration.RealBacula.JobRun;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What backups that a real Director has made say about VMs that a list lacks. Absences begin while the program's clock is
 * behind; backups are of now.
 */
class WitnessTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration BEHIND = DAY.multipliedBy(20);
    private static final Map<String, String> UUIDS = Map.of(
            "web", "014c5892-5efb-4efb-bd60-4e038800475d",
            "db", "22d27bdf-1cdb-461e-8f61-a641e36f9ed7",
            "mail", "c4d13b99-5bdc-4b45-b673-bb6a81e443a1");
    private static final String WEB = record("web");
    private static final String DB = record("db");
    private static final String MAIL = record("mail");
    private static final String ALL = WEB + DB + MAIL;
    private static final String NEW = "server=new uuid=eafffb4a-634c-4751-93e2-aa75778b8e5b\n";
    private static final Pattern RELOADED = Pattern.compile("conf reloaded (.*?)\\s*\\R");

    @TempDir
    private static Path folder;

    private static Site site;
    private static VmDisks disks;
    private Program program;

    @BeforeAll
    static void start() throws Exception {
        site = Site.start(folder, 0);
        disks = new VmDisks(Files.createDirectory(folder.resolve("disks")));
    }

    @AfterAll
    static void stop() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @BeforeEach
    void threeVmsTwentyDaysAgo() throws Exception {
        site.reset();
        site.bacula()
                .catalog()
                .execute(List.of("DELETE FROM JobMedia", "DELETE FROM File", "DELETE FROM Log", "DELETE FROM Job"));
        program = site.program().with("GRACE_DAYS", "5").with("TZ", "UTC").laterBy(BEHIND.negated());
        site.answer(ALL);
        site.sync(program, 0);
        for (Map.Entry<String, String> vm : UUIDS.entrySet()) {
            disks.fill(vm.getValue(), "what it holds\n".repeat(100).getBytes(StandardCharsets.UTF_8));
            backsUp(vm.getKey(), vm.getValue());
        }
        site.bacula().reload();
    }

    @Test
    void aVmThatIsBackedUpIsThereWhateverAListThatWasCutSays() throws Exception {
        site.bacula().answerQueryCutAfter(Site.CLIENT, ALL, WEB.length() + DB.length());
        assertThat(site.sync(program, 0).outcomes()).containsEntry("mail", "grace-started");
        assertThat(site.job("mail")).contains("#@missing-since: ").containsPattern("#@absence: +tail\n");
        int backup = good("mail");

        program.laterBy(BEHIND);
        FileTree before = site.tree().forDirector();
        Result dry = program.run("sync", "--dry-run", "--json");
        assertThat(dry.exitCode()).as(dry.out()).isEqualTo(1);
        assertThat(site.tree().forDirector()).isEqualTo(before);
        Result result = site.sync(program, 1);
        assertThat(client(result).get("discovery").textValue()).isEqualTo("incomplete");
        assertThat(client(result).get("error").textValue())
                .contains("mail (JobId " + backup + " of ", "so it is short", "Enabled = no");
        assertThat(result.outcomes())
                .isEqualTo(Map.of("web", "unchanged", "db", "unchanged", "mail", "in-grace", "other", "unchanged"));
        assertThat(result.json().get("reload").textValue()).isEqualTo("not-needed");
        assertThat(header("mail", "missing-since")).isEqualTo(begin(backup));
        assertThatAllAreEnabled();

        Result next = site.sync(program, 0);
        assertThat(client(next).get("discovery").textValue())
                .as("one backup testifies once")
                .isEqualTo("complete");
        assertThat(next.outcomes()).containsEntry("mail", "in-grace");
        assertThat(header("mail", "missing-since")).isEqualTo(begin(backup));
        assertThat(site.sync(program.laterBy(DAY.multipliedBy(6)), 0).outcomes())
                .as("and no other job has run since, so there is nothing to wait for")
                .containsEntry("mail", "disabled");
    }

    @Test
    void aVmThatIsBackedUpAfterItWasDisabledIsRestoredAndNothingIsPurged() throws Exception {
        Program cleaning = program.laterBy(BEHIND.multipliedBy(2).negated()).with("CLEANUP_AFTER_DAYS", "7");
        int web = good("web");
        int old = good("mail");
        moveToNewYear(web);
        moveToNewYear(old);
        site.answer(DB);
        site.sync(cleaning, 0);
        assertThat(site.sync(cleaning.laterBy(DAY.multipliedBy(6)), 0).outcomes())
                .containsEntry("web", "disabled")
                .containsEntry("mail", "disabled");
        int backup = goodAlthoughDisabled("mail");

        Result result = site.sync(cleaning.laterBy(BEHIND.multipliedBy(3).minusDays(6)), 1);
        assertThat(client(result).get("discovery").textValue()).isEqualTo("incomplete");
        assertThat(client(result).get("error").textValue()).contains("mail (JobId " + backup + " of ");
        assertThat(result.outcomes())
                .containsEntry("mail", "restored")
                .containsEntry("web", "still-disabled")
                .containsEntry("db", "unchanged");
        assertThat(site.job("mail")).contains("Enabled    = yes").contains("#@reenabled: ");
        assertThat(site.bacula().showJob(Site.PREFIX + "mail")).contains(" Enabled=1");
        assertThat(runs("mail")).containsExactly(old, backup);
        assertThat(runs("web")).containsExactly(web);
        assertThat(site.vm("web").resolve("job")).exists();
    }

    @Test
    void aBackupThatHoldsAnotherVmProvesNothing() throws Exception {
        backsUp("web", UUIDS.get("db"));
        site.bacula().reload();
        site.answer(DB + MAIL);
        assertThat(site.sync(program, 0).outcomes()).containsEntry("web", "grace-started");
        good("web");
        assertThat(site.sync(program.laterBy(BEHIND), 0).outcomes()).containsEntry("web", "disabled");
    }

    @Test
    void aVmAtTheEndWhoseJobFailsWhileOthersAreGoodIsGone() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        good("web");
        fails("mail");
        Result result = site.sync(program.laterBy(BEHIND), 0);
        assertThat(result.outcomes()).containsEntry("mail", "disabled");
        assertThat(site.job("mail")).doesNotContain("#@absence");
        assertThat(site.bacula().showJob(Site.PREFIX + "mail")).contains(" Enabled=0");
    }

    @Test
    void aVmAtTheEndOfWhichTheCatalogSaysNothingIsHeldUntilItIsApproved() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        good("web");
        program.laterBy(BEHIND);
        Result held = site.sync(program, 1);
        assertThat(held.outcomes()).containsEntry("mail", "held").containsEntry("web", "unchanged");
        String digest = client(held).get("digest").textValue();
        assertThat(digest).matches("[0-9a-f]{16}");
        assertThatAllAreEnabled();
        Result told = program.run("sync");
        assertThat(told.exitCode()).isEqualTo(1);
        assertThat(told.out()).containsPattern("ATTENTION.*held: .*sync --approve " + digest + "\n");
        assertThat(told.err()).containsOnlyOnce("sync --approve " + digest);

        refused("0123456789abcdef");
        Result approved = program.run("sync", "--json", "--approve", digest);
        assertThat(approved.exitCode()).as(approved.out() + approved.err()).isZero();
        assertThat(approved.outcomes()).containsEntry("mail", "disabled");
        assertThat(site.bacula().showJob(Site.PREFIX + "mail")).contains(" Enabled=0");
        refused(digest);
        assertThat(site.sync(program, 0).outcomes()).containsEntry("mail", "still-disabled");
    }

    @Test
    void halfAFleetThatIsGoneAtOnceIsToldFirst() throws Exception {
        String fleet = IntStream.range(0, 30)
                .mapToObj("server=vm%1$02d uuid=00000000-0000-4000-8000-0000000000%1$02d\n"::formatted)
                .collect(Collectors.joining());
        String half = fleet.lines().limit(15).collect(Collectors.joining("\n", "", "\n"));
        site.answer(ALL + fleet);
        site.sync(program, 0);
        site.answer(ALL + half);
        FileTree before = site.tree();
        Result dry = program.run("sync", "--dry-run");
        assertThat(dry.exitCode()).isEqualTo(1);
        assertThat(site.tree()).isEqualTo(before);
        assertThat(dry.out().lines().findFirst().orElseThrow()).contains("15 VMs are absent at once");
        Result result = site.sync(program, 1);
        assertThat(result.outcomes().values().stream().filter("grace-started"::equals))
                .hasSize(15);
        assertThat(client(result).get("discovery").textValue()).isEqualTo("complete");
        assertThat(result.err()).containsOnlyOnce("15 VMs are absent at once");
        assertThat(result.json().get("reload").textValue()).isEqualTo("not-needed");

        Result next = program.run("sync");
        assertThat(next.exitCode()).as("told once: %s", next.out()).isZero();
        site.answer(ALL + fleet);
        assertThat(site.sync(program, 0).outcomes().values().stream().filter("returned"::equals))
                .hasSize(15);
    }

    @Test
    void theSecondLineOfOneTenantsTagCostsNoOtherVmItsJob() throws Exception {
        site.answer(WEB + MAIL + "server=t uuid=5f0f7a6e-0b0e-4b0e-9d7a-1d2c3b4a5f61 tag=gold\n"
                + "error=plugin not found\n" + DB + NEW);
        Result result = site.sync(program, 1);
        assertThat(client(result).get("discovery").textValue()).isEqualTo("incomplete");
        assertThat(client(result).get("error").textValue())
                .contains("error=plugin not found")
                .contains("after VM \"t\"");
        assertThat(result.outcomes()).containsEntry("new", "created").containsEntry("db", "unchanged");
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "new");

        site.answer(WEB + "server=t uuid=5f0f7a6e-0b0e-4b0e-9d7a-1d2c3b4a5f61 tag=gold\n" + "error=plugin not found\n"
                + DB + NEW);
        assertThat(site.sync(program.laterBy(DAY.multipliedBy(9)), 1).outcomes())
                .as("nobody ages")
                .containsEntry("mail", "unchanged");
        assertThat(site.job("mail")).doesNotContain("#@missing-since");
    }

    @Test
    void aStrayFirstLineCostsNoVmItsJob() throws Exception {
        for (String list : List.of(
                "Keystone catalog entry not found\n" + WEB + DB + NEW,
                WEB + "Keystone catalog entry not found\n" + DB + NEW)) {
            site.answer(list);
            Result result = site.sync(program, 1);
            assertThat(client(result).get("discovery").textValue()).as(list).isEqualTo("incomplete");
            assertThat(client(result).get("error").textValue()).contains("Keystone catalog entry not found");
            assertThat(result.outcomes().get("new")).isIn("created", "unchanged");
            assertThat(result.outcomes()).containsEntry("mail", "unchanged");
        }
        assertThat(site.bacula().jobNames()).contains(Site.PREFIX + "new");
    }

    @Test
    void headersAloneAreNoReasonToReload() throws Exception {
        String before = reloaded();
        site.answer(WEB + DB);
        Result absent = site.sync(program, 0);
        assertThat(absent.outcomes()).containsEntry("mail", "grace-started");
        site.answer(WEB + DB.replace("server=db", "server=renamed") + MAIL);
        Result back = site.sync(program, 0);
        assertThat(back.outcomes()).containsEntry("mail", "returned").containsEntry("renamed", "renamed");
        assertThat(List.of(absent, back))
                .allSatisfy(result ->
                        assertThat(result.json().get("reload").textValue()).isEqualTo("not-needed"));
        assertThat(reloaded()).isEqualTo(before);
        site.answer(ALL + NEW);
        site.sync(program, 0);
        assertThat(reloaded()).isNotEqualTo(before);
    }

    @Test
    void aDirectorThatKnowsNoDedupGetsNoFileSetThatSaysIt() throws Exception {
        site.answer(ALL + NEW + "server=newer uuid=eafffb4a-634c-4751-93e2-aa75778b8e5c\n");
        FileTree before = site.tree().forDirector();
        program.without("DEDUP_ALGO");
        Result result = site.sync(program, 1);
        assertThat(result.outcomes())
                .containsEntry("new", "failed")
                .containsEntry("newer", "failed")
                .containsEntry("web", "unchanged");
        assertThat(result.json().get("reload").textValue()).isEqualTo("not-needed");
        assertThat(result.err()).containsOnlyOnce("DEDUP_ALGO=none");
        Result told = program.run("sync");
        assertThat(told.exitCode()).isEqualTo(1);
        assertThat(told.out()).containsOnlyOnce("DEDUP_ALGO=none");
        assertThat(site.tree().forDirector()).isEqualTo(before);
        assertThat(site.sync(program.with("DEDUP_ALGO", "none"), 0).outcomes())
                .containsEntry("new", "created")
                .containsEntry("newer", "created");
    }

    /** Nothing is done on account of an approval that approves nothing. */
    private void refused(String digest) throws Exception {
        FileTree before = site.tree();
        Result result = program.run("sync", "--approve", digest);
        assertThat(result.exitCode()).as(result.out()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("--approve", digest);
        assertThat(site.tree()).isEqualTo(before);
    }

    private static String record(String vm) {
        return "server=" + vm + " uuid=" + UUIDS.get(vm) + "\n";
    }

    /** Of which VM a job's backups hold the disk; the Director is not told. */
    private static void backsUp(String vm, String uuid) throws Exception {
        disks.putInto(site.vm(vm).resolve("fileset"), uuid);
    }

    private static int good(String vm) throws Exception {
        JobRun run = site.bacula().runJob(Site.PREFIX + vm);
        assertThat(run.status()).as(run.transcript()).isEqualTo("T");
        return run.jobId();
    }

    /** As with a Director that was not told; what a console enables would stay so over each reload to come. */
    private static int goodAlthoughDisabled(String vm) throws Exception {
        Path job = site.vm(vm).resolve("job");
        String disabled = Files.readString(job);
        Files.writeString(job, disabled.replace("Enabled    = no", "Enabled    = yes"));
        site.bacula().reload();
        Files.writeString(job, disabled);
        return good(vm);
    }

    private static void fails(String vm) throws Exception {
        Path fileSet = site.vm(vm).resolve("fileset");
        String text = Files.readString(fileSet);
        Files.writeString(fileSet, text.replaceFirst("Plugin = .*", "Plugin = \"openstack: proxy_server=none\""));
        site.bacula().reload();
        JobRun run = site.bacula().runJob(Site.PREFIX + vm);
        Files.writeString(fileSet, text);
        assertThat(run.status()).as(run.transcript()).isEqualTo("f");
    }

    /** From now on a run began and ended long before any absence. */
    private static void moveToNewYear(int jobId) throws Exception {
        site.bacula()
                .catalog()
                .execute(List.of("UPDATE Job SET StartTime = '2026-01-01', EndTime = '2026-01-01', JobTDate ="
                        + " extract(epoch FROM timestamptz '2026-01-01 UTC') WHERE JobId = " + jobId));
    }

    private static List<Integer> runs(String vm) throws Exception {
        return site
                .bacula()
                .catalog()
                .column("SELECT JobId FROM Job WHERE Name = ? ORDER BY JobId", Site.PREFIX + vm)
                .stream()
                .map(Integer::valueOf)
                .toList();
    }

    /** When a run began, as a header says it in UTC, whatever the Director's zone is. */
    private static String begin(int jobId) throws Exception {
        String seconds = site.bacula()
                .catalog()
                .column(
                        "SELECT (JobTDate - extract(epoch FROM EndTime - StartTime))::bigint FROM Job WHERE JobId = ?",
                        jobId)
                .get(0);
        return DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss")
                .withZone(ZoneOffset.UTC)
                .format(Instant.ofEpochSecond(Long.parseLong(seconds)));
    }

    private static String header(String vm, String name) throws Exception {
        Matcher header = Pattern.compile("(?m)^#@" + name + ": +(.*)$").matcher(site.job(vm));
        assertThat(header.find()).as(site.job(vm)).isTrue();
        return header.group(1);
    }

    private static void assertThatAllAreEnabled() throws Exception {
        for (String vm : UUIDS.keySet()) {
            assertThat(site.job(vm)).contains("Enabled    = yes").contains("#@status:        active");
            assertThat(site.bacula().showJob(Site.PREFIX + vm)).contains(" Enabled=1");
        }
    }

    /** When the Director last read its configuration, to the second. */
    private static String reloaded() throws Exception {
        Matcher said = RELOADED.matcher(site.bacula().ask("status dir"));
        assertThat(said.find()).isTrue();
        return said.group(1);
    }

    private static JsonNode client(Result result) throws Exception {
        for (JsonNode about : result.json().get("clients")) {
            if (about.get("client").textValue().equals(Site.CLIENT)) {
                return about;
            }
        }
        throw new AssertionError("nothing about " + Site.CLIENT + " in " + result.out());
    }
}
