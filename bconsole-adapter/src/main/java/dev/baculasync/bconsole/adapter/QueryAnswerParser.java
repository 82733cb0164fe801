package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer of {@code .query … parameter=server}, which the Director relays byte for byte from the plugin: no
 * header, no count, no end mark. Liberal in the shape of the list, strict in what it takes for a VM: names and tags are
 * chosen by tenants, and no text of theirs may put another VM's UUID into a record that is trusted.
 */
final class QueryAnswerParser {
    private static final Pattern WRAPPER = Pattern.compile("[A-Za-z_][A-Za-z0-9_ -]*:[ \\t]*\\[");
    private static final Pattern OTHER_PAIR = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=.*", Pattern.DOTALL);
    private static final int LINES_KEPT = 3;

    private final List<VmRecord> records = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<String> strays = new ArrayList<>();
    private @Nullable VmRecord open;

    /** Takes the next line, with or without the carriage return of a CRLF. */
    void read(String raw) {
        String line = QueryToken.stripBlanks(raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw);
        List<QueryToken> tokens = QueryToken.in(line);
        if (!tokens.isEmpty()) {
            readTokens(line, tokens);
        } else if (line.equals("]") || WRAPPER.matcher(line).matches()) {
            open = null;
        } else if (!line.isEmpty()) {
            readOther(line);
        }
    }

    /** What all the lines amount to. */
    QueryAnswer finish() {
        // If some uuid= comes without a server= before it, the plugin may print uuid= first, and each line of the list
        // would be paired with the wrong VM.
        boolean unpaired =
                records.stream().anyMatch(record -> record.has(QueryToken.Key.UUID) && !record.startsWithServer());
        List<LiveVm> vms = new ArrayList<>();
        List<DoubtfulVm> doubtful = new ArrayList<>();
        for (VmRecord record : records) {
            Optional<String> doubt = record.doubt();
            if (doubt.isPresent()) {
                doubtful.add(record.doubtful(doubt.get()));
            } else if (unpaired && record.uuidOnItsOwnLine()) {
                doubtful.add(
                        record.doubtful("the list has a uuid= before any server=, so this one may be another VM's"));
            } else {
                vms.add(record.trusted());
            }
        }
        return new QueryAnswer(vms, doubtful, errors, strays);
    }

    private void readTokens(String line, List<QueryToken> tokens) {
        VmRecord record = open;
        if (record == null || tokens.get(0).key() == QueryToken.Key.SERVER) {
            record = new VmRecord();
            records.add(record);
        }
        record.add(line, tokens);
        // A record that starts with another token cannot be told from the next one of its kind: it ends with its
        // server=.
        open = record.startsWithServer() || !record.has(QueryToken.Key.SERVER) ? record : null;
    }

    private void readOther(String line) {
        if (QueryFailure.isKnown(line)) {
            keep(errors, line);
        } else if (OTHER_PAIR.matcher(line).matches()) {
            if (open != null) {
                open.addOther(line);
            }
        } else if (records.isEmpty()) {
            keep(errors, line);
        } else {
            // A tag may hold line ends, and nobody's tag shall cost the others their backup.
            if (open != null) {
                open.addStray(line);
            }
            keep(strays, line);
        }
    }

    private static void keep(List<String> lines, String line) {
        if (lines.size() < LINES_KEPT) {
            lines.add(line);
        }
    }
}
