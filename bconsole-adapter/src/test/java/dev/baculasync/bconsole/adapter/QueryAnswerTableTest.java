package dev.baculasync.bconsole.adapter;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each text amounts to: the verdict as far as the text goes, then the records with their UUIDs, {@code ~} before what
 * is partial, then those that are doubtful with {@code ?} before them, and what is mentioned besides. {@code <1>} to {@code <3>} are UUIDs,
 * {@code |} is a line end.
 */
class QueryAnswerTableTest {
    private static final Map<String, String> UUIDS = new TreeMap<>(Map.of(
            "<1>", "014c5892-5efb-4efb-bd60-4e038800475d",
            "<2>", "22d27bdf-1cdb-461e-8f61-a641e36f9ed7",
            "<3>", "eafffb4a-634c-4751-93e2-aa75778b8e5b"));

    private static final List<String> FOREIGN = List.of(
            "warning=3 projects could not be listed",
            "message=Unauthorized: 401",
            "exception=Timeout",
            "errors=1",
            "error=x",
            "ERROR=x",
            "errmsg=x",
            "more=true",
            "next=2",
            "marker=7",
            "fault=x",
            "total=3",
            "count=3",
            "Status=ACTIVE",
            "Server=web UUID=<3>",
            "SERVER=web",
            "Keystone catalog entry not found",
            "error=plugin protocol error",
            "error=plugin not found",
            "error=Failed to connect to Client.",
            "error=Client \"x\" not found.",
            "[DE0029] Unable to connect to Client: x on y. ERR=Connection refused",
            "2992 Bad query command",
            "<3>",
            "[",
            "{\"server\": \"x\"}",
            "hello");

