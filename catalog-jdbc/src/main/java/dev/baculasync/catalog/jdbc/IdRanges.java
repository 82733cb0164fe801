package dev.baculasync.catalog.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A set of ids, as ranges: rows that were made together have ids in a row, so that a million of them take little room.
 * Immutable.
 *
 * @param ranges in ascending order, with a gap between any two
 */
record IdRanges(List<Range> ranges) {
    /** No id at all. */
    public static final IdRanges NONE = new IdRanges(List.of());

    /** So that every number of them is a long. */
    private static final int MAX_DIGITS = 18;

    /**
     * Ids in a row.
     *
     * @param low the first, from 0
     * @param high the last
     */
    public record Range(long low, long high) {
        public Range {
            if (low < 0 || high < low || high == Long.MAX_VALUE) {
                throw new IllegalArgumentException("no range of ids: " + low + "-" + high);
            }
        }

        /** How many ids these are. */
        public long count() {
            return high - low + 1;
        }

        @Override
        public String toString() {
            return low == high ? String.valueOf(low) : low + "-" + high;
        }
    }

    public IdRanges {
        ranges = List.copyOf(ranges);
        for (int i = 1; i < ranges.size(); i++) {
            if (ranges.get(i).low() <= ranges.get(i - 1).high() + 1) {
                throw new IllegalArgumentException(
                        "ranges that touch, or not in order: " + ranges.get(i - 1) + " and " + ranges.get(i));
            }
        }
    }

    /** Some ids, in any order. */
    public static IdRanges of(long... ids) {
        IdRanges all = NONE;
        for (long id : ids) {
            all = all.and(new IdRanges(List.of(new Range(id, id))));
        }
        return all;
    }

    /**
     * What {@link #toString} has written.
     *
     * @throws IllegalArgumentException when the text is nothing of that kind
     */
    public static IdRanges parse(String text) {
        if (text.equals("-")) {
            return NONE;
        }
        List<Range> ranges = new ArrayList<>();
        for (String range : text.split(",", -1)) {
            int dash = range.indexOf('-');
            ranges.add(
                    dash < 0
                            ? new Range(id(range), id(range))
                            : new Range(id(range.substring(0, dash)), id(range.substring(dash + 1))));
        }
        return new IdRanges(ranges);
    }

    /** Without a regular expression, since there may be millions. */
    private static long id(String text) {
        boolean isId = !text.isEmpty() && text.length() <= MAX_DIGITS;
        for (int i = 0; isId && i < text.length(); i++) {
            isId = text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        if (!isId) {
            throw new IllegalArgumentException("no id: " + text);
        }
        return Long.parseLong(text);
    }

    public boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** How many ids these are. */
    public long count() {
        return ranges.stream().mapToLong(Range::count).sum();
    }

    /** The ids of both. */
    public IdRanges and(IdRanges other) {
        List<Range> all = new ArrayList<>(ranges.size() + other.ranges.size());
        int mine = 0;
        int theirs = 0;
        while (mine < ranges.size() || theirs < other.ranges.size()) {
            boolean isMine = theirs == other.ranges.size()
                    || (mine < ranges.size()
                            && ranges.get(mine).low()
                                    <= other.ranges.get(theirs).low());
            Range next = isMine ? ranges.get(mine++) : other.ranges.get(theirs++);
            Range last = all.isEmpty() ? null : all.get(all.size() - 1);
            if (last != null && next.low() <= last.high() + 1) {
                all.set(all.size() - 1, new Range(last.low(), Math.max(last.high(), next.high())));
            } else {
                all.add(next);
            }
        }
        return new IdRanges(all);
    }

    /** Those of these ids that the other does not have. */
    public IdRanges without(IdRanges other) {
        List<Range> left = new ArrayList<>();
        int theirs = 0;
        for (Range range : ranges) {
            long low = range.low();
            while (theirs < other.ranges.size() && other.ranges.get(theirs).high() < low) {
                theirs++;
            }
            for (int i = theirs; i < other.ranges.size() && other.ranges.get(i).low() <= range.high(); i++) {
                if (low < other.ranges.get(i).low()) {
                    left.add(new Range(low, other.ranges.get(i).low() - 1));
                }
                low = other.ranges.get(i).high() + 1;
            }
            if (low <= range.high()) {
                left.add(new Range(low, range.high()));
            }
        }
        return new IdRanges(left);
    }

    /** Such as {@code 12-400,402}; a dash when there is none. */
    @Override
    public String toString() {
        return isEmpty() ? "-" : ranges.stream().map(Range::toString).collect(Collectors.joining(","));
    }
}
