package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer of {@code .query … parameter=server}, which the Director relays byte for byte from the plugin: no
 * header, no count, no end mark. Liberal in the shape of the list, strict in what it takes for a VM: names and tags are
 * chosen by tenants, and no text of theirs may put another VM's UUID into a record that is trusted in all. Every line is
 * accounted for: it is a record, a wrapper or an attribute, or else it is foreign and the list may be short. Foreign text
 * harms only the records that it touches: the one that is stuck to it and the one before it.
 */
final class QueryAnswerParser {
    private final HarmlessAttributes harmless;
    private final List<VmRecord> records = new ArrayList<>();
    private final Set<UUID> besides = new HashSet<>();
    private final ForeignText foreign = new ForeignText();
    private final Wrappers wrappers = new Wrappers(this::pairOfNoRecord);
    private @Nullable VmRecord open;

    QueryAnswerParser(HarmlessAttributes harmless) {
        this.harmless = harmless;
    }

    /** Takes the next line, with or without the carriage return of a CRLF. */
    void read(String raw) {
        String line = TokenLine.stripBlanks(raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw);
        if (QueryToken.Key.at(line, 0) != null) {
            readTokens(line, 0);
        } else if (Wrappers.isOpening(line) && wrappers.open(line)) {
            open = null;
        } else if (line.equals("]") && wrappers.close()) {
            open = null;
        } else if (!line.isEmpty() && !readPair(line)) {
            readForeign(line);
        }
    }

    /** What all the lines amount to. */
    QueryAnswer finish() {
        List<String> gaps = new ArrayList<>();
        wrappers.unclosed()
                .ifPresent(wrapper -> gaps.add("\"" + Excerpt.of(wrapper)
                        + "\" is opened and never closed, so the list may have been cut; run .query by hand and look"
                        + " whether it ends the same way"));
        if (wrappers.holdRecords()) {
            touchLast();
        }
        wrappers.end();
        foreign.explain().ifPresent(gaps::add);
        VmRecord last = last();
        if (last != null && !last.hasWellFormedUuid()) {
            gaps.add("the last VM of the list, \"" + Excerpt.of(last.label())
                    + "\", has no whole UUID, so the list may have been cut there; run .query by hand and look whether"
                    + " it ends the same way");
        }
        // If the list begins with a uuid= that has no server= before it, the plugin may print uuid= first, and each
        // line of
        // the list would be paired with the wrong VM. Further on it may be a tenant's doing, and costs nobody else.
        boolean unpaired = !records.isEmpty() && isUnpaired(records.get(0));
        if (!unpaired && records.stream().anyMatch(QueryAnswerParser::isUnpaired)) {
            gaps.add(
                    "within the list stands a uuid= without a server= before it, so the list may be short; run .query by"
                            + " hand and look at what the plugin prints");
        }
        Map<LiveVm, LiveVm> vms = new LinkedHashMap<>();
        Set<DoubtfulVm> doubtful = new LinkedHashSet<>();
        for (VmRecord record : records) {
            Optional<String> doubt = record.doubt();
            if (doubt.isPresent()) {
                doubtful.add(record.doubtful(doubt.get()));
            } else if (unpaired && record.uuidOnItsOwnLine()) {
                doubtful.add(
                        record.doubtful("the list has a uuid= before any server=, so this one may be another VM's"));
            } else {
                LiveVm vm = record.trusted();
                // The same record twice is one; of two, the one of which nothing can be missing.
                vms.merge(vm.asPartial(), vm, (one, other) -> one.partial() ? other : one);
            }
        }
        List<LiveVm> live = List.copyOf(vms.values());
        return new QueryAnswer(
                live,
                List.copyOf(doubtful),
                mentioned(live, doubtful),
                records.isEmpty() ? foreign.errors() : List.of(),
                gaps);
    }

    private static boolean isUnpaired(VmRecord record) {
        return record.has(QueryToken.Key.UUID) && !record.startsWithServer();
    }

