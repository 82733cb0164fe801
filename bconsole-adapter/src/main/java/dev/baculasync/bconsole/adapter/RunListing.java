package dev.baculasync.bconsole.adapter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads the answer of {@code list jobname=…}: which catalog it is, then either that there is nothing, or one table.
 * Everything must be as known, because a row that is missed looks like a run that does not exist. A column is never wider
 * than 100, but its cells are: only the bars tell where a cell ends, and no legal name holds one.
 */
final class RunListing {
    private static final String NOTHING = "No results to list.";
    private static final Pattern BORDER = Pattern.compile("\\+(-+\\+)+");
    /** With commas when the console may not say {@code gui on}. */
    private static final Pattern JOB_ID = Pattern.compile("[1-9]\\d{0,2}(,\\d{3}){1,5}|[1-9]\\d{0,17}");

    private final String job;
    private final TreeSet<Long> runs = new TreeSet<>();
    private State state = State.BEFORE;
    private int columns;
    private int idColumn;
    private int nameColumn;
    private String misread = "";

    private enum State {
        BEFORE,
        HEADER,
        BELOW_HEADER,
        ROWS,
        COMPLETE
    }

    RunListing(String job) {
        this.job = job;
    }

    /** Takes the next line. */
    void read(String line) {
        String text = line.strip();
        if (misread.isEmpty() && !text.isEmpty() && !understands(text)) {
            misread = text;
        }
    }

    /** What kept this from being an answer that is understood in full; empty when nothing did. */
    Optional<String> problem() {
        if (!misread.isEmpty()) {
            return Optional.of(Excerpt.of(misread));
        }
        return state == State.COMPLETE ? Optional.empty() : Optional.of("it ends before its list is complete");
    }

    /** The JobIds; all of them only if there is no {@link #problem}. */
    SortedSet<Long> runs() {
        return Collections.unmodifiableSortedSet(runs);
    }

    private boolean understands(String line) {
        return switch (state) {
            case BEFORE -> CatalogNotice.is(line) || begins(line);
            case HEADER -> readHeader(line);
            case BELOW_HEADER -> isBorder(line, State.ROWS);
            case ROWS -> readRow(line) || (!runs.isEmpty() && isBorder(line, State.COMPLETE));
            case COMPLETE -> false;
        };
    }

    private boolean begins(String line) {
        if (line.equals(NOTHING)) {
            state = State.COMPLETE;
            return true;
        }
        return isBorder(line, State.HEADER);
    }

    private boolean isBorder(String line, State next) {
        boolean border = BORDER.matcher(line).matches();
        state = border ? next : state;
        return border;
    }

    private boolean readHeader(String line) {
        List<String> titles = cells(line.toLowerCase(Locale.ROOT));
        columns = titles.size();
        idColumn = titles.indexOf("jobid");
        nameColumn = titles.indexOf("name");
        state = State.BELOW_HEADER;
        return idColumn >= 0 && nameColumn >= 0;
    }

    private boolean readRow(String line) {
        List<String> cells = cells(line);
        return cells.size() == columns
                && cells.get(nameColumn).equals(job.strip())
                && JOB_ID.matcher(cells.get(idColumn)).matches()
                && runs.add(Long.parseLong(cells.get(idColumn).replace(",", "")));
    }

    /** What stands between the bars; nothing for a line that does not begin and end with one. */
    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        int from = line.startsWith("|") ? 1 : -1;
        while (from > 0 && from < line.length()) {
            int to = line.indexOf('|', from);
            if (to < 0) {
                return List.of();
            }
            cells.add(line.substring(from, to).strip());
            from = to + 1;
        }
        return cells;
    }
}
