package dev.baculasync.preflight;

import dev.baculasync.preflight.config.Access;
import dev.baculasync.preflight.config.BaculaFile;
import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.preflight.config.Included;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files of the Director's configuration whose passwords anybody may read: with a Console's, one may do what that Console
 * may, ours included.
 */
final class OpenPasswords {
    private final Installation installation;

    OpenPasswords(Installation installation) {
        this.installation = installation;
    }

    void check(Findings findings, Optional<ConfigFiles> configuration) {
        configuration.stream()
                .flatMap(this::files)
                .distinct()
                .filter(OpenPasswords::holdsOne)
                .forEach(file -> Access.of(file)
                        .filter(access -> access.othersMayRead() && !isInClosedDirectory(file))
                        .ifPresent(access -> findings.warn(
                                "passwords",
                                file + " has mode " + access.mode() + ": anybody may read the passwords in it",
                                // Without the first, the Director could not read it any more.
                                "chgrp " + group() + " " + file + " && chmod 640 " + file)));
    }

    /** Those that were read, but for our own. */
    private Stream<Path> files(ConfigFiles files) {
        Path base = ConfigFiles.real(installation.baseDir());
        return Stream.concat(
                Stream.of(ConfigFiles.real(files.path())),
                files.includes().stream()
                        .filter(included -> included.outcome() == Included.Outcome.READ)
                        .flatMap(included -> Optional.ofNullable(included.file()).stream())
                        .filter(file -> !file.startsWith(base)));
    }

    private static boolean holdsOne(Path file) {
        try {
            BaculaFile content = BaculaFile.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
            return Stream.of("Password", "DB Password")
                    .anyMatch(key -> content.value(key).isPresent());
        } catch (IOException e) {
            // What cannot be read is told where it is included.
            return false;
        }
    }

    private static boolean isInClosedDirectory(Path file) {
        return Optional.ofNullable(file.getParent())
                .flatMap(Access::of)
                .filter(access -> !access.othersMayEnter())
                .isPresent();
    }

    /** Bacula's daemons have a group of their own name. */
    private String group() {
        return installation
                .daemons()
                .find("bacula-dir")
                .map(Daemons.Daemon::user)
                .orElse(installation.places().owner());
    }
}
