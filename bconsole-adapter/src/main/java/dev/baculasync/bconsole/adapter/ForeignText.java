package dev.baculasync.bconsole.adapter;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands in the answer of {@code .query} and is no part of a list; only the first lines of it are kept. */
final class ForeignText {
    private static final int LINES_KEPT = 3;

    private final List<String> lines = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private @Nullable VmRecord before;
    private long count;

    /**
     * Takes the next.
     *
     * @param line the whole line, as it was printed
     * @param text what of it is foreign
     * @param after the record before it
     */
    void add(String line, String text, @Nullable VmRecord after) {
        if (count == 0) {
            before = after;
        }
        count++;
        keep(lines, line);
        if (QueryFailure.isKnown(text)) {
            keep(failures, text);
        }
    }

    /** The first lines that say why there is no list, where there is no record; those that are known come first. */
    List<String> errors() {
        return failures.isEmpty() ? List.copyOf(lines) : List.copyOf(failures);
    }

    /** Why a list that holds such text may be short, and what to do; empty when there is none. */
    Optional<String> explain() {
        if (count == 0) {
            return Optional.empty();
        }
        return Optional.of("within the list stands what is no part of it, so the list may be short: \""
                + Excerpt.of(lines) + "\" ("
                + (before == null ? "before the first VM" : "after VM \"" + Excerpt.of(before.label()) + "\"")
                + (count > lines.size() ? ", and " + (count - lines.size()) + " lines more" : "") + "); " + advice());
    }

    private String advice() {
        Optional<String> known = failures.stream()
                .map(QueryFailure::advice)
                .flatMap(Optional::stream)
                .findFirst();
        if (known.isPresent()) {
            return known.get();
        }
        Set<String> keys = new LinkedHashSet<>();
        for (String line : lines) {
            int equals = HarmlessAttributes.equalsSign(line, 0);
            if (equals > 0 && QueryToken.Key.at(line, 0) == null && !isMisspelt(line)) {
                keys.add(line.substring(0, equals));
            }
        }
        return keys.isEmpty()
                ? "run .query by hand and look at what the plugin prints"
                : "run .query by hand; if that is harmless, set " + HarmlessAttributes.QUERY_ATTRIBUTES.name() + "="
                        + Excerpt.of(String.join(",", keys));
    }

    /** Whether a line starts with a token in other letters than plugins print: it may well be a VM. */
    static boolean isMisspelt(String line) {
        return QueryToken.Key.SERVER.isMisspelt(line) || QueryToken.Key.UUID.isMisspelt(line);
    }

    private static void keep(List<String> kept, String line) {
        if (kept.size() < LINES_KEPT) {
            kept.add(line);
        }
    }
}
