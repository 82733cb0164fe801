package dev.baculasync.filestore.vm;

import dev.baculasync.filestore.disk.NewEntry;
import java.util.List;

/** What is called how in the directory of a VM. */
public final class VmFiles {
    public static final String JOB = "job";
    public static final String FILE_SET = "fileset";

    /** In the order in which they are written: a job must never be without its FileSet. */
    public static final List<String> ALL = List.of(FILE_SET, JOB);

    static final List<String> TEMPORARY = List.of(NewEntry.temporaryName(JOB), NewEntry.temporaryName(FILE_SET));

    /** What may be in a directory without a job file that is ours all the same. */
    public static final List<String> OWN_WITHOUT_JOB =
            List.of(FILE_SET, NewEntry.temporaryName(JOB), NewEntry.temporaryName(FILE_SET));

    /** A longer file was not made for one job. */
    public static final int MAX_BYTES = 1 << 20;

    private VmFiles() {}
}
