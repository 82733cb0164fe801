package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
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
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class QueryAnswerParserProps {
    /** Never the UUID of a VM that is listed; what a tenant may write into a name. */
    private static final String DECOY = "dec0dec0-dec0-dec0-dec0-dec0dec0dec0";

    private static final Pattern LOOKS_LIKE_TOKEN = Pattern.compile("[ \\t](server|uuid|tag|backup)=");

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
        assertThat(answer.doubtful()).isEmpty();
        assertThat(answer.vms()).isEqualTo(vms);
    }

    @Property(tries = 3000)
    void noNameAndNoTagPutsAUuidIntoATrustedRecordThatIsNotItsOwn(
            @ForAll("hostileVms") List<LiveVm> vms, @ForAll Shape shape, @ForAll boolean crlf, @ForAll boolean quoted) {
        QueryAnswer answer = parse(render(vms, shape, quoted), crlf);
        Map<UUID, LiveVm> listed = new LinkedHashMap<>();
        vms.forEach(vm -> listed.put(vm.uuid(), vm));
        assertThat(answer.vms()).allSatisfy(vm -> {
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
        assertThat(answer.vms()).containsAll(vms).containsAll(others);
        assertThat(answer.strays()).hasSize((int)
                tag.stream().filter(line -> !line.isBlank()).limit(3).count());
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

    @Property
    void aKnownErrorFailsTheListWhereverItStands(
            @ForAll("plainVms") List<LiveVm> vms, @ForAll Shape shape, @ForAll int position) {
        List<String> lines = new ArrayList<>(render(vms, shape, false));
        lines.add(Math.floorMod(position, lines.size() + 1), "error=plugin protocol error");
        assertThat(parse(lines, false).errors()).containsExactly("error=plugin protocol error");
    }

    @Provide
    Arbitrary<List<LiveVm>> plainVms() {
        Arbitrary<String> text = hostileText()
                .map(String::strip)
                .filter(value ->
                        !value.isBlank() && !LOOKS_LIKE_TOKEN.matcher(value).find())
                .filter(value -> !value.startsWith("uuid=") && value.indexOf('"') < 0);
        Arbitrary<LiveVm> vm = Combinators.combine(text, uuids(), text.injectNull(0.5), Arbitraries.of(true, false))
                .as((name, uuid, tag, out) -> new LiveVm(name, uuid, tag, out, List.of()));
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
        QueryAnswerParser parser = new QueryAnswerParser();
        lines.forEach(line -> parser.read(crlf ? line + "\r" : line));
        return parser.finish();
    }
}
