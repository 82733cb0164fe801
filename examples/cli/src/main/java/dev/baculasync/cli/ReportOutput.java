package dev.baculasync.cli;

import dev.baculasync.core.SyncReport;

/** Where a report goes: a table for a person, lines for a pipe, JSON for a program; messages to standard error. */
final class ReportOutput {
    private ReportOutput() {}

    static void show(Surroundings surroundings, Console console, SyncReport report, int exitCode, boolean json) {
        if (surroundings.outIsTerminal() && !json) {
            console.result(SyncTable.text(report, surroundings.colours()));
            return;
        }
        if (json) {
            ReportMessages.directorProblems(report).forEach(console::error);
        }
        ReportMessages.errors(report).forEach(console::error);
        ReportMessages.toldFirst(report).forEach(console::warn);
        ReportMessages.warnings(report).forEach(console::warn);
        console.result(json ? Json.text(SyncJson.of(report, exitCode)) : SyncLines.text(report, exitCode));
    }
}
