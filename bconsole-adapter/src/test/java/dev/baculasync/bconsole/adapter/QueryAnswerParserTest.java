package dev.baculasync.bconsole.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QueryAnswerParserTest {
    private static final String ONE = "014c5892-5efb-4efb-bd60-4e038800475d";
    private static final String TWO = "22d27bdf-1cdb-461e-8f61-a641e36f9ed7";
    private static final String THREE = "eafffb4a-634c-4751-93e2-aa75778b8e5b";
    private static final UUID FIRST = UUID.fromString(ONE);
    private static final UUID SECOND = UUID.fromString(TWO);
    private static final UUID THIRD = UUID.fromString(THREE);

    @Test
    void aRecordMayStandOnOneLine() {
        assertVms(
                parse("server=a b,c=d (x) uuid=" + ONE + " tag=gold backup=false", "server=b uuid=" + TWO),
                new LiveVm("a b,c=d (x)", FIRST, "gold", true, List.of()),
                LiveVm.of("b", SECOND));
    }

    @Test
    void aRecordMayStandOnSuccessiveLinesWithBlankLinesAndIndentation() {
        assertVms(
                parse("server=a", "", "  uuid=" + ONE, "\ttag=gold  ", "server=b\r", "uuid=" + TWO + "\r", "\r"),
                LiveVm.of("a", FIRST).withTag("gold"),
                LiveVm.of("b", SECOND));
    }

    @Test
    void aRecordMayStandInAWrapperOrManyInOne() {
        assertVms(
                parse("server: [", "server=a", "uuid=" + ONE, "]", "server: [", "server=b", "uuid=" + TWO, "]"),
                LiveVm.of("a", FIRST),
                LiveVm.of("b", SECOND));
        assertVms(
                parse("parameter: [", "server=a uuid=" + ONE, "server=b uuid=" + TWO, "]"),
                LiveVm.of("a", FIRST),
                LiveVm.of("b", SECOND));
    }

    @Test
    void valuesMayBeQuoted() {
        assertVms(
                parse("server=\"a \"b\" c\" uuid=\"" + ONE + "\" tag=\"gold\"", "server=\"x tag=y\" uuid=" + TWO),
                LiveVm.of("a \"b\" c", FIRST).withTag("gold"),
                LiveVm.of("x tag=y", SECOND));
    }

    @Test
    void aQuoteThatDoesNotEndAValueIsPartOfIt() {
        assertVms(
                parse("server=\"a uuid=" + ONE, "server=\"a\"b uuid=" + TWO, "server=a\"b\" uuid=" + THREE),
                LiveVm.of("\"a", FIRST),
                LiveVm.of("\"a\"b", SECOND),
                LiveVm.of("a\"b\"", THIRD));
    }

    @Test
    void aTokenNeedsABlankBeforeIt() {
        assertVms(parse("server=uuid=x,tag=y uuid=" + ONE), LiveVm.of("uuid=x,tag=y", FIRST));
    }

    @Test
    void aUuidMayBeInUpperCase() {
        assertVms(parse("server=a uuid=014C5892-5EFB-4EFB-BD60-4E038800475D"), LiveVm.of("a", FIRST));
    }

    @Test
    void anEmptyTagIsNone() {
        assertVms(
                parse("server=a uuid=" + ONE + " tag=", "server=b uuid=" + TWO + " tag=\"\""),
                LiveVm.of("a", FIRST),
                LiveVm.of("b", SECOND));
    }

    @Test
    void backupFalseInAnyCaseOptsOutAndAnythingElseInWithAWarning() {
        QueryAnswer answer = parse(
                "server=a uuid=" + ONE + " backup=FaLsE",
                "server=b uuid=" + TWO + " backup=no\u0007",
                "server=c uuid=" + THREE);
        assertThat(answer.vms()).extracting(LiveVm::optedOut).containsExactly(true, false, false);
        assertThat(answer.vms().get(0).warnings()).isEmpty();
        assertThat(answer.vms().get(1).warnings()).singleElement().asString().startsWith("backup=no? ");
        assertThat(answer.vms().get(2).warnings()).isEmpty();
    }

    @Test
    void aTokenTwiceMakesARecordDoubtful() {
        assertDoubtful(parse("server=a uuid=" + TWO + " uuid=" + ONE), "a", FIRST, SECOND);
        assertDoubtful(parse("server=a uuid=" + ONE, "uuid=" + TWO), "a", FIRST, SECOND);
        assertDoubtful(parse("server=a server=b uuid=" + ONE), null, FIRST);
        assertDoubtful(parse("server=a tag=x tag=x uuid=" + ONE), "a", FIRST);
        assertDoubtful(parse("server=a backup=true backup=false uuid=" + ONE), "a", FIRST);
    }

    @Test
    void aRecordWithoutOrWithAMalformedUuidIsDoubtful() {
        assertDoubtful(parse("server=a"), "a");
        assertDoubtful(parse("server=a uuid="), "a");
        assertDoubtful(parse("server=a uuid=14c5892-5efb-4efb-bd60-4e038800475d"), "a");
        assertDoubtful(parse("server=a uuid=1-1-1-1-1"), "a");
        assertDoubtful(parse("server=a uuid={" + ONE + "}"), "a", FIRST);
        assertDoubtful(parse("server=a uuid=" + ONE.substring(1) + "x and " + TWO), "a", SECOND);
    }

    @Test
    void whatIsNoNameIsHandedOnAsItStands() {
        for (String name : List.of("", "None", "UNKNOWN", ONE)) {
            QueryAnswer answer = parse("server=" + name + " uuid=" + ONE);
            assertVms(answer, LiveVm.of(name, FIRST));
            assertThat(answer.vms().get(0).isNamed()).isFalse();
            assertThat(answer.gaps()).isEmpty();
        }
        assertVms(parse("server=\" \" uuid=" + ONE), LiveVm.of(" ", FIRST));
    }

    @Test
    void everyUuidOfADoubtfulRecordIsKept() {
        assertDoubtful(
                parse("server=vm_" + TWO + " uuid=x", "id=" + ONE, "tag=" + THREE), "vm_" + TWO, FIRST, SECOND, THIRD);
    }

    @Test
    void tokensBeforeTheFirstServerAreDoubtful() {
        QueryAnswer answer = parse("tag=x", "server=b", "uuid=" + TWO);
        assertThat(answer.doubtful()).extracting(DoubtfulVm::name).containsExactly((String) null);
        assertThat(answer.vms()).containsExactly(LiveVm.of("b", SECOND));
    }

    @Test
    void aListThatPrintsTheUuidFirstPairsNoNameWithTheNextUuid() {
        QueryAnswer answer = parse("uuid=" + ONE, "server=a", "uuid=" + TWO, "server=b", "uuid=" + THREE, "server=c");
        assertThat(answer.vms()).isEmpty();
        assertThat(answer.doubtful().stream().flatMap(vm -> vm.uuids().stream()))
                .containsExactlyInAnyOrder(FIRST, SECOND, THIRD);
    }

    @Test
    void linesThatEachStartWithTheUuidAreDoubtfulOneByOne() {
        QueryAnswer answer = parse("uuid=" + ONE + " server=a", "uuid=" + TWO + " server=b");
        assertThat(answer.vms()).isEmpty();
        assertThat(answer.doubtful()).extracting(DoubtfulVm::name).containsExactly("a", "b");
        assertThat(answer.doubtful()).extracting(DoubtfulVm::uuids).containsExactly(Set.of(FIRST), Set.of(SECOND));
    }

    @Test
    void aTagCannotStartARecord() {
        assertDoubtful(parse("server=a", "uuid=" + ONE, "tag=x server=b uuid=" + TWO), null, FIRST, SECOND);
    }

    @Test
    void quotesInNameAndTagCannotHideTheUuid() {
        assertDoubtful(parse("server=\"a\" uuid=" + TWO + " tag=\"b uuid=" + ONE + " tag=c\""), "a", FIRST, SECOND);
        assertDoubtful(parse("server=\"a uuid=" + TWO + "\" uuid=" + ONE), null, FIRST, SECOND);
    }

    @Test
    void aNameMayReadLikeAnError() {
        assertVms(
                parse(
                        "server=error=plugin not found uuid=" + ONE,
                        "server=[DE0029] x uuid=" + TWO,
                        "server=ERR=.query: is an invalid command. uuid=" + THREE),
                LiveVm.of("error=plugin not found", FIRST),
                LiveVm.of("[DE0029] x", SECOND),
                LiveVm.of("ERR=.query: is an invalid command.", THIRD));
    }

    @Test
    void aLineThatIsKnownToBeAnErrorIsToldWithWhatToDo() {
        for (String line : List.of(
                "error=plugin not found",
                "[DE0029] Unable to connect to Client: x on y. ERR=Connection refused",
                "2992 Bad query command",
                "2902 Malformed plugin command",
                ".query: is an invalid command.",
                "Failed to connect to Client x.")) {
            QueryAnswer answer = parse("server=a uuid=" + ONE, line, "server=b uuid=" + TWO);
            assertThat(answer.errors()).isEmpty();
            assertThat(answer.gaps())
                    .singleElement()
                    .asString()
                    .contains('"' + line + "\" (after VM \"a\"); ")
                    .contains(QueryFailure.advice(line).orElseThrow());
            assertThat(parse(line).errors()).as(line).containsExactly(line);
        }
    }

    @Test
    void aKeyThatIsNotKnownIsToldWithTheSettingThatAllowsIt() {
        assertThat(parse("next=x", "server=a uuid=" + ONE, "more-of.it=1", "more-of.it=2", "z=3", "z=4")
                        .gaps())
                .singleElement()
                .asString()
                .contains("before the first VM", "2 lines more")
                .endsWith("QUERY_ATTRIBUTES=next,more-of.it");
    }

    @Test
    void whereThereIsNoRecordAnyLineSaysWhy() {
        for (String line : List.of("{\"server\": []}", "[", " hello", "message=Unauthorized: 401", "Server=a")) {
            QueryAnswer answer = parse(line);
            assertThat(answer.errors()).as(line).containsExactly(line.strip());
        }
        assertThat(parse("hello", "error=plugin not found").errors()).containsExactly("error=plugin not found");
        assertThat(parse("parameter: [", "status=x", "]").errors()).isEmpty();
    }

    @Test
    void aLineEndInATagCostsNobodyElseTheList() {
        QueryAnswer answer = parse("server=a uuid=" + ONE + " tag=x", "hello", "server=b uuid=" + TWO);
        assertThat(answer.errors()).isEmpty();
        assertThat(answer.gaps()).singleElement().asString().contains("hello");
        assertThat(answer.vms())
                .containsExactly(LiveVm.of("a", FIRST).withTag("x").asPartial(), LiveVm.of("b", SECOND));
    }

    @Test
    void aNameThatMayGoOnAfterALineEndIsInDoubt() {
        QueryAnswer answer = parse("server=a", "b uuid=" + ONE, "server=b uuid=" + TWO);
        assertThat(answer.vms()).containsExactly(LiveVm.of("b", SECOND));
        assertThat(answer.doubtful()).singleElement().satisfies(vm -> {
            assertThat(vm.name()).isNull();
            assertThat(vm.uuids()).containsExactly(FIRST);
        });
        assertThat(parse("server=a", "b", "uuid=" + ONE, "server=b uuid=" + TWO).vms())
                .containsExactly(LiveVm.of("a", FIRST).asPartial(), LiveVm.of("b", SECOND));
    }

    @Test
    void theSameRecordTwiceIsOneAndContradictionsStay() {
        assertVms(
                parse("server=a uuid=" + ONE, "server=b uuid=" + TWO, "server=a uuid=" + ONE),
                LiveVm.of("a", FIRST),
                LiveVm.of("b", SECOND));
        assertThat(parse("server=a uuid=" + ONE, "server=b uuid=" + ONE).vms()).hasSize(2);
        assertThat(parse("server=a uuid=" + ONE, "hello", "server=a uuid=" + ONE)
                        .vms())
                .containsExactly(LiveVm.of("a", FIRST));
    }

    @Test
    void wrappersNestedWithoutEndTakeNoMemory() {
        QueryAnswerParser parser = new QueryAnswerParser(HarmlessAttributes.known());
        for (int i = 0; i < 1_000_000; i++) {
            parser.read("x: [");
        }
        parser.read("server=a uuid=" + ONE);
        QueryAnswer answer = parser.finish();
        assertThat(answer.vms()).containsExactly(LiveVm.of("a", FIRST).asPartial());
        assertThat(answer.gaps()).hasSize(2);
    }

    @Test
    void onlyTheFirstErrorsAreKept() {
        assertThat(parse("a", "b", "c", "d", "e").errors()).containsExactly("a", "b", "c");
    }

    private static QueryAnswer parse(String... lines) {
        QueryAnswerParser parser = new QueryAnswerParser(HarmlessAttributes.known());
        List.of(lines).forEach(parser::read);
        return parser.finish();
    }

    private static void assertVms(QueryAnswer answer, LiveVm... vms) {
        assertThat(answer.errors()).isEmpty();
        assertThat(answer.doubtful()).isEmpty();
        assertThat(answer.vms()).containsExactly(vms);
    }

    private static void assertDoubtful(QueryAnswer answer, String name, UUID... uuids) {
        assertThat(answer.errors()).isEmpty();
        assertThat(answer.vms()).isEmpty();
        assertThat(answer.doubtful()).singleElement().satisfies(vm -> {
            assertThat(vm.name()).isEqualTo(name);
            assertThat(vm.uuids()).containsExactlyInAnyOrder(uuids);
            assertThat(vm.reason()).isNotBlank();
        });
    }
}
