package dev.baculasync.cli;

import dev.baculasync.preflight.Finding;
import dev.baculasync.preflight.Finding.Status;
import dev.baculasync.preflight.Preflight;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks everything a run relies upon. */
@Command(
        name = "preflight",
        mixinStandardHelpOptions = true,
        versionProvider = VersionFile.class,
        description = {
            "Checks everything a run needs, each with OK, WARN or FAIL, with what was found and what to do; nothing is"
                    + " changed. Run it before the first sync and after any change of configuration, as the user whom"
                    + " sync runs as.",
            "",
            "Checks the program, clients.conf, BASE_DIR and what is below it, bconsole and the rights of its console, the"
                    + " catalog, OpenStack's API (when OS_AUTH_URL and the other OS_* variables of an openrc file are"
                    + " set; clouds.yaml is not read), the list of VMs of each client, the variables, every name that"
                    + " jobs use, the Director's configuration with all that it includes, and deduplication. One"
                    + " failing never hides another. A command reload cannot be tried without reloading.",
            "",
            "In a pipe: one line for each check, its fields separated by tabs: status, section, check, what was found,"
                    + " advice."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no FAIL",
            "1:at least one FAIL",
            "2:wrong usage of this command; wrong configuration is a FAIL",
        })
final class PreflightCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Providers providers;
    private final SyncOptions early;
    private final Console console;

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    /**
     * @param early the options that stand before the command's name
     */
    PreflightCommand(Surroundings surroundings, Providers providers, Console console, SyncOptions early) {
        this.surroundings = surroundings;
        this.providers = providers;
        this.console = console;
        this.early = early;
    }

    @Override
    public Integer call() {
        if (early.dryRun() || early.narrow()) {
            throw new UsageException(List.of("--dry-run, --client and --approve belong to sync, not to preflight"));
        }
        PreflightSetup setup = new PreflightSetup(surroundings, providers);
        List<Finding> findings;
        try (InstancePool pool = new InstancePool(setup.parallel())) {
            findings = Preflight.of(setup.installation(pool)).run();
        }
        PreflightReport report = PreflightReport.of(findings);
        if (json || early.json()) {
            console.result(Json.text(report));
        } else if (surroundings.outIsTerminal()) {
            console.result(report.table(surroundings.colours()));
        } else {
            console.result(report.lines());
        }
        return findings.stream().anyMatch(finding -> finding.status() == Status.FAIL) ? ExitCode.PROBLEM : ExitCode.OK;
    }
}
