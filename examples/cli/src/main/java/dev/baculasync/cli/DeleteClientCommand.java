package dev.baculasync.cli;

import dev.baculasync.core.RetirementRefused;
import dev.baculasync.core.RetirementReport;
import dev.baculasync.spi.OpenStackInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes an OpenStack instance out of Bacula for good. */
@Command(
        name = "delete-client",
        mixinStandardHelpOptions = true,
        versionProvider = VersionFile.class,
        description = {
            "Removes all that Bacula has of a retired OpenStack instance: its backups, also those of VMs that are"
                    + " still enabled, its jobs, its Client in the catalog and its directory.",
            "",
            "Refuses while the client is in clients.conf, while its File Daemon answers, and while a job of it waits or"
                    + " runs, and when the job files say that the arguments do not belong together. Copies and migrated runs"
                    + " stay, and with them the Client in the catalog. Try it with --dry-run first; what was interrupted"
                    + " is finished by calling it again."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is gone; a volume that stays, such as one in use, is named",
            "1:something is left, such as copies, which keep the Client in the catalog; the report says what",
            "2:wrong usage or configuration, or refused; nothing was done",
            "3:another run holds the lock; nothing was done"
        })
final class DeleteClientCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Providers providers;
    private final Console console;
    private final SyncOptions early;

    @Parameters(index = "0", paramLabel = "DATACENTER", description = "As it stood in clients.conf.")
    private String datacenter = "";

    @Parameters(index = "1", paramLabel = "OPENSTACK", description = "As it stood in clients.conf.")
    private String openstack = "";

    @Parameters(index = "2", paramLabel = "CLIENT", description = "As it stood in clients.conf.")
    private String client = "";

    @Parameters(index = "3", paramLabel = "JOB_PREFIX", description = "As it stood in clients.conf.")
    private String jobPrefix = "";

    @Option(
            names = "--dry-run",
            description = "Report what would be removed, row by row, and change nothing. DRYRUN=1 does the same.")
    private boolean dryRun;

    /** @param early the options that stand before the command's name */
    DeleteClientCommand(Surroundings surroundings, Providers providers, Console console, SyncOptions early) {
        this.surroundings = surroundings;
        this.providers = providers;
        this.console = console;
        this.early = early;
    }

    @Override
    public Integer call() {
        if (early.json() || early.narrow()) {
            throw new UsageException(List.of("--json, --client and --approve belong to sync, not to delete-client"));
        }
        SyncSetup setup = SyncSetup.readAllowingNoInstance(surroundings, providers, early);
        OpenStackInstance retired = retired(setup.instances());
        try {
            return exitCode(setup.inEngine(
                    surroundings, console, engine -> engine.retire(retired, dryRun || setup.dryRun(), this::show)));
        } catch (RetirementRefused e) {
            throw new UsageException(List.of(e.getMessage()));
        }
    }

    private void show(RetirementReport result) {
        ReportOutput.show(surroundings, console, result.report(), exitCode(result), false);
        String row = "client " + client + ": its row in the catalog ";
        console.result(
                result.report().dryRun()
                        ? row + (result.clientRemoved() ? "would go" : "would stay") + "\n"
                        : row + (result.clientRemoved() ? "is gone" : "stays") + ", its directory "
                                + (result.directoryRemoved() ? "is gone" : "stays") + "\n");
    }

    private static int exitCode(RetirementReport result) {
        return result.hasProblem() ? ExitCode.PROBLEM : ExitCode.OK;
    }

    /** The instance that the arguments name, if nothing of it is configured any more. */
    private OpenStackInstance retired(List<OpenStackInstance> configured) {
        OpenStackInstance retired;
        try {
            // The proxy is asked for nothing any more.
            retired = new OpenStackInstance(datacenter, openstack, client, client, jobPrefix, null);
        } catch (IllegalArgumentException e) {
            throw new UsageException(List.of(e.getMessage()));
        }
        List<String> problems = new ArrayList<>();
        for (OpenStackInstance other : configured) {
            if (other.client().equals(client)) {
                problems.add("client " + client + " is still in clients.conf; remove its line first");
            } else if (other.toString().equals(retired.toString())) {
                problems.add(retired + " is still in clients.conf, with client " + other.client()
                        + "; remove its line first");
            } else if (other.jobPrefix().startsWith(jobPrefix) || jobPrefix.startsWith(other.jobPrefix())) {
                problems.add("job prefix " + jobPrefix + " could take jobs of " + other + ", whose prefix is "
                        + other.jobPrefix());
            }
        }
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return retired;
    }
}
