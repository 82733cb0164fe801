package dev.baculasync.bconsole.adapter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code name: [ … ]} that are open. One that holds exactly one record is that record's own, and what else stands in
 * it belongs to the record; that is known when it closes, or when a second record starts.
 */
final class Wrappers {
    private static final Pattern OPENING = Pattern.compile("[A-Za-z_][A-Za-z0-9_ -]*:[ \\t]*\\[");
    /** No plugin nests that deep; whoever does has no claim to our memory. */
    private static final int MOST = 64;

    private final Deque<Wrapper> open = new ArrayDeque<>();
    private final Consumer<Pair> ofNoRecord;

    /**
     * A {@code key=value} on a line of its own.
     *
     * @param line as it was printed
     * @param key its key
     * @param value its value
     * @param after the record before it
     */
    record Pair(
            String line, String key, String value, @Nullable VmRecord after) {}

    private static final class Wrapper {
        private final String line;
        private final List<Pair> pairs = new ArrayList<>(0);
        private int records;
        private boolean shared;
        private @Nullable VmRecord record;

        Wrapper(String line) {
            this.line = line;
        }

        boolean mayBeOwn() {
            return records < 2 && !shared;
        }
    }

    /**
     * @param ofNoRecord gets each pair that turns out to be in no record's own wrapper
     */
    Wrappers(Consumer<Pair> ofNoRecord) {
        this.ofNoRecord = ofNoRecord;
    }

    static boolean isOpening(String line) {
        return OPENING.matcher(line).matches();
    }

    /** Opens one; false when there are too many. */
    boolean open(String line) {
        if (open.size() == MOST) {
            return false;
        }
        open.push(new Wrapper(line));
        return true;
    }

    /** Closes the innermost; false when none is open. */
    boolean close() {
        Wrapper closed = open.poll();
        if (closed == null) {
            return false;
        }
        VmRecord owner = closed.mayBeOwn() ? closed.record : null;
        Wrapper outer = open.peek();
        if (owner != null) {
            closed.pairs.forEach(pair -> owner.addAttribute(pair.key(), pair.value()));
        } else if (outer != null && outer.mayBeOwn() && closed.records == 0) {
            outer.pairs.addAll(closed.pairs);
        } else {
            closed.pairs.forEach(ofNoRecord);
        }
        if (outer != null && closed.records > 0) {
            outer.records += closed.records;
            share(outer);
        }
        return true;
    }

    /** Notes that a record starts. */
    void start(VmRecord record) {
        Wrapper inner = open.peek();
        if (inner == null) {
            return;
        }
        inner.records++;
        if (inner.mayBeOwn()) {
            inner.record = record;
        } else {
            share(inner);
        }
    }

    /** Keeps a pair until it is known whose it is; false when it can be no record's own. */
    boolean keep(Pair pair) {
        Wrapper inner = open.peek();
        return inner != null && inner.mayBeOwn() && inner.pairs.add(pair);
    }

    /** The outermost that is open, as it was printed. */
    Optional<String> unclosed() {
        return Optional.ofNullable(open.peekLast()).map(wrapper -> wrapper.line);
    }

    /** Whether one that is open holds a record, so that its last one may have been cut. */
    boolean holdRecords() {
        return open.stream().anyMatch(wrapper -> wrapper.records > 0);
    }

    /** The answer is over: what is open is taken to end here. */
    void end() {
        while (!open.isEmpty()) {
            close();
        }
    }

    private void share(Wrapper wrapper) {
        wrapper.shared = true;
        wrapper.record = null;
        wrapper.pairs.forEach(ofNoRecord);
        wrapper.pairs.clear();
    }
}
