package dev.baculasync.cli;

import com.google.common.base.Splitter;
import dev.baculasync.bconsole.adapter.BconsoleDirectorProvider;
import dev.baculasync.bconsole.adapter.BconsoleInventoryProvider;
import dev.baculasync.catalog.jdbc.PostgresCatalogProvider;
import dev.baculasync.filestore.FileStoreProvider;
import dev.baculasync.spi.Settings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.TimeZone;

/** The process: its environment, its streams, its end. */
public final class Main {
    private static final Splitter FORGOTTEN = Splitter.on('=').omitEmptyStrings();

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Map<String, String> environment = environment();
        takeZoneOfTheHost(environment);
        Surroundings surroundings = new Surroundings(
                environment,
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                // Set by the launcher: Java itself cannot tell the two apart.
                Boolean.getBoolean("baculasync.stdout.terminal"),
                Boolean.getBoolean("baculasync.stderr.terminal"),
                Clock.tickSeconds(ZoneOffset.UTC));
        Console console = new Console(surroundings);
        System.setErr(console.err());
        configureLogging(console.level());
        int exitCode = BaculaOpenstackSync.commandLine(surroundings, providers(), console)
                .execute(arguments);
        if (surroundings.out().checkError()) {
            console.error("standard output could not be written; the report is lost");
            exitCode = Math.max(exitCode, ExitCode.PROBLEM);
        }
        surroundings.err().flush();
        System.exit(exitCode);
    }

    /** Variables whose names the launcher's shell could not hand on are there without their values. */
    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        for (String name : FORGOTTEN.split(System.getProperty("baculasync.environment.forgotten", ""))) {
            environment.putIfAbsent(name, "");
        }
        return environment;
    }

    /** Java asks /etc/timezone, too, where the C library never looks. */
    private static void takeZoneOfTheHost(Map<String, String> environment) {
        String variable = Settings.TZ.name();
        if (!environment.containsKey(variable)) {
            Settings.of(Map.of(variable, ":/etc/localtime"))
                    .find(Settings.TZ)
                    .ifPresent(zone -> TimeZone.setDefault(TimeZone.getTimeZone(zone)));
        }
    }

    static Providers providers() {
        PostgresCatalogProvider catalog = new PostgresCatalogProvider();
        BconsoleDirectorProvider director = new BconsoleDirectorProvider();
        return new Providers(
                new BconsoleInventoryProvider(),
                catalog,
                new FileStoreProvider(),
                director,
                new Probes(director::probe, catalog::probe));
    }

    /** Must come before the first logger. Messages land in Bacula's job log, which has its own time stamps. */
    private static void configureLogging(LogLevel level) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level.word());
        System.setProperty("org.slf4j.simpleLogger.warnLevelString", "WARN:");
        System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
        System.setProperty("org.slf4j.simpleLogger.showLogName", "false");
        System.setProperty("org.slf4j.simpleLogger.showShortLogName", "false");
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}
