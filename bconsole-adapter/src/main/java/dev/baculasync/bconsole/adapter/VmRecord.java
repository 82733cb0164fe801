package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tokens of one VM while they are gathered, and what they amount to. */
final class VmRecord {
    private final Map<QueryToken.Key, List<QueryToken>> tokens = new EnumMap<>(QueryToken.Key.class);
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Set<UUID> mentioned = new LinkedHashSet<>();
    private boolean startsWithServer;
    private QueryToken.@Nullable Key last;
    private boolean touched;
    private boolean hidesUuid;
    private boolean nameMayGoOn;
    private boolean uuidOnItsOwnLine;

    /** Takes what stands on one line. */
    void add(TokenLine.Part part) {
        if (last == null) {
            startsWithServer = part.tokens().get(0).key() == QueryToken.Key.SERVER;
        }
        uuidOnItsOwnLine |=
                last != null && part.tokens().stream().anyMatch(token -> token.key() == QueryToken.Key.UUID);
        hidesUuid |= part.hidesUuid();
        for (QueryToken token : part.tokens()) {
            last = token.key();
            tokens.computeIfAbsent(token.key(), key -> new ArrayList<>()).add(token);
        }
        part.attributes().forEach(attributes::putIfAbsent);
    }

    void addAttribute(String key, String value) {
        attributes.putIfAbsent(key, value);
    }

    /** Notes a UUID in one of its lines, whatever it stands for. */
    void mention(UUID uuid) {
        mentioned.add(uuid);
    }

    /** Notes that next to it stands what is no part of the list, so that something of it may be missing. */
    void touch() {
        touched = true;
    }

    /** Alike, for text that may be what a value holds after a line end. */
    void touchInside() {
        nameMayGoOn |= last == QueryToken.Key.SERVER;
        touched = true;
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

    /** Whether it has a UUID, and each that it has is one. */
    boolean hasWellFormedUuid() {
        return has(QueryToken.Key.UUID)
                && of(QueryToken.Key.UUID).stream().allMatch(token -> UuidsInText.isCanonical(token.value()));
    }

    Set<UUID> mentioned() {
        return mentioned;
    }

    /** What a message calls it. */
    String label() {
        return of(QueryToken.Key.SERVER).stream()
                .map(QueryToken::value)
                .filter(name -> !name.isBlank())
                .findFirst()
                .or(() -> mentioned.stream().map(UUID::toString).findFirst())
                .orElse("without a name");
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
        }
        if (!has(QueryToken.Key.UUID)) {
            doubts.add("there is no uuid=");
        } else if (!hasWellFormedUuid()) {
            doubts.add("uuid= is not a UUID");
        }
        if (hidesUuid) {
            doubts.add("there is a uuid= inside quotes");
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
        String name = of(QueryToken.Key.SERVER).get(0).value();
        return new LiveVm(name, uuid, tag, optedOut, warnings, attributes, touched);
    }

    DoubtfulVm doubtful(String reason) {
        List<QueryToken> names = of(QueryToken.Key.SERVER);
        boolean named = names.size() == 1
                && !nameMayGoOn
                && !TokenLine.hidesUuid(names.get(0).value())
                && !names.get(0).value().isBlank();
        return new DoubtfulVm(reason, named ? names.get(0).value() : null, mentioned);
    }

    private List<QueryToken> of(QueryToken.Key key) {
        return tokens.getOrDefault(key, List.of());
    }
}
