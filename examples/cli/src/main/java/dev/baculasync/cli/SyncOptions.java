package dev.baculasync.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of {@code sync}, which may stand before or after the command's name, or without it. */
final class SyncOptions {
    @Option(
            names = "--client",
            paramLabel = "NAME",
            description = "Handle only the instance of this Bacula Client; may be given several times.")
    private List<String> clients = new ArrayList<>();

    @Option(names = "--dry-run", description = "Report what would be done, change nothing. DRYRUN=1 does the same.")
    private boolean dryRun;

    @Option(
            names = "--approve",
            paramLabel = "DIGEST",
            description =
                    "Let through, once, what an earlier run has held and shown with this digest, as far as it still is"
                            + " what was shown; may be given several times.")
    private List<String> approvals = new ArrayList<>();

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    List<String> clients() {
        return clients;
    }

    List<String> approvals() {
        return approvals;
    }

    boolean dryRun() {
        return dryRun;
    }

    boolean json() {
        return json;
    }

    /** Whether anything is asked for that only {@code sync} does. */
    boolean narrow() {
        return !clients.isEmpty() || !approvals.isEmpty();
    }

    /** What was asked for here or there. */
    SyncOptions and(SyncOptions other) {
        SyncOptions both = new SyncOptions();
        both.clients.addAll(clients);
        both.clients.addAll(other.clients);
        both.approvals.addAll(approvals);
        both.approvals.addAll(other.approvals);
        both.dryRun = dryRun || other.dryRun;
        both.json = json || other.json;
        return both;
    }
}
