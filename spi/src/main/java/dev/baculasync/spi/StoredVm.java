package dev.baculasync.spi;

import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A managed VM as the store holds it.
 *
 * @param datacenter, openstack, client of the instance it belongs to, as its headers say
 * @param vmPart name of its directory, and the part of its resource names that is its own
 * @param displayName the VM's name when it was last written
 * @param uuid the VM that the job backs up
 * @param job name of the Job resource
 * @param status {@code #@status:}
 * @param missingSince when it was first absent; null unless it is in its grace period
 * @param disabledAt when the job was last disabled, or null
 * @param reenabledAt when the job was last re-enabled, or null
 * @param previousUuids earlier VMs that this job backed up, oldest first
 * @param enabled whether the job resource itself says {@code Enabled = yes} (also when it says nothing)
 * @param jobDefs the JobDefs the job resource names, or null when it names none
 * @param fileSetPresent whether the FileSet is there as well
 */
public record StoredVm(
        String datacenter,
        String openstack,
        String client,
        String vmPart,
        String displayName,
        UUID uuid,
        String job,
        JobStatus status,
        @Nullable Stamp missingSince,
        @Nullable Stamp disabledAt,
        @Nullable Stamp reenabledAt,
        List<UUID> previousUuids,
        boolean enabled,
        @Nullable String jobDefs,
        boolean fileSetPresent) {
    public StoredVm {
        Objects.requireNonNull(datacenter, "datacenter");
        Objects.requireNonNull(openstack, "openstack");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(vmPart, "vmPart");
        Objects.requireNonNull(displayName, "displayName");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(status, "status");
        previousUuids = List.copyOf(previousUuids);
    }
}
