package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class QueryAnswerParserProps {
    /** Never the UUID of a VM that is listed; what a tenant may write into a name. */
    private static final String DECOY = "dec0dec0-dec0-dec0-dec0-dec0dec0dec0";

    private static final Pattern LOOKS_LIKE_TOKEN = Pattern.compile("[ \\t](server|uuid|tag|backup)=");
    private static final Pattern LOOKS_LIKE_ATTRIBUTE =
            Pattern.compile("[ \\t][A-Za-z_][A-Za-z0-9_.:-]*=|error=plugin not found");

    /** How a plugin may lay out a list. */
    enum Shape {
        ONE_LINE,
        LINE_PER_TOKEN,
        WRAPPED,
        ALL_IN_ONE_WRAPPER,
        SPREAD_OUT
    }

    @Property
    void aListInAnyShapeReadsBackTheSame(
            @ForAll("plainVms") List<LiveVm> vms, @ForAll Shape shape, @ForAll boolean crlf, @ForAll boolean quoted) {
        QueryAnswer answer = parse(render(vms, shape, quoted), crlf);
        assertThat(answer.errors()).isEmpty();
        assertThat(answer.gaps()).isEmpty();
        assertThat(answer.doubtful()).isEmpty();
        assertThat(answer.mentioned()).allMatch(uuid -> uuid.toString().equals(DECOY));
        assertThat(answer.vms()).isEqualTo(vms);
    }

    @Property(tries = 3000)
    void noNameAndNoTagPutsAUuidIntoATrustedRecordThatIsNotItsOwn(
            @ForAll("hostileVms") List<LiveVm> vms, @ForAll Shape shape, @ForAll boolean crlf, @ForAll boolean quoted) {
        QueryAnswer answer = parse(render(vms, shape, quoted), crlf);
        Map<UUID, LiveVm> listed = new LinkedHashMap<>();
        vms.forEach(vm -> listed.put(vm.uuid(), vm));
        // A name may read like two records without a line end between; then both are partial, and the list incomplete.
        assertThat(answer.vms().stream().noneMatch(LiveVm::partial)
                        || !answer.gaps().isEmpty())
                .isTrue();
        assertThat(answer.vms()).filteredOn(vm -> !vm.partial()).allSatisfy(vm -> {
            assertThat(listed).containsKey(vm.uuid());
            assertThat(listed.get(vm.uuid()).name()).contains(vm.name());
        });
    }

    @Property(tries = 3000)
    void whateverNamesAndTagsAreEveryVmIsAccountedForAndNothingReadsAsAnError(
            @ForAll("hostileVms") List<LiveVm> vms, @ForAll Shape shape, @ForAll boolean crlf, @ForAll boolean quoted) {
        QueryAnswer answer = parse(render(vms, shape, quoted), crlf);
        assertThat(answer.errors()).isEmpty();
        Set<UUID> known = new LinkedHashSet<>();
        answer.vms().stream().map(LiveVm::uuid).forEach(known::add);
        answer.doubtful().stream().map(DoubtfulVm::uuids).forEach(known::addAll);
        known.addAll(answer.mentioned());
        assertThat(known).containsAll(vms.stream().map(LiveVm::uuid).toList());
    }

    /** Shapes in which a VM is one line or more, and a line end that a tenant has put into a tag. */
    @Property(tries = 2000)
    void aTagOfAnyLinesCostsNobodyElseTheList(
            @ForAll("plainVms") List<LiveVm> vms,
            @ForAll("plainVms") List<LiveVm> others,
            @ForAll Shape shape,
            @ForAll("tagLines") List<String> tag) {
        List<String> lines = new ArrayList<>(render(vms, shape, false));
        lines.add("server=evil uuid=" + DECOY + " tag=x");
        lines.addAll(tag);
        lines.addAll(render(others, shape, false));
        QueryAnswer answer = parse(lines, false);
        assertThat(answer.errors()).isEmpty();
        boolean anything = tag.stream().anyMatch(line -> !line.isBlank());
        assertThat(answer.gaps()).hasSize(anything ? 1 : 0);
        assertThat(answer.vms()).containsAll(vms).containsAll(others);
        LiveVm evil = LiveVm.of("evil", UUID.fromString(DECOY)).withTag("x");
        assertThat(answer.vms()).contains(anything ? evil.asPartial() : evil);
    }

    @Property
    void noInputWhateverThrowsOrMakesUpAUuid(@ForAll("anyLines") List<String> lines) {
        QueryAnswer answer = parse(lines, false);
        String text = String.join("\n", lines).toLowerCase(Locale.ROOT);
        assertThat(answer.vms())
                .allSatisfy(vm -> assertThat(text).contains("uuid=", vm.uuid().toString()));
        assertThat(answer.doubtful())
                .allSatisfy(vm -> assertThat(vm.uuids())
                        .allSatisfy(uuid -> assertThat(text).contains(uuid.toString())));
    }

    /** On a line of its own, or stuck to the end of a UUID, or to the start of a record. */
    @Property(tries = 3000)
    void foreignTextAnywhereMakesTheListIncompleteAndTouchesItsNeighboursOnly(
            @ForAll("plainVms") List<LiveVm> vms,
            @ForAll Shape shape,
            @ForAll boolean crlf,
            @ForAll("foreignTexts") String text,
            @ForAll int position,
            @ForAll Glue glue) {
        Assume.that(!vms.isEmpty());
        // Without names and tags that read like something else, so that each UUID and each line is what it seems.
        List<LiveVm> plain = new ArrayList<>();
        vms.forEach(vm -> plain.add(vm.withName("vm" + plain.size()).withTag(vm.tag() == null ? null : "gold")));
        List<String> lines = new ArrayList<>(render(plain, shape, false));
        int at = Math.floorMod(position, lines.size() + 1);
        int started = (int) lines.subList(0, at).stream()
                .filter(line -> line.strip().startsWith("server="))
                .count();
        String before = at == 0 ? "" : lines.get(at - 1);
        String after = at == lines.size() ? "" : lines.get(at);
        if (glue == Glue.BEFORE && before.matches("(?s).*uuid=[0-9a-f-]{36}")) {
            lines.set(at - 1, before + text);
        } else if (glue == Glue.AFTER && after.startsWith("server=")) {
            lines.set(at, text + after);
        } else {
            lines.add(at, text);
        }
        QueryAnswer answer = parse(lines, crlf);
        assertThat(answer.errors()).isEmpty();
        assertThat(answer.gaps()).as("%s", lines).isNotEmpty();
        assertThat(answer.doubtful()).isEmpty();
        assertThat(answer.vms())
                .usingElementComparator(Comparator.comparing(LiveVm::uuid))
                .isEqualTo(plain);
        int last = started - 1;
        for (int i = 0; i < plain.size(); i++) {
            LiveVm read = answer.vms().get(i);
            boolean touched = i == last || (i == started && glue == Glue.AFTER);
            assertThat(read)
                    .as("%s", lines)
                    .isIn(plain.get(i), touched ? plain.get(i).asPartial() : plain.get(i));
        }
    }

    @Property(tries = 2000)
    void aListThatIsCutAnywhereNamesNoVmThatIsNotInIt(
            @ForAll("plainVms") List<LiveVm> vms,
            @ForAll Shape shape,
            @ForAll boolean crlf,
            @ForAll boolean quoted,
            @ForAll int position) {
        String whole = String.join(crlf ? "\r\n" : "\n", render(vms, shape, quoted));
        String cut = whole.substring(0, Math.floorMod(position, whole.length() + 1));
        QueryAnswer answer = parse(List.of(cut.split("\n", -1)), false);
        assertThat(vms)
                .extracting(LiveVm::uuid)
                .containsAll(answer.vms().stream().map(LiveVm::uuid).toList());
    }

    @Property(tries = 20)
    void aLineOfAnyLengthIsReadInLinearTime(@ForAll("repeated") String piece) {
        String line = "server=a uuid=" + DECOY + " " + piece.repeat(400_000 / piece.length());
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> parse(List.of(line, "hello" + line), false));
    }

    @Provide
    Arbitrary<String> repeated() {
        return Arbitraries.of(
                "\"",
                "\" ",
                " \"a",
                "a=\"",
                " a=\"b",
                "server=",
                " server=\"",
                "uuid=" + DECOY,
                " uuid=" + DECOY + "server=",
                " uuid=" + DECOY + "x",
                "error=",
                " error=Client \"",
                " tag=error=Client \"",
                "a",
                " a",
                "-",
                "dec0dec0-");
    }

    /** Where it stands. */
    enum Glue {
        ALONE,
        BEFORE,
        AFTER
    }

    @Provide
    Arbitrary<String> foreignTexts() {
        return Arbitraries.of(
                "error=plugin protocol error",
                "error=Failed to connect to Client.",
                "[DE0029] Unable to connect to Client: x on y. ERR=Connection refused",
                "Keystone catalog entry not found",
                "hello",
                "{\"a\": 1}",
                "[",
                "#",
                "0 of 3");
    }

    @Provide
    Arbitrary<List<LiveVm>> plainVms() {
        Arbitrary<String> text = hostileText()
                .map(String::strip)
                .filter(value ->
                        !value.isBlank() && !LOOKS_LIKE_TOKEN.matcher(value).find())
                .filter(value -> !value.startsWith("uuid=") && value.indexOf('"') < 0);
        Arbitrary<String> tag =
                text.filter(value -> !LOOKS_LIKE_ATTRIBUTE.matcher(value).find());
        Arbitrary<LiveVm> vm = Combinators.combine(text, uuids(), tag.injectNull(0.5), Arbitraries.of(true, false))
                .as((name, uuid, jobDefs, out) -> new LiveVm(name, uuid, jobDefs, out, List.of()));
        return vm.list().ofMaxSize(6).uniqueElements(LiveVm::uuid);
    }

    @Provide
    Arbitrary<List<LiveVm>> hostileVms() {
        Arbitrary<LiveVm> vm = Combinators.combine(
                        hostileText(), uuids(), hostileText().injectNull(0.3), Arbitraries.of(true, false))
                .as((name, uuid, tag, out) -> new LiveVm(name, uuid, tag, out, List.of()));
        return vm.list().ofMaxSize(6).uniqueElements(LiveVm::uuid);
    }

    @Provide
    Arbitrary<List<String>> tagLines() {
        return Arbitraries.of("hello", "", " ", "x y", "}", "[", "#", "\"", "=", "no-pair=1", "日本")
                .list()
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<String>> anyLines() {
        Arbitrary<String> token = Arbitraries.of("server=", "uuid=", "tag=", "backup=", "x: [", "]", "uuid=" + DECOY);
        Arbitrary<String> line = Combinators.combine(token.injectNull(0.3), hostileText(), Arbitraries.strings())
                .as((start, text, any) -> (start == null ? "" : start) + text + any);
        return line.list().ofMaxSize(20);
    }

    private static Arbitrary<UUID> uuids() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
                .as(UUID::new)
                .filter(uuid -> !uuid.toString().equals(DECOY));
    }

    /** One line of anything a tenant may call a VM. */
    private static Arbitrary<String> hostileText() {
        Arbitrary<String> piece = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.strings().alpha().ofMaxLength(3)),
                Tuple.of(2, Arbitraries.strings().excludeChars('\n').ofMaxLength(3)),
                Tuple.of(
                        6,
                        Arbitraries.of(
                                " ",
                                "\t",
                                "\"",
                                "\" ",
                                " \"",
                                "=",
                                ",",
                                "\r",
                                "\\",
                                "]",
                                "x: [",
                                "quit",
                                "ü",
                                "server=",
                                " server=x",
                                " uuid=",
                                " uuid=" + DECOY,
                                " uuid=\"" + DECOY + "\"",
                                "\" uuid=" + DECOY + " tag=\"",
                                DECOY,
                                " tag=",
                                " tag=\"",
                                " backup=false",
                                "error=plugin not found",
                                "[DE0029] x",
                                "2992 Bad",
                                "ERR=x")));
        return piece.list().ofMaxSize(6).map(pieces -> String.join("", pieces));
    }

    private static List<String> render(List<LiveVm> vms, Shape shape, boolean quoted) {
        List<String> lines = new ArrayList<>();
        if (shape == Shape.ALL_IN_ONE_WRAPPER) {
            lines.add("parameter: [");
        }
        for (LiveVm vm : vms) {
            List<String> tokens = tokens(vm, quoted ? "\"" : "");
            switch (shape) {
                case ONE_LINE, ALL_IN_ONE_WRAPPER -> lines.add(String.join(" ", tokens));
                case LINE_PER_TOKEN -> lines.addAll(tokens);
                case WRAPPED -> {
                    lines.add("server: [");
                    lines.addAll(tokens);
                    lines.add("]");
                }
                case SPREAD_OUT -> tokens.forEach(token -> lines.addAll(List.of("  " + token, "", " \t")));
            }
        }
        if (shape == Shape.ALL_IN_ONE_WRAPPER) {
            lines.add("]");
        }
        return lines;
    }

    private static List<String> tokens(LiveVm vm, String quote) {
        List<String> tokens = new ArrayList<>();
        tokens.add("server=" + quote + vm.name() + quote);
        tokens.add("uuid=" + quote + vm.uuid() + quote);
        if (vm.tag() != null) {
            tokens.add("tag=" + quote + vm.tag() + quote);
        }
        if (vm.optedOut()) {
            tokens.add("backup=" + quote + "false" + quote);
        }
        return tokens;
    }

    private static QueryAnswer parse(List<String> lines, boolean crlf) {
        QueryAnswerParser parser = new QueryAnswerParser(HarmlessAttributes.known());
        lines.forEach(line -> parser.read(crlf ? line + "\r" : line));
        return parser.finish();
    }
}
