package dev.baculasync.cli;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes missing files of a VM again. */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        versionProvider = VersionFile.class,
        description = {
            "Writes missing files of a VM again: its FileSet, or, when the catalog knows its job, both files.",
            "",
            "Find out first who removed them. Nothing else is touched."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all well",
            "1:no such VM, or something failed",
            "2:wrong usage or configuration; nothing was done",
            "3:another run holds the lock; nothing was done"
        })
final class RepairCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Providers providers;
    private final Console console;
    private final SyncOptions early;

    @Parameters(paramLabel = "VM", description = "Its name, its UUID or its job's name.")
    private String vm = "";

    @Option(names = "--dry-run", description = "Report what would be written, change nothing. DRYRUN=1 does the same.")
    private boolean dryRun;

    /**
     * @param early the options that stand before the command's name
     */
    RepairCommand(Surroundings surroundings, Providers providers, Console console, SyncOptions early) {
        this.surroundings = surroundings;
        this.providers = providers;
        this.console = console;
        this.early = early;
    }

    @Override
    public Integer call() {
        if (early.json() || !early.approvals().isEmpty()) {
            throw new UsageException(List.of("--json and --approve belong to sync, not to repair"));
        }
        SyncSetup setup = SyncSetup.read(surroundings, providers, early);
        SyncReport report = setup.inEngine(
                surroundings,
                console,
                engine -> engine.repair(setup.instances(), vm, dryRun || setup.dryRun(), this::show));
        if (!isFound(report)) {
            console.error("no live VM, UUID or job \"" + vm + "\" is known, so nothing can be repaired");
        }
        return exitCode(report);
    }

    private void show(SyncReport report) {
        List<InstanceReport> involved = report.instances().stream()
                .filter(instance -> !instance.vms().isEmpty() || instance.hasProblem())
                .toList();
        ReportOutput.show(surroundings, console, report.about(involved), exitCode(report), false);
    }

    private static int exitCode(SyncReport report) {
        return isFound(report) && !report.hasProblem() ? ExitCode.OK : ExitCode.PROBLEM;
    }

    private static boolean isFound(SyncReport report) {
        return report.instances().stream().anyMatch(instance -> !instance.vms().isEmpty());
    }
}
