package dev.baculasync.cli;

import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.filestore.ClientsConf;
import dev.baculasync.filestore.ClientsConfException;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A run as the environment, {@code clients.conf} and the command line describe it.
 *
 * @param engine has everything but an executor and a listener
 * @param instances what the run is about
 * @param dryRun whether nothing is to be changed
 * @param parallel how many instances are handled at once
 */
record SyncSetup(SyncEngine.Builder engine, List<OpenStackInstance> instances, boolean dryRun, int parallel) {
    private static final int MAX_DAYS = 36_500;

    /**
     * All that the environment describes. What is wrong with it is in the problems of the settings; defaults stand in.
     *
     * @param workDirectory where the plugin keeps files between backups, if this host is a proxy
     */
    record Parts(
            boolean dryRun,
            int parallel,
            SyncPolicy policy,
            boolean reload,
            LiveInventory inventory,
            BackupCatalog catalog,
            ConfigStore store,
            Director director,
            Optional<Path> workDirectory) {
        static Parts of(Settings settings, Providers providers) {
            LogLevel.from(settings);
            boolean dryRun = settings.flag("DRYRUN", false);
            int parallel = SyncSetup.parallel(settings);
            return new Parts(
                    dryRun,
                    parallel,
                    SyncSetup.policy(settings),
                    settings.flag("RELOAD_AFTER_SYNC", false),
                    providers.inventory().create(settings),
                    providers.catalog().create(settings),
                    providers.store().create(settings),
                    providers.director().create(settings),
                    pluginDirectory(settings));
        }
    }

    /** By default it need not be there: the proxy is mostly another host. One that is named must be. */
    private static Optional<Path> pluginDirectory(Settings settings) {
        String name = "OPENSTACK_WORK_DIR";
        Optional<Path> directory = settings.path(name, settings.text(name, "/opt/bacula/working/openstack"));
        if (settings.text(name).isPresent()
                && directory.filter(path -> !Files.isDirectory(path)).isPresent()) {
            settings.problem(name, "there is no directory " + directory.get());
        }
        return directory;
    }

    /**
     * Reads everything and touches nothing.
     *
     * @throws UsageException with everything that is wrong anywhere
     */
    static SyncSetup read(Surroundings surroundings, Providers providers, SyncOptions options) {
        return read(surroundings, providers, options, ClientsConf::read);
    }

    /** As {@link #read(Surroundings, Providers, SyncOptions)}, for when no instance may be left. */
    static SyncSetup readAllowingNoInstance(Surroundings surroundings, Providers providers, SyncOptions options) {
        return read(surroundings, providers, options, ClientsConf::readPerhapsEmpty);
    }

    private static SyncSetup read(
            Surroundings surroundings,
            Providers providers,
            SyncOptions options,
            Function<Path, List<OpenStackInstance>> reading) {
        Settings settings = surroundings.settings();
        Parts parts = Parts.of(settings, providers);
        SyncEngine.Builder engine = SyncEngine.builder()
                .clock(surroundings.clock())
                .policy(parts.policy())
                .reloadAfterSync(parts.reload())
                .inventory(parts.inventory())
                .catalog(parts.catalog())
                .store(parts.store())
                .director(parts.director());
        parts.workDirectory().ifPresent(directory -> engine.baselines(new BaselineDirectory(directory)));

        List<String> clientsProblems = new ArrayList<>();
        List<OpenStackInstance> all = instances(settings, reading, clientsProblems);
        List<OpenStackInstance> instances = chosen(all, options.clients(), settings, clientsProblems);
        engine.configured(all);
        List<String> problems = new ArrayList<>(problems(settings));
        problems.addAll(clientsProblems);
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return new SyncSetup(engine, instances, parts.dryRun() || options.dryRun(), parts.parallel());
    }

    /** How many instances are handled at once. */
    static int parallel(Settings settings) {
        return settings.integer("PARALLEL", 4, 1, 64);
    }

    /** Lets an engine with threads and progress do something. */
    <T> T inEngine(Surroundings surroundings, Console console, Function<SyncEngine, T> work) {
        try (InstancePool pool = new InstancePool(parallel);
                RunProgress progress = new RunProgress(surroundings, console)) {
            return work.apply(engine.executor(pool).listener(progress).build());
        }
    }

    /** What is wrong with settings, each told once although two providers may have read it. */
    static List<String> problems(Settings settings) {
        return settings.problems().stream()
                .map(SyncSetup::asInTheManual)
                .distinct()
                .toList();
    }

