package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.List;

/**
 * What a {@code .query} answer says.
 *
 * @param vms records beyond doubt, in the order of the answer
 * @param doubtful records that contradict themselves or lack what identifies a VM
 * @param errors the first lines that say that there is no list, as they were printed; a list with any is no list
 * @param strays the first lines within the list that are no part of it, as they were printed; a list with any may be short
 */
record QueryAnswer(List<LiveVm> vms, List<DoubtfulVm> doubtful, List<String> errors, List<String> strays) {
    QueryAnswer {
        vms = List.copyOf(vms);
        doubtful = List.copyOf(doubtful);
        errors = List.copyOf(errors);
        strays = List.copyOf(strays);
    }

    boolean isEmpty() {
        return vms.isEmpty() && doubtful.isEmpty();
    }
}
