package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What a {@code .query} answer says.
 *
 * @param vms records beyond doubt, in the order of the answer
 * @param doubtful records that contradict themselves or lack what identifies a VM
 * @param mentioned the UUIDs in its text that are no record's, whatever they stand for
 * @param errors the first lines that say why there is no list, as they were printed; none when there is a record
 * @param gaps why something may be missing from the list, as far as its text tells
 */
record QueryAnswer(
        List<LiveVm> vms, List<DoubtfulVm> doubtful, Set<UUID> mentioned, List<String> errors, List<String> gaps) {
    QueryAnswer {
        vms = List.copyOf(vms);
        doubtful = List.copyOf(doubtful);
        mentioned = Set.copyOf(mentioned);
        errors = List.copyOf(errors);
        gaps = List.copyOf(gaps);
    }

    boolean isEmpty() {
        return vms.isEmpty() && doubtful.isEmpty();
    }
}
