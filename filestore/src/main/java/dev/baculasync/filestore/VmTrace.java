package dev.baculasync.filestore;

import dev.baculasync.spi.VmKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run has done to the files of one VM so far, by what the journal says. Not safe for use by several threads. */
final class VmTrace {
    private final VmKey vm;
    private final Map<String, FileTrace> files = new LinkedHashMap<>();

    /** Whose the content of a file is. */
    enum Owner {
        /** It is what the run found. */
        BEFORE,
        /** The run wrote it, or removed it. */
        RUN,
        /** Somebody else has changed it since. */
        SOMEBODY
    }

    /** One file. */
    static final class FileTrace {
        private final byte @Nullable [] original;
        private final Set<String> written = new HashSet<>();
        private @Nullable Owners owners;

        private FileTrace(byte @Nullable [] original) {
            this.original = original;
        }

        /** What there was before the run, or null when there was nothing. */
        byte @Nullable [] original() {
            return original;
        }

        /** Whose it was; null unless the run has removed it. */
        @Nullable
        Owners owners() {
            return owners;
        }

        Owner ownerOf(byte @Nullable [] content) {
            if (Arrays.equals(original, content)) {
                return Owner.BEFORE;
            }
            return written.contains(FileWrite.digest(content)) ? Owner.RUN : Owner.SOMEBODY;
        }
    }

    VmTrace(VmKey vm) {
        this.vm = vm;
    }

    VmKey vm() {
        return vm;
    }

    void add(JournalEntry entry) {
        FileTrace trace = files.get(entry.name());
        byte[] before = entry.before();
        // An edit that did not build on ours found what is to be put back: ours had been put back, and perhaps edited.
        if (trace == null || trace.ownerOf(before) != Owner.RUN) {
            trace = new FileTrace(before);
            files.put(entry.name(), trace);
        }
        trace.written.add(entry.after());
        if (entry.owners() != null) {
            trace.owners = entry.owners();
        }
    }

    /** The names of the resources that the files held before the run, as far as it touched them. */
    Set<String> originalResourceNames() {
        FileTrace job = files.get(VmDirectory.JOB);
        FileTrace fileSet = files.get(VmDirectory.FILE_SET);
        return VmDirectory.resourceNames(
                job == null ? null : job.original(), fileSet == null ? null : fileSet.original());
    }

    /** Null when this file was not touched. */
    @Nullable
    FileTrace file(String name) {
        return files.get(name);
    }
}
