package dev.baculasync.integration.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files that are shipped, as the build has packed them. */
public final class Shipped {
    private static final Path TARGET =
            Path.of("..", "packaging", "target").toAbsolutePath().normalize();

    private Shipped() {}

    /** The content of the tarball. */
    public static Path tree() {
        try (Stream<Path> folders = Files.list(TARGET)) {
            List<Path> trees = folders.filter(
                            folder -> folder.getFileName().toString().matches("bacula-openstack-sync-[^/]*")
                                    && Files.isDirectory(folder))
                    .map(folder -> folder.resolve(folder.getFileName()))
                    .toList();
            assertThat(trees).as("trees in %s; build with mvn package", TARGET).hasSize(1);
            return trees.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path tarball() {
        return TARGET.resolve(tree().getFileName() + ".tar.gz");
    }

    static Path debianPackage() {
        return TARGET.resolve("bacula-openstack-sync.deb");
    }

    /** A file of the tree, with each of these texts replaced; they must all be there. */
    public static String text(String file, Map<String, String> replacements) throws IOException {
        String text = Files.readString(tree().resolve(file));
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            assertThat(text).as(file).contains(replacement.getKey());
            text = text.replace(replacement.getKey(), replacement.getValue());
        }
        return text;
    }

    /** The environment file with other values; it must name each variable, commented out or not. */
    public static String environment(Map<String, String> values) throws IOException {
        String text = Files.readString(tree().resolve("etc/openstack-sync.env"));
        for (Map.Entry<String, String> value : values.entrySet()) {
            Matcher line = Pattern.compile("(?m)^#?" + value.getKey() + "=.*$").matcher(text);
            assertThat(line.find())
                    .as("%s in the environment file", value.getKey())
                    .isTrue();
            text = line.replaceAll(Matcher.quoteReplacement(value.getKey() + "=\"" + value.getValue() + "\""));
        }
        return text;
    }
}
