package dev.baculasync.spi;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a live inventory answered for one OpenStack instance, and how far it can be trusted.
 *
 * @param verdict how far the list can be trusted
 * @param vms the records that are beyond doubt, in the order in which the source listed them; empty when failed
 * @param doubtful the records that contradict themselves
 * @param mentioned VMs that the list names besides, in whatever way: they are not held to be absent
 * @param problem why the list is not complete; null exactly when it is
 */
public record Discovery(
        Verdict verdict,
        List<LiveVm> vms,
        List<DoubtfulVm> doubtful,
        Set<UUID> mentioned,
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
        mentioned = Set.copyOf(mentioned);
        if (verdict == Verdict.COMPLETE && vms.isEmpty() && doubtful.isEmpty()) {
            throw new IllegalArgumentException("an empty list is never complete: it cannot be told from a failure");
        }
        if (verdict == Verdict.FAILED && !(vms.isEmpty() && doubtful.isEmpty() && mentioned.isEmpty())) {
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
        return new Discovery(Verdict.COMPLETE, vms, doubtful, Set.of(), null);
    }

    /** A list whose VMs are there, but which may be short. */
    public static Discovery incomplete(List<LiveVm> vms, List<DoubtfulVm> doubtful, String problem) {
        return new Discovery(Verdict.INCOMPLETE, vms, doubtful, Set.of(), problem);
    }

    /** Nothing is known, and why. */
    public static Discovery failed(String problem) {
        return new Discovery(Verdict.FAILED, List.of(), List.of(), Set.of(), problem);
    }

    /** The same list, which names these VMs besides. */
    public Discovery mentioning(Set<UUID> vmsBesides) {
        return new Discovery(verdict, vms, doubtful, vmsBesides, problem);
    }

    /** The same list, which may be short; what was wrong with it before is told as well. A failed one stays as it is. */
    public Discovery butIncomplete(String why) {
        return switch (verdict) {
            case COMPLETE -> new Discovery(Verdict.INCOMPLETE, vms, doubtful, mentioned, why);
            case INCOMPLETE -> new Discovery(Verdict.INCOMPLETE, vms, doubtful, mentioned, problem + "; " + why);
            case FAILED -> this;
        };
    }
}
