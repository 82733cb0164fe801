package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ignorance, strange clocks and sudden emptiness disable nobody. */
class BlindnessTest {
    private static final String WEB = "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String DB = "server=db01 uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7\n";
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private static Path folder;

    private static Site site;
    private Program program;

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
        program = site.program().without("RELOAD_AFTER_SYNC").with("GRACE_DAYS", "5");
    }

    @Test
    void onlySightedTimeCountsTowardsGrace() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        site.answer(DB);
        assertThat(site.sync(program, 0).outcomes()).containsEntry("web", "grace-started");

        program.laterBy(DAY);
        site.bacula().forgetQuery(Site.CLIENT);
        String job = site.job("web");
        for (int days = 0; days < 3; days++) {
            Program.Result blind = site.sync(program, 1);
            assertThat(discovery(blind)).isEqualTo("failed");
            assertThat(site.job("web")).isEqualTo(job);
            program.laterBy(DAY.multipliedBy(4));
        }

        // 13 days after the first absence, of which 12 were blind.
        site.answer(DB);
        assertThat(site.sync(program, 0).outcomes()).containsEntry("web", "in-grace");
        program.laterBy(DAY.multipliedBy(4).minusHours(1));
        assertThat(site.sync(program, 0).outcomes())
                .as("nearly five days of sighted time")
                .containsEntry("web", "in-grace");
        assertThat(site.job("web")).contains("Enabled    = yes").contains("#@status:        active");
        program.laterBy(Duration.ofHours(2));
        assertThat(site.sync(program, 0).outcomes())
                .as("more than five days of sighted time")
                .containsEntry("web", "disabled")
                .containsEntry("db01", "unchanged");
        assertThat(site.job("web")).contains("Enabled    = no");
        site.assertDirectorWouldLoadIt("after a disable");
    }

    @Test
    void outagesThatCannotBeReadAgeNobodyAndStopNothingButTheGrace() throws Exception {
        site.answer(WEB + DB);
        site.sync(program, 0);
        site.answer(DB);
        site.sync(program, 0);
        Path record = site.bacula().baseDir().resolve(".bacula-openstack-sync.ledger-outages");
        Files.createDirectory(record);
        program.laterBy(DAY.multipliedBy(30));
        site.answer(DB + "server=new uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n");
        Program.Result result = program.run("sync");
        assertThat(result.exitCode())
                .as("a grace period that cannot end needs a person")
                .isEqualTo(1);
        assertThat(result.err())
                .contains("when discovery", "did not work is not known", "ledger-outages", "move it away");
        assertThat(site.job("web")).contains("Enabled    = yes");
        assertThat(site.job("new")).contains("Enabled    = yes");
        assertThat(record).isDirectory();
        Files.delete(record);
        assertThat(site.sync(program, 0).outcomes()).containsEntry("web", "disabled");
    }

    @Test
    void aMassDisappearanceIsHeldUntilTheLimitIsRaised() throws Exception {
        String fleet = IntStream.range(0, 40)
                .mapToObj("server=vm%1$02d uuid=00000000-0000-4000-8000-0000000000%1$02d\n"::formatted)
                .collect(Collectors.joining());
        String few = fleet.lines().skip(13).collect(Collectors.joining("\n", "", "\n"));
        site.answer(fleet);
        site.sync(program, 0);
        site.answer(few);
        Program.Result absent = site.sync(program, 1);
        assertThat(absent.outcomes()).containsEntry("vm00", "grace-started");
        assertThat(absent.err()).containsOnlyOnce("13 VMs are absent at once");

        program.laterBy(DAY.multipliedBy(6));
        FileTree files = site.tree();
        site.answer(few + "server=new uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n");
        Program.Result held = site.sync(program, 1);
        assertThat(held.outcomes().values().stream().filter("held"::equals)).hasSize(13);
        assertThat(held.outcomes()).containsEntry("new", "created").doesNotContainValue("disabled");
        assertThat(held.json().get("clients").get(0).get("vms"))
                .filteredOn(vm -> vm.get("outcome").textValue().equals("held"))
                .allSatisfy(vm -> assertThat(vm.get("reason").textValue()).contains("MAX_DISABLE_PERCENT"));
        Program.Result again = program.run("sync");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.out()).contains("MAX_DISABLE_PERCENT");
        assertThat(again.err()).containsOnlyOnce("held: 13 of 41 enabled jobs would be disabled");
        assertThat(again.err())
                .containsOnlyOnce("sync --approve "
                        + held.json().get("clients").get(0).get("digest").textValue());
        assertThat(site.tree().files())
                .as("the held ones are untouched")
                .containsAllEntriesOf(files.forDirector().files().entrySet().stream()
                        .filter(file -> !file.getKey().equals("director.conf"))
                        .collect(Collectors.toMap(file -> file.getKey(), file -> file.getValue())));

        Program.Result through = site.sync(program.with("MAX_DISABLE_PERCENT", "50"), 0);
        assertThat(through.outcomes().values().stream().filter("disabled"::equals))
                .hasSize(13);
        site.assertDirectorWouldLoadIt("after many disables");
    }

    @Test
    void aTimestampThatLiesAheadOrCannotBeReadNeverDisables() throws Exception {
        site.answer(WEB + DB + "server=odd uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n");
        site.sync(program, 0);
        site.answer(DB);
        site.sync(program, 0);
        writeMissingSince("web", "2999-01-01 00:00:00");
        writeMissingSince("odd", "the day before yesterday");
        program.laterBy(DAY.multipliedBy(3000));
        Program.Result result = site.sync(program, 0);
        assertThat(result.outcomes().get("web")).isEqualTo("in-grace");
        assertThat(result.outcomes().get("odd")).isIn("in-grace", "quarantined");
        assertThat(result.err()).contains("future").contains("the day before yesterday");
        for (String vm : new String[] {"web", "odd"}) {
            assertThat(site.job(vm)).contains("Enabled    = yes").contains("#@status:        active");
        }
        site.assertDirectorWouldLoadIt("with odd timestamps");

        site.answer(WEB + DB + "server=odd uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n");
        assertThat(site.sync(program, 0).outcomes())
                .containsEntry("web", "returned")
                .containsEntry("odd", "returned");
        assertThat(site.job("web")).doesNotContain("#@missing-since: ");
    }

    @Test
    void aClockThatJumpsAheadForOneRunDisablesNothingForGood() throws Exception {
        site.answer(WEB + DB);
        Program ahead = site.program()
                .without("RELOAD_AFTER_SYNC")
                .with("GRACE_DAYS", "5")
                .laterBy(DAY.multipliedBy(400));
        site.sync(program, 0);
        site.answer(DB);
        // Its absence begins while the clock is wrong; afterwards that moment lies ahead.
        assertThat(site.sync(ahead, 0).outcomes()).containsEntry("web", "grace-started");
        program.laterBy(DAY.multipliedBy(30));
        assertThat(site.sync(program, 0).outcomes()).containsEntry("web", "in-grace");
        assertThat(site.job("web")).contains("Enabled    = yes");
    }

    private static void writeMissingSince(String vm, String text) throws Exception {
        String job = site.job(vm);
        String changed = job.replaceFirst("(#@missing-since: *)\\S.*", "$1" + text);
        assertThat(changed).isNotEqualTo(job);
        Files.writeString(site.vm(vm).resolve("job"), changed);
    }

    private static String discovery(Program.Result result) throws Exception {
        JsonNode client = result.json().get("clients").get(0);
        return client.get("discovery").textValue();
    }
}
