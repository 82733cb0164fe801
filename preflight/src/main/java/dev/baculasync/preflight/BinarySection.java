package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The program itself: that it is found by its name, and that what is found is this one. */
final class BinarySection implements Section {
    private static final String PROGRAM = "bacula-openstack-sync";

    private final Installation installation;

    BinarySection(Installation installation) {
        this.installation = installation;
    }

    @Override
    public String name() {
        return "Binary";
    }

    @Override
    public void check(Findings findings) {
        findings.ok(
                "version",
                installation.program().version() + " on Java "
                        + installation.program().java());
        Optional<Path> own = installation.program().launcher();
        Optional<Path> onPath = onPath();
        String advice = "link " + own.map(Path::toString).orElse("the one in the distribution's bin")
                + " into a directory of PATH, or let scripts name it in full";
        if (onPath.isEmpty()) {
            findings.warn("PATH", "no " + PROGRAM + " is on PATH", advice);
        } else if (own.isPresent() && !isSame(onPath.get(), own.get())) {
            findings.warn(
                    "PATH",
                    "on PATH, " + PROGRAM + " is " + onPath.get() + ", which is another program than this one, "
                            + own.get(),
                    advice);
        } else {
            findings.ok("PATH", onPath.get().toString());
        }
    }

    private Optional<Path> onPath() {
        return Stream.of(installation
                        .settings()
                        .text(BconsoleConfig.PATH)
                        .orElse("")
                        .split(File.pathSeparator, -1))
                .filter(folder -> folder.startsWith("/") && folder.indexOf('\0') < 0)
                .map(folder -> Path.of(folder, PROGRAM))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            // One of them has vanished since.
            return false;
        }
    }
}
