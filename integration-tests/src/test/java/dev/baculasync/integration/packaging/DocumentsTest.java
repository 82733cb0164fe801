package dev.baculasync.integration.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents that are shipped lead to one another, wherever they are unpacked. */
class DocumentsTest {
    private static final Path DOC = Shipped.tree().resolve("doc");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)(#[^)]*)?\\)");

    @Test
    void everyLinkLeadsToADocumentThatIsShippedToo() throws IOException {
        int links = 0;
        try (Stream<Path> files = Files.walk(DOC)) {
            for (Path document :
                    files.filter(file -> file.toString().endsWith(".md")).toList()) {
                for (String link : links(document)) {
                    assertThat(document.resolveSibling(link))
                            .as("%s in %s", link, document)
                            .exists();
                    links++;
                }
            }
        }
        assertThat(links).isGreaterThan(5);
    }

    @Test
    void theManualLeadsToTheQuiescingKitAndTheReadmeToTheManual() throws IOException {
        assertThat(links(DOC.resolve("docs/operate.md"))).contains("../examples/quiesce/README.md", "../README.md");
        assertThat(links(DOC.resolve("README.md"))).contains("docs/operate.md", "examples/quiesce/README.md");
    }

    private static List<String> links(Path document) throws IOException {
        return LINK.matcher(Files.readString(document))
                .results()
                .map((MatchResult link) -> link.group(1))
                .toList();
    }
}
