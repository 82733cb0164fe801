package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.ConfigEdit.Change;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.StampEdit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {
    private static final Change CHANGE = Change.of(Samples.VM);

    private static JobFile parse(String text) {
        return JobFile.parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The sample's headers, and another body. */
    private static String withBody(String body) {
        return Samples.JOB_TEXT.substring(0, Samples.JOB_TEXT.indexOf("Job {")) + body;
    }

    private static JobFile parsed(String text) {
        JobFile file = parse(text);
        assertThat(file.flaw()).isNull();
        return file;
    }

    private static String edit(String text, Change change) {
        byte[] after = JobFileEditor.edit(parsed(text), change, Samples.TIMESTAMPS);
        String edited = new String(after, StandardCharsets.ISO_8859_1);
        assertThat(JobFileEditor.edit(parsed(edited), change, Samples.TIMESTAMPS))
                .as("a second time changes nothing")
                .isEqualTo(after);
        return edited;
    }

    @Test
    void isWrittenAsTheSeedPrintsIt() {
        assertThat(JobFile.write(Samples.INSTANCE, Samples.create(), Samples.TIMESTAMPS))
                .asString()
                .isEqualTo(Samples.JOB_TEXT);
    }

    @Test
    void whatIsWrittenIsRead() {
        JobFile file = parsed(Samples.JOB_TEXT);
        assertThat(file.jobName()).isEqualTo("backup-dc1-os1-rocky9-instance1");
        assertThat(file.jobDefs().value()).isEqualTo("DefaultJob");
        assertThat(file.enabled()).isTrue();
        assertThat(file.headers().uuid()).isEqualTo(Samples.UUID_1);
        assertThat(file.headers().status()).isEqualTo(JobStatus.ACTIVE);
        assertThat(file.headers().value(Header.CLIENT)).isEqualTo("bacula-dc1-os1-fd");
        assertThat(file.headers().value(Header.DISABLED)).isNull();
    }

    @Test
    void keywordsAreReadAsTheDirectorReadsThem() {
        JobFile file = parsed(withBody("J O B\n{\nna ME = \"x\\ \\y\";job  defs=Default Job1 # c\nENABLED\n= No }"));
        assertThat(file.jobName()).isEqualTo("x y");
        assertThat(file.jobDefs().value()).isEqualTo("DefaultJob1");
        assertThat(file.enabled()).isFalse();
    }

    @Test
    void directivesOfNestedBlocksCommentsAndStringsAreNotTheJobs() {
        JobFile file = parsed(withBody("""
                # Job { Name = "no"
                Schedule { Name = "S"; Enabled = no }
                Job {
                  RunScript { Name = "inner } \\" {"
                    Enabled = no # }
                    Options { JobDefs = x }
                  }
                  Description = "Enabled = no }"
                  # Enabled = no
                  Name = "backup-dc1-os1-x"
                }
                """));
        assertThat(file.jobName()).isEqualTo("backup-dc1-os1-x");
        assertThat(file.enabled()).isTrue();
        assertThat(file.jobDefs()).isNull();
    }

    @Test
    void whatFollowsAValueInItsLineIsNotThere() {
        JobFile file = parsed(withBody("Job { Name = a Enabled = no\n Enabled = yes }"));
        assertThat(file.jobName()).isEqualTo("aEnabled");
        assertThat(file.enabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"yes,true", "YES,true", "true,true", "no,false", "False,false", "'\"no\"',false"})
    void enabledIsWhatTheDirectorTakesItFor(String value, boolean enabled) {
        assertThat(parsed(withBody("Job {\n Name = x\n Enabled = " + value + "\n}\n"))
                        .enabled())
                .isEqualTo(enabled);
    }

    @Test
    void aFileWithoutHeadersIsNotOurs() {
        assertThat(parse("Job { Name = x }").hasHeaders()).isFalse();
        assertThat(parse("").hasHeaders()).isFalse();
        assertThat(parse("Job { Name = x } #@vm: y").hasHeaders()).isFalse();
        assertThat(parse("#@note: mine\nJob { Name = x }").hasHeaders()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Job {\n}",
                "Job { Name = x",
                "Job { Name = x }}",
                "Job { Name = \"x }",
                "Job { Name = x }\nJob { Name = y }",
                "Job { Name = x\n Name = y }",
                "Job { Name = x\n Enabled = yes\n Enabled = no }",
                "Job { Name = x\n JobDefs = a\n JobDefs = b }",
                "Job { Name = x\n Enabled = 1 }",
                "Job { Name = \"a/b\" }",
                "Job { Name = }",
                "Job { Name\n= \n x }",
                "Job = x",
                "{ }",
                "JobDefs { Name = x }",
                "Job { Name = x\n Enabled { yes }",
                "\"Job\" { Name = x }"
            })
    void aBodyThatIsNotOneJobIsFlawed(String body) {
        JobFile file = parse(withBody(body));
        assertThat(file.flaw()).isNotNull();
        assertThat(file.headers().uuid()).isEqualTo(Samples.UUID_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vm", "uuid", "datacenter", "openstack", "client", "status"})
    void aHeaderThatIsMissingOrThereTwiceIsAFlaw(String header) {
        String line = Samples.JOB_TEXT
                .lines()
                .filter(text -> text.startsWith("#@" + header + ":"))
                .findFirst()
                .orElseThrow();
        assertThat(parse(Samples.JOB_TEXT.replace(line + "\n", "")).flaw())
                .isEqualTo("lacks the header #@" + header + ":");
        JobFile twice = parse(Samples.JOB_TEXT.replace(line, line + "\n" + line));
        assertThat(twice.flaw()).isEqualTo("has the header #@" + header + ": twice");
        assertThat(twice.headers().uuid()).isEqualTo(header.equals("uuid") ? null : Samples.UUID_1);
    }

    @Test
    void malformedHeaderValuesAreFlaws() {
        assertThat(parse(Samples.JOB_TEXT.replace("014c5892-", "14c5892-")).flaw())
                .contains("#@uuid:");
        assertThat(parse(Samples.JOB_TEXT.replace("active", "paused")).flaw()).contains("#@status:");
        assertThat(parse("#@previous-uuid: x\n" + Samples.JOB_TEXT).flaw()).contains("#@previous-uuid:");
    }

    @Test
    void aHeaderInsideQuotesIsAFlaw() {
        String text = withBody("Job { Name = x\n Description = \"\n#@missing-since: 2026-01-01 00:00:00\n\"\n}\n");
        assertThat(parse(text).flaw()).contains("inside quotes");
    }

    @Test
    void headersAreReadWithOddSpacingACarriageReturnAndAByteOrderMark() {
        String text =
                "\u00EF\u00BB\u00BF" + Samples.JOB_TEXT.replace("\n", "\r\n").replace("#@uuid:  ", " #@uuid :\t");
        JobFile file = parsed(text);
        assertThat(file.headers().uuid()).isEqualTo(Samples.UUID_1);
        assertThat(file.headers().value(Header.VM)).isEqualTo("rocky9-instance1");
        assertThat(file.headers().value(Header.STATUS)).isEqualTo("active");
    }

    @Test
    void disablingChangesTheStatusAndOneWordAndAddsOneLine() {
        Change change = CHANGE.withStatus(JobStatus.DISABLED)
                .withEnabled(false)
                .withDisabledAt(StampEdit.to(Instant.parse("2026-06-01T10:00:00.5Z")));
        assertThat(edit(Samples.JOB_TEXT, change))
                .isEqualTo(Samples.JOB_TEXT
                        .replace(
                                "#@status:        active\n",
                                "#@status:        disabled\n#@disabled:      2026-06-01 12:00:00\n")
                        .replace("Enabled    = yes", "Enabled    = no"));
    }

    @Test
    void clearingAStampTakesItsWholeLineAndPutsNothingInItsPlace() {
        String missing = edit(Samples.JOB_TEXT, CHANGE.withMissingSince(StampEdit.to(Samples.CREATED)));
        assertThat(missing).contains("#@status:        active\n#@missing-since: 2026-05-18 19:00:00\n# Managed");
        assertThat(edit(missing, CHANGE.withMissingSince(StampEdit.CLEAR))).isEqualTo(Samples.JOB_TEXT);
        assertThat(edit(Samples.JOB_TEXT, CHANGE.withMissingSince(StampEdit.CLEAR)))
                .isEqualTo(Samples.JOB_TEXT);
    }

    @Test
    void aDoubtAboutAnAbsenceIsALineBehindTheLastHeaderThatIsThere() {
        String missing = edit(Samples.JOB_TEXT, CHANGE.withMissingSince(StampEdit.to(Samples.CREATED)));
        String suspect = edit(missing, CHANGE.withSuspect(true));
        assertThat(suspect).isEqualTo(Samples.JOB_TEXT.replace("active\n", """
                        active
                        #@missing-since: 2026-05-18 19:00:00
                        #@absence:       tail
                        """));
        assertThat(edit(Samples.JOB_TEXT, CHANGE.withSuspect(true).withMissingSince(StampEdit.to(Samples.CREATED))))
                .as("in one step")
                .isEqualTo(suspect);
        assertThat(edit(suspect, CHANGE.withSuspect(false))).isEqualTo(missing);
        assertThat(edit(suspect, CHANGE.withSuspect(false).withMissingSince(StampEdit.CLEAR)))
                .isEqualTo(Samples.JOB_TEXT);
        assertThat(edit(missing, CHANGE.withSuspect(false))).isEqualTo(missing);
        assertThat(edit(suspect, CHANGE.withSuspect(null).withStatus(JobStatus.ACTIVE)))
                .isEqualTo(suspect);
    }

    @Test
    void aDoubtStandsBehindTheHeadersThatAreThereAlready() {
        String disabled = edit(
                Samples.JOB_TEXT,
                CHANGE.withDisabledAt(StampEdit.to(Samples.CREATED)).withUuid(Samples.UUID_2));
        assertThat(edit(disabled, CHANGE.withSuspect(true)))
                .isEqualTo(disabled.replace(
                        Samples.UUID_1 + "\n# Managed", Samples.UUID_1 + "\n#@absence:       tail\n# Managed"));
    }

    /** An operator may have his own reason to doubt it. */
    @ParameterizedTest
    @ValueSource(strings = {"#@absence: tail", "  #@absence :look at ticket 4711", "#@absence: complete", "#@absence:"})
    void whateverItsWordADoubtIsADoubtAndKeepsItsWord(String line) {
        String text = Samples.JOB_TEXT.replace("active\n", "active\n" + line + "\n");
        assertThat(parsed(text).headers().value(Header.ABSENCE)).isNotNull();
        assertThat(edit(text, CHANGE.withSuspect(true))).isEqualTo(text);
        assertThat(edit(text, CHANGE.withSuspect(false))).isEqualTo(Samples.JOB_TEXT);
    }

    @Test
    void aDoubtThatIsThereTwiceIsAFlaw() {
        assertThat(parse("#@absence: tail\n#@absence: tail\n" + Samples.JOB_TEXT)
                        .flaw())
                .contains("#@absence:");
    }

    @Test
    void aStampThatSaysTheSameInOtherWordsStays() {
        String text = "#@disabled: 2026-05-18T17:00:00Z\n" + Samples.JOB_TEXT;
        assertThat(edit(text, CHANGE.withDisabledAt(StampEdit.to(Samples.CREATED))))
                .isEqualTo(text);
    }

    @Test
    void earlierUuidsAreKeptOnceEachNewestLast() {
        String second = edit(Samples.JOB_TEXT, CHANGE.withUuid(Samples.UUID_2));
        assertThat(parsed(second).headers().previousUuids()).containsExactly(Samples.UUID_1);
        String back = edit(second, CHANGE.withUuid(Samples.UUID_1));
        assertThat(parsed(back).headers().previousUuids()).containsExactly(Samples.UUID_1, Samples.UUID_2);
        String again = edit(back, CHANGE.withUuid(Samples.UUID_2));
        assertThat(again)
                .contains("#@uuid:          " + Samples.UUID_2 + "\n")
                .contains("#@previous-uuid: " + Samples.UUID_2 + " " + Samples.UUID_1 + "\n");
    }

    @Test
    void anEmptyHeaderGetsItsValueInTheUsualColumn() {
        String text = Samples.JOB_TEXT.replace("#@vm: rocky9-instance1", "#@vm:");
        assertThat(edit(text, CHANGE.withDisplayName("new name")))
                .isEqualTo(Samples.JOB_TEXT.replace("rocky9-instance1\n#@u", "new name\n#@u"));
    }

    @Test
    void jobDefsIsQuotedWhateverItWas() {
        assertThat(edit(withBody("Job {\n Name=x\n Job Defs=Default Job # mine\n}\n"), CHANGE.withJobDefs("My Job")))
                .isEqualTo(withBody("Job {\n Name=x\n Job Defs=\"My Job\" # mine\n}\n"));
        assertThat(edit(withBody("Job {\n Name=x\n}\n"), CHANGE.withJobDefs("J")))
                .isEqualTo(withBody("Job {\n Name=x\n  JobDefs    = \"J\"\n}\n"));
    }

    @Test
    void enabledIsAddedBeforeTheBraceThatEndsTheJob() {
        Change off = CHANGE.withEnabled(false);
        assertThat(edit(withBody("Job {\n Name = x\n Run Script {\n }\n  }\nFileSet { }"), off))
                .isEqualTo(withBody("Job {\n Name = x\n Run Script {\n }\n  Enabled    = no\n  }\nFileSet { }"));
        assertThat(edit(withBody("Job { Name = x }"), off))
                .isEqualTo(withBody("Job { Name = x \n  Enabled    = no\n}"));
        assertThat(edit(withBody("Job {\n Name = x\n}\n").replace("\n", "\r\n"), off))
                .isEqualTo(withBody("Job {\n Name = x\n  Enabled    = no\n}\n").replace("\n", "\r\n"));
        assertThat(edit(withBody("Job {\n Name = x\n}\n"), CHANGE.withEnabled(true)))
                .isEqualTo(withBody("Job {\n Name = x\n}\n"));
    }

    @Test
    void enabledKeepsItsQuotesAndItsOwnWordWhenThatSaysTheSame() {
        assertThat(edit(withBody("Job { Name = x\n Enabled = \"TRUE\"; }"), CHANGE.withEnabled(false)))
                .isEqualTo(withBody("Job { Name = x\n Enabled = \"no\"; }"));
        assertThat(edit(withBody("Job { Name = x\n Enabled = True }"), CHANGE.withEnabled(true)))
                .isEqualTo(withBody("Job { Name = x\n Enabled = True }"));
    }

    @Test
    void headersAtTheVeryEndOfAFileWithoutALineEndStayLines() {
        String headers = Samples.JOB_TEXT
                .substring(0, Samples.JOB_TEXT.indexOf("# Managed"))
                .strip();
        String text = "Job { Name = x }\n" + headers;
        Change change = CHANGE.withMissingSince(StampEdit.to(Samples.CREATED)).withStatus(JobStatus.DISABLED);
        assertThat(edit(text, change))
                .isEqualTo(text.replace("active", "disabled") + "\n#@missing-since: 2026-05-18 19:00:00");
        String missing = edit(text, CHANGE.withMissingSince(StampEdit.to(Samples.CREATED)));
        assertThat(edit(
                        missing,
                        CHANGE.withMissingSince(StampEdit.CLEAR).withDisabledAt(StampEdit.to(Samples.CREATED))))
                .isEqualTo(text + "\n#@disabled:      2026-05-18 19:00:00");
        assertThat(edit(missing, CHANGE.withMissingSince(StampEdit.CLEAR))).isEqualTo(text);
    }

    @Test
    void theOperatorsLinesSurviveAReplacement() {
        String text = Samples.JOB_TEXT
                .replace("#@status", "#@owner: team-a\n#@status")
                .replace("  Enabled", "  Client Run Before Job = \"/bin/x \\\"a\\\"\" # mine \u00e9\n  Enabled");
        String after =
                edit(text, CHANGE.withUuid(Samples.UUID_2).withDisplayName("y").withEnabled(false));
        assertThat(after)
                .contains("#@owner: team-a\n")
                .contains("  Client Run Before Job = \"/bin/x \\\"a\\\"\" # mine \u00e9\n");
    }
}
