package dev.baculasync.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The documents as they are installed. The quiescing kit's README is in {@code examples} there, where Debian's policy wants what
 * is to be copied and changed, and where installations have it; links and file names follow.
 */
final class Documents {
    private static final String KIT = "packaging/quiesce";
    private static final String INSTALLED_KIT = "examples/quiesce";

    private Documents() {}

    /** Writes them below a folder, from the project's own. */
    static void write(Path project, Path folder) throws IOException {
        for (String part :
                List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs", KIT + "/README.md")) {
            try (Stream<Path> files = Files.walk(project.resolve(part))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path installed =
                            folder.resolve(installed(project.relativize(file).toString()));
                    Files.createDirectories(installed.getParent());
                    Files.writeString(installed, installed(Files.readString(file)));
                }
            }
        }
    }

    private static String installed(String text) {
        return text.replace(KIT, INSTALLED_KIT);
    }
}
