package dev.baculasync.filestore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The one direction in which the packages of this module see each other. */
class PackagesTest {
    private static final Path SOURCES = Path.of("src/main/java/dev/baculasync/filestore");

    /** Each sees those before it. The empty name is the package that is exported. */
    private static final List<List<String>> LAYERS = List.of(
            List.of("syntax"),
            List.of("disk"),
            List.of("vm"),
            List.of("ledger", "list"),
            List.of("journal"),
            List.of(""));

    private static final Pattern SEEN = Pattern.compile("\\bdev\\.baculasync\\.filestore(?:\\.([a-z]+))?\\.[A-Z]\\w*");

    private static final int MOST_CLASSES = 20;

    /** The texts of the classes, by package. */
    private static Map<String, List<String>> classes() throws IOException {
        Map<String, List<String>> classes = new TreeMap<>();
        for (String name : LAYERS.stream().flatMap(List::stream).toList()) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(name))) {
                classes.put(
                        name,
                        files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                                .map(Samples::text)
                                .toList());
            }
        }
        return classes;
    }

    @Test
    void everyPackageIsInALayerAndHoldsAFewClasses() throws IOException {
        try (Stream<Path> entries = Files.walk(SOURCES)) {
            assertThat(entries.filter(Files::isDirectory)
                            .map(path -> SOURCES.relativize(path).toString()))
                    .containsExactlyInAnyOrderElementsOf(classes().keySet());
        }
        assertThat(classes().values()).allSatisfy(of -> assertThat(of).hasSizeBetween(1, MOST_CLASSES));
    }

    @Test
    void noPackageSeesOneOfItsOwnLayerOrAbove() throws IOException {
        Map<String, List<String>> classes = classes();
        List<String> below = new ArrayList<>();
        for (List<String> layer : LAYERS) {
            for (String name : layer) {
                TreeSet<String> seen = new TreeSet<>();
                for (String text : classes.get(name)) {
                    Matcher matcher = SEEN.matcher(text);
                    while (matcher.find()) {
                        seen.add(matcher.group(1) == null ? "" : matcher.group(1));
                    }
                }
                seen.remove(name);
                assertThat(below).as("what the package %s may see", name).containsAll(seen);
                assertThat(seen.isEmpty()).as("nothing is read in %s", name).isEqualTo(below.isEmpty());
            }
            below.addAll(layer);
        }
    }
}
