package dev.baculasync.testkit;

import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Stamp;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ManagedVm} that differs from an ordinary one, or from another, in what is named. Not safe for use by
 * several threads.
 */
public final class ManagedVmBuilder {
    private final String datacenter;
    private final String openstack;
    private String client;
    private final String slug;
    private String displayName;
    private UUID uuid;
    private String job;
    private JobStatus status = JobStatus.ACTIVE;
    private @Nullable Stamp missingSince;
    private boolean suspect;
    private @Nullable Stamp disabledAt;
    private @Nullable Stamp reenabledAt;
    private List<UUID> previousUuids = List.of();
    private boolean enabled = true;
    private @Nullable String jobDefs = "DefaultJob";
    private boolean fileSetPresent = true;
    private @Nullable String fileSet;
    private boolean keptDisabled;
    private @Nullable String jobClient;
    private @Nullable String proxyServer;
    private boolean fileSetFollows = true;
    private Set<UUID> backsUpBesides = Set.of();

    private ManagedVmBuilder(String datacenter, String openstack, String client, String slug, UUID uuid, String job) {
        this.datacenter = datacenter;
        this.openstack = openstack;
        this.client = client;
        this.slug = slug;
        this.displayName = slug;
        this.uuid = uuid;
        this.job = job;
        this.jobClient = client;
        this.fileSet = OpenStackInstance.fileSetPrefix(datacenter, openstack) + slug;
    }

    /** An active VM whose resources bear the names that the instance gives; its display name is the slug. */
    public static ManagedVmBuilder of(OpenStackInstance instance, String slug, UUID uuid) {
        return new ManagedVmBuilder(
                        instance.datacenter(),
                        instance.openstack(),
                        instance.client(),
                        slug,
                        uuid,
                        instance.jobPrefix() + slug)
                .proxyServer(instance.proxyServer());
    }

    /** A copy. */
    public static ManagedVmBuilder of(ManagedVm vm) {
        ManagedVmBuilder copy =
                new ManagedVmBuilder(vm.datacenter(), vm.openstack(), vm.client(), vm.slug(), vm.uuid(), vm.job());
        copy.keptDisabled = vm.keptDisabled();
        copy.jobClient = vm.jobClient();
        copy.proxyServer = vm.proxyServer();
        copy.displayName = vm.displayName();
        copy.status = vm.status();
        copy.missingSince = vm.missingSince();
        copy.suspect = vm.suspect();
        copy.disabledAt = vm.disabledAt();
        copy.reenabledAt = vm.reenabledAt();
        copy.previousUuids = vm.previousUuids();
        copy.enabled = vm.enabled();
        copy.jobDefs = vm.jobDefs();
        copy.fileSetPresent = vm.fileSetPresent();
        copy.fileSet = vm.fileSet();
        copy.fileSetFollows = vm.fileSetFollows();
        copy.backsUpBesides = new HashSet<>(vm.backsUp());
        copy.backsUpBesides.remove(vm.uuid());
        return copy;
    }

    public ManagedVmBuilder displayName(String name) {
        displayName = name;
        return this;
    }

    public ManagedVmBuilder uuid(UUID now) {
        uuid = now;
        return this;
    }

    public ManagedVmBuilder job(String name) {
        job = name;
        return this;
    }

    /** Sets {@code #@status:} only. */
    public ManagedVmBuilder status(JobStatus now) {
        status = now;
        return this;
    }

    public ManagedVmBuilder missingSince(@Nullable Stamp at) {
        missingSince = at;
        return this;
    }

    public ManagedVmBuilder suspect(boolean yes) {
        suspect = yes;
        return this;
    }

    public ManagedVmBuilder disabledAt(@Nullable Stamp at) {
        disabledAt = at;
        return this;
    }

    public ManagedVmBuilder reenabledAt(@Nullable Stamp at) {
        reenabledAt = at;
        return this;
    }

    public ManagedVmBuilder previousUuids(List<UUID> uuids) {
        previousUuids = uuids;
        return this;
    }

    public ManagedVmBuilder enabled(boolean yes) {
        enabled = yes;
        return this;
    }

    public ManagedVmBuilder jobDefs(@Nullable String name) {
        jobDefs = name;
        return this;
    }

    /** Sets {@code #@enabled-by:} only. */
    public ManagedVmBuilder keptDisabled(boolean yes) {
        keptDisabled = yes;
        return this;
    }

    /** The client by its header and by its job. */
    public ManagedVmBuilder client(String name) {
        client = name;
        jobClient = name;
        return this;
    }

    public ManagedVmBuilder proxyServer(@Nullable String name) {
        proxyServer = name;
        return this;
    }

    /**
     * Gives it a FileSet.
     *
     * @param follows whether it backs up the VM by its UUID
     */
    public ManagedVmBuilder fileSet(@Nullable String name, boolean follows) {
        fileSetPresent = true;
        fileSet = name;
        fileSetFollows = follows;
        return this;
    }

    /** Makes its FileSet name these VMs by their UUIDs, too, or instead if it does not back up its own. */
    public ManagedVmBuilder backsUpBesides(Set<UUID> others) {
        backsUpBesides = others;
        return this;
    }

    public ManagedVmBuilder withoutFileSet() {
        fileSetPresent = false;
        fileSet = null;
        fileSetFollows = false;
        backsUpBesides = Set.of();
        return this;
    }

    public ManagedVm build() {
        Set<UUID> backsUp = new HashSet<>(backsUpBesides);
        if (fileSetFollows) {
            backsUp.add(uuid);
        }
        return new ManagedVm(
                datacenter,
                openstack,
                client,
                slug,
                displayName,
                uuid,
                job,
                status,
                missingSince,
                suspect,
                disabledAt,
                reenabledAt,
                previousUuids,
                enabled,
                jobDefs,
                fileSetPresent,
                fileSet,
                keptDisabled,
                jobClient,
                proxyServer,
                fileSetFollows,
                backsUp);
    }
}
