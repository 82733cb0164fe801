package dev.baculasync.core.lifecycle;

import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.Stamp;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a transition makes of a VM's record. */
public enum Effect {
    /** Nothing. */
    NOTHING {
        @Override
        @Nullable
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            return record;
        }
    },
    /** The VM gets the record that was made for it. */
    CREATE {
        @Override
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            return Objects.requireNonNull(seen.created(), "created");
        }
    },
    /** The record goes. */
    REMOVE {
        @Override
        @Nullable
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            return null;
        }
    },
    /** Its absence ends, and a job that was disabled for it is enabled again; under its new name, if it has one. */
    SERVE {
        @Override
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            return inService(required(record), seen).build();
        }
    },
    /** Another VM takes its place: the same job is in service for that one. */
    REPLACE {
        @Override
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            ManagedVm vm = required(record);
            UUID uuid = Objects.requireNonNull(seen.uuid(), "uuid");
            List<UUID> previous = new ArrayList<>(vm.previousUuids());
            previous.remove(vm.uuid());
            previous.add(vm.uuid());
            ManagedVm.Builder after = inService(vm, seen).uuid(uuid).previousUuids(previous);
            FileSetFacts fileSet = vm.fileSet();
            if (fileSet != null) {
                Set<UUID> instances = new HashSet<>(fileSet.instances());
                instances.remove(vm.uuid());
                instances.add(uuid);
                after.backsUp(instances);
            }
            return after.build();
        }
    },
    /** Its absence begins. */
    BEGIN_ABSENCE {
        @Override
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            return required(record).toBuilder()
                    .missingSince(Stamp.of(seen.at()))
                    .suspect(seen.suspect())
                    .build();
        }
    },
    /** Its absence counts from a backup on that was made meanwhile. */
    MOVE_ABSENCE {
        @Override
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            return required(record).toBuilder()
                    .missingSince(Stamp.of(Objects.requireNonNull(seen.backedUpAt(), "backedUpAt")))
                    .build();
        }
    },
    /** Its job is disabled; if it was so already, an operator has done that, and it stays so when the VM returns. */
    DISABLE {
        @Override
        ManagedVm apply(@Nullable ManagedVm record, Observation seen) {
            ManagedVm vm = required(record);
            return vm.toBuilder()
                    .status(JobStatus.DISABLED)
                    .missingSince(null)
                    .suspect(false)
                    .disabledAt(Stamp.of(seen.at()))
                    .disabledByOperator(vm.disabledByOperator() || !vm.enabled())
                    .enabled(false)
                    .build();
        }
    };

    /**
     * The record afterwards.
     *
     * @param record null when the VM has none
     * @return null when it has none then
     */
    abstract @Nullable ManagedVm apply(@Nullable ManagedVm record, Observation seen);

    private static ManagedVm required(@Nullable ManagedVm record) {
        return Objects.requireNonNull(record, "record");
    }

    private static ManagedVm.Builder inService(ManagedVm vm, Observation seen) {
        ManagedVm.Builder after = vm.toBuilder().missingSince(null).suspect(false);
        if (seen.name() != null) {
            after.displayName(seen.name());
        }
        if (vm.enabled()) {
            // Somebody has enabled it since.
            after.disabledByOperator(false);
        }
        if (vm.status() == JobStatus.DISABLED) {
            after.status(JobStatus.ACTIVE)
                    .disabledAt(null)
                    .reenabledAt(Stamp.of(seen.at()))
                    .enabled(vm.enabled() || !vm.disabledByOperator());
        }
        return after;
    }
}
