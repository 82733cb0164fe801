package dev.baculasync.cli;

import dev.baculasync.core.SyncEngine;
import dev.baculasync.core.SyncReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The run. */
@Command(
        name = "sync",
        mixinStandardHelpOptions = true,
        versionProvider = VersionFile.class,
        description = {
            "Brings the Bacula Director's Job and FileSet files in step with the live VMs.",
            "",
            "On a terminal the report shows the VMs of which there is something to tell; in a pipe it has one line for"
                    + " each VM, its fields separated by tabs: outcome, datacenter/openstack, VM, UUID, job, reason."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all well",
            "1:something failed, was held or quarantined; the rest was done",
            "2:wrong usage or configuration; nothing was done",
            "3:another run holds the lock; nothing was done"
        })
final class SyncCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Providers providers;
    private final Console console;
    private final SyncOptions early;

    @Mixin
    private final SyncOptions own = new SyncOptions();

    /**
     * @param early the options that stand before the command's name
     */
    SyncCommand(Surroundings surroundings, Providers providers, Console console, SyncOptions early) {
        this.surroundings = surroundings;
        this.providers = providers;
        this.console = console;
        this.early = early;
    }

    @Override
    public Integer call() {
        SyncOptions options = early.and(own);
        SyncReport report = run(SyncSetup.read(surroundings, providers, options));
        int exitCode = report.hasProblem() ? ExitCode.PROBLEM : ExitCode.OK;
        show(report, exitCode, options.json());
        return exitCode;
    }

    private SyncReport run(SyncSetup setup) {
        try (InstancePool pool = new InstancePool(setup.parallel());
                RunProgress progress = new RunProgress(surroundings, console)) {
            SyncEngine engine = setup.engine().executor(pool).listener(progress).build();
            return setup.dryRun() ? engine.dryRun(setup.instances()) : engine.run(setup.instances());
        }
    }

    private void show(SyncReport report, int exitCode, boolean json) {
        if (surroundings.outIsTerminal() && !json) {
            console.result(SyncTable.text(report, surroundings.colours()));
            return;
        }
        if (json) {
            ReportMessages.reloadFailure(report).ifPresent(console::error);
        }
        ReportMessages.errors(report).forEach(console::error);
        ReportMessages.warnings(report).forEach(console::warn);
        console.result(json ? Json.text(SyncJson.of(report, exitCode)) : SyncLines.text(report, exitCode));
    }
}
