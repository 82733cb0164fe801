package dev.baculasync.spi;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A managed VM as the store holds it.
 *
 * @param datacenter, openstack, client of the instance it belongs to, as its headers say
 * @param slug name of its directory, and the part of its resource names that is its own
 * @param displayName the VM's name when it was last written
 * @param uuid the VM that the job backs up
 * @param job name of the Job resource
 * @param status {@code #@status:}
 * @param missingSince when it was first absent; null unless it is in its grace period
 * @param suspect whether its absence may be that of a list that was cut ({@code #@absence:})
 * @param disabledAt when the job was last disabled, or null
 * @param reenabledAt when the job was last re-enabled, or null
 * @param previousUuids earlier VMs that this job backed up, oldest first
 * @param enabled whether the job resource itself says {@code Enabled = yes} (also when it says nothing)
 * @param jobDefs the JobDefs the job resource names, or null when it names none
 * @param fileSetPresent whether the FileSet is there as well
 * @param fileSet name of its FileSet resource, as it stands there; null when there is none, or none that can be told
 * @param keptDisabled whether an operator has disabled the job, so that it stays so when the VM returns ({@code
 *     #@enabled-by: operator})
 * @param jobClient the Client the job resource names, or null when it names none
 * @param proxyServer what {@code proxy_server=} says in its FileSet; null when that does not say it once
 * @param fileSetFollows whether its FileSet is known to back up this VM by its UUID, and so can be made to back up another
 * @param backsUp the VMs that its FileSet names by {@code instance=}, as far as they can be read
 */
public record ManagedVm(
        String datacenter,
        String openstack,
        String client,
        String slug,
        String displayName,
        UUID uuid,
        String job,
        JobStatus status,
        @Nullable Stamp missingSince,
        boolean suspect,
        @Nullable Stamp disabledAt,
        @Nullable Stamp reenabledAt,
        List<UUID> previousUuids,
        boolean enabled,
        @Nullable String jobDefs,
        boolean fileSetPresent,
        @Nullable String fileSet,
        boolean keptDisabled,
        @Nullable String jobClient,
        @Nullable String proxyServer,
        boolean fileSetFollows,
        Set<UUID> backsUp) {
    public ManagedVm {
        Objects.requireNonNull(datacenter, "datacenter");
        Objects.requireNonNull(openstack, "openstack");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(slug, "slug");
        Objects.requireNonNull(displayName, "displayName");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(status, "status");
        previousUuids = List.copyOf(previousUuids);
        backsUp = Set.copyOf(backsUp);
    }

    /** Whether its FileSet names other VMs, and not this one; nothing is known of one that names none. */
    public boolean backsUpOthersOnly() {
        return !fileSetFollows && !backsUp.isEmpty();
    }

    /**
     * The names that nothing else may bear: those of its Job and its FileSet, and the one that its FileSet gets if it has to
     * be written again.
     */
    public Set<String> resourceNames() {
        Set<String> names = new HashSet<>();
        names.add(job);
        names.add(OpenStackInstance.fileSetPrefix(datacenter, openstack) + slug);
        if (fileSet != null) {
            names.add(fileSet);
        }
        return names;
    }
}
