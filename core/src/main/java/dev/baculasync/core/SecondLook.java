package dev.baculasync.core;

import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.Discovery.Verdict;
import dev.baculasync.spi.DoubtfulVm;
import dev.baculasync.spi.LiveVm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Two lists of one run made into one: a VM is absent only when a complete list lacks it twice. */
final class SecondLook {
    private SecondLook() {}

    /**
     * Everything that either list has. Where both name a VM the second one speaks, being newer, unless
     * only the first one has the whole of its record; the whole is complete
     * only if both are.
     */
    static Discovery merge(Discovery first, Discovery second) {
        Map<UUID, LiveVm> earlier = new LinkedHashMap<>();
        first.vms().forEach(vm -> earlier.put(vm.uuid(), vm));
        List<LiveVm> vms = new ArrayList<>();
        Set<UUID> seenAgain = new HashSet<>();
        for (LiveVm vm : second.vms()) {
            seenAgain.add(vm.uuid());
            LiveVm before = earlier.get(vm.uuid());
            vms.add(vm.partial() && before != null && !before.partial() ? before : vm);
        }
        for (LiveVm vm : first.vms()) {
            if (!seenAgain.contains(vm.uuid())) {
                vms.add(vm);
            }
        }
        Set<DoubtfulVm> doubtful = new LinkedHashSet<>(first.doubtful());
        doubtful.addAll(second.doubtful());
        Set<UUID> mentioned = new HashSet<>(first.mentioned());
        mentioned.addAll(second.mentioned());
        if (first.verdict() == Verdict.COMPLETE && second.verdict() == Verdict.COMPLETE) {
            return Discovery.complete(vms, List.copyOf(doubtful)).mentioning(mentioned);
        }
        String problem = first.problem() != null ? first.problem() : "asked again, " + second.problem();
        return Discovery.incomplete(vms, List.copyOf(doubtful), problem).mentioning(mentioned);
    }
}