    /** The manual's list of symptoms has {@code ERROR: bconsole not found}, so its variable does not stand before it. */
    private static String asInTheManual(String problem) {
        return problem.startsWith("BCONSOLE: bconsole not found") ? problem.substring("BCONSOLE: ".length()) : problem;
    }

    private static SyncPolicy policy(Settings settings) {
        SyncPolicy.Builder policy = SyncPolicy.builder();
        policy.jobDefs(settings.baculaName("JOBDEFS", "DefaultJob"));
        policy.storage(settings.baculaName("STORAGE", "File1"));
        policy.pool(settings.baculaName("POOL", "Default"));
        policy.schedule(settings.baculaName("SCHEDULE", "WeeklyCycle"));
        policy.messages(settings.baculaName("MESSAGES", "Standard"));
        policy.dedup(dedup(settings));
        policy.grace(Duration.ofDays(settings.integer("GRACE_DAYS", 14, 0, MAX_DAYS)));
        policy.jobDefsAllowed(jobDefsAllowed(settings));
        policy.policyDrift(
                settings.choice("POLICY_DRIFT", "report", List.of("report", "update"))
                                .equals("update")
                        ? SyncPolicy.PolicyDrift.UPDATE
                        : SyncPolicy.PolicyDrift.REPORT);
        policy.maxDisablePercent(settings.integer("MAX_DISABLE_PERCENT", 30, 0, 100));
        policy.maxDisableMin(settings.integer("MAX_DISABLE_MIN", 10, 0, Integer.MAX_VALUE));
        if (settings.text("CLEANUP_AFTER_DAYS").isPresent()) {
            policy.cleanupAfter(Duration.ofDays(settings.integer("CLEANUP_AFTER_DAYS", MAX_DAYS, 1, MAX_DAYS)));
        }
        policy.zone(settings.zone());
        return policy.build();
    }

    private static @Nullable String dedup(Settings settings) {
        String value = settings.text("DEDUP_ALGO", "sha256");
        if (!value.matches("[A-Za-z0-9]{1,127}")) {
            settings.problem("DEDUP_ALGO", "\"" + value + "\" is not a word of letters and digits");
            return null;
        }
        return value.equals("none") ? null : value;
    }

    private static @Nullable Set<String> jobDefsAllowed(Settings settings) {
        Optional<String> value = settings.text("JOBDEFS_ALLOWED");
        if (value.isEmpty()) {
            return null;
        }
        Set<String> names = Stream.of(value.get().split(",", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (names.isEmpty()) {
            settings.problem("JOBDEFS_ALLOWED", "\"" + value.get() + "\" names no JobDefs");
        }
        for (String name : names) {
            BaculaName.problemOf(name)
                    .ifPresent(problem -> settings.problem("JOBDEFS_ALLOWED", "\"" + name + "\" " + problem));
        }
        return names;
    }

    private static List<OpenStackInstance> instances(
            Settings settings, Function<Path, List<OpenStackInstance>> reading, List<String> problems) {
        Optional<Path> file = clientsConf(settings);
        if (file.isEmpty()) {
            return List.of();
        }
        try {
            return reading.apply(file.get());
        } catch (ClientsConfException e) {
            boolean lookedInWrongPlace = settings.text("CLIENTS_CONF").isEmpty() && !Files.exists(file.get());
            String advice = lookedInWrongPlace ? "; set CLIENTS_CONF to where it is" : "";
            e.problems().forEach(problem -> problems.add(problem + advice));
            return List.of();
        }
    }

    private static Optional<Path> clientsConf(Settings settings) {
        return settings.path("CLIENTS_CONF", settings.text("CLIENTS_CONF", "./clients.conf"));
    }

    private static List<OpenStackInstance> chosen(
            List<OpenStackInstance> all, List<String> wanted, Settings settings, List<String> problems) {
        if (wanted.isEmpty() || !problems.isEmpty()) {
            return all;
        }
        List<String> known = all.stream().map(OpenStackInstance::client).toList();
        for (String name : new LinkedHashSet<>(wanted)) {
            if (!known.contains(name)) {
                problems.add("--client: \"" + name + "\" is not in "
                        + clientsConf(settings).orElseThrow() + ", which has " + String.join(", ", known));
            }
        }
        return all.stream()
                .filter(instance -> wanted.contains(instance.client()))
                .toList();
    }
}
