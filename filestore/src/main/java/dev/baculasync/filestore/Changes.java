package dev.baculasync.filestore;

import dev.baculasync.spi.VmKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The VMs that a run has changed and neither settled nor put back. Safe for use by several threads. */
final class Changes {
    private final Map<VmKey, VmTrace> traces = new LinkedHashMap<>();

    synchronized void add(List<JournalEntry> entries) {
        entries.forEach(
                entry -> traces.computeIfAbsent(entry.vm(), VmTrace::new).add(entry));
    }

    synchronized void forget(VmKey vm) {
        traces.remove(vm);
    }

    synchronized void forgetAll() {
        traces.clear();
    }

    /** Null when this VM was not changed. */
    synchronized @Nullable VmTrace trace(VmKey vm) {
        return traces.get(vm);
    }

    synchronized List<VmTrace> traces() {
        return List.copyOf(traces.values());
    }
}
