package dev.baculasync.core.plan;

import dev.baculasync.spi.BaculaName;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator has decided about all instances alike. Immutable; made by {@link #builder()}, whose defaults are
 * those of the command line.
 */
public final class SyncPolicy {
    /** What happens when a VM's resolved JobDefs no longer match its job. */
    public enum PolicyDrift {
        /** A warning in the VM's report. */
        REPORT,
        /** The job's JobDefs directive is changed. */
        UPDATE
    }

    private final String jobDefs;
    private final String storage;
    private final String pool;
    private final String schedule;
    private final String messages;
    private final @Nullable String dedup;
    private final Duration grace;
    private final @Nullable Set<String> jobDefsAllowed;
    private final PolicyDrift policyDrift;
    private final int maxDisablePercent;
    private final int maxDisableMin;
    private final @Nullable Duration cleanupAfter;
    private final ZoneId zone;

    private SyncPolicy(Builder builder) {
        this.jobDefs = builder.jobDefs;
        this.storage = builder.storage;
        this.pool = builder.pool;
        this.schedule = builder.schedule;
        this.messages = builder.messages;
        this.dedup = builder.dedup;
        this.grace = builder.grace;
        this.jobDefsAllowed = builder.jobDefsAllowed;
        this.policyDrift = builder.policyDrift;
        this.maxDisablePercent = builder.maxDisablePercent;
        this.maxDisableMin = builder.maxDisableMin;
        this.cleanupAfter = builder.cleanupAfter;
        this.zone = builder.zone;
    }

    /** A builder that holds the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The JobDefs for VMs and instances that name none. */
    public String jobDefs() {
        return jobDefs;
    }

    public String storage() {
        return storage;
    }

    public String pool() {
        return pool;
    }

    public String schedule() {
        return schedule;
    }

    public String messages() {
        return messages;
    }

    /** The deduplication algorithm of new FileSets, or null for none. */
    public @Nullable String dedup() {
        return dedup;
    }

    /** How long a VM may be absent before its job is disabled. */
    public Duration grace() {
        return grace;
    }

    /** The JobDefs a VM's tag may choose; empty when it may choose any that the Director has. */
    public Optional<Set<String>> jobDefsAllowed() {
        return Optional.ofNullable(jobDefsAllowed);
    }

    public PolicyDrift policyDrift() {
        return policyDrift;
    }

    /** Of an instance's enabled jobs, the most that one run may disable, and, alike, purge, in percent. */
    public int maxDisablePercent() {
        return maxDisablePercent;
    }

    /** So many jobs one run may disable, and as many purge, in any case. */
    public int maxDisableMin() {
        return maxDisableMin;
    }

    /** For how long a job must have been disabled before it is purged; empty when nothing is ever purged. */
    public Optional<Duration> cleanupAfter() {
        return Optional.ofNullable(cleanupAfter);
    }

    /** The zone of the times in reasons. */
    public ZoneId zone() {
        return zone;
    }

    /** Collects a policy. Not safe for use by several threads. */
    public static final class Builder {
        private String jobDefs = "DefaultJob";
        private String storage = "File1";
        private String pool = "Default";
        private String schedule = "WeeklyCycle";
        private String messages = "Standard";
        private @Nullable String dedup = "sha256";
        private Duration grace = Duration.ofDays(14);
        private @Nullable Set<String> jobDefsAllowed;
        private PolicyDrift policyDrift = PolicyDrift.REPORT;
        private int maxDisablePercent = 30;
        private int maxDisableMin = 10;
        private @Nullable Duration cleanupAfter;
        private ZoneId zone = ZoneOffset.UTC;

        private Builder() {}

        public Builder jobDefs(String name) {
            jobDefs = legal("JobDefs", name);
            return this;
        }

        public Builder storage(String name) {
            storage = legal("Storage", name);
            return this;
        }

        public Builder pool(String name) {
            pool = legal("Pool", name);
            return this;
        }

        public Builder schedule(String name) {
            schedule = legal("Schedule", name);
            return this;
        }

        public Builder messages(String name) {
            messages = legal("Messages", name);
            return this;
        }

        /** A word of letters and digits, or null for no {@code dedup} line. */
        public Builder dedup(@Nullable String algorithm) {
            if (algorithm != null && !algorithm.chars().allMatch(Character::isLetterOrDigit)) {
                throw new IllegalArgumentException("dedup is a word of letters and digits");
            }
            dedup = algorithm == null ? null : legal("dedup", algorithm);
            return this;
        }

        public Builder grace(Duration length) {
            if (length.isNegative()) {
                throw new IllegalArgumentException("a grace period cannot be negative");
            }
            grace = length;
            return this;
        }

        /** Null for any that the Director has. */
        public Builder jobDefsAllowed(@Nullable Set<String> names) {
            jobDefsAllowed = names == null ? null : Set.copyOf(names);
            return this;
        }

        public Builder policyDrift(PolicyDrift drift) {
            policyDrift = Objects.requireNonNull(drift);
            return this;
        }

        public Builder maxDisablePercent(int percent) {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException("a percentage is from 0 to 100");
            }
            maxDisablePercent = percent;
            return this;
        }

        public Builder maxDisableMin(int jobs) {
            if (jobs < 0) {
                throw new IllegalArgumentException("a number of jobs cannot be negative");
            }
            maxDisableMin = jobs;
            return this;
        }

        /** At least a day; null for never. */
        public Builder cleanupAfter(@Nullable Duration length) {
            if (length != null && length.compareTo(Duration.ofDays(1)) < 0) {
                throw new IllegalArgumentException("a job must be disabled for a day at least before it is purged");
            }
            cleanupAfter = length;
            return this;
        }

        /** The zone of the times in reasons, best that of the times in the job files; UTC unless set. */
        public Builder zone(ZoneId value) {
            zone = Objects.requireNonNull(value, "zone");
            return this;
        }

        public SyncPolicy build() {
            return new SyncPolicy(this);
        }

        private static String legal(String what, String name) {
            BaculaName.problemOf(name).ifPresent(problem -> {
                throw new IllegalArgumentException(what + " " + problem);
            });
            return name;
        }
    }
}
