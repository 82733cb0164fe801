package dev.baculasync.integration.packaging;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Tests that give files to other users, as an installation does. */
final class Root {
    private Root() {}

    /** Skips a test where it cannot be run; where {@code CI=true}, nothing may be skipped. */
    static void orSkip() {
        if (!System.getProperty("user.name").equals("root") || !Files.isExecutable(Path.of("/usr/bin/dpkg"))) {
            String reason = "needs root and dpkg, to install a package into a folder";
            if ("true".equals(System.getenv("CI"))) {
                fail(reason);
            }
            Assumptions.abort(reason);
        }
    }
}
