package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.List;

/**
 * What a {@code .query} answer says.
 *
 * @param vms records beyond doubt, in the order of the answer
 * @param doubtful records that contradict themselves or lack what identifies a VM
 * @param errors the first lines that are not part of a list, as they were printed; a list with any is no list
 */
record QueryAnswer(List<LiveVm> vms, List<DoubtfulVm> doubtful, List<String> errors) {
    QueryAnswer {
        vms = List.copyOf(vms);
        doubtful = List.copyOf(doubtful);
        errors = List.copyOf(errors);
    }

    boolean isEmpty() {
        return vms.isEmpty() && doubtful.isEmpty();
    }
}
