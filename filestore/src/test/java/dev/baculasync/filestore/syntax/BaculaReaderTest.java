package dev.baculasync.filestore.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.filestore.syntax.BaculaReader.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BaculaReaderTest {
    /** Each event in one line: its depth, what it is, and what it says. */
    private static List<String> events(String text) {
        BaculaReader reader = new BaculaReader(text.getBytes(StandardCharsets.ISO_8859_1));
        List<String> events = new ArrayList<>();
        for (Event event = reader.next(); event != Event.END; event = reader.next()) {
            events.add(reader.depth() + " "
                    + switch (event) {
                        case OPEN -> reader.keyword() + "{";
                        case DIRECTIVE ->
                            reader.keyword() + "="
                                    + (reader.value() == null
                                            ? "?"
                                            : reader.value().text()) + (reader.isList() ? "," : "")
                                    + (reader.isFollowedByBlock() ? "{" : "");
                        case CLOSE -> "}";
                        case DISORDER -> "!";
                        case END -> "";
                    });
        }
        events.add(reader.depth() + " end");
        return events;
    }

    @Test
    void blocksAndDirectivesComeInTheirOrder() {
        assertThat(events(
                        "File Set {\n Name = \"a\\\"b\"\n Include\n{ Options { x = 1; y = 2 }\n P lugin\n= \"p\"}}\n"))
                .containsExactly(
                        "1 fileset{",
                        "1 name=a\"b",
                        "2 include{",
                        "3 options{",
                        "3 x=1",
                        "3 y=2",
                        "2 }",
                        "2 plugin=p",
                        "1 }",
                        "0 }",
                        "0 end");
    }

    @Test
    void theRestOfALineIsDropped() {
        assertThat(events("Job { Pool = a, b c = d # e\n Name = x y\n @more\n Level =\n}"))
                .containsExactly("1 job{", "1 pool=a,", "1 name=xy", "1 level=?", "0 }", "0 end");
    }

    @Test
    void aBlockInTheLineOfADirectiveBelongsToIt() {
        assertThat(events("Job { Include = a { b = c } rest = of it { d = e }\n Name = x }"))
                .containsExactly(
                        "1 job{",
                        "1 include=a{",
                        "2 {",
                        "2 b=c",
                        "1 }",
                        "2 {",
                        "2 d=e",
                        "1 }",
                        "1 name=x",
                        "0 }",
                        "0 end");
    }

    @Test
    void readingGoesOnBehindWhatADirectorRefuses() {
        assertThat(events("} = Job { Name \"x\" { y = z }\n Pool = a }"))
                .containsExactly(
                        "0 !", "0 !", "1 job{", "1 !", "1 !", "1 !", "2 {", "2 y=z", "1 }", "1 pool=a", "0 }", "0 end");
        assertThat(events("Job { Name = \"x\n}\n")).containsExactly("1 job{", "1 name=?", "1 !", "1 end");
        assertThat(events("Job")).containsExactly("0 !", "0 end");
    }

    @Test
    void onlyCommentsThatBeginTheirLineAreHeaders() {
        BaculaReader reader =
                new BaculaReader("#@a: b\n  #@c: d\nJob { #@e: f\n}\n# @g".getBytes(StandardCharsets.US_ASCII));
        while (reader.next() != Event.END) {}
        assertThat(reader.headerComments()).isEqualTo(2);
    }
}
