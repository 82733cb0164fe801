package dev.baculasync.core.lifecycle;

import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import org.jspecify.annotations.Nullable;

/** Where a VM is in its life, as its job file tells. */
public enum LifecycleState {
    /** There is no job file. */
    NEW("new"),
    /** The VM was there when last seen. */
    ACTIVE("active"),
    /** The VM is absent and in its grace period; its job is still enabled. */
    MISSING("missing"),
    /** The VM was absent for too long; its job is disabled. */
    DISABLED("disabled"),
    /** Its job, its runs and its files are gone, because an operator has asked for that. Final. */
    PURGED("purged");

    private final String word;

    LifecycleState(String word) {
        this.word = word;
    }

    /** The word that users see. */
    public String word() {
        return word;
    }

    /** Whether no signal leads out of it. */
    boolean isFinal() {
        return this == PURGED;
    }

    /** Whether a VM in it has no record. */
    boolean isWithoutRecord() {
        return this == NEW || this == PURGED;
    }

    /** The state of a VM by its record; {@link #NEW} when it has none. */
    public static LifecycleState of(@Nullable ManagedVm vm) {
        if (vm == null) {
            return NEW;
        }
        if (vm.status() == JobStatus.DISABLED) {
            return DISABLED;
        }
        return vm.missingSince() == null ? ACTIVE : MISSING;
    }
}
