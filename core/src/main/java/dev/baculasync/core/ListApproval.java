package dev.baculasync.core;

import dev.baculasync.core.ledger.HeldSets;
import dev.baculasync.core.listing.Listing;
import dev.baculasync.core.plan.Held;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.VmKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an operator has let the Director's list lose, and what he is asked to. Used by one thread. */
final class ListApproval {
    private final HeldSets held;
    private final List<String> approvals;
    private final boolean dryRun;

    ListApproval(HeldSets held, List<String> approvals, boolean dryRun) {
        this.held = held;
        this.approvals = approvals;
        this.dryRun = dryRun;
    }

    /** What is told about a list that was not published, and the digest by which it can be; null when it cannot. */
    record Asked(List<String> told, @Nullable String digest) {}

    /** What the list may lose by an operator's word. */
    Set<VmKey> losses() {
        return approvals.stream().flatMap(digest -> losses(digest).stream()).collect(Collectors.toSet());
    }

    private Set<VmKey> losses(String digest) {
        return held.members(digest, HeldSets.LIST).stream()
                .map(ListApproval::place)
                .collect(Collectors.toSet());
    }

    /** An approval counts once, so that is written down before the list is published on its account. */
    void useUp(Set<VmKey> released) {
        for (String digest : approvals) {
            if (losses(digest).stream().anyMatch(released::contains)) {
                held.use(digest);
            }
        }
    }

    /** Lets an operator approve what a list would lose; nothing is told when there is no such list. */
    Asked ask(@Nullable Listing unpublished) {
        if (unpublished == null) {
            return new Asked(List.of(), null);
        }
        List<Held> members = unpublished.lost().stream().map(ListApproval::held).toList();
        String digest = held.digestOf(HeldSets.LIST, members);
        String how = "; if that is right, let just these " + members.size() + " go: sync --approve " + digest;
        try {
            if (dryRun) {
                how += " (after a run that is no dry run has shown it)";
            } else {
                held.store(digest, HeldSets.LIST, members);
            }
        } catch (ProviderException e) {
            digest = null;
            how = "; it cannot be approved, because it could not be stored: " + e.getMessage();
        }
        List<String> told = new ArrayList<>(unpublished.warning().stream().toList());
        told.add(unpublished.refusal().orElseThrow() + how);
        return new Asked(told, digest);
    }

    private static VmKey place(Held member) {
        String[] names = member.slug().split("/", 3);
        return new VmKey(names[0], names[1], names[2]);
    }

    private static Held held(VmKey vm) {
        return new Held(Held.Kind.UNLIST, vm.datacenter() + "/" + vm.openstack() + "/" + vm.slug(), null, null);
    }
}
