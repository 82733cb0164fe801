package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.ConfigEdit.Change;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.StampEdit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

class JobFileProps {
    private static final List<String> HEADERS = List.of(
            "#@vm: rocky9",
            "#@uuid: " + Samples.UUID_1,
            "#@datacenter:datacenter1",
            "  #@openstack:\topenstack1  ",
            "#@client : c",
            "#@status: active");

    private static final List<String> NOISE = List.of(
            "#@missing-since: 2026-05-18 19:00:00",
            "#@reenabled:",
            "#@absence: tail",
            "#@absence: of my own",
            "#@absence:",
            "#@other: x",
            "# Job {",
            "@/etc/more.conf",
            "Enabled = true",
            "Job Defs=Default # \"",
            "RunScript { Enabled = no }",
            "Run Before Job = \"a } b\" ; Pool = {",
            "Description = \"two\nlines\"",
            "FileSet { Name = \"y\" }",
            "}",
            "\"",
            "\u0000",
            "#\u0000}");

    /** A file of ours, with something in it that may or may not belong there. */
    @Provide
    Arbitrary<byte[]> nearlyOurs() {
        Arbitrary<String> noise = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of(NOISE)),
                Tuple.of(1, Arbitraries.strings().ofMaxLength(8)));
        Arbitrary<List<Tuple.Tuple2<Integer, String>>> inserts = Combinators.combine(
                        Arbitraries.integers().between(0, 10), noise)
                .as(Tuple::of)
                .list()
                .ofMaxSize(3);
        return Combinators.combine(
                        Arbitraries.shuffle(HEADERS),
                        inserts,
                        Arbitraries.of("\n", "\r\n", "\r", "\n \n"),
                        Arbitraries.of(true, false))
                .as((headers, added, end, headersFirst) -> {
                    List<String> lines = new ArrayList<>(List.of("Job {", " Name = x", "}"));
                    lines.addAll(headersFirst ? 0 : 3, headers);
                    added.forEach(insert -> lines.add(Math.min(insert.get1(), lines.size()), insert.get2()));
                    return String.join(end, lines).getBytes(StandardCharsets.UTF_8);
                });
    }

    /** A comment as an operator may write it: any bytes that do not end the line. */
    @Provide
    Arbitrary<byte[]> comments() {
        return Arbitraries.bytes()
                .filter(b -> b != '\n' && b != '\r')
                .array(byte[].class)
                .ofMaxSize(30);
    }

    @Provide
    Arbitrary<Change> changes() {
        Arbitrary<StampEdit> stamps = Arbitraries.longs()
                .between(0, 4_000_000_000L)
                .map(seconds -> StampEdit.to(Instant.ofEpochSecond(seconds)));
        Arbitrary<UUID> uuids =
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
        Arbitrary<StampEdit> stampEdits =
                Arbitraries.oneOf(stamps, Arbitraries.just(StampEdit.CLEAR)).injectNull(0.5);
        return Combinators.combine(
                        Arbitraries.strings().ofMaxLength(20).injectNull(0.5),
                        uuids.injectNull(0.5),
                        Arbitraries.of(JobStatus.class).injectNull(0.3),
                        stampEdits,
                        stampEdits,
                        stampEdits,
                        Arbitraries.of(true, false).injectNull(0.3),
                        Arbitraries.of("A", "My Job-1", "b:c").injectNull(0.5))
                .as((name, uuid, status, missing, disabled, reenabled, enabled, jobDefs) -> new Change(
                        Samples.VM,
                        name,
                        uuid,
                        status,
                        missing,
                        null,
                        disabled,
                        reenabled,
                        enabled,
                        jobDefs,
                        null,
                        null,
                        null,
                        null))
                .flatMap(change -> Arbitraries.of(true, false).injectNull(0.5).map(change::withSuspect))
                .flatMap(change -> Arbitraries.of(true, false).injectNull(0.5).map(change::withKeptDisabled))
                .flatMap(change -> Arbitraries.of("other-fd", "a b")
                        .map(client -> client.equals("a b") ? change : change.withClient(client)));
    }

    @Property(tries = 1500)
    void anyBytesCanBeParsed(@ForAll byte[] bytes) {
        JobFile file = JobFile.parse(bytes);
        assertThat(file.flaw() != null || !file.hasHeaders() || file.jobName() != null)
                .isTrue();
    }

    @Property(tries = 2000)
    void whatIsNearlyOursCanBeParsedAndEditedIfItHasNoFlaw(
            @ForAll("nearlyOurs") byte[] bytes, @ForAll("changes") Change change) {
        JobFile file = JobFile.parse(bytes);
        Statistics.label("without a flaw")
                .collect(file.flaw() == null)
                .coverage(coverage -> coverage.check(true).percentage(share -> share > 20));
        if (file.flaw() == null) {
            byte[] after = JobFileEditor.edit(file, change, Samples.TIMESTAMPS);
            holds(JobFile.parse(after), change);
            assertThat(JobFileEditor.edit(JobFile.parse(after), change, Samples.TIMESTAMPS))
                    .isEqualTo(after);
        }
    }

    @Property(tries = 2000)
    void foreignBytesSurviveEveryEdit(
            @ForAll("comments") byte[] first,
            @ForAll("comments") byte[] second,
            @ForAll("changes") Change change,
            @ForAll boolean windows) {
        // Marked, so that each can be found again, and so that none is a header of ours by chance.
        String top = "# 1 " + latin(first);
        String inner = "  Description = \"2 " + quoted(second) + "\"";
        String between = "#@foreign: 3 " + latin(second);
        String bottom = "# 4 " + latin(first);
        String text = top + "\n"
                + Samples.JOB_TEXT
                        .replace("#@status", between + "\n#@status")
                        .replace("  Enabled", inner + "\n  Enabled")
                + bottom;
        byte[] before = (windows ? text.replace("\n", "\r\n") : text).getBytes(StandardCharsets.ISO_8859_1);
        JobFile file = JobFile.parse(before);
        assertThat(file.flaw()).isNull();
        byte[] after = JobFileEditor.edit(file, change, Samples.TIMESTAMPS);
        String end = windows ? "\r\n" : "\n";
        String edited = latin(after);
        assertThat(edited).startsWith(top + end).endsWith("}" + end + bottom);
        assertThat(edited).contains(end + between + end).contains(end + inner + end);
        assertThat(edited.replace("\r\n", "\n")
                        .lines()
                        .filter(line -> line.startsWith("  "))
                        .toList())
                .usingElementComparator((a, b) -> a.equals(b) || isChanged(a, b) ? 0 : 1)
                .isEqualTo(text.lines().filter(line -> line.startsWith("  ")).toList());
        holds(JobFile.parse(after), change);
    }

    private static boolean isChanged(String a, String b) {
        return (a.startsWith("  Enabled ") && b.startsWith("  Enabled "))
                || (a.startsWith("  Client ") && b.startsWith("  Client "))
                || (a.startsWith("  JobDefs ") && b.startsWith("  JobDefs "));
    }

    /** Whatever becomes of the headers, they stay one line each, and the file ends as it ended before. */
    @Property(tries = 2000)
    void headersThatEndAFileLeaveNoEmptyLine(
            @ForAll("changes") Change first,
            @ForAll("changes") Change second,
            @ForAll("changes") Change third,
            @ForAll boolean windows,
            @ForAll boolean ended) {
        String headers = Samples.JOB_TEXT
                .substring(0, Samples.JOB_TEXT.indexOf("# Managed"))
                .strip();
        String end = windows ? "\r\n" : "\n";
        String text = ("Job {\n  Name = x\n}\n" + headers + (ended ? "\n" : "")).replace("\n", end);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (Change change : List.of(first, second, third)) {
            bytes = JobFileEditor.edit(JobFile.parse(bytes), change, Samples.TIMESTAMPS);
            String edited = new String(bytes, StandardCharsets.UTF_8);
            assertThat(edited).doesNotContain(end + end);
            assertThat(edited.endsWith(end)).isEqualTo(ended);
            assertThat(edited.replace(end, "")).doesNotContain("\n", "\r");
        }
    }

    @Property(tries = 2000)
    void anEditMadeTwiceIsMadeOnce(@ForAll("changes") Change change) {
        JobFile file = JobFile.parse(Samples.JOB_TEXT.getBytes(StandardCharsets.UTF_8));
        byte[] once = JobFileEditor.edit(file, change, Samples.TIMESTAMPS);
        assertThat(JobFileEditor.edit(JobFile.parse(once), change, Samples.TIMESTAMPS))
                .isEqualTo(once);
    }

    @Property(tries = 2000)
    void aDisplayNameIsReadAsItWasWritten(@ForAll String name) {
        byte[] written =
                JobFile.write(Samples.INSTANCE, Samples.create(Samples.VM, name, Samples.UUID_1), Samples.TIMESTAMPS);
        JobFile file = JobFile.parse(written);
        assertThat(file.flaw()).isNull();
        assertThat(file.headers().value(Header.VM)).isEqualTo(name);
        assertThat(latin(written).lines().count())
                .isEqualTo(Samples.JOB_TEXT.lines().count());
    }

    /** The file says what the change asked for. */
    private static void holds(JobFile file, Change change) {
        assertThat(file.flaw()).isNull();
        JobHeaders headers = file.headers();
        if (change.displayName() != null) {
            assertThat(headers.value(Header.VM)).isEqualTo(change.displayName());
        }
        if (change.uuid() != null) {
            assertThat(headers.uuid()).isEqualTo(change.uuid());
            assertThat(headers.previousUuids()).contains(Samples.UUID_1);
        }
        if (change.status() != null) {
            assertThat(headers.status()).isEqualTo(change.status());
        }
        if (change.enabled() != null) {
            assertThat(file.enabled()).isEqualTo(change.enabled());
        }
        if (change.jobDefs() != null) {
            assertThat(file.jobDefs()).isNotNull();
            assertThat(file.jobDefs().value()).isEqualTo(change.jobDefs());
        }
        if (change.suspect() != null) {
            assertThat(headers.value(Header.ABSENCE) != null).isEqualTo(change.suspect());
        }
        holds(headers.value(Header.MISSING_SINCE), change.missingSince());
        holds(headers.value(Header.DISABLED), change.disabledAt());
        holds(headers.value(Header.REENABLED), change.reenabledAt());
    }

    private static void holds(String value, StampEdit edit) {
        if (edit != null) {
            assertThat(value).isEqualTo(edit.at() == null ? null : Samples.TIMESTAMPS.write(edit.at()));
        }
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The bytes as a value in quotes; a NUL would take the closing quote away. */
    private static String quoted(byte[] bytes) {
        return latin(bytes).replace("\u0000", "").replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