    @ParameterizedTest
    @ValueSource(
            strings = {
                // As they are printed.
                "server=a uuid=<1>|server=b uuid=<2> tag=gold -> complete a <1>, b <2> tag=gold",
                "server=a|uuid=<1>|server=b|uuid=<2>|tag=gold -> complete a <1>, b <2> tag=gold",
                "server: [|server=a|uuid=<1>|]|server: [|server=b|uuid=<2>|tag=gold|]"
                        + " -> complete a <1>, b <2> tag=gold",
                "server=scratch (tmp) uuid=<1> backup=false -> complete scratch (tmp) <1> out",
                "server=half uuid=<1>|error=plugin protocol error -> incomplete ~half <1>",
                "parameter: [|server=a uuid=<1>|server=b uuid=<2>|] -> complete a <1>, b <2>",
                // Attributes on a record's lines.
                "server=a uuid=<1> status=ACTIVE flavor=m1 -> complete a <1> {flavor=m1, status=ACTIVE}",
                "server=a|uuid=<1> status=ERROR fault=no host -> complete a <1> {fault=no host, status=ERROR}",
                "server=a uuid=<1> tag=gold x=\"1 y=2\" backup=false z= -> complete a <1> tag=gold out {x=1 y=2, z=}",
                "server=a status=x uuid=<1> -> complete a status=x <1>",
                "server=a uuid=<1> error=none -> complete a <1> {error=none}",
                "server=a uuid=<1> parent=<2> -> complete a <1> {parent=<2>} besides <2>",
                "server=a-<2> uuid=<1> -> complete a-<2> <1> besides <2>",
                "server=a uuid=<1> tag=x<2>y -> complete a <1> tag=x<2>y besides <2>",
                "server=a uuid=<1> error=plugin protocol error -> incomplete ~a <1>",
                "server=a uuid=<1> status=UP error=Client \"x\" not found.|server=b uuid=<2>"
                        + " -> incomplete ~a <1> {status=UP}, b <2>",
                "server=a uuid=<1> tag=golderror=plugin protocol error -> incomplete ~a <1> tag=gold",
                // Attributes elsewhere.
                "server=a uuid=<1>|status=ACTIVE|server=b uuid=<2> -> complete a <1> {status=ACTIVE}, b <2>",
                "status=ACTIVE|server=a uuid=<1> -> complete a <1>",
                "server=a|flavor=m1|uuid=<1>|image=\"x y\" -> complete a <1> {flavor=m1, image=x y}",
                "host=<3>|server=a uuid=<1> -> complete a <1> besides <3>",
                "server: [|id=7|server=a|uuid=<1>|more=true|]|server=b uuid=<2> -> complete a <1> {id=7, more=true}, b <2>",
                "server: [|server=a|uuid=<1>|hw: [|cpu=2|]|]|server=b uuid=<2> -> complete a <1> {cpu=2}, b <2>",
                "all: [|id=7|server=a uuid=<1>|server=b uuid=<2>|] -> incomplete a <1>, b <2>",
                "all: [|server=a uuid=<1>|server=b uuid=<2>|id=7|] -> incomplete a <1>, ~b <2>",
                "all: [|x: [|server=a uuid=<1>|]|id=7|] -> incomplete ~a <1>",
                "all: [|id=7|x: [|server=a uuid=<1>|]|] -> incomplete a <1>",
                "server: [|server=a|uuid=<1>|error=plugin protocol error|] -> incomplete ~a <1>",
                "server: [|server=a|uuid=<1>|Server=b UUID=<2>|] -> incomplete ~a <1> besides <2>",
                "s: [|helloserver=a|uuid=<1>|]|s: [|server=b|uuid=<2>|] -> incomplete ~a <1>, b <2>",
                "s: [|server=a|uuid=<1>|x=1server=b|uuid=<2>|] -> incomplete ~a <1>, ~b <2>",
                // Wrappers that do not match.
                "server: [|server=a|uuid=<1>|]|server: [|server=b|uuid=<2> -> incomplete a <1>, ~b <2>",
                "server=a uuid=<1>|server: [ -> incomplete a <1>",
                "server=a uuid=<1>|]|server=b uuid=<2> -> incomplete ~a <1>, b <2>",
                "]|server=a uuid=<1> -> incomplete a <1>",
                // Stuck together.
                "server=a uuid=<1>server=b uuid=<2> -> incomplete ~a <1>, ~b <2>",
                "server=a uuid=<1>server=b|uuid=<2>|server=c uuid=<3> -> incomplete ~a <1>, ~b <2>, c <3>",
                "server=a uuid=<1> server=b uuid=<2> -> complete ?null <1> <2>",
                "server=a uuid=<1>error=plugin protocol error -> incomplete ~a <1>",
                "server=a uuid=<1>error=plugin protocol errorserver=b uuid=<2>|server=c uuid=<3>"
                        + " -> incomplete ~a <1>, ~b <2>, c <3>",
                "error=plugin protocol errorserver=b uuid=<2> -> incomplete ~b <2>",
                "server=a uuid=<1>|error=plugin protocol errorserver=b|uuid=<2> -> incomplete ~a <1>, ~b <2>",
                "server=a uuid=<1>hello status=UP -> incomplete ~a <1>",
                "server=a uuid=<1>Server=web UUID=<3> -> incomplete ~a <1> besides <3>",
                "server=a uuid=<1>[DE0029] x on y. ERR=z -> incomplete ~a <1>",
                "server=a uuid=<1> error=plugin protocol errorserver=b uuid=<2> -> incomplete ?a <1> <2>",
                "server=a uuid=<1> tag=xerror=plugin protocol errorserver=b uuid=<2> -> incomplete ?a <1> <2>",
                "server=a uuid=<1> and more -> incomplete ~a <1>",
                "server=a uuid=<1>0 -> incomplete ~a <1>",
                "server=a uuid=\"<1>\"hello -> incomplete ~a <1>",
                "server=a|uuid=<1>|hello backup=false|server=b uuid=<2> -> incomplete ~a <1>, b <2>",
                "server=a uuid=<1> backup=false|hello -> incomplete ~a <1> out",
                "server=a|hellouuid=<1>|server=b|uuid=<2> -> incomplete b <2>, ?null <1>",
                // Cut.
                "server=a uuid=<1>|server=acl3 uuid=e0000003-1c -> incomplete a <1>, ?acl3",
                "server=a uuid=<1>|server=ac -> incomplete a <1>, ?ac",
                "server=ac|server=a uuid=<1> -> complete a <1>, ?ac",
                // Without a name.
                "server= uuid=<1> -> complete  <1>",
                "server=None uuid=<1> status=ERROR -> complete None <1> {status=ERROR}",
                // Twice.
                "server=a uuid=<1>|server=a uuid=<1> -> complete a <1>",
                "server=a uuid=<1>|server=a uuid=<1> tag=x -> complete a <1>, a <1> tag=x",
            })
    void aTextAmountsTo(String row) {
        String[] sides = row.split(" -> ", 2);
        for (String text : variants(sides[0])) {
            assertThat(told(text)).as(text).isEqualTo(sides[1]);
        }
    }

