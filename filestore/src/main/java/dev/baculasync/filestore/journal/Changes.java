package dev.baculasync.filestore.journal;

import dev.baculasync.spi.VmKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The VMs that a run has changed and neither settled nor put back. Safe for use by several threads. */
public final class Changes {
    private final Map<VmKey, VmTrace> traces = new LinkedHashMap<>();

    public synchronized void add(List<JournalEntry> entries) {
        entries.forEach(
                entry -> traces.computeIfAbsent(entry.vm(), VmTrace::new).add(entry));
    }

    public synchronized void forget(VmKey vm) {
        traces.remove(vm);
    }

    public synchronized void forgetAll() {
        traces.clear();
    }

    /** Null when this VM was not changed. */
    public synchronized @Nullable VmTrace trace(VmKey vm) {
        return traces.get(vm);
    }

    public synchronized List<VmTrace> traces() {
        return List.copyOf(traces.values());
    }
}
