package dev.baculasync.filestore.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HeaderTextProps {
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.strings()
                        .withChars('\\', 'u', '0', '2', 'A', ' ', '\t', '\n', '\r', '\u0000', '\u0085', '\u2028')
                        .withChars('\uD83D', '\uDE00', '\uDFFF', '\u202E', '\u00A0', '\uFEFF', 'x', '"', '#', '@', '{')
                        .ofMaxLength(12));
    }

    @Property(tries = 1500)
    void whateverIsWrittenIsRead(@ForAll("texts") String text) {
        String line = HeaderText.escape(text);
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        assertThat(HeaderText.unescape(new String(bytes, StandardCharsets.UTF_8)))
                .isEqualTo(text);
    }

    @Property(tries = 1500)
    void aValueNeverEndsItsLineNorIsTrimmed(@ForAll("texts") String text) {
        String line = HeaderText.escape(text);
        assertThat(line.chars()).noneMatch(Character::isISOControl).noneMatch(c -> c == 0x2028 || c == 0x2029);
        assertThat(line.lines().count()).isLessThanOrEqualTo(1);
        assertThat(line).doesNotStartWith(" ").doesNotEndWith(" ");
    }

    @Property
    void anyLineCanBeRead(@ForAll String line) {
        assertThat(HeaderText.unescape(line)).hasSizeLessThanOrEqualTo(line.length());
    }

    @Example
    void ordinaryNamesStandAsTheyAre() {
        for (String name : new String[] {"rocky9-instance1", "my vm", "größe", "\uD83D\uDE00", ""}) {
            assertThat(HeaderText.escape(name)).isEqualTo(name);
        }
    }

    @Example
    void aBackslashFromBeforeTheRuleIsReadAsItStands() {
        assertThat(HeaderText.unescape("C:\\vm\\x \\u12 \\")).isEqualTo("C:\\vm\\x \\u12 \\");
        assertThat(HeaderText.unescape("\\u０００A")).isEqualTo("\\u０００A");
    }
}
