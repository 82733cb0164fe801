package dev.baculasync.cli;

import dev.baculasync.core.ApprovalRefused;
import dev.baculasync.core.SyncReport;
import java.util.List;
import java.util.Set;
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
            "1:something failed, was held or quarantined, a live VM has no job file, or a list of VMs may be short; the rest"
                    + " was done",
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
        SyncSetup setup = SyncSetup.read(surroundings, providers, options);
        Set<String> approvals = Set.copyOf(options.approvals());
        SyncReport report;
        try {
            report = setup.inEngine(
                    surroundings,
                    console,
                    engine -> setup.dryRun()
                            ? show(engine.dryRun(setup.instances(), approvals), options)
                            : engine.run(setup.instances(), approvals, done -> show(done, options)));
        } catch (ApprovalRefused e) {
            throw new UsageException(List.of("--approve: " + e.getMessage()));
        }
        return exitCode(report);
    }

    private SyncReport show(SyncReport report, SyncOptions options) {
        ReportOutput.show(surroundings, console, report, exitCode(report), options.json());
        return report;
    }

    private static int exitCode(SyncReport report) {
        return report.hasProblem() ? ExitCode.PROBLEM : ExitCode.OK;
    }
}
