package dev.baculasync.filestore.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.Samples;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.JobDirectives;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
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
            "File Set = a, \"b\"",
            "Messages = Standard",
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

    /** What an edit may change. */
    private enum Part {
        DISPLAY_NAME((vm, as) -> vm.displayName(as.displayName())),
        CLIENT((vm, as) -> vm.client(as.client())),
        STATUS((vm, as) -> vm.status(as.status())),
        MISSING_SINCE((vm, as) -> vm.missingSince(as.missingSince())),
        SUSPECT((vm, as) -> vm.suspect(as.suspect())),
        DISABLED_AT((vm, as) -> vm.disabledAt(as.disabledAt())),
        REENABLED_AT((vm, as) -> vm.reenabledAt(as.reenabledAt())),
        DISABLED_BY_OPERATOR((vm, as) -> vm.disabledByOperator(as.disabledByOperator())),
        PREVIOUS_UUIDS((vm, as) -> vm.previousUuids(as.previousUuids())),
        UUID((vm, as) -> vm.uuid(as.uuid())),
        ENABLED((vm, as) -> vm.enabled(as.enabled())),
        JOB_DEFS((vm, as) -> vm.jobDefs(as.jobDefs())),
        JOB_CLIENT((vm, as) -> vm.jobClient(as.directives().client())),
        STORAGE((vm, as) -> {
            JobDirectives job = vm.build().directives();
            return vm.directives(new JobDirectives(
                    job.name(),
                    job.enabled(),
                    job.jobDefs(),
                    job.client(),
                    job.fileSet(),
                    as.directives().storage(),
                    job.pool(),
                    job.schedule(),
                    job.messages()));
        });

        private final BiFunction<ManagedVm.Builder, ManagedVm, ManagedVm.Builder> copying;

        Part(BiFunction<ManagedVm.Builder, ManagedVm, ManagedVm.Builder> copying) {
            this.copying = copying;
        }
    }

    /** Makes some of a VM what it is of another. */
    private record Change(Set<Part> parts, ManagedVm as) {
        ManagedVm of(ManagedVm before) {
            ManagedVm.Builder after = before.toBuilder();
            parts.forEach(part -> part.copying.apply(after, as));
            return after.build();
        }
    }

    @Provide
    Arbitrary<Change> changes() {
        // A time in an hour that comes twice would be read as another one than was written.
        Arbitrary<Stamp> stamps = Arbitraries.longs()
                .between(0, 4_000_000_000L)
                .map(seconds -> Samples.TIMESTAMPS.read(Samples.TIMESTAMPS.write(Instant.ofEpochSecond(seconds))))
                .injectNull(0.3);
        Arbitrary<UUID> uuids =
                Combinators.combine(Arbitraries.longs(), Arbitraries.longs()).as(UUID::new);
        Arbitrary<String> names = Arbitraries.of("A", "My Job-1", "b:c");
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        Arbitrary<ManagedVm> vms = Combinators.combine(
                        Arbitraries.strings().ofMaxLength(20),
                        uuids,
                        uuids.list().ofMaxSize(2),
                        stamps,
                        stamps,
                        stamps)
                .as((name, uuid, previous, missing, disabled, reenabled) ->
                        Samples.vm(Samples.VM, name, uuid).toBuilder()
                                .previousUuids(previous)
                                .missingSince(missing)
                                .disabledAt(disabled)
                                .reenabledAt(reenabled))
                .flatMap(vm -> Combinators.combine(Arbitraries.of(JobStatus.class), flags, flags, flags, names, names)
                        .as((status, suspect, kept, enabled, jobDefs, client) -> vm.status(status)
                                .suspect(suspect)
                                .disabledByOperator(kept)
                                .enabled(enabled)
                                .jobDefs(jobDefs)
                                .client(client)
                                .jobClient(client)
                                .build()));
        return Combinators.combine(Arbitraries.of(Part.class).set(), vms).as(Change::new);
    }

    private static byte[] edit(byte[] bytes, Change change) {
        ManagedVm before = JobReader.read(bytes);
        return JobFileEditor.edit(JobFile.parse(bytes), before, change.of(before), Samples.TIMESTAMPS);
    }

    @Property(tries = 1500)
    void anyBytesCanBeParsed(@ForAll byte[] bytes) {
        JobFile file = JobFile.parse(bytes);
        assertThat(file.flaw() != null
                        || !file.hasHeaders()
                        || BaculaName.isLegal(file.directives().name()))
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
            assertThat(JobReader.read(edit(bytes, change))).isEqualTo(change.of(JobReader.read(bytes)));
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
        byte[] after = edit(before, change);
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
        assertThat(JobReader.read(after)).isEqualTo(change.of(JobReader.read(before)));
    }

    private static boolean isChanged(String a, String b) {
        return List.of("  Enabled ", "  Client ", "  JobDefs ", "  Storage ").stream()
                .anyMatch(keyword -> a.startsWith(keyword) && b.startsWith(keyword));
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
            bytes = edit(bytes, change);
            String edited = new String(bytes, StandardCharsets.UTF_8);
            assertThat(edited).doesNotContain(end + end);
            assertThat(edited.endsWith(end)).isEqualTo(ended);
            assertThat(edited.replace(end, "")).doesNotContain("\n", "\r");
        }
    }

    @Property(tries = 2000)
    void anEditMadeTwiceIsMadeOnce(@ForAll("changes") Change change) {
        byte[] once = edit(Samples.JOB_TEXT.getBytes(StandardCharsets.UTF_8), change);
        JobFile file = JobFile.parse(once);
        ManagedVm after = JobReader.read(once);
        assertThat(change.of(after)).isEqualTo(after);
        assertThat(JobFileEditor.edit(file, after, after, Samples.TIMESTAMPS)).isSameAs(file.bytes());
    }

    @Property(tries = 2000)
    void aDisplayNameIsReadAsItWasWritten(@ForAll String name) {
        ManagedVm vm = Samples.vm(Samples.VM, name, Samples.UUID_1);
        byte[] written = JobFile.write(vm, Samples.TIMESTAMPS);
        assertThat(JobReader.read(written))
                .isEqualTo(vm.toBuilder().fileSet(null).build());
        assertThat(latin(written).lines().count())
                .isEqualTo(Samples.JOB_TEXT.lines().count());
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The bytes as a value in quotes; a NUL would take the closing quote away. */
    private static String quoted(byte[] bytes) {
        return latin(bytes).replace("\u0000", "").replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
