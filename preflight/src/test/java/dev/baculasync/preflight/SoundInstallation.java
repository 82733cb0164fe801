package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.BconsoleInventoryProvider;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.filestore.ClientsConf;
import dev.baculasync.filestore.FileStoreProvider;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An installation in which everything is as it should be, until a test plants a fault. */
final class SoundInstallation {
    static final Instant NOW = Instant.parse("2026-11-21T22:00:00Z");
    static final OpenStackInstance FIRST = new OpenStackInstance("dc1", "os1", "fd1", "proxy1", "backup-dc1-", null);
    static final OpenStackInstance SECOND = new OpenStackInstance("dc2", "os1", "fd2", "proxy2", "backup-dc2-", null);

    static final Setting<Integer> GRACE_DAYS =
            Setting.whole("GRACE_DAYS", 0, 100, "").byDefault("14");

    private static final List<Setting<?>> VARIABLES = Stream.of(
                    Stream.of(
                            Setting.path("CLIENTS_CONF", "").byDefault("./clients.conf"),
                            GRACE_DAYS,
                            Setting.whole("MAX_DISABLE_PERCENT", 0, 100, "").byDefault("30")),
                    new FileStoreProvider().settings().stream(),
                    new BconsoleInventoryProvider().settings().stream(),
                    new PostgresCatalogProvider().settings().stream())
            .<Setting<?>>flatMap(settings -> settings)
            .toList();

    final Path folder;
    final Map<String, String> environment = new TreeMap<>();
    String jobDefs = "DefaultJob";
    Set<String> jobDefsAllowed = Set.of();
    String storage = "File1";
    String pool = "Default";
    String schedule = "WeeklyCycle";
    String messages = "Standard";
    String dedup;
    Duration grace = Duration.ofDays(14);
    int maxDisablePercent = 30;
    Duration cleanupAfter;
    boolean reload = true;
    boolean dryRun;
    final FakeConsole console = new FakeConsole();
    final FakeCatalogProbe catalogProbe = new FakeCatalogProbe(NOW);
    final InMemoryCatalog catalog = new InMemoryCatalog();
    final InMemoryInventory inventory = new InMemoryInventory();
    final InMemoryStore store = new InMemoryStore();
    InMemoryDirector director = new InMemoryDirector(store::jobNames)
            .clients(Set.of(FIRST.client(), SECOND.client()))
            .checksEnd(() -> new ConfigCheck(ConfigCheck.Kind.ACCEPTED, ""));
    Path baseDir;
    final Path clientsConf;
    final Path bconsoleConf;
    final Path directorConf;
    ConfigStore openedStore = store;
    LiveInventory askedInventory = inventory;
    String user;
    Daemons daemons = program -> Optional.empty();

    /**
     * @param folder an empty folder
     */
    SoundInstallation(Path folder) {
        this.folder = folder;
        baseDir = folder.resolve("openstack");
        clientsConf = folder.resolve("clients.conf");
        bconsoleConf = folder.resolve("bconsole.conf");
        directorConf = folder.resolve("bacula-dir.conf");
        try {
            Files.createDirectory(baseDir);
            user = Files.getOwner(baseDir).getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mode(baseDir, "rwxr-x---");
        write("openstack/director.conf", "");
        write("clients.conf", "dc1 os1 fd1 proxy1 backup-dc1-\ndc2 os1 fd2 proxy2 backup-dc2-\n");
        write("bconsole.conf", "Director {\n  Name = dir\n}\n");
        mode(bconsoleConf, "rw-------");
        write("bacula-dir.conf", "Director {\n  Name = dir\n}\n@\"" + baseDir.resolve("director.conf") + "\"\n");
        mode(write("bin/bacula-openstack-sync", "#!/bin/sh\n"), "rwxr-xr-x");
        environment.put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        environment.put("CLIENTS_CONF", clientsConf.toString());
        inventory.set(FIRST, LiveVm.of("web", UUID.randomUUID()));
        inventory.set(SECOND, LiveVm.of("db", UUID.randomUUID()));
    }

    Path write(String name, String text) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void mode(Path file, String permissions) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A VM of the first instance whose files are on disk. */
    SoundInstallation stored(String vm) {
        store.put(Fleets.vm(FIRST, vm, UUID.randomUUID()).build());
        store.list(store.vms().stream().map(ManagedVm::key).collect(Collectors.toSet()));
        return this;
    }

    Installation installation() {
        return installation(Settings.of(environment));
    }

    /**
     * @param settings with the problems that were found in them
     */
    Installation installation(Settings settings) {
        return new Installation(
                new Installation.Program(
                        "bacula-openstack-sync 1.0",
                        Runtime.version(),
                        Optional.of(folder.resolve("bin/bacula-openstack-sync"))),
                settings,
                VARIABLES,
                new RunPolicy(
                        jobDefs,
                        jobDefsAllowed,
                        storage,
                        pool,
                        schedule,
                        messages,
                        dedup,
                        grace,
                        maxDisablePercent,
                        cleanupAfter,
                        reload,
                        dryRun),
                clientsConf,
                ClientsConf.inspect(clientsConf),
                baseDir,
                user,
                new BaculaPlaces(List.of(folder), user),
                daemons,
                new BconsoleConfig(
                        Path.of("/usr/sbin/bconsole"), bconsoleConf, Duration.ofSeconds(1), 1, Map.of(), null),
                askedInventory,
                catalog,
                openedStore,
                director,
                console,
                catalogProbe,
                () -> NOW,
                Runnable::run);
    }

    /** What one section finds, each as {@code STATUS check: found -> advice}. */
    static List<String> find(Section section) {
        Findings findings = new Findings(section.name());
        section.check(findings);
        return findings.list().stream().map(SoundInstallation::text).toList();
    }

    static String text(Finding finding) {
        return finding.status() + " " + finding.check() + ": " + finding.found()
                + (finding.advice().isEmpty() ? "" : " -> " + finding.advice());
    }
}
