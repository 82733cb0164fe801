package dev.baculasync.filestore.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baculasync.filestore.Samples;
import dev.baculasync.spi.JobDirectives;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileTest {
    private static final Stamp CREATED = Stamp.of(Samples.CREATED);

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

    private static ManagedVm read(String text) {
        return JobReader.read(parsed(text).bytes());
    }

    private static String edit(String text, UnaryOperator<ManagedVm.Builder> change) {
        JobFile file = parsed(text);
        ManagedVm before = read(text);
        ManagedVm after = change.apply(before.toBuilder()).build();
        byte[] bytes = JobFileEditor.edit(file, before, after, Samples.TIMESTAMPS);
        String edited = new String(bytes, StandardCharsets.ISO_8859_1);
        assertThat(read(edited)).isEqualTo(after);
        JobFile again = parsed(edited);
        assertThat(JobFileEditor.edit(again, after, after, Samples.TIMESTAMPS))
                .as("a second time changes nothing")
                .isSameAs(again.bytes());
        return edited;
    }

    @Test
    void isWrittenAsTheSeedPrintsIt() {
        assertThat(JobFile.write(Samples.vm(), Samples.TIMESTAMPS)).asString().isEqualTo(Samples.JOB_TEXT);
    }

    @Test
    void whatTheJobLeavesToItsJobDefsIsNotWritten() {
        ManagedVm vm = ManagedVm.builder(Samples.INSTANCE, Samples.VM, Samples.UUID_1)
                .jobClient(null)
                .enabled(false)
                .createdAt(CREATED)
                .build();
        assertThat(JobFile.write(vm, Samples.TIMESTAMPS)).asString().isEqualTo(withBody("""
                Job {
                  Name       = "backup-dc1-os1-rocky9-instance1"
                  FileSet    = "fs-datacenter1-openstack1-rocky9-instance1"
                  Enabled    = no
                }
                """));
    }

    @Test
    void whatIsWrittenIsRead() {
        JobFile file = parsed(Samples.JOB_TEXT);
        assertThat(file.directives())
                .isEqualTo(new JobDirectives(
                        "backup-dc1-os1-rocky9-instance1",
                        true,
                        "DefaultJob",
                        "bacula-dc1-os1-fd",
                        "fs-datacenter1-openstack1-rocky9-instance1",
                        "File1",
                        "Default",
                        "WeeklyCycle",
                        "Standard"));
        assertThat(file.headers().uuid()).isEqualTo(Samples.UUID_1);
        assertThat(file.headers().status()).isEqualTo(JobStatus.ACTIVE);
        assertThat(file.headers().value(Header.CLIENT)).isEqualTo("bacula-dc1-os1-fd");
        assertThat(file.headers().value(Header.DISABLED)).isNull();
    }

    @Test
    void keywordsAreReadAsTheDirectorReadsThem() {
        JobFile file = parsed(withBody("J O B\n{\nna ME = \"x\\ \\y\";job  defs=Default Job1 # c\nENABLED\n= No }"));
        assertThat(file.directives().name()).isEqualTo("x y");
        assertThat(file.directives().jobDefs()).isEqualTo("DefaultJob1");
        assertThat(file.directives().enabled()).isFalse();
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
        assertThat(file.directives().name()).isEqualTo("backup-dc1-os1-x");
        assertThat(file.directives().enabled()).isTrue();
        assertThat(file.directives().jobDefs()).isNull();
    }

    @Test
    void whatFollowsAValueInItsLineIsNotThere() {
        JobFile file = parsed(withBody("Job { Name = a Enabled = no\n Enabled = yes }"));
        assertThat(file.directives().name()).isEqualTo("aEnabled");
        assertThat(file.directives().enabled()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"yes,true", "YES,true", "true,true", "no,false", "False,false", "'\"no\"',false"})
    void enabledIsWhatTheDirectorTakesItFor(String value, boolean enabled) {
        assertThat(parsed(withBody("Job {\n Name = x\n Enabled = " + value + "\n}\n"))
                        .directives()
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
        Stamp now = Stamp.of(Instant.parse("2026-06-01T10:00:00.5Z"));
        assertThat(edit(
                        Samples.JOB_TEXT,
                        vm -> vm.status(JobStatus.DISABLED).enabled(false).disabledAt(now)))
                .isEqualTo(Samples.JOB_TEXT
                        .replace(
                                "#@status:        active\n",
                                "#@status:        disabled\n#@disabled:      2026-06-01 12:00:00\n")
                        .replace("Enabled    = yes", "Enabled    = no"));
    }

    @Test
    void clearingAStampTakesItsWholeLineAndPutsNothingInItsPlace() {
        String missing = edit(Samples.JOB_TEXT, vm -> vm.missingSince(CREATED));
        assertThat(missing).contains("#@status:        active\n#@missing-since: 2026-05-18 19:00:00\n# Managed");
        assertThat(edit(missing, vm -> vm.missingSince(null))).isEqualTo(Samples.JOB_TEXT);
        assertThat(edit(Samples.JOB_TEXT, vm -> vm.missingSince(null))).isEqualTo(Samples.JOB_TEXT);
    }

    @Test
    void aDoubtAboutAnAbsenceIsALineBehindTheLastHeaderThatIsThere() {
        String missing = edit(Samples.JOB_TEXT, vm -> vm.missingSince(CREATED));
        String suspect = edit(missing, vm -> vm.suspect(true));
        assertThat(suspect).isEqualTo(Samples.JOB_TEXT.replace("active\n", """
                        active
                        #@missing-since: 2026-05-18 19:00:00
                        #@absence:       tail
                        """));
        assertThat(edit(Samples.JOB_TEXT, vm -> vm.suspect(true).missingSince(CREATED)))
                .as("in one step")
                .isEqualTo(suspect);
        assertThat(edit(suspect, vm -> vm.suspect(false))).isEqualTo(missing);
        assertThat(edit(suspect, vm -> vm.suspect(false).missingSince(null))).isEqualTo(Samples.JOB_TEXT);
        assertThat(edit(missing, vm -> vm.suspect(false))).isEqualTo(missing);
        assertThat(edit(suspect, vm -> vm.status(JobStatus.ACTIVE))).isEqualTo(suspect);
    }

    @Test
    void aDoubtStandsBehindTheHeadersThatAreThereAlready() {
        String disabled = edit(
                Samples.JOB_TEXT,
                vm -> vm.disabledAt(CREATED).uuid(Samples.UUID_2).previousUuids(List.of(Samples.UUID_1)));
        assertThat(edit(disabled, vm -> vm.suspect(true)))
                .isEqualTo(disabled.replace(
                        Samples.UUID_1 + "\n# Managed", Samples.UUID_1 + "\n#@absence:       tail\n# Managed"));
    }

    /** An operator may have his own reason to doubt it. */
    @ParameterizedTest
    @ValueSource(strings = {"#@absence: tail", "  #@absence :look at ticket 4711", "#@absence: complete", "#@absence:"})
    void whateverItsWordADoubtIsADoubtAndKeepsItsWord(String line) {
        String text = Samples.JOB_TEXT.replace("active\n", "active\n" + line + "\n");
        assertThat(parsed(text).headers().value(Header.ABSENCE)).isNotNull();
        assertThat(edit(text, vm -> vm.suspect(true))).isEqualTo(text);
        assertThat(edit(text, vm -> vm.suspect(false))).isEqualTo(Samples.JOB_TEXT);
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
        assertThat(edit(text, vm -> vm.disabledAt(CREATED))).isEqualTo(text);
    }

    @Test
    void aStampIsNoLongerTheSameOnceItIsAnother() {
        String text = "#@disabled: 2026-05-18T17:00:00Z\n" + Samples.JOB_TEXT;
        assertThat(edit(text, vm -> vm.disabledAt(Stamp.of(Samples.CREATED.plusSeconds(1)))))
                .isEqualTo("#@disabled: 2026-05-18 19:00:01\n" + Samples.JOB_TEXT);
    }

    @Test
    void aStampThatCannotBeReadStaysUntilAnotherTakesItsPlaceAndIsNeverWritten() {
        String text = Samples.JOB_TEXT.replace("active\n", "active\n#@disabled: yesterday\n");
        assertThat(read(text).disabledAt()).isEqualTo(Stamp.unreadable("yesterday"));
        assertThat(edit(text, vm -> vm.displayName("x"))).contains("#@disabled: yesterday\n");
        assertThat(edit(text, vm -> vm.disabledAt(CREATED))).contains("#@disabled: 2026-05-18 19:00:00\n");
        assertThat(edit(text, vm -> vm.disabledAt(null))).isEqualTo(Samples.JOB_TEXT);
        assertRefused(text, vm -> vm.disabledAt(Stamp.unreadable("today")), "timestamp");
    }

    @Test
    void earlierUuidsAreWrittenInTheOrderGiven() {
        String second = edit(Samples.JOB_TEXT, vm -> vm.uuid(Samples.UUID_2).previousUuids(List.of(Samples.UUID_1)));
        assertThat(second)
                .isEqualTo(Samples.JOB_TEXT
                        .replace(Samples.UUID_1.toString(), Samples.UUID_2.toString())
                        .replace("active\n", "active\n#@previous-uuid: " + Samples.UUID_1 + "\n"));
        assertThat(parsed(second).headers().previousUuids()).containsExactly(Samples.UUID_1);
        String back =
                edit(second, vm -> vm.uuid(Samples.UUID_1).previousUuids(List.of(Samples.UUID_1, Samples.UUID_2)));
        assertThat(parsed(back).headers().previousUuids()).containsExactly(Samples.UUID_1, Samples.UUID_2);
        String again = edit(back, vm -> vm.uuid(Samples.UUID_2).previousUuids(List.of(Samples.UUID_2, Samples.UUID_1)));
        assertThat(again)
                .contains("#@uuid:          " + Samples.UUID_2 + "\n")
                .contains("#@previous-uuid: " + Samples.UUID_2 + " " + Samples.UUID_1 + "\n");
        assertThat(edit(second, vm -> vm.uuid(Samples.UUID_1).previousUuids(List.of())))
                .isEqualTo(Samples.JOB_TEXT);
    }

    @Test
    void anOperatorsWillIsALineBehindTheLastHeaderThatIsThere() {
        String kept = edit(Samples.JOB_TEXT, vm -> vm.disabledByOperator(true));
        assertThat(kept).isEqualTo(Samples.JOB_TEXT.replace("active\n", "active\n#@enabled-by:    operator\n"));
        assertThat(edit(kept, vm -> vm.disabledByOperator(false))).isEqualTo(Samples.JOB_TEXT);
    }

    @Test
    void anEmptyHeaderGetsItsValueInTheUsualColumn() {
        String text = Samples.JOB_TEXT.replace("#@vm: rocky9-instance1", "#@vm:");
        assertThat(edit(text, vm -> vm.displayName("new name")))
                .isEqualTo(Samples.JOB_TEXT.replace("rocky9-instance1\n#@u", "new name\n#@u"));
    }

    @Test
    void jobDefsIsQuotedWhateverItWas() {
        assertThat(edit(withBody("Job {\n Name=x\n Job Defs=Default Job # mine\n}\n"), vm -> vm.jobDefs("My Job")))
                .isEqualTo(withBody("Job {\n Name=x\n Job Defs=\"My Job\" # mine\n}\n"));
        assertThat(edit(withBody("Job {\n Name=x\n}\n"), vm -> vm.jobDefs("J")))
                .isEqualTo(withBody("Job {\n Name=x\n  JobDefs    = \"J\"\n}\n"));
    }

    @Test
    void enabledIsAddedBeforeTheBraceThatEndsTheJob() {
        UnaryOperator<ManagedVm.Builder> off = vm -> vm.enabled(false);
        assertThat(edit(withBody("Job {\n Name = x\n Run Script {\n }\n  }\nFileSet { }"), off))
                .isEqualTo(withBody("Job {\n Name = x\n Run Script {\n }\n  Enabled    = no\n  }\nFileSet { }"));
        assertThat(edit(withBody("Job { Name = x }"), off))
                .isEqualTo(withBody("Job { Name = x \n  Enabled    = no\n}"));
        assertThat(edit(withBody("Job {\n Name = x\n}\n").replace("\n", "\r\n"), off))
                .isEqualTo(withBody("Job {\n Name = x\n  Enabled    = no\n}\n").replace("\n", "\r\n"));
        assertThat(edit(withBody("Job {\n Name = x\n}\n"), vm -> vm.enabled(true)))
                .isEqualTo(withBody("Job {\n Name = x\n}\n"));
    }

    @Test
    void enabledKeepsItsQuotesAndItsOwnWordWhenThatSaysTheSame() {
        assertThat(edit(withBody("Job { Name = x\n Enabled = \"TRUE\"; }"), vm -> vm.enabled(false)))
                .isEqualTo(withBody("Job { Name = x\n Enabled = \"no\"; }"));
        assertThat(edit(withBody("Job { Name = x\n Enabled = True }"), vm -> vm.enabled(true)))
                .isEqualTo(withBody("Job { Name = x\n Enabled = True }"));
    }

    @Test
    void theClientOfTheHeaderAndTheOneOfTheJobAreTwoValues() {
        String header = edit(Samples.JOB_TEXT, vm -> vm.client("new-fd"));
        assertThat(header).isEqualTo(Samples.JOB_TEXT.replace(":        bacula-dc1-os1-fd", ":        new-fd"));
        assertThat(edit(header, vm -> vm.jobClient("new-fd")))
                .isEqualTo(Samples.JOB_TEXT.replace("bacula-dc1-os1-fd", "new-fd"));
        assertThat(edit(withBody("Job {\n Name = x\n}\n"), vm -> vm.client("bacula-dc1-os1-fd")))
                .as("a Client that the job takes from its JobDefs stays there")
                .isEqualTo(withBody("Job {\n Name = x\n}\n"));
    }

    private static UnaryOperator<ManagedVm.Builder> saying(
            String storage, String pool, String schedule, String messages) {
        return vm -> {
            JobDirectives job = vm.build().directives();
            return vm.directives(new JobDirectives(
                    job.name(),
                    job.enabled(),
                    job.jobDefs(),
                    job.client(),
                    job.fileSet(),
                    storage,
                    pool,
                    schedule,
                    messages));
        };
    }

    @Test
    void whateverElseTheJobSaysCanBeChangedOrAddedButNotTakenOut() {
        assertThat(edit(Samples.JOB_TEXT, saying("S", "P", "C", "M")))
                .isEqualTo(Samples.JOB_TEXT
                        .replace("File1", "S")
                        .replace("\"Default\"", "\"P\"")
                        .replace("WeeklyCycle", "C")
                        .replace("Standard", "M"));
        assertThat(edit(withBody("Job {\n Name = x\n STORAGE=a # mine\n}\n"), saying("S", "P", "C", "M")))
                .isEqualTo(withBody("Job {\n Name = x\n STORAGE=\"S\" # mine\n  Pool       = \"P\"\n"
                        + "  Schedule   = \"C\"\n  Messages   = \"M\"\n}\n"));
        assertRefused(Samples.JOB_TEXT, saying(null, "Default", "WeeklyCycle", "Standard"), "Storage");
        assertRefused(Samples.JOB_TEXT, vm -> vm.jobDefs(null), "JobDefs");
        assertRefused(Samples.JOB_TEXT, vm -> vm.jobClient(null), "Client");
    }

    private static void assertRefused(String text, UnaryOperator<ManagedVm.Builder> change, String word) {
        ManagedVm before = read(text);
        ManagedVm after = change.apply(before.toBuilder()).build();
        assertThatThrownBy(() -> JobFileEditor.edit(parsed(text), before, after, Samples.TIMESTAMPS))
                .isInstanceOf(EditRefused.class)
                .hasMessageContaining(word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Storage = A, B",
                "Storage = \"A\" , \"B\" # c",
                "Storage = A\n Storage = B",
                "Storage = A,B; Storage = C"
            })
    void moreThanOneValueReadsAsNoneAndIsLeftToTheOperator(String line) {
        String text = withBody("Job {\n Name = x\n " + line + "\n}\n");
        assertThat(read(text).directives().storage()).isNull();
        assertThat(edit(text, vm -> vm.enabled(false)))
                .isEqualTo(withBody("Job {\n Name = x\n " + line + "\n  Enabled    = no\n}\n"));
        assertRefused(text, saying("S", null, null, null), "Storage");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-05-18 19:00:00",
                "2026-05-18 19:00:00 \r",
                "2026-05-18T17:00:00Z",
                "2026-05-18 19:00:00\n# Managed by bacula-openstack-sync | created: 2026-05-19 19:00:00"
            })
    void whenTheFileWasMadeIsReadFromItsComment(String created) {
        String text = Samples.JOB_TEXT.replace("2026-05-18 19:00:00", created);
        assertThat(read(text).createdAt()).isEqualTo(CREATED);
        assertThat(edit(text, vm -> vm.enabled(false))).contains("created: " + created + "\n");
    }

    @Test
    void whenTheFileWasMadeIsNotAlwaysKnown() {
        assertThat(read(Samples.JOB_TEXT.replace("2026-05-18 19:00:00", "")).createdAt())
                .isNull();
        assertThat(read(Samples.JOB_TEXT.replace("# Managed by", "# managed by"))
                        .createdAt())
                .isNull();
        assertThat(read(Samples.JOB_TEXT.replace("# Managed by", "# x # Managed by"))
                        .createdAt())
                .isNull();
        assertThat(read(Samples.JOB_TEXT.replace("2026-05-18 19:00:00", "in May"))
                        .createdAt())
                .isEqualTo(Stamp.unreadable("in May"));
    }

    @Test
    void headersAtTheVeryEndOfAFileWithoutALineEndStayLines() {
        String headers = Samples.JOB_TEXT
                .substring(0, Samples.JOB_TEXT.indexOf("# Managed"))
                .strip();
        String text = "Job { Name = x }\n" + headers;
        assertThat(edit(text, vm -> vm.missingSince(CREATED).status(JobStatus.DISABLED)))
                .isEqualTo(text.replace("active", "disabled") + "\n#@missing-since: 2026-05-18 19:00:00");
        String missing = edit(text, vm -> vm.missingSince(CREATED));
        assertThat(edit(missing, vm -> vm.missingSince(null).disabledAt(CREATED)))
                .isEqualTo(text + "\n#@disabled:      2026-05-18 19:00:00");
        assertThat(edit(missing, vm -> vm.missingSince(null))).isEqualTo(text);
    }

    @Test
    void theOperatorsLinesSurviveAReplacement() {
        String text = Samples.JOB_TEXT
                .replace("#@status", "#@owner: team-a\n#@status")
                .replace("  Enabled", "  Client Run Before Job = \"/bin/x \\\"a\\\"\" # mine \u00e9\n  Enabled");
        String after = edit(
                text,
                vm -> vm.uuid(Samples.UUID_2)
                        .previousUuids(List.of(Samples.UUID_1))
                        .displayName("y")
                        .enabled(false));
        assertThat(after)
                .contains("#@owner: team-a\n")
                .contains("  Client Run Before Job = \"/bin/x \\\"a\\\"\" # mine \u00e9\n");
    }
}
