package dev.baculasync.catalog.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** Ranges are nothing but a set of ids. */
class IdRangesProps {
    @Property
    void rangesAreTheSetOfTheirIds(
            @ForAll @Size(max = 20) Set<@LongRange(max = 25) Long> some,
            @ForAll @Size(max = 20) Set<@LongRange(max = 25) Long> others) {
        IdRanges ranges = of(some);
        assertThat(ids(ranges)).isEqualTo(new TreeSet<>(some));
        assertThat(ranges.count()).isEqualTo(some.size());
        assertThat(ranges.isEmpty()).isEqualTo(some.isEmpty());
        assertThat(IdRanges.parse(ranges.toString())).isEqualTo(ranges);
        Set<Long> both = new TreeSet<>(some);
        both.addAll(others);
        assertThat(ranges.and(of(others))).isEqualTo(of(both));
        Set<Long> left = new TreeSet<>(some);
        left.removeAll(others);
        assertThat(ranges.without(of(others))).isEqualTo(of(left));
    }

    private static IdRanges of(Set<Long> ids) {
        return IdRanges.of(ids.stream().mapToLong(Long::longValue).toArray());
    }

    private static Set<Long> ids(IdRanges ranges) {
        Set<Long> ids = new TreeSet<>();
        for (IdRanges.Range range : ranges.ranges()) {
            for (long id = range.low(); id <= range.high(); id++) {
                ids.add(id);
            }
        }
        return ids;
    }

    @Example
    void idsInARowAreShort() {
        List<Long> ids = new ArrayList<>();
        for (long id = 400; id >= 12; id--) {
            ids.add(id);
        }
        ids.add(402L);
        assertThat(of(new TreeSet<>(ids))).hasToString("12-400,402");
    }

    @Example
    void anythingElseIsNoRange() {
        for (String text : List.of(
                "",
                ",",
                "1,",
                "1,1",
                "1,2",
                "2,1",
                "3-2",
                "1-2-3",
                "-1",
                "1-",
                "1 ",
                "x",
                "\u0661",
                "9223372036854775807")) {
            assertThatThrownBy(() -> IdRanges.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
