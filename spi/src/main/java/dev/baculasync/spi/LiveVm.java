package dev.baculasync.spi;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One VM as the live inventory names it. Name and tag are chosen by tenants and may hold anything, control characters
 * and line ends included; whoever writes or prints them must treat them as hostile.
 *
 * @param name display name
 * @param uuid identity of the VM; its name may change, and others may bear the same
 * @param tag the JobDefs that the VM asks for (OpenStack property {@code backup-jobdefs}), or null
 * @param optedOut whether the VM asks not to be backed up ({@code backup=false}, in any case)
 * @param warnings what was odd about this record without making it doubtful, e.g. an unknown value of {@code backup}
 */
public record LiveVm(String name, UUID uuid, @Nullable String tag, boolean optedOut, List<String> warnings) {
    public LiveVm {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uuid, "uuid");
        warnings = List.copyOf(warnings);
    }

    /** A VM with a name and a UUID and nothing else. */
    public static LiveVm of(String name, UUID uuid) {
        return new LiveVm(name, uuid, null, false, List.of());
    }

    /** The same VM, asking for other JobDefs; null for none. */
    public LiveVm withTag(@Nullable String newTag) {
        return new LiveVm(name, uuid, newTag, optedOut, warnings);
    }

    /** The same VM, opted out of backup or not. */
    public LiveVm withOptedOut(boolean out) {
        return new LiveVm(name, uuid, tag, out, warnings);
    }
}
