package dev.baculasync.preflight;

import dev.baculasync.bconsole.adapter.BconsoleConfig;
import dev.baculasync.bconsole.adapter.ConsoleProbe;
import dev.baculasync.catalog.jdbc.CatalogProbe;
import dev.baculasync.filestore.ClientsConf;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.LiveInventory;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.Setting;
import dev.baculasync.spi.Settings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * What is to be checked.
 *
 * @param program the program itself
 * @param settings the values of all variables; what is wrong with them is in its problems
 * @param variables all variables, as data
 * @param policy what runs would do, defaults standing in for wrong variables
 * @param clientsConf path of the client definition file
 * @param clients what it says
 * @param baseDir root of the generated tree
 * @param user the name of the user whom the process runs as
 * @param places where this host may have Bacula's own files
 * @param daemons Bacula's daemons on this host
 * @param bconsole how bconsole is started
 * @param executor lets several instances be asked at once
 */
public record Installation(
        Program program,
        Settings settings,
        List<Setting<?>> variables,
        RunPolicy policy,
        Path clientsConf,
        ClientsConf.Inspection clients,
        Path baseDir,
        String user,
        BaculaPlaces places,
        Daemons daemons,
        BconsoleConfig bconsole,
        LiveInventory inventory,
        BackupCatalog catalog,
        ConfigStore store,
        Director director,
        ConsoleProbe console,
        CatalogProbe catalogProbe,
        InstantSource clock,
        Executor executor) {
    public Installation {
        variables = List.copyOf(variables);
    }

    /**
     * The program itself.
     *
     * @param version what it says about itself
     * @param java what runs it
     * @param launcher the script that started it; empty when it was not started from a distribution
     */
    public record Program(String version, Runtime.Version java, Optional<Path> launcher) {}

    List<OpenStackInstance> instances() {
        return clients.instances();
    }

    /** What stands in for a variable that is not set, for a person. */
    String defaultOf(String variable) {
        return variables.stream()
                .filter(setting -> setting.name().equals(variable))
                .map(Setting::fallback)
                .findFirst()
                .map(String::valueOf)
                .orElseThrow();
    }

    /** What is wrong with any of these variables, each with its name in front. */
    List<String> problemsOf(String... variables) {
        return settings.problems().stream()
                .filter(problem -> Stream.of(variables).anyMatch(variable -> problem.startsWith(variable + ": ")))
                .toList();
    }
}
