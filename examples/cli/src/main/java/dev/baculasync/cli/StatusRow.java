package dev.baculasync.cli;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One VM as {@code status --json} prints it; names and order are a promise to programs. */
record StatusRow(
        String vm,
        String uuid,
        String datacenter,
        String openstack,
        String client,
        String job,
        String state,
        @Nullable String since,
        boolean enabled,
        @Nullable String jobdefs) {
    static final Comparator<StatusRow> BY_PLACE = Comparator.comparing(StatusRow::datacenter)
            .thenComparing(StatusRow::openstack)
            .thenComparing(StatusRow::vm)
            .thenComparing(StatusRow::uuid)
            .thenComparing(StatusRow::job);

    /** The document around the rows. */
    record Document(List<StatusRow> vms) {}

    static StatusRow of(ManagedVm vm) {
        LifecycleState state = LifecycleState.of(vm);
        return new StatusRow(
                vm.displayName(),
                vm.uuid().toString(),
                vm.key().datacenter(),
                vm.key().openstack(),
                vm.client(),
                vm.job(),
                state.word(),
                since(vm, state),
                vm.enabled(),
                vm.jobDefs());
    }

    /** Whether somebody who says this means the VM. */
    boolean isCalled(String name) {
        return vm.equals(name) || uuid.equalsIgnoreCase(name) || job.equals(name);
    }

    private static @Nullable String since(ManagedVm vm, LifecycleState state) {
        Stamp stamp = switch (state) {
            case MISSING -> vm.missingSince();
            case DISABLED -> vm.disabledAt();
            case ACTIVE, NEW, PURGED -> null;
        };
        if (stamp == null) {
            return null;
        }
        Instant at = stamp.at();
        return at == null ? stamp.text() : Json.time(at);
    }
}
