package dev.baculasync.cli;

import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.filestore.ClientsConf;
import dev.baculasync.filestore.ClientsConfException;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;

/**
 * A run as the environment, {@code clients.conf} and the command line describe it.
 *
 * @param engine has everything but an executor and a listener
 * @param instances what the run is about
 * @param dryRun whether nothing is to be changed
 * @param parallel how many instances are handled at once
 */
record SyncSetup(SyncEngine.Builder engine, List<OpenStackInstance> instances, boolean dryRun, int parallel) {
    static final Setting<Path> CLIENTS_CONF = Setting.path("CLIENTS_CONF", "the client definition file")
            .byDefault("./clients.conf")
            .misspelt("CLIENTS_CONFIG", "CLIENT_CONF");
    static final Setting<Path> OPENSTACK_WORK_DIR = Setting.path(
                    "OPENSTACK_WORK_DIR", "where the plugin keeps files between backups, if this host is a proxy")
            .byDefault("/opt/bacula/working/openstack");
    static final Setting<Boolean> DRYRUN = Setting.flag("DRYRUN", "1 = report all actions, change nothing");
    static final Setting<Boolean> RELOAD_AFTER_SYNC =
            Setting.flag("RELOAD_AFTER_SYNC", "1 = tell the Director to reload after files have changed");
    static final Setting<Integer> PARALLEL = Setting.whole("PARALLEL", 1, 64, "OpenStack instances handled at once")
            .byDefault("4");

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
            Path workDirectory) {
        static Parts of(Settings settings, Providers providers) {
            LogLevel.from(settings);
            return new Parts(
                    settings.get(DRYRUN),
                    settings.get(PARALLEL),
                    PolicySettings.policy(settings),
                    settings.get(RELOAD_AFTER_SYNC),
                    providers.inventory().create(settings),
                    providers.catalog().create(settings),
                    providers.store().create(settings),
                    providers.director().create(settings),
                    workDirectory(settings));
        }

        /** By default it need not be there: the proxy is mostly another host. One that is named must be. */
        private static Path workDirectory(Settings settings) {
            Path directory = settings.get(OPENSTACK_WORK_DIR);
            if (settings.text(OPENSTACK_WORK_DIR).isPresent() && !Files.isDirectory(directory)) {
                settings.problem(OPENSTACK_WORK_DIR, "there is no directory " + directory);
            }
            return directory;
        }
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
        Settings settings = surroundings.settings(Variables.of(providers));
        Parts parts = Parts.of(settings, providers);
        SyncEngine.Builder engine = SyncEngine.builder()
                .clock(surroundings.clock())
                .policy(parts.policy())
                .reloadAfterSync(parts.reload())
                .inventory(parts.inventory())
                .catalog(parts.catalog())
                .store(parts.store())
                .director(parts.director())
                .baselines(new BaselineDirectory(parts.workDirectory()));

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

    private static List<OpenStackInstance> instances(
            Settings settings, Function<Path, List<OpenStackInstance>> reading, List<String> problems) {
        Path file = settings.get(CLIENTS_CONF);
        try {
            return reading.apply(file);
        } catch (ClientsConfException e) {
            boolean lookedInWrongPlace = settings.text(CLIENTS_CONF).isEmpty() && !Files.exists(file);
            String advice = lookedInWrongPlace ? "; set CLIENTS_CONF to where it is" : "";
            e.problems().forEach(problem -> problems.add(problem + advice));
            return List.of();
        }
    }

    private static List<OpenStackInstance> chosen(
            List<OpenStackInstance> all, List<String> wanted, Settings settings, List<String> problems) {
        if (wanted.isEmpty() || !problems.isEmpty()) {
            return all;
        }
        List<String> known = all.stream().map(OpenStackInstance::client).toList();
        for (String name : new LinkedHashSet<>(wanted)) {
            if (!known.contains(name)) {
                problems.add("--client: \"" + name + "\" is not in " + settings.get(CLIENTS_CONF) + ", which has "
                        + String.join(", ", known));
            }
        }
        return all.stream()
                .filter(instance -> wanted.contains(instance.client()))
                .toList();
    }
}
