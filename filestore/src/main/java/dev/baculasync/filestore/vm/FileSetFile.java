package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.syntax.BaculaReader;
import dev.baculasync.filestore.syntax.BaculaReader.Event;
import dev.baculasync.filestore.syntax.BaculaScanner;
import dev.baculasync.filestore.syntax.BaculaValue;
import dev.baculasync.filestore.syntax.QuotedText;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.FileSetFacts;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The file that holds a VM's FileSet resource. */
public final class FileSetFile {
    private static final String INSTANCE = "instance=";
    private static final String NAME = "name";
    private static final String DEDUP = "dedup";
    private static final String PLUGIN = "plugin";
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
     * What a text says, in whichever block.
     *
     * @param firsts the first value of each keyword; null where that is neither a word nor a string
     * @param plugins the {@code Plugin} strings, in their order
     */
    private record Texts(Map<String, @Nullable BaculaValue> firsts, List<BaculaValue> plugins) {
        static Texts in(byte[] bytes) {
            Texts texts = new Texts(new HashMap<>(), new ArrayList<>());
            BaculaReader reader = new BaculaReader(bytes);
            for (Event event = reader.next(); event != Event.END; event = reader.next()) {
                if (event == Event.DIRECTIVE) {
                    texts.add(reader.keyword(), reader.value());
                }
            }
            return texts;
        }

        private void add(String keyword, @Nullable BaculaValue value) {
            if (!firsts.containsKey(keyword)) {
                firsts.put(keyword, value);
            }
            if (keyword.equals(PLUGIN) && value != null && value.isQuoted()) {
                plugins.add(value);
            }
        }

        @Nullable
        String first(String keyword) {
            BaculaValue value = firsts.get(keyword);
            return value == null ? null : value.text();
        }
    }

    /**
     * A new FileSet.
     *
     * @param facts with a name, a proxy and one VM
     */
    public static byte[] write(FileSetFacts facts) {
        String dedup = facts.dedup() == null ? "" : "      dedup     = " + facts.dedup() + "\n";
        UUID uuid = facts.instances().iterator().next();
        String text = "FileSet {\n"
                + "  Name = " + QuotedText.of(String.valueOf(facts.name())) + "\n"
                + "  Include {\n"
                + "    Options {\n"
                + "      signature = SHA256\n"
                + dedup
                + "    }\n"
                + "    Plugin = "
                + QuotedText.of("openstack: proxy_server=" + facts.proxyServer() + " instance=" + uuid) + "\n"
                + "  }\n"
                + "}\n";
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What a file says that is managed. */
    public static FileSetFacts facts(byte[] bytes) {
        Texts texts = Texts.in(bytes);
        return new FileSetFacts(
                texts.first(NAME), proxyServer(texts.plugins()), texts.first(DEDUP), instances(texts.plugins()));
    }

    /** The name of the first resource in a file; null when none has one. */
    public static @Nullable String name(byte[] bytes) {
        return Texts.in(bytes).first(NAME);
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
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        int done = 0;
        boolean found = false;
        for (BaculaValue plugin : Texts.in(bytes).plugins()) {
            int at = instanceIn(plugin.text(), before);
            if (at >= 0) {
                int[] offsets = BaculaScanner.offsets(bytes, plugin);
                out.write(bytes, done, offsets[at] - done);
                out.writeBytes(now.toString().getBytes(StandardCharsets.US_ASCII));
                done = offsets[at + UUID_LENGTH - 1] + 1;
            }
            found |= at >= 0 || instanceIn(plugin.text(), now) >= 0;
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
    private static Set<UUID> instances(List<BaculaValue> plugins) {
        return plugins.stream()
                .flatMap(plugin -> INSTANCE_UUID.matcher(plugin.text()).results())
                .map(match -> UUID.fromString(match.group(1)))
                .collect(Collectors.toSet());
    }

    /** What {@code proxy_server=} says in the one {@code Plugin} string that has it; null when none has, or several. */
    private static @Nullable String proxyServer(List<BaculaValue> plugins) {
        List<String> proxies = plugins.stream()
                .flatMap(plugin -> PROXY.matcher(plugin.text()).results())
                .map(match -> match.group(1))
                .toList();
        return proxies.size() == 1 ? proxies.get(0) : null;
    }

    /** Lets the one {@code Plugin} string that names a proxy name another; null when there is none, or several. */
    static byte @Nullable [] replaceProxy(byte[] bytes, String before, String now) {
        List<BaculaValue> plugins = Texts.in(bytes).plugins();
        if (!before.equals(proxyServer(plugins))) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + now.length());
        for (BaculaValue plugin : plugins) {
            Matcher matcher = PROXY.matcher(plugin.text());
            if (matcher.find()) {
                int[] offsets = BaculaScanner.offsets(bytes, plugin);
                int start = offsets[matcher.start(1)];
                int end = offsets[matcher.end(1) - 1] + 1;
                out.write(bytes, 0, start);
                out.writeBytes(now.getBytes(StandardCharsets.US_ASCII));
                out.write(bytes, end, bytes.length - end);
            }
        }
        return out.toByteArray();
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
