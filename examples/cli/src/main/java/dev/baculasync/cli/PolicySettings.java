package dev.baculasync.cli;

import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.core.plan.SyncPolicy.PolicyDrift;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link SyncPolicy}; their defaults are those of its builder. */
final class PolicySettings {
    private static final SyncPolicy DEFAULTS = SyncPolicy.builder().build();
    private static final int MAX_DAYS = 36_500;
    private static final String NO_DEDUP = "none";

    static final Setting<String> JOBDEFS =
            resource("JOBDEFS", "JobDefs of VMs and instances that name none", DEFAULTS.jobDefs());
    static final Setting<Set<String>> JOBDEFS_ALLOWED = Setting.of(
                    "JOBDEFS_ALLOWED",
                    "comma-separated JobDefs that a VM's tag may choose",
                    PolicySettings::parseResources)
            .whenUnset("any of the Director's")
            .misspelt("ALLOWED_JOBDEFS");
    static final Setting<PolicyDrift> POLICY_DRIFT = Setting.choice(
                    "POLICY_DRIFT",
                    "when a job no longer names the JobDefs, client or proxy that it should: report or update",
                    List.of(PolicyDrift.values()),
                    PolicySettings::word)
            .byDefault(word(DEFAULTS.policyDrift()));
    static final Setting<String> STORAGE = resource("STORAGE", "Storage of generated jobs", DEFAULTS.storage());
    static final Setting<String> POOL = resource("POOL", "Pool of generated jobs", DEFAULTS.pool());
    static final Setting<String> SCHEDULE = resource("SCHEDULE", "Schedule of generated jobs", DEFAULTS.schedule());
    static final Setting<String> MESSAGES = resource("MESSAGES", "Messages of generated jobs", DEFAULTS.messages());
    static final Setting<String> DEDUP_ALGO = Setting.of(
                    "DEDUP_ALGO",
                    "dedup of generated FileSets; none leaves the line out",
                    PolicySettings::parseAlgorithm)
            .byDefault(Objects.requireNonNullElse(DEFAULTS.dedup(), NO_DEDUP));
    static final Setting<Integer> GRACE_DAYS = Setting.whole(
                    "GRACE_DAYS", 0, MAX_DAYS, "days a VM may be absent before its job is disabled")
            .byDefault(Long.toString(DEFAULTS.grace().toDays()))
            .misspelt("GRACE_DAY", "GRACE_PERIOD", "GRACE_PERIOD_DAYS");
    static final Setting<Integer> MAX_DISABLE_PERCENT = Setting.whole(
                    "MAX_DISABLE_PERCENT",
                    0,
                    100,
                    "of an instance's enabled jobs, the most that one run may disable, purge, or leave out of"
                            + " director.conf")
            .byDefault(Integer.toString(DEFAULTS.maxDisablePercent()))
            .misspelt("MAX_DISABLED_PERCENT", "MAX_DISABLE_PCT", "MAX_DISABLE_PERCENTAGE");
    static final Setting<Integer> MAX_DISABLE_MIN = Setting.whole(
                    "MAX_DISABLE_MIN", 0, Integer.MAX_VALUE, "up to this many are always allowed")
            .byDefault(Integer.toString(DEFAULTS.maxDisableMin()))
            .misspelt("MAX_DISABLED_MIN", "MIN_DISABLE");
    static final Setting<Integer> CLEANUP_AFTER_DAYS = Setting.whole(
                    "CLEANUP_AFTER_DAYS",
                    1,
                    MAX_DAYS,
                    "days a job must be disabled before it and all its backups are purged")
            .whenUnset("never")
            .misspelt("CLEANUP_AFTER", "CLEANUP_AFTER_DAY", "CLEANUP_DAYS");

    static final List<Setting<?>> ALL = List.of(
            JOBDEFS,
            JOBDEFS_ALLOWED,
            POLICY_DRIFT,
            STORAGE,
            POOL,
            SCHEDULE,
            MESSAGES,
            DEDUP_ALGO,
            GRACE_DAYS,
            MAX_DISABLE_PERCENT,
            MAX_DISABLE_MIN,
            CLEANUP_AFTER_DAYS);

    private PolicySettings() {}

    /** The policy that they describe. */
    static SyncPolicy policy(Settings settings) {
        SyncPolicy.Builder policy = SyncPolicy.builder()
                .jobDefs(settings.get(JOBDEFS))
                .storage(settings.get(STORAGE))
                .pool(settings.get(POOL))
                .schedule(settings.get(SCHEDULE))
                .messages(settings.get(MESSAGES))
                .dedup(dedup(settings))
                .grace(Duration.ofDays(settings.get(GRACE_DAYS)))
                .jobDefsAllowed(settings.find(JOBDEFS_ALLOWED).orElse(null))
                .policyDrift(settings.get(POLICY_DRIFT))
                .maxDisablePercent(settings.get(MAX_DISABLE_PERCENT))
                .maxDisableMin(settings.get(MAX_DISABLE_MIN));
        if (settings.text(CLEANUP_AFTER_DAYS).isPresent()) {
            // Also with a wrong value: preflight then checks what cleanup needs.
            policy.cleanupAfter(
                    Duration.ofDays(settings.find(CLEANUP_AFTER_DAYS).orElse(MAX_DAYS)));
        }
        return policy.zone(settings.zone()).build();
    }

    private static @Nullable String dedup(Settings settings) {
        String algorithm = settings.get(DEDUP_ALGO);
        return algorithm.equals(NO_DEDUP) ? null : algorithm;
    }

    private static Setting<String> resource(String name, String description, String fallback) {
        Setting.Parser<String> parser = (text, problem) -> {
            BaculaName.problemOf(text).ifPresent(reason -> problem.accept("\"" + text + "\" " + reason));
            return text;
        };
        return Setting.of(name, description, parser).byDefault(fallback);
    }

    private static Set<String> parseResources(String text, Consumer<String> problem) {
        Set<String> names = Stream.of(text.split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (names.isEmpty()) {
            problem.accept("\"" + text + "\" names no JobDefs");
        }
        for (String name : names) {
            BaculaName.problemOf(name).ifPresent(reason -> problem.accept("\"" + name + "\" " + reason));
        }
        return names;
    }

    private static String parseAlgorithm(String text, Consumer<String> problem) {
        if (!text.matches("[A-Za-z0-9]{1,127}")) {
            problem.accept("\"" + text + "\" is not a word of letters and digits");
        }
        return text;
    }

    private static String word(PolicyDrift drift) {
        return drift.name().toLowerCase(Locale.ROOT);
    }
}
