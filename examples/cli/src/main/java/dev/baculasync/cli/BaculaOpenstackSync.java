package dev.baculasync.cli;

import dev.baculasync.spi.ProviderException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a whole; without a command it is {@code sync}. */
@Command(
        name = "bacula-openstack-sync",
        mixinStandardHelpOptions = true,
        versionProvider = VersionFile.class,
        description = {
            "Keeps the Bacula Director's Job and FileSet files in step with the live VMs of OpenStack.",
            "Without a command: sync."
        },
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all well",
            "1:something failed, was held or quarantined, or left a live VM unprotected; the rest was done",
            "2:wrong usage or configuration; nothing was done",
            "3:another run holds the lock; nothing was done"
        })
final class BaculaOpenstackSync implements Callable<Integer> {
    private static final String SECTION_ENVIRONMENT = "environment";

    private final Surroundings surroundings;
    private final Providers providers;
    private final Console console;

    @Mixin
    private final SyncOptions options = new SyncOptions();

    private BaculaOpenstackSync(Surroundings surroundings, Providers providers, Console console) {
        this.surroundings = surroundings;
        this.providers = providers;
        this.console = console;
    }

    @Override
    public Integer call() {
        return new SyncCommand(surroundings, providers, console, options).call();
    }

    /** A command line, ready to execute; it neither reads the process's environment nor ends the process. */
    static CommandLine commandLine(Surroundings surroundings, Providers providers, Console console) {
        BaculaOpenstackSync root = new BaculaOpenstackSync(surroundings, providers, console);
        CommandLine line = new CommandLine(root)
                .addSubcommand(new SyncCommand(surroundings, providers, console, root.options))
                .addSubcommand(new StatusCommand(surroundings, providers, console, root.options))
                .addSubcommand(new RepairCommand(surroundings, providers, console, root.options))
                .addSubcommand(new DeleteClientCommand(surroundings, providers, console, root.options))
                .addSubcommand(new PreflightCommand(surroundings, providers, console, root.options));
        line.addSubcommand(new CommandLine.HelpCommand());
        later(line, "explain", "VM", "A VM, by name or UUID: its state, the rule that gave it, and what comes next.");
        later(line, "coverage", "[--json]", "Every live VM: last good backup, how old, or why there is none.");
        later(line, "restore-points", "VM [--json]", "What can be restored of a VM, deleted ones too, and how.");
        // The name of a VM may begin with an @.
        line.setExpandAtFiles(false)
                .setOut(writer(surroundings.out()))
                .setErr(writer(console.err()))
                .setColorScheme(Help.defaultColorScheme(surroundings.colours() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setParameterExceptionHandler((problem, arguments) -> wrongUsage(console, problem))
                .setExecutionExceptionHandler((problem, command, parsed) -> failed(console, problem));
        environmentSection(line, Variables.of(providers));
        return line;
    }

    private static void later(CommandLine line, String name, String parameters, String description) {
        CommandLine command = new CommandLine(new LaterCommand(name)).setUnmatchedArgumentsAllowed(true);
        command.getCommandSpec()
                .name(name)
                .usageMessage()
                .description(description + " Not available yet.")
                .customSynopsis(("bacula-openstack-sync " + name + " " + parameters).strip());
        line.addSubcommand(command);
    }

    private static void environmentSection(CommandLine line, Variables variables) {
        List<String> keys = line.getHelpSectionKeys();
        int end = keys.indexOf(CommandLine.Model.UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST_HEADING);
        List<String> withSection = new ArrayList<>(keys);
        withSection.add(end, SECTION_ENVIRONMENT);
        line.getCommandSpec().usageMessage().sectionKeys(withSection);
        line.getCommandSpec()
                .usageMessage()
                .sectionMap()
                .put(
                        SECTION_ENVIRONMENT,
                        help -> "\nEnvironment variables:\n" + help.createTextTable(variables.help()));
    }

    private static int wrongUsage(Console console, ParameterException problem) {
        String help = "; see " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help";
        if (problem instanceof UnmatchedArgumentException unmatched) {
            List<String> meant = unmatched.getSuggestions();
            console.error("unknown command or argument \"" + String.join(" ", unmatched.getUnmatched()) + "\""
                    + (meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?") + help);
        } else {
            console.error(problem.getMessage() + help);
        }
        return ExitCode.USAGE;
    }

    private static int failed(Console console, Exception problem) {
        if (problem instanceof UsageException usage) {
            usage.problems().forEach(console::error);
            return ExitCode.USAGE;
        }
        if (problem instanceof ProviderException provider) {
            console.error(provider.getMessage());
            return switch (provider.code()) {
                case LOCKED -> ExitCode.LOCKED;
                case CONFIGURATION -> ExitCode.USAGE;
                default -> ExitCode.PROBLEM;
            };
        }
        console.error("internal error: " + problem
                + (console.level().includes(LogLevel.DEBUG) ? "" : " (LOG_LEVEL=debug shows where)"));
        if (console.level().includes(LogLevel.DEBUG)) {
            problem.printStackTrace(console.err());
        }
        return ExitCode.PROBLEM;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }
}