    private Set<UUID> mentioned(List<LiveVm> live, Set<DoubtfulVm> doubtful) {
        Set<UUID> known = new HashSet<>();
        live.forEach(vm -> known.add(vm.uuid()));
        doubtful.forEach(vm -> known.addAll(vm.uuids()));
        Set<UUID> mentioned = new HashSet<>(besides);
        records.forEach(record -> mentioned.addAll(record.mentioned()));
        mentioned.removeAll(known);
        return mentioned;
    }

    /** Reads a line on from a place where a token starts. */
    private void readTokens(String line, int from) {
        TokenLine tokens = new TokenLine(line);
        int at = from;
        while (at < line.length()) {
            boolean starts = QueryToken.Key.at(line, at) == QueryToken.Key.SERVER;
            VmRecord record = open == null || starts ? start() : open;
            TokenLine.Part part = tokens.read(at, !starts && record.has(QueryToken.Key.UUID));
            record.add(part);
            UuidsInText.find(line, at, part.end(), record::mention);
            for (String text : part.foreign()) {
                foreign.add(line, text, record);
                record.touch();
            }
            // Stuck to what is before it: a line end is missing, and who knows what else.
            boolean stuck = part.end() < line.length();
            if (at > 0 || stuck) {
                record.touch();
            }
            if (stuck && part.foreign().isEmpty()) {
                foreign.add(line, "", record);
            }
            // A record that starts with another token cannot be told from the next one of its kind: it ends with its
            // server=.
            open = record.startsWithServer() || !record.has(QueryToken.Key.SERVER) ? record : null;
            at = part.end();
        }
    }

    private VmRecord start() {
        VmRecord record = new VmRecord();
        records.add(record);
        wrappers.start(record);
        return record;
    }

    /** Reads a line that is a {@code key=value} of which it is known, or will be, whose it is; false when it is not. */
    private boolean readPair(String line) {
        int equals = HarmlessAttributes.equalsSign(line, 0);
        if (equals < 0 || QueryFailure.exactlyIn(line, 0, equals + 1) == 0 || ForeignText.isMisspelt(line)) {
            return false;
        }
        Wrappers.Pair pair =
                new Wrappers.Pair(line, line.substring(0, equals), unquoted(line.substring(equals + 1)), last());
        boolean known = harmless.contains(pair.key());
        if (known && open != null) {
            open.addAttribute(pair.key(), pair.value());
        } else if (!known && line.contains(QueryToken.Key.SERVER.prefix())) {
            // A record that is stuck to what is before it: its uuid= must find it.
            return false;
        } else if (!wrappers.keep(pair) && !known) {
            return false;
        }
        UuidsInText.find(line, 0, line.length(), mentions());
        return true;
    }

    private void pairOfNoRecord(Wrappers.Pair pair) {
        if (!harmless.contains(pair.key())) {
            foreign.add(pair.line(), pair.line(), pair.after());
            if (pair.after() != null) {
                pair.after().touch();
            }
        }
    }

    /** Reads a line that is no part of a list, unless a record is stuck to its end. */
    private void readForeign(String line) {
        int server = line.indexOf(QueryToken.Key.SERVER.prefix());
        String text = server < 0 ? line : TokenLine.stripBlanks(line.substring(0, server));
        foreign.add(line, text, last());
        UuidsInText.find(text, 0, text.length(), mentions());
        if (open != null) {
            open.touchInside();
        } else {
            touchLast();
        }
        if (server >= 0) {
            readTokens(line, server);
        }
    }

    private Consumer<UUID> mentions() {
        VmRecord record = open;
        return record == null ? besides::add : record::mention;
    }

    private void touchLast() {
        VmRecord last = last();
        if (last != null) {
            last.touch();
        }
    }

    private @Nullable VmRecord last() {
        return records.isEmpty() ? null : records.get(records.size() - 1);
    }

    private static String unquoted(String value) {
        return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
