package dev.baculasync.preflight.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whose a file or directory is, and who may do what with it; links are followed.
 *
 * @param owner the owner's name, or number where there is no name
 * @param bits as chmod takes them, the four octal digits
 */
public record Access(String owner, int bits) {
    /** Empty when that cannot be seen. */
    public static Optional<Access> of(Path path) {
        try {
            return Files.getAttribute(path, "unix:mode") instanceof Integer mode
                    ? Optional.of(new Access(Files.getOwner(path).getName(), mode & 07777))
                    : Optional.empty();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public String mode() {
        return Integer.toOctalString(bits);
    }

    public boolean othersMayWrite() {
        return (bits & 0002) != 0;
    }

    public boolean groupMayWrite() {
        return (bits & 0020) != 0;
    }

    public boolean ownerMayWrite() {
        return (bits & 0200) != 0;
    }

    public boolean othersMayEnter() {
        return (bits & 0001) != 0;
    }

    public boolean othersMayRead() {
        return (bits & 0004) != 0;
    }

    /** Whoever may write here can replace what is in it; in a sticky directory only what is their own. */
    public boolean othersMayReplace() {
        return othersMayWrite() && (bits & 01000) == 0;
    }
}
