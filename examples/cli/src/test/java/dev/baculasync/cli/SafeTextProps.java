package dev.baculasync.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.testkit.Fleets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class SafeTextProps {
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> codePoints = Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .map(Character::toString)
                .list()
                .ofMaxSize(20)
                .map(list -> String.join("", list));
        return Arbitraries.frequencyOf(
                Tuple.of(2, codePoints),
                Tuple.of(2, Fleets.names()),
                Tuple.of(
                        1,
                        Arbitraries.strings()
                                .withCharRange('\u0000', '\u00ff')
                                .withChars('\u202e', '\u2066', '\ud800', '\udc00')
                                .ofMaxLength(30)));
    }

    @Property
    void nothingUnsafeIsLeft(@ForAll("texts") String text) {
        assertThat(SafeText.escape(text).codePoints()).noneMatch(SafeText::isUnsafe);
    }

    @Property
    void whatIsSafeStaysAsItIs(@ForAll("texts") String text) {
        String safe = SafeText.escape(text);
        assertThat(SafeText.escape(safe)).isEqualTo(safe);
        if (text.codePoints().noneMatch(SafeText::isUnsafe)) {
            assertThat(safe).isEqualTo(text);
        }
    }

    @Property
    void theEscapedTextIsOneLineForEveryReader(@ForAll("texts") String text) {
        assertThat(SafeText.escape(text).lines().count()).isLessThanOrEqualTo(1);
    }

    @Property
    void aStreamGivesTheSameInWhateverPiecesItIsWritten(
            @ForAll("texts") String text, @ForAll("pieceSizes") int pieceSize) throws IOException {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (SafeOutputStream stream = new SafeOutputStream(sink, "")) {
            for (int i = 0; i < bytes.length; i += pieceSize) {
                stream.write(bytes, i, Math.min(pieceSize, bytes.length - i));
            }
        }
        String expected = SafeText.escape(new String(bytes, StandardCharsets.UTF_8), "\n\t");
        assertThat(sink.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
    }

    @Provide
    Arbitrary<Integer> pieceSizes() {
        return Arbitraries.integers().between(1, 7);
    }

    @Example
    void theCharactersThatMatterAreShownByTheirCode() {
        assertThat(SafeText.escape("a\u001b[31mb\n\t\u202e\u2069\u009b\ud800c"))
                .isEqualTo("a\\u001B[31mb\\u000A\\u0009\\u202E\\u2069\\u009B\\uD800c");
        assertThat(SafeText.escape("Bäcker-日本-😀")).isEqualTo("Bäcker-日本-😀");
    }

    @Example
    void aLineOfATerminalIsClearedBeforeAMessage() throws IOException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream();
        try (SafeOutputStream stream = new SafeOutputStream(sink, "<clear>")) {
            stream.write("one".getBytes(StandardCharsets.UTF_8));
            stream.write(" two\n".getBytes(StandardCharsets.UTF_8));
            stream.write("three\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(sink.toString(StandardCharsets.UTF_8)).isEqualTo("<clear>one two\n<clear>three\n");
    }
}
