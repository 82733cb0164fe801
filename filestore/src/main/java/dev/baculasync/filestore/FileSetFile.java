package dev.baculasync.filestore;

import dev.baculasync.filestore.BaculaScanner.Token;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.FileSetFacts;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The file that holds a VM's FileSet resource. */
final class FileSetFile {
    private static final String INSTANCE = "instance=";
    private static final String NAME = "name";
    private static final String DEDUP = "dedup";
    private static final int UUID_LENGTH = 36;

    /** Longer than any that we write: three names and a UUID. */
    private static final int MAX_WRITTEN = 1024;

    private static final Pattern WRITTEN = Pattern.compile(
            "FileSet \\{\n  Name = \"([^\"\n]*)\"\n.*?"
                    + "(?:dedup     = ([^\n]*)\n.*?)?proxy_server=([^\"\n]*) instance=([0-9a-f-]{36})\"\n.*",
            Pattern.DOTALL);

    /** A proxy's name ends where a blank begins. */
    private static final Pattern PROXY = Pattern.compile("(?:^|[ :])proxy_server=([^ ]+)");

    private static final Pattern INSTANCE_UUID =
            Pattern.compile("(?<=^|[ :])instance=([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})(?= |$)");

    private FileSetFile() {}

    /**
     * A new FileSet.
     *
     * @param facts with a name, a proxy and one VM
     */
    static byte[] write(FileSetFacts facts) {
        String dedup = facts.dedup() == null ? "" : "      dedup     = " + facts.dedup() + "\n";
        UUID uuid = facts.instances().iterator().next();
        String text = "FileSet {\n"
                + "  Name = \"" + facts.name() + "\"\n"
                + "  Include {\n"
                + "    Options {\n"
                + "      signature = SHA256\n"
                + dedup
                + "    }\n"
                + "    Plugin = \"openstack: proxy_server=" + facts.proxyServer() + " instance=" + uuid + "\"\n"
                + "  }\n"
                + "}\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What a file says that is managed. */
    static FileSetFacts facts(byte[] bytes) {
        return new FileSetFacts(name(bytes), proxyServer(bytes), firstValue(bytes, DEDUP), instances(bytes));
    }

    /** The name of the first resource in a file; null when none has one. */
    static @Nullable String name(byte[] bytes) {
        return firstValue(bytes, NAME);
    }

    private static @Nullable String firstValue(byte[] bytes, String keyword) {
        BaculaScanner scanner = new BaculaScanner(bytes);
        for (Token token = scanner.next(); token != Token.END && token != Token.BAD; token = scanner.next()) {
            if (token == Token.WORD && scanner.wordIs(keyword) && scanner.next() == Token.EQUALS) {
                token = scanner.next();
                return token == Token.WORD || token == Token.STRING ? scanner.value() : null;
            }
        }
        return null;
    }

    /** Whether a file of this name's FileSet is, to the byte, one that we write; then nobody else's work is in it. */
    static boolean isWritten(byte[] bytes, String name) {
        if (bytes.length > MAX_WRITTEN) {
            return false;
        }
        Matcher matcher = WRITTEN.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (!matcher.matches() || !matcher.group(1).equals(name) || !BaculaName.isLegal(matcher.group(3))) {
            return false;
        }
        UUID uuid;
        try {
            uuid = UUID.fromString(matcher.group(4));
        } catch (IllegalArgumentException e) {
            return false;
        }
        return Arrays.equals(bytes, write(new FileSetFacts(name, matcher.group(3), matcher.group(2), Set.of(uuid))));
    }

    /**
     * Lets the FileSet's {@code Plugin} strings name another VM, and leaves every other byte as it is.
     *
     * @return the new bytes, the very same array when they name that VM already, or null when they name neither
     */
    static byte @Nullable [] replaceInstance(byte[] bytes, UUID before, UUID now) {
        BaculaScanner scanner = new BaculaScanner(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        int done = 0;
        boolean found = false;
        Token token = scanner.next();
        while (token != Token.END && token != Token.BAD) {
            boolean plugin = token == Token.WORD && scanner.wordIs("plugin");
            token = scanner.next();
            while (plugin && (token == Token.EOL || token == Token.COMMENT)) {
                token = scanner.next();
            }
            if (!plugin || token != Token.EQUALS) {
                continue;
            }
            token = scanner.next();
            if (token != Token.STRING) {
                continue;
            }
            int[] offsets = new int[scanner.end() - scanner.start()];
            String value = scanner.value(offsets);
            int at = instanceIn(value, before);
            if (at >= 0) {
                out.write(bytes, done, offsets[at] - done);
                out.writeBytes(now.toString().getBytes(StandardCharsets.US_ASCII));
                done = offsets[at + UUID_LENGTH - 1] + 1;
            }
            found |= at >= 0 || instanceIn(value, now) >= 0;
        }
        if (!found) {
            return null;
        }
        if (done == 0) {
            return bytes;
        }
        out.write(bytes, done, bytes.length - done);
        return out.toByteArray();
    }

    /** The VMs that {@code Plugin} strings name. */
    static Set<UUID> instances(byte[] bytes) {
        Set<UUID> uuids = new HashSet<>();
        forEachPlugin(bytes, (value, offsets) -> {
            Matcher matcher = INSTANCE_UUID.matcher(value);
            while (matcher.find()) {
                uuids.add(UUID.fromString(matcher.group(1)));
            }
        });
        return uuids;
    }

    /** What {@code proxy_server=} says in the one {@code Plugin} string that has it; null when none has, or several. */
    static @Nullable String proxyServer(byte[] bytes) {
        List<String> proxies = new ArrayList<>();
        forEachPlugin(bytes, (value, offsets) -> {
            Matcher matcher = PROXY.matcher(value);
            while (matcher.find()) {
                proxies.add(matcher.group(1));
            }
        });
        return proxies.size() == 1 ? proxies.get(0) : null;
    }

    /** Lets the one {@code Plugin} string that names a proxy name another; null when there is none, or several. */
    static byte @Nullable [] replaceProxy(byte[] bytes, String before, String now) {
        if (!before.equals(proxyServer(bytes))) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + now.length());
        forEachPlugin(bytes, (value, offsets) -> {
            Matcher matcher = PROXY.matcher(value);
            if (matcher.find()) {
                int start = offsets[matcher.start(1)];
                int end = offsets[matcher.end(1) - 1] + 1;
                out.write(bytes, 0, start);
                out.writeBytes(now.getBytes(StandardCharsets.US_ASCII));
                out.write(bytes, end, bytes.length - end);
            }
        });
        return out.toByteArray();
    }

    private static void forEachPlugin(byte[] bytes, BiConsumer<String, int[]> plugin) {
        BaculaScanner scanner = new BaculaScanner(bytes);
        Token token = scanner.next();
        while (token != Token.END && token != Token.BAD) {
            boolean isPlugin = token == Token.WORD && scanner.wordIs("plugin");
            token = scanner.next();
            if (!isPlugin || token != Token.EQUALS) {
                continue;
            }
            token = scanner.next();
            if (token == Token.STRING) {
                int[] offsets = new int[scanner.end() - scanner.start()];
                plugin.accept(scanner.value(offsets), offsets);
            }
        }
    }

    /** Where in a Plugin string the UUID of this VM begins, or -1. */
    private static int instanceIn(String plugin, UUID uuid) {
        String wanted = uuid.toString();
        for (int i = plugin.indexOf(INSTANCE); i >= 0; i = plugin.indexOf(INSTANCE, i + 1)) {
            int at = i + INSTANCE.length();
            int end = at + UUID_LENGTH;
            boolean wholeKey = i == 0 || plugin.charAt(i - 1) == ' ' || plugin.charAt(i - 1) == ':';
            boolean wholeValue = end >= plugin.length() || plugin.charAt(end) == ' ';
            if (wholeKey && wholeValue && plugin.regionMatches(true, at, wanted, 0, UUID_LENGTH)) {
                return at;
            }
        }
        return -1;
    }
}
