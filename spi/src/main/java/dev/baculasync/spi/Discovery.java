package dev.baculasync.spi;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a live inventory answered for one OpenStack instance, and how far it can be trusted.
 *
 * @param verdict how far the list can be trusted
 * @param vms the records that are beyond doubt, in no particular order; empty when failed
 * @param doubtful the records that contradict themselves
 * @param problem why the list is not complete; null exactly when it is
 */
public record Discovery(
        Verdict verdict,
        List<LiveVm> vms,
        List<DoubtfulVm> doubtful,
        @Nullable String problem) {

    /** How far a list of live VMs can be trusted. Only {@link #COMPLETE} may age, disable or purge a VM. */
    public enum Verdict {
        /** At least one VM, no error, and the source proven to be the same before and after the list. */
        COMPLETE,
        /** The VMs that are listed are there; a VM that is not listed may be there too. */
        INCOMPLETE,
        /** Nothing is known. */
        FAILED
    }

    public Discovery {
        Objects.requireNonNull(verdict, "verdict");
        vms = List.copyOf(vms);
        doubtful = List.copyOf(doubtful);
        if (verdict == Verdict.COMPLETE && vms.isEmpty() && doubtful.isEmpty()) {
            throw new IllegalArgumentException("an empty list is never complete: it cannot be told from a failure");
        }
        if (verdict == Verdict.FAILED && !(vms.isEmpty() && doubtful.isEmpty())) {
            throw new IllegalArgumentException("a failed discovery knows no VM");
        }
        if ((verdict == Verdict.COMPLETE) != (problem == null)) {
            throw new IllegalArgumentException("a problem is given exactly when the list is not complete");
        }
    }

    /** A list that may age VMs. */
    public static Discovery complete(List<LiveVm> vms) {
        return complete(vms, List.of());
    }

    /** A list that may age VMs, some of whose records are doubtful. */
    public static Discovery complete(List<LiveVm> vms, List<DoubtfulVm> doubtful) {
        return new Discovery(Verdict.COMPLETE, vms, doubtful, null);
    }

    /** A list whose VMs are there, but which may be short. */
    public static Discovery incomplete(List<LiveVm> vms, List<DoubtfulVm> doubtful, String problem) {
        return new Discovery(Verdict.INCOMPLETE, vms, doubtful, problem);
    }

    /** Nothing is known, and why. */
    public static Discovery failed(String problem) {
        return new Discovery(Verdict.FAILED, List.of(), List.of(), problem);
    }
}
