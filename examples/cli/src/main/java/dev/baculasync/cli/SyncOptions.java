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

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    List<String> clients() {
        return clients;
    }

    boolean dryRun() {
        return dryRun;
    }

    boolean json() {
        return json;
    }

    /** What was asked for here or there. */
    SyncOptions and(SyncOptions other) {
        SyncOptions both = new SyncOptions();
        both.clients.addAll(clients);
        both.clients.addAll(other.clients);
        both.dryRun = dryRun || other.dryRun;
        both.json = json || other.json;
        return both;
    }
}
