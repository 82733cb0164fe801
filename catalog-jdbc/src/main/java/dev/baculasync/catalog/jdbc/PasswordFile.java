package dev.baculasync.catalog.jdbc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A PostgreSQL password file: {@code host:port:database:user:password} lines, as libpq reads them. Unlike libpq, which
 * silently goes on without a password, this tells when the file may not be used.
 */
final class PasswordFile {
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    /** What a line must match. */
    record Login(String host, int port, String database, String user) {}

    private final Path path;

    PasswordFile(Path path) {
        this.path = path;
    }

    boolean isThere() {
        return Files.exists(path);
    }

    /** The password of the first line that matches; empty when none does, or when a problem has been told. */
    Optional<String> password(Login login, Consumer<String> problems) {
        try {
            if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                problems.accept("there is no readable file " + path);
                return Optional.empty();
            }
            if (othersHaveAccess()) {
                problems.accept(
                        "the password file " + path + " can be accessed by group or others: run chmod 600 " + path);
                return Optional.empty();
            }
            return find(Files.readAllBytes(path), login);
        } catch (CharacterCodingException e) {
            problems.accept("the password for " + login.user() + " in " + path + " is not UTF-8");
        } catch (IOException e) {
            problems.accept("the password file " + path + " cannot be read: " + e);
        }
        return Optional.empty();
    }

    private boolean othersHaveAccess() throws IOException {
        try {
            return Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains);
        } catch (UnsupportedOperationException e) {
            // No such bits on this file system, e.g. on Windows; libpq does not look there either.
            return false;
        }
    }

    static Optional<String> find(byte[] content, Login login) throws CharacterCodingException {
        // Bytes as characters: libpq compares bytes, and a line that does not concern us may hold any.
        String text = new String(content, StandardCharsets.ISO_8859_1);
        String[] wanted = {
            bytesAsText(login.host()),
            String.valueOf(login.port()),
            bytesAsText(login.database()),
            bytesAsText(login.user())
        };
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("#")) {
                continue;
            }
            int end = line.length();
            while (end > 0 && line.charAt(end - 1) == '\r') {
                end--;
            }
            int at = 0;
            for (int field = 0; field < wanted.length && at >= 0; field++) {
                at = afterField(line, at, end, wanted[field]);
            }
            if (at >= 0) {
                String password = unescape(line.substring(at, end));
                return password.isEmpty() ? Optional.empty() : Optional.of(password);
            }
        }
        return Optional.empty();
    }

    /** Where the next field starts if the one at {@code at} matches, or -1. */
    private static int afterField(String line, int at, int end, String wanted) {
        if (line.startsWith("*:", at)) {
            return at + 2;
        }
        int matched = 0;
        for (int i = at; i < end; i++) {
            if (line.charAt(i) == ':' && matched == wanted.length()) {
                return i + 1;
            }
            if (line.charAt(i) == '\\') {
                i++;
            }
            if (i >= end || matched == wanted.length() || line.charAt(i) != wanted.charAt(matched)) {
                return -1;
            }
            matched++;
        }
        return -1;
    }

    private static String unescape(String raw) throws CharacterCodingException {
        StringBuilder password = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) == '\\' && i + 1 < raw.length()) {
                i++;
            }
            password.append(raw.charAt(i));
        }
        byte[] bytes = password.toString().getBytes(StandardCharsets.ISO_8859_1);
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static String bytesAsText(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
