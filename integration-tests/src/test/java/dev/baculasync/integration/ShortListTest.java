package dev.baculasync.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baculasync.integration.Program.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes of a list that is shorter than it should be, with a real Director and a real File Daemon. */
class ShortListTest {
    private static final String WEB = "server=web uuid=014c5892-5efb-4efb-bd60-4e038800475d\n";
    private static final String DB = "server=db01 uuid=22d27bdf-1cdb-461e-8f61-a641e36f9ed7\n";
    private static final String MAIL = "server=mail uuid=c4d13b99-5bdc-4b45-b673-bb6a81e443a1\n";
    private static final String ALL = WEB + DB + MAIL;

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
    void threeVms() throws Exception {
        site.reset();
        program = site.program().with("GRACE_DAYS", "5");
        site.answer(ALL);
        site.sync(program, 0);
    }

    @Test
    void aListThatIsCutDisablesNobody() throws Exception {
        for (int bytes : new int[] {WEB.length(), WEB.length() + 9, WEB.length() + DB.length() - 4}) {
            site.bacula().answerQueryCutAfter(Site.CLIENT, ALL, bytes);
            Result result = program.run("sync", "--json");
            assertThat(result.exitCode()).as(result.out()).isIn(0, 1);
            assertThat(result.outcomes()).as("cut after %d bytes", bytes).containsEntry("web", "unchanged");
            allAreEnabled();
        }
    }

    @Test
    void aListThatStallsIsGivenUpAndDisablesNobody() throws Exception {
        Program impatient = site.program().with("GRACE_DAYS", "5").with("BCONSOLE_TIMEOUT", "5");
        site.bacula().stallQueryAfter(Site.CLIENT, ALL, WEB.length() + 9);
        FileTree before = site.tree().forDirector();
        Result result = site.sync(impatient.laterBy(Duration.ofDays(30)), 1);
        assertThat(discovery(result, Site.CLIENT)).isEqualTo("failed");
        assertThat(discovery(result, Site.OTHER_CLIENT)).isEqualTo("complete");
        assertThat(site.tree().forDirector()).isEqualTo(before);
        allAreEnabled();
    }

    @Test
    void aListIsNotCompleteWhenTheFileDaemonWasRestartedBehindIt() throws Exception {
        site.bacula().answerQueryCutAfter(Site.CLIENT, ALL, WEB.length());
        Future<?> restart = site.bacula().restartFileDaemonDuringQuery(Site.CLIENT);
        Result result = program.run("sync", "--json");
        restart.get();
        assertThat(discovery(result, Site.CLIENT)).as(result.out()).isEqualTo("incomplete");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.outcomes()).containsEntry("web", "unchanged").doesNotContainValue("grace-started");
        assertThat(site.job("db01")).doesNotContain("#@missing-since");
        allAreEnabled();
    }

    private static void allAreEnabled() throws Exception {
        for (String vm : new String[] {"web", "db01", "mail"}) {
            assertThat(site.job(vm)).contains("Enabled    = yes").contains("#@status:        active");
            assertThat(site.bacula().showJob(Site.PREFIX + vm)).contains(" Enabled=1");
        }
    }

    private static String discovery(Result result, String client) throws Exception {
        for (JsonNode about : result.json().get("clients")) {
            if (about.get("client").textValue().equals(client)) {
                return about.get("discovery").textValue();
            }
        }
        throw new AssertionError("nothing about " + client + " in " + result.out());
    }
}
