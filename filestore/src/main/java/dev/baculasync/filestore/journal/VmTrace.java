package dev.baculasync.filestore.journal;

import dev.baculasync.filestore.disk.FileBefore;
import dev.baculasync.filestore.vm.FileWrite;
import dev.baculasync.filestore.vm.VmDirectory;
import dev.baculasync.filestore.vm.VmFiles;
import dev.baculasync.spi.VmKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a run has done to the files of one VM so far, by what the journal says. Not safe for use by several threads. */
public final class VmTrace {
    private final VmKey vm;
    private final Map<String, FileTrace> files = new LinkedHashMap<>();

    /** Whose the content of a file is. */
    public enum Owner {
        /** It is what the run found. */
        BEFORE,
        /** The run wrote it, or removed it. */
        RUN,
        /** Somebody else has changed it since. */
        SOMEBODY
    }

    /** One file. */
    static final class FileTrace {
        private final Set<String> written = new HashSet<>();
        private FileBefore before;

        private FileTrace(FileBefore before) {
            this.before = before;
        }

        /** What it was before the run, and whose, if the run has removed it. */
        FileBefore before() {
            return before;
        }

        Owner ownerOf(byte @Nullable [] content) {
            if (Arrays.equals(before.content(), content)) {
                return Owner.BEFORE;
            }
            return written.contains(FileWrite.digest(content)) ? Owner.RUN : Owner.SOMEBODY;
        }

        private void add(JournalEntry entry) {
            written.add(entry.after());
            if (entry.before().owners() != null) {
                before = new FileBefore(
                        before.name(), before.content(), entry.before().owners());
            }
        }
    }

    VmTrace(VmKey vm) {
        this.vm = vm;
    }

    public VmKey vm() {
        return vm;
    }

    public void add(JournalEntry entry) {
        FileBefore before = entry.before();
        FileTrace trace = files.get(before.name());
        // An edit that did not build on what the run wrote found what is to be restored: the run was rolled back there.
        if (trace == null || trace.ownerOf(before.content()) != Owner.RUN) {
            trace = new FileTrace(before);
            files.put(before.name(), trace);
        }
        trace.add(entry);
    }

    /** The names of the resources that the files held before the run, as far as it touched them. */
    public Set<String> originalResourceNames() {
        FileTrace job = files.get(VmFiles.JOB);
        FileTrace fileSet = files.get(VmFiles.FILE_SET);
        return VmDirectory.resourceNames(
                job == null ? null : job.before().content(),
                fileSet == null ? null : fileSet.before().content());
    }

    /** Null when this file was not touched. */
    @Nullable
    public FileTrace file(String name) {
        return files.get(name);
    }
}
