package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The tokens of one VM while they are gathered, and what they amount to. */
final class VmRecord {
    private static final String HEX_GROUPS = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
    private static final Pattern CANONICAL_UUID = Pattern.compile(HEX_GROUPS);
    private static final Pattern MENTIONED_UUID =
            Pattern.compile("(?<![0-9A-Za-z])(?=(" + HEX_GROUPS + ")(?![0-9A-Za-z]))");

    private final Map<QueryToken.Key, List<QueryToken>> tokens = new EnumMap<>(QueryToken.Key.class);
    private final List<String> lines = new ArrayList<>();
    private boolean startsWithServer;
    private QueryToken.@Nullable Key last;
    private boolean strays;
    private boolean nameMayGoOn;
    private boolean uuidOnItsOwnLine;

    void add(String line, List<QueryToken> found) {
        if (lines.isEmpty()) {
            startsWithServer = found.get(0).key() == QueryToken.Key.SERVER;
        }
        uuidOnItsOwnLine |= !lines.isEmpty() && found.stream().anyMatch(token -> token.key() == QueryToken.Key.UUID);
        lines.add(line);
        for (QueryToken token : found) {
            last = token.key();
            tokens.computeIfAbsent(token.key(), key -> new ArrayList<>()).add(token);
        }
    }

    /** Keeps a line that says nothing we know, for the UUIDs it may mention. */
    void addOther(String line) {
        lines.add(line);
    }

    /** Keeps a line that is nothing a plugin prints: what a value holds after a line end, perhaps. */
    void addStray(String line) {
        nameMayGoOn |= last == QueryToken.Key.SERVER;
        strays = true;
        lines.add(line);
    }

    boolean has(QueryToken.Key key) {
        return tokens.containsKey(key);
    }

    /** Whether its first token is {@code server=}, as it must be. */
    boolean startsWithServer() {
        return startsWithServer;
    }

    /** Whether its {@code uuid=} stood on another line than its first token. */
    boolean uuidOnItsOwnLine() {
        return uuidOnItsOwnLine;
    }

    /** What is wrong with this record; empty when it is beyond doubt. */
    Optional<String> doubt() {
        List<String> doubts = new ArrayList<>();
        for (QueryToken.Key key : QueryToken.Key.values()) {
            if (of(key).size() > 1) {
                doubts.add(key.prefix() + " is there " + of(key).size() + " times");
            }
        }
        if (!startsWithServer) {
            doubts.add("it does not start with server=");
        } else if (of(QueryToken.Key.SERVER).stream()
                .anyMatch(token -> token.value().isBlank())) {
            doubts.add("server= names nothing");
        }
        if (!has(QueryToken.Key.UUID)) {
            doubts.add("there is no uuid=");
        } else if (of(QueryToken.Key.UUID).stream()
                .anyMatch(token -> !CANONICAL_UUID.matcher(token.value()).matches())) {
            doubts.add("uuid= is not a UUID");
        }
        if (tokens.values().stream().flatMap(List::stream).anyMatch(QueryToken::hidesUuid)) {
            doubts.add("there is a uuid= inside quotes");
        }
        if (strays) {
            doubts.add("a line of it is no token");
        }
        return doubts.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", doubts));
    }

    /** The VM; only for a record without {@link #doubt}. */
    LiveVm trusted() {
        UUID uuid = UUID.fromString(of(QueryToken.Key.UUID).get(0).value());
        String tag = of(QueryToken.Key.TAG).stream()
                .map(QueryToken::value)
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse(null);
        boolean optedOut = of(QueryToken.Key.BACKUP).stream()
                .anyMatch(token -> token.value().strip().equalsIgnoreCase("false"));
        List<String> warnings = new ArrayList<>();
        if (has(QueryToken.Key.BACKUP) && !optedOut) {
            warnings.add("backup=" + Excerpt.of(of(QueryToken.Key.BACKUP).get(0).value())
                    + " is not \"false\", the one value that opts out; the VM is backed up");
        }
        return new LiveVm(of(QueryToken.Key.SERVER).get(0).value(), uuid, tag, optedOut, warnings);
    }

    DoubtfulVm doubtful(String reason) {
        List<QueryToken> names = of(QueryToken.Key.SERVER);
        boolean named = names.size() == 1
                && !nameMayGoOn
                && !names.get(0).hidesUuid()
                && !names.get(0).value().isBlank();
        return new DoubtfulVm(reason, named ? names.get(0).value() : null, mentionedUuids());
    }

    private Set<UUID> mentionedUuids() {
        Set<UUID> uuids = new LinkedHashSet<>();
        for (String line : lines) {
            Matcher matcher = MENTIONED_UUID.matcher(line);
            while (matcher.find()) {
                uuids.add(UUID.fromString(matcher.group(1)));
            }
        }
        return uuids;
    }

    private List<QueryToken> of(QueryToken.Key key) {
        return tokens.getOrDefault(key, List.of());
    }
}
