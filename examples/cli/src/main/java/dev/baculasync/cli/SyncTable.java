package dev.baculasync.cli;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The report of a run for a person at a terminal: VMs of which nothing is to be told are only counted. */
final class SyncTable {
    private static final Set<Outcome> QUIET =
            EnumSet.of(Outcome.UNCHANGED, Outcome.IN_GRACE, Outcome.STILL_DISABLED, Outcome.OPTED_OUT);

    private final SyncReport report;
    private final boolean colours;
    private final StringBuilder text = new StringBuilder();

    private SyncTable(SyncReport report, boolean colours) {
        this.report = report;
        this.colours = colours;
    }

    static String text(SyncReport report, boolean colours) {
        SyncTable table = new SyncTable(report, colours);
        table.render();
        return table.text.toString();
    }

    private void render() {
        ReportMessages.directorProblems(report).forEach(line -> line(Paint.RED, line));
        if (report.dryRun()) {
            line(Paint.BOLD, "DRY RUN: nothing was changed; this is what a run would do.");
        }
        ReportMessages.errors(report).forEach(error -> line(Paint.RED, "ERROR: " + error));
        ReportMessages.toldFirst(report).forEach(alarm -> line(Paint.RED, "ATTENTION: " + alarm));
        report.notes().forEach(note -> line(Paint.YELLOW, "WARN: " + note));
        report.instances().forEach(this::instance);
        if (text.length() > 0) {
            text.append('\n');
        }
        List<VmPlan> vms = report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .toList();
        int instances = report.instances().size();
        long failed = report.instances().stream()
                .filter(instance -> instance.error() != null)
                .count();
        line(
                report.hasProblem() ? Paint.RED : Paint.GREEN,
                (instances == 1 ? "1 instance, " : instances + " instances, ")
                        + (failed == 0 ? "" : failed + " with an error, ")
                        + OutcomeCounts.of(vms).sentence()
                        + reload());
        report.remarks().forEach(remark -> line(Paint.DIM, remark));
        if (report.dryRun()) {
            line(Paint.BOLD, "DRY RUN: nothing was changed.");
        }
    }

    private void instance(InstanceReport instance) {
        if (text.length() > 0) {
            text.append('\n');
        }
        line(
                instance.hasProblem() ? Paint.RED : Paint.BOLD,
                instance.instance() + " (" + instance.instance().client() + "): " + found(instance));
        List<VmPlan> told = instance.vms().stream()
                .filter(vm -> !QUIET.contains(vm.outcome()) || !vm.ownWarnings().isEmpty())
                .toList();
        if (!told.isEmpty()) {
            TextTable table = new TextTable("  ", colours);
            table.header("OUTCOME", "VM", "JOB", "WHY");
            for (VmPlan vm : told) {
                table.row(
                        Paint.of(vm.outcome()),
                        List.of(
                                vm.outcome().word(),
                                ReportMessages.nameOf(vm),
                                vm.job() == null ? "-" : vm.job(),
                                vm.reason()),
                        vm.ownWarnings().stream()
                                .map(warning -> "warning: " + warning)
                                .toList());
            }
            text.append(table.text());
        }
        instance.notes().forEach(note -> line(Paint.YELLOW, "  note: " + note));
        instance.actionRequired().forEach(action -> line(Paint.RED, "  ACTION REQUIRED: " + action));
    }

    private static String found(InstanceReport instance) {
        String counts = OutcomeCounts.of(instance.vms()).sentence();
        return switch (instance.discovery()) {
            case COMPLETE -> counts;
            case INCOMPLETE -> "the list of VMs may be short; " + counts;
            case FAILED -> instance.vms().isEmpty() ? "not handled" : "no list of VMs; " + counts;
        };
    }

    private String reload() {
        if (report.dryRun()) {
            return "";
        }
        return switch (report.reload()) {
            case OFF -> "; the Director is not told (RELOAD_AFTER_SYNC=0)";
            case NOT_NEEDED -> "; no reload needed";
            case DONE -> "; the Director has reloaded";
            case FAILED -> "; the Director has not reloaded";
        };
    }

    private void line(Paint paint, String line) {
        text.append(paint.on(SafeText.escape(line), colours)).append('\n');
    }
}
