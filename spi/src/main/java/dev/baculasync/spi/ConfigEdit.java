package dev.baculasync.spi;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change to what the store holds about one VM. Edits are data: the core decides them, a store carries them out.
 */
public sealed interface ConfigEdit {
    /** The VM's directory, and the part of its resource names that is its own. */
    String slug();

    /** Whether it changes anything that a Director reads; headers are comments to it. */
    default boolean concernsDirector() {
        return true;
    }

    /** Writes a VM that the store does not hold yet, its FileSet before its Job. */
    record Create(String slug, String displayName, UUID uuid, JobSpec job, FileSetSpec fileSet, Instant createdAt)
            implements ConfigEdit {
        public Create {
            Objects.requireNonNull(slug, "slug");
            Objects.requireNonNull(displayName, "displayName");
            Objects.requireNonNull(uuid, "uuid");
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(fileSet, "fileSet");
            Objects.requireNonNull(createdAt, "createdAt");
        }
    }

    /**
     * Removes a VM, its Job before its FileSet. Files of its directory that the store has not written stay where they
     * are.
     */
    record Remove(String slug) implements ConfigEdit {
        public Remove {
            Objects.requireNonNull(slug, "slug");
        }
    }

    /**
     * Changes some of what the store holds about a VM and leaves every other byte as it is. A component that is null
     * changes nothing.
     *
     * @param displayName new value of {@code #@vm:}
     * @param uuid the VM that the job and its FileSet back up from now on; the one before is kept in
     *     {@code #@previous-uuid:}
     * @param status new value of {@code #@status:}
     * @param missingSince, disabledAt, reenabledAt what becomes of these headers
     * @param suspect whether {@code #@absence:} is to be there
     * @param enabled new value of the job's {@code Enabled} directive
     * @param jobDefs new value of the job's {@code JobDefs} directive
     * @param keptDisabled whether {@code #@enabled-by: operator} is to be there
     * @param client new value of {@code #@client:} and of the job's {@code Client} directive
     * @param proxyServer new value of {@code proxy_server=} in the FileSet's {@code Plugin} strings
     * @param missingFileSet the FileSet to write when, and only when, there is none
     */
    record Change(
            String slug,
            @Nullable String displayName,
            @Nullable UUID uuid,
            @Nullable JobStatus status,
            @Nullable StampEdit missingSince,
            @Nullable Boolean suspect,
            @Nullable StampEdit disabledAt,
            @Nullable StampEdit reenabledAt,
            @Nullable Boolean enabled,
            @Nullable String jobDefs,
            @Nullable Boolean keptDisabled,
            @Nullable String client,
            @Nullable String proxyServer,
            @Nullable FileSetSpec missingFileSet)
            implements ConfigEdit {
        public Change {
            Objects.requireNonNull(slug, "slug");
        }

        /** A change of nothing, to start from. */
        public static Change of(String slug) {
            return new Change(slug, null, null, null, null, null, null, null, null, null, null, null, null, null);
        }

        /** Whether carrying this out would leave everything as it is. */
        public boolean isEmpty() {
            return equals(of(slug));
        }

        public Change withDisplayName(String value) {
            return new Change(
                    slug,
                    value,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withUuid(UUID value) {
            return new Change(
                    slug,
                    displayName,
                    value,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withStatus(JobStatus value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    value,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withMissingSince(StampEdit value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    value,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        /** Null leaves {@code #@absence:} as it is. */
        public Change withSuspect(@Nullable Boolean value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    value,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withDisabledAt(StampEdit value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    value,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withReenabledAt(StampEdit value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    value,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withEnabled(boolean value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    value,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withJobDefs(String value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    value,
                    keptDisabled,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        /** Null leaves {@code #@enabled-by:} as it is. */
        public Change withKeptDisabled(@Nullable Boolean value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    value,
                    client,
                    proxyServer,
                    missingFileSet);
        }

        public Change withClient(String value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    value,
                    proxyServer,
                    missingFileSet);
        }

        public Change withProxyServer(String value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    value,
                    missingFileSet);
        }

        public Change withMissingFileSet(FileSetSpec value) {
            return new Change(
                    slug,
                    displayName,
                    uuid,
                    status,
                    missingSince,
                    suspect,
                    disabledAt,
                    reenabledAt,
                    enabled,
                    jobDefs,
                    keptDisabled,
                    client,
                    proxyServer,
                    value);
        }

        @Override
        public boolean concernsDirector() {
            return uuid != null
                    || enabled != null
                    || jobDefs != null
                    || client != null
                    || proxyServer != null
                    || missingFileSet != null;
        }
    }
}
