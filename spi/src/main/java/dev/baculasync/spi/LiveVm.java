package dev.baculasync.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One VM as the live inventory names it. Name, tag and attributes are chosen by tenants and may hold anything, control
 * characters and line ends included; whoever writes or prints them must treat them as hostile.
 *
 * @param name display name; one that is no {@linkplain #isNamed name} when the source has none
 * @param uuid identity of the VM; its name may change, and others may bear the same
 * @param tag the JobDefs that the VM asks for (OpenStack property {@code backup-jobdefs}), or null
 * @param optedOut whether the VM asks not to be backed up ({@code backup=false}, in any case)
 * @param warnings what was odd about this record without making it doubtful, e.g. an unknown value of {@code backup}
 * @param attributes what else the source says about the VM, by name
 * @param partial whether something of the record may be missing. That the VM is there, and its UUID, are certain all the
 *     same; its name and tag are not, nor that it has not opted out
 */
public record LiveVm(
        String name,
        UUID uuid,
        @Nullable String tag,
        boolean optedOut,
        List<String> warnings,
        Map<String, String> attributes,
        boolean partial) {
    /** What stands in the place of a name when a cell of Nova is down. */
    private static final Set<String> PLACE_HOLDERS = Set.of("", "None", "UNKNOWN");

    public LiveVm {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(uuid, "uuid");
        warnings = List.copyOf(warnings);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** A VM of which all is known, and that has no further attributes. */
    public LiveVm(String name, UUID uuid, @Nullable String tag, boolean optedOut, List<String> warnings) {
        this(name, uuid, tag, optedOut, warnings, Map.of(), false);
    }

    /** A VM with a name and a UUID and nothing else. */
    public static LiveVm of(String name, UUID uuid) {
        return new LiveVm(name, uuid, null, false, List.of());
    }

    /** Whether its name is one, and not what a source says that does not know it. */
    public boolean isNamed() {
        String text = name.strip();
        return !PLACE_HOLDERS.contains(text) && !text.equalsIgnoreCase(uuid.toString());
    }

    /** The same VM under another display name. */
    public LiveVm withName(String newName) {
        return new LiveVm(newName, uuid, tag, optedOut, warnings, attributes, partial);
    }

    /** The same VM, asking for other JobDefs; null for none. */
    public LiveVm withTag(@Nullable String newTag) {
        return new LiveVm(name, uuid, newTag, optedOut, warnings, attributes, partial);
    }

    /** The same VM, opted out of backup or not. */
    public LiveVm withOptedOut(boolean out) {
        return new LiveVm(name, uuid, tag, out, warnings, attributes, partial);
    }

    /** The same VM, with something of its record perhaps missing. */
    public LiveVm asPartial() {
        return new LiveVm(name, uuid, tag, optedOut, warnings, attributes, true);
    }
}
