package dev.baculasync.cli;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.bconsole.adapter.BconsoleInventoryProvider;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.filestore.FileStoreProvider;
import dev.baculasync.preflight.FakeCatalogProbe;
import dev.baculasync.preflight.FakeConsole;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupCatalogProvider;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.ConfigStoreProvider;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorProvider;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.LiveInventoryProvider;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import dev.baculasync.spi.Stamp;
import dev.baculasync.testkit.Fleets;
import dev.baculasync.testkit.InMemoryCatalog;
import dev.baculasync.testkit.InMemoryDirector;
import dev.baculasync.testkit.InMemoryInventory;
import dev.baculasync.testkit.InMemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A command line in surroundings of its own: a clients.conf, in-memory providers, captured streams. */
final class CliHarness {
    static final Instant NOW = Instant.parse("2026-11-21T22:00:00.123456Z");
    static final UUID UUID_1 = UUID.fromString("014c5892-5efb-4efb-bd60-4e038800475d");
    static final UUID UUID_2 = UUID.fromString("9d0f8b7a-1111-4222-8333-444455556666");
    static final OpenStackInstance FIRST = new OpenStackInstance(
            "datacenter1", "openstack1", "bacula-dc1-os1-fd", "dc1-os1-proxy", "backup-dc1-os1-", null);
    static final OpenStackInstance SECOND = new OpenStackInstance(
            "datacenter2", "openstack1", "bacula-dc2-os1-fd", "dc2-os1-proxy", "backup-dc2-os1-", null);

    final Map<String, String> environment = new TreeMap<>();
    final InMemoryInventory inventory = new InMemoryInventory();
    final InMemoryCatalog catalog = new InMemoryCatalog();
    final InMemoryStore store = new InMemoryStore();
    final InMemoryDirector director = new InMemoryDirector(store::jobNames)
            .fileSets(store::fileSetNames)
            .clients(Set.of(FIRST.client(), SECOND.client()));

    private final FakeConsole console = new FakeConsole();
    private final FakeCatalogProbe catalogProbe = new FakeCatalogProbe(NOW);

    /** What the providers made of their settings; empty when they were not asked. */
    final List<String> created = new ArrayList<>();

    private final Path clientsConf;
    private ConfigStore openedStore = store;
    private LiveInventory askedInventory = inventory;
    private boolean outIsTerminal;
    private boolean errIsTerminal;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** What a command left behind. */
    record Result(int exitCode, String out, String err) {
        List<String> outLines() {
            return out.lines().toList();
        }

        List<String> errLines() {
            return err.lines().toList();
        }
    }

    CliHarness(Path folder) {
        clientsConf = folder.resolve("clients.conf");
        environment.put("CLIENTS_CONF", clientsConf.toString());
        clients(FIRST, SECOND);
    }

    CliHarness clients(OpenStackInstance... instances) {
        StringBuilder text = new StringBuilder();
        for (OpenStackInstance instance : instances) {
            text.append(String.join(
                            " ",
                            instance.datacenter(),
                            instance.openstack(),
                            instance.client(),
                            instance.proxyServer(),
                            instance.jobPrefix()))
                    .append('\n');
        }
        return clientsConf(text.toString());
    }

    CliHarness clientsConf(String text) {
        try {
            Files.writeString(clientsConf, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    CliHarness set(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    CliHarness onTerminal() {
        outIsTerminal = true;
        return this;
    }

    CliHarness messagesOnTerminal() {
        errIsTerminal = true;
        return this;
    }

    CliHarness store(ConfigStore other) {
        openedStore = other;
        return this;
    }

    CliHarness inventory(LiveInventory other) {
        askedInventory = other;
        return this;
    }

    /** What the command has printed up to now, or the last one. */
    String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    Result run(String... arguments) {
        out.reset();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                environment,
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                outIsTerminal,
                errIsTerminal,
                () -> NOW);
        int exitCode = BaculaOpenstackSync.commandLine(surroundings, providers(), new Console(surroundings))
                .execute(arguments);
        surroundings.out().flush();
        surroundings.err().flush();
        return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Providers providers() {
        return new Providers(
                new InventoryFake(),
                new CatalogFake(),
                new StoreFake(),
                new DirectorFake(),
                new Probes(config -> console, settings -> catalogProbe));
    }

    static LiveVm vm(String name, UUID uuid) {
        return LiveVm.of(name, uuid);
    }

    static ManagedVm stored(OpenStackInstance instance, String name, UUID uuid) {
        return stored(instance, name, uuid, JobStatus.ACTIVE, null, null);
    }

    static ManagedVm stored(
            OpenStackInstance instance, String name, UUID uuid, JobStatus status, Stamp missing, Stamp disabled) {
        return Fleets.vm(instance, name, uuid)
                .status(status)
                .missingSince(missing)
                .disabledAt(disabled)
                .enabled(status == JobStatus.ACTIVE)
                .build();
    }

    private final class InventoryFake implements LiveInventoryProvider {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Setting<?>> settings() {
            return new BconsoleInventoryProvider().settings();
        }

        @Override
        public LiveInventory create(Settings settings) {
            created.add("inventory");
            settings.find(BconsoleConfig.BCONSOLE_TIMEOUT);
            return askedInventory;
        }
    }

    private final class CatalogFake implements BackupCatalogProvider {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Setting<?>> settings() {
            return new PostgresCatalogProvider().settings();
        }

        @Override
        public BackupCatalog create(Settings settings) {
            created.add("catalog");
            settings.find(PostgresCatalogProvider.DB_PORT);
            return catalog;
        }
    }

    private final class StoreFake implements ConfigStoreProvider {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Setting<?>> settings() {
            return new FileStoreProvider().settings();
        }

        @Override
        public ConfigStore create(Settings settings) {
            created.add("store");
            settings.text(FileStoreProvider.BASE_DIR)
                    .ifPresent(path -> settings.problem(FileStoreProvider.BASE_DIR, "there is no directory " + path));
            return openedStore;
        }
    }

    private final class DirectorFake implements DirectorProvider {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Setting<?>> settings() {
            return new BconsoleDirectorProvider().settings();
        }

        @Override
        public Director create(Settings settings) {
            created.add("director");
            settings.find(BconsoleConfig.BCONSOLE_TIMEOUT);
            return director;
        }
    }
}
