package dev.baculasync.spi;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A managed VM: all that its job file and its FileSet say that this product manages. It is the whole record; a store gives
 * it and takes it ({@link VmEdit}).
 *
 * @param key where its files are
 * @param client of the instance it belongs to ({@code #@client:})
 * @param displayName the VM's name when it was last written ({@code #@vm:}); a tenant chose it
 * @param uuid the VM that the job backs up
 * @param status {@code #@status:}
 * @param missingSince when it was first absent; null unless it is in its grace period
 * @param suspect whether its absence may be that of a list that was cut ({@code #@absence:})
 * @param disabledAt when the job was last disabled, or null
 * @param reenabledAt when the job was last re-enabled, or null
 * @param previousUuids earlier VMs that this job backed up, oldest first
 * @param disabledByOperator whether an operator has disabled the job, so that it stays so when the VM returns ({@code
 *     #@enabled-by: operator})
 * @param createdAt when the job was made; null when that is not known
 * @param directives what its Job resource says
 * @param fileSet what its FileSet resource says; null when there is none
 */
public record ManagedVm(
        VmKey key,
        String client,
        String displayName,
        UUID uuid,
        JobStatus status,
        @Nullable Stamp missingSince,
        boolean suspect,
        @Nullable Stamp disabledAt,
        @Nullable Stamp reenabledAt,
        List<UUID> previousUuids,
        boolean disabledByOperator,
        @Nullable Stamp createdAt,
        JobDirectives directives,
        @Nullable FileSetFacts fileSet) {
    public ManagedVm {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(displayName, "displayName");
        Objects.requireNonNull(uuid, "uuid");
        Objects.requireNonNull(status, "status");
        previousUuids = List.copyOf(previousUuids);
        Objects.requireNonNull(directives, "directives");
    }

    /**
     * An active VM that is enabled and whose resources have the names that its instance gives. Its display name is the slug,
     * its FileSet names it, and its Job leaves everything else to its JobDefs.
     */
    public static Builder builder(OpenStackInstance instance, String slug, UUID uuid) {
        return new Builder(instance, slug, uuid);
    }

    /** A builder that holds the same. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Its directory, and the part of its resource names that is its own. */
    public String slug() {
        return key.slug();
    }

    /** Name of its Job resource. */
    public String job() {
        return directives.name();
    }

    /** Whether its Job says {@code Enabled = yes}, or nothing. */
    public boolean enabled() {
        return directives.enabled();
    }

    /** The JobDefs that its Job names; null when it names none. */
    public @Nullable String jobDefs() {
        return directives.jobDefs();
    }

    /** The proxy that its FileSet names once; null when it does not. */
    public @Nullable String proxyServer() {
        return fileSet == null ? null : fileSet.proxyServer();
    }

    /** The VMs that its FileSet names. */
    public Set<UUID> backsUp() {
        return fileSet == null ? Set.of() : fileSet.instances();
    }

    /** Whether its FileSet names this VM. */
    public boolean backsUpItself() {
        return backsUp().contains(uuid);
    }

    /** Whether its FileSet names other VMs, and not this one; nothing is known of one that names none. */
    public boolean backsUpOthersOnly() {
        return !backsUp().isEmpty() && !backsUpItself();
    }

    /**
     * The names that nothing else may bear: those of its Job and its FileSet, and the one that its FileSet gets if it has to
     * be written again.
     */
    public Set<String> resourceNames() {
        Set<String> names = new HashSet<>();
        names.add(job());
        names.add(OpenStackInstance.fileSetPrefix(key.datacenter(), key.openstack()) + slug());
        if (fileSet != null && fileSet.name() != null) {
            names.add(fileSet.name());
        }
        return names;
    }

    /** Makes a VM that differs from another in what is named. Not safe for use by several threads. */
    public static final class Builder {
        private final VmKey key;
        private String client;
        private String displayName;
        private UUID uuid;
        private JobStatus status;
        private @Nullable Stamp missingSince;
        private boolean suspect;
        private @Nullable Stamp disabledAt;
        private @Nullable Stamp reenabledAt;
        private List<UUID> previousUuids;
        private boolean disabledByOperator;
        private @Nullable Stamp createdAt;
        private String job;
        private boolean enabled;
        private @Nullable String jobDefs;
        private @Nullable String jobClient;
        private @Nullable String jobFileSet;
        private @Nullable String storage;
        private @Nullable String pool;
        private @Nullable String schedule;
        private @Nullable String messages;
        private @Nullable FileSetFacts fileSet;

        private Builder(OpenStackInstance instance, String slug, UUID uuid) {
            this.key = new VmKey(instance.datacenter(), instance.openstack(), slug);
            this.client = instance.client();
            this.displayName = slug;
            this.uuid = uuid;
            this.status = JobStatus.ACTIVE;
            this.previousUuids = List.of();
            String fileSetName = instance.fileSetPrefix() + slug;
            this.job = instance.jobPrefix() + slug;
            this.enabled = true;
            this.jobClient = instance.client();
            this.jobFileSet = fileSetName;
            this.fileSet = new FileSetFacts(fileSetName, instance.proxyServer(), null, Set.of(uuid));
        }

        private Builder(ManagedVm vm) {
            this.key = vm.key;
            this.client = vm.client;
            this.displayName = vm.displayName;
            this.uuid = vm.uuid;
            this.status = vm.status;
            this.missingSince = vm.missingSince;
            this.suspect = vm.suspect;
            this.disabledAt = vm.disabledAt;
            this.reenabledAt = vm.reenabledAt;
            this.previousUuids = vm.previousUuids;
            this.disabledByOperator = vm.disabledByOperator;
            this.createdAt = vm.createdAt;
            this.job = vm.job();
            directives(vm.directives);
            this.fileSet = vm.fileSet;
        }

        /** {@code #@client:} alone; what the Job names is {@link #jobClient}. */
        public Builder client(String name) {
            client = name;
            return this;
        }

        public Builder displayName(String name) {
            displayName = name;
            return this;
        }

        /** Sets {@code #@uuid:} alone; what the FileSet names is {@link #backsUp}. */
        public Builder uuid(UUID value) {
            uuid = value;
            return this;
        }

        /** Sets {@code #@status:} alone. */
        public Builder status(JobStatus value) {
            status = value;
            return this;
        }

        public Builder missingSince(@Nullable Stamp value) {
            missingSince = value;
            return this;
        }

        public Builder suspect(boolean value) {
            suspect = value;
            return this;
        }

        public Builder disabledAt(@Nullable Stamp value) {
            disabledAt = value;
            return this;
        }

        public Builder reenabledAt(@Nullable Stamp value) {
            reenabledAt = value;
            return this;
        }

        public Builder previousUuids(List<UUID> value) {
            previousUuids = value;
            return this;
        }

        /** Sets {@code #@enabled-by:} alone. */
        public Builder disabledByOperator(boolean value) {
            disabledByOperator = value;
            return this;
        }

        public Builder createdAt(@Nullable Stamp value) {
            createdAt = value;
            return this;
        }

        public Builder directives(JobDirectives value) {
            job = value.name();
            enabled = value.enabled();
            jobDefs = value.jobDefs();
            jobClient = value.client();
            jobFileSet = value.fileSet();
            storage = value.storage();
            pool = value.pool();
            schedule = value.schedule();
            messages = value.messages();
            return this;
        }

        /** Null for none. */
        public Builder fileSet(@Nullable FileSetFacts value) {
            fileSet = value;
            return this;
        }

        /** The name of the Job resource. */
        public Builder job(String name) {
            job = name;
            return this;
        }

        public Builder enabled(boolean value) {
            enabled = value;
            return this;
        }

        public Builder jobDefs(@Nullable String name) {
            jobDefs = name;
            return this;
        }

        /** The Client that the Job names. */
        public Builder jobClient(@Nullable String name) {
            jobClient = name;
            return this;
        }

        /**
         * The name of the FileSet resource.
         *
         * @throws IllegalStateException when there is no FileSet
         */
        public Builder fileSetName(@Nullable String name) {
            FileSetFacts f = required();
            return fileSet(new FileSetFacts(name, f.proxyServer(), f.dedup(), f.instances()));
        }

        /**
         * The proxy that the FileSet names.
         *
         * @throws IllegalStateException when there is no FileSet
         */
        public Builder proxyServer(@Nullable String name) {
            FileSetFacts f = required();
            return fileSet(new FileSetFacts(f.name(), name, f.dedup(), f.instances()));
        }

        /**
         * The VMs that the FileSet names.
         *
         * @throws IllegalStateException when there is no FileSet
         */
        public Builder backsUp(Set<UUID> value) {
            FileSetFacts f = required();
            return fileSet(new FileSetFacts(f.name(), f.proxyServer(), f.dedup(), value));
        }

        private FileSetFacts required() {
            if (fileSet == null) {
                throw new IllegalStateException(key + " has no FileSet");
            }
            return fileSet;
        }

        public ManagedVm build() {
            return new ManagedVm(
                    key,
                    client,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    previousUuids,
                    disabledByOperator,
                    createdAt,
                    new JobDirectives(job, enabled, jobDefs, jobClient, jobFileSet, storage, pool, schedule, messages),
                    fileSet);
        }
    }
}
