package dev.baculasync.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.spi.InstanceConflict;
import dev.baculasync.spi.InstanceConflict.Identity;
import dev.baculasync.spi.OpenStackInstance;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Which instances one Director can have side by side. */
class InstanceConflictProps {
    /** Every instance that is in another one's way is named, and no other. */
    @Property(tries = 2000)
    void whoeverIsInAnothersWayIsFound(@ForAll("instances") List<Identity> instances) {
        Set<Integer> found = InstanceConflict.among(instances).stream()
                .map(InstanceConflict::index)
                .collect(Collectors.toSet());
        Set<Integer> named = InstanceConflict.among(instances).stream()
                .flatMap(conflict -> List.of(conflict.index(), conflict.other()).stream())
                .collect(Collectors.toSet());
        for (int i = 0; i < instances.size(); i++) {
            int one = i;
            boolean isInTheWay = IntStream.range(0, instances.size())
                    .anyMatch(other -> other != one && conflict(instances.get(one), instances.get(other)));
            if (!isInTheWay) {
                assertThat(named).doesNotContain(one);
            }
            boolean goesOnFromAnother = IntStream.range(0, instances.size())
                    .anyMatch(other -> other != one && goesOn(instances.get(one), instances.get(other), one, other));
            assertThat(found.contains(one)).isEqualTo(goesOnFromAnother);
        }
    }

    private static boolean conflict(Identity a, Identity b) {
        return a.client().equals(b.client()) || isPrefix(a, b) || isPrefix(b, a);
    }

    private static boolean isPrefix(Identity a, Identity b) {
        return b.jobPrefix().startsWith(a.jobPrefix()) || fileSets(b).startsWith(fileSets(a));
    }

    /** Of two that are the same, the later one is told. */
    private static boolean goesOn(Identity a, Identity b, int index, int other) {
        return (a.client().equals(b.client()) && index > other)
                || goesOn(Identity::jobPrefix, a, b, index, other)
                || goesOn(InstanceConflictProps::fileSets, a, b, index, other);
    }

    private static boolean goesOn(Function<Identity, String> prefix, Identity a, Identity b, int index, int other) {
        String mine = prefix.apply(a);
        String its = prefix.apply(b);
        return mine.equals(its) ? index > other : mine.startsWith(its);
    }

    private static String fileSets(Identity instance) {
        return OpenStackInstance.fileSetPrefix(instance.datacenter(), instance.openstack());
    }

    @Provide
    Arbitrary<List<Identity>> instances() {
        Arbitrary<String> names = Arbitraries.of("a", "b", "a-b", "b-a", "a-b-a");
        return Combinators.combine(names, names, names, names)
                .as(Identity::new)
                .list()
                .ofMaxSize(7);
    }
}