    static Stream<String> foreign() {
        return FOREIGN.stream();
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void whatIsNotKnownToBeHarmlessMakesTheListIncompleteWhereverItStands(String line) {
        String besides = line.contains("<3>") ? " besides <3>" : "";
        String[][] rows = {
            {line + "|server=a uuid=<1>|server=b uuid=<2>", "a <1>, b <2>"},
            {"server=a uuid=<1>|" + line + "|server=b uuid=<2>", "~a <1>, b <2>"},
            {"server=a uuid=<1>|server=b uuid=<2>|" + line, "a <1>, ~b <2>"},
            {"server=a|" + line + "|uuid=<1>|server=b|uuid=<2>", "~a <1>, b <2>"},
            {line + "server=a uuid=<1>|server=b uuid=<2>", "~a <1>, b <2>"},
            {"server=a uuid=<1>|" + line + "server=b uuid=<2>|server=c-d uuid=<1>", "~a <1>, ~b <2>, c-d <1>"},
            {"server=a uuid=<1>" + line + "|server=b uuid=<2>", "~a <1>, b <2>"},
            {"server=a uuid=<1>" + line + "server=b uuid=<2>", "~a <1>, ~b <2>"},
            {"all: [|" + line + "|server=a uuid=<1>|server=b uuid=<2>|]", "a <1>, b <2>"},
            {"all: [|server=a uuid=<1>|" + line + "|server=b uuid=<2>|]", "~a <1>, b <2>"},
            {"all: [|server=a uuid=<1>|server=b uuid=<2>|" + line + "|]", "a <1>, ~b <2>"},
            {"all: [|server=a uuid=<1>|server=b uuid=<2>|]|" + line, "a <1>, ~b <2>"},
            {"s: [|server=a|uuid=<1>|]|" + line + "|s: [|server=b|uuid=<2>|]", "~a <1>, b <2>"},
        };
        for (String[] row : rows) {
            for (String text : variants(row[0])) {
                assertThat(told(text)).as(text).isEqualTo("incomplete " + row[1] + besides);
            }
        }
    }

    static Stream<String> harmless() {
        return HarmlessAttributes.KNOWN.stream();
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void aHarmlessKeyIsHarmlessWhereverItStands(String key) {
        String line = key + "=x";
        assertThat(told(line + "|server=a uuid=<1>|server=b uuid=<2>")).isEqualTo("complete a <1>, b <2>");
        assertThat(told("server=a uuid=<1>|" + line + "|server=b uuid=<2>"))
                .isEqualTo("complete a <1> {" + line + "}, b <2>");
        assertThat(told("all: [|server=a uuid=<1>|server=b uuid=<2>|" + line + "|]"))
                .isEqualTo("complete a <1>, b <2> {" + line + "}");
    }

    /** Whatever looks like a UUID is present. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<2>",
                "x<2>y",
                "0<2>0",
                "[<2>]",
                "id:<2>",
                "014C5892-5EFB-4EFB-BD60-4E038800475D-<2>",
                "22D27BDF-1CDB-461E-8F61-A641E36F9ED7",
                "22d27bdf1cdb461e8f61a641e36f9ed7",
                "x22D27BDF1CDB461E8F61A641E36F9ED7-"
            })
    void whatLooksLikeAUuidIsPresent(String text) {
        for (String list : List.of(
                "server=a uuid=<1>|" + text,
                text + "|server=a uuid=<1>",
                "server=a " + text + " uuid=<1>",
                "server=a uuid=<1> tag=" + text,
                "description=" + text + "|server=a uuid=<1>",
                "s: [|other=" + text + "|server=a|uuid=<1>|]")) {
            assertThat(parse(expand(list)).mentioned()).as(list).contains(UUID.fromString(UUIDS.get("<2>")));
        }
        assertThat(parse(expand("server=x uuid=?" + text + "|server=a uuid=<1>"))
                        .doubtful())
                .singleElement()
                .satisfies(vm -> assertThat(vm.uuids()).contains(UUID.fromString(UUIDS.get("<2>"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "22d27bdf1cdb461e8f61a641e36f9ed70",
                "022d27bdf1cdb461e8f61a641e36f9ed7",
                "22d27bdf-1cdb-461e-8f61a641e36f9ed7",
                "22d27bdf-1cdb-461e-8f61-a641e36f9edg"
            })
    void whatIsNoUuidIsNone(String text) {
        assertThat(parse(expand("server=a uuid=<1> x=" + text)).mentioned()).isEmpty();
    }

    /** With line ends of either kind, with and without one at the end, with empty lines, indented. */
    private static List<String> variants(String text) {
        String plain = expand(text);
        return List.of(
                plain,
                plain + "\n",
                plain.replace("\n", "\r\n"),
                plain.replace("\n", "\r\n") + "\r\n",
                plain.replace("\n", " \n\n\t"),
                "\n\n" + plain + "\n \n");
    }

    private static String expand(String text) {
        String plain = text.replace("|", "\n");
        for (Map.Entry<String, String> uuid : UUIDS.entrySet()) {
            plain = plain.replace(uuid.getKey(), uuid.getValue());
        }
        return plain;
    }

    private static QueryAnswer parse(String text) {
        QueryAnswerParser parser = new QueryAnswerParser(HarmlessAttributes.known());
        for (String line : text.split("\n", -1)) {
            parser.read(line);
        }
        return parser.finish();
    }

    private static String told(String text) {
        QueryAnswer answer = parse(expand(text));
        assertThat(answer.errors()).isEmpty();
        List<String> records = new ArrayList<>();
        answer.vms().forEach(vm -> records.add(told(vm)));
        answer.doubtful().forEach(vm -> records.add(told(vm)));
        String besides =
                answer.mentioned().stream().map(UUID::toString).sorted().collect(joining(" "));
        String told = (answer.gaps().isEmpty() ? "complete " : "incomplete ")
                + String.join(", ", records)
                + (besides.isEmpty() ? "" : " besides " + besides);
        for (Map.Entry<String, String> uuid : UUIDS.entrySet()) {
            told = told.replace(uuid.getValue(), uuid.getKey());
        }
        return told;
    }

    private static String told(LiveVm vm) {
        return (vm.partial() ? "~" : "")
                + vm.name()
                + " "
                + vm.uuid()
                + (vm.tag() == null ? "" : " tag=" + vm.tag())
                + (vm.optedOut() ? " out" : "")
                + (vm.attributes().isEmpty() ? "" : " " + new TreeMap<>(vm.attributes()));
    }

    private static String told(DoubtfulVm vm) {
        return "?" + vm.name()
                + vm.uuids().stream()
                        .map(UUID::toString)
                        .sorted()
                        .map(uuid -> " " + uuid)
                        .collect(joining());
    }
}
