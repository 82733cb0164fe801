package dev.baculasync.cli;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.plan.VmPlan;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The report of a run for pipes and files: lines whose fields are separated by tabs, each starting with an outcome,
 * {@code instance} or {@code summary}; what needs a person, {@code ATTENTION}, stands before them.
 */
final class SyncLines {
    private SyncLines() {}

    static String text(SyncReport report, int exitCode) {
        StringBuilder text = new StringBuilder();
        ReportMessages.directorProblems(report).forEach(line -> append(text, line));
        report.instances()
                .forEach(instance -> instance.alarms()
                        .forEach(alarm ->
                                append(text, "ATTENTION", instance.instance().toString(), alarm)));
        if (report.dryRun()) {
            append(text, "DRY RUN: nothing was changed");
        }
        for (InstanceReport instance : report.instances()) {
            String place = instance.instance().toString();
            append(
                    text,
                    "instance",
                    place,
                    instance.instance().client(),
                    instance.discovery().name().toLowerCase(Locale.ROOT));
            text.setLength(text.length() - 1);
            text.append('\t').append(OutcomeCounts.of(instance.vms()).fields()).append('\n');
            for (VmPlan vm : instance.vms()) {
                append(
                        text,
                        vm.outcome().word(),
                        place,
                        vm.vm(),
                        vm.uuid() == null ? null : vm.uuid().toString(),
                        vm.job(),
                        vm.reason());
            }
            instance.actionRequired().forEach(action -> append(text, "ACTION REQUIRED", place, action));
        }
        long failed = report.instances().stream()
                .filter(instance -> instance.error() != null)
                .count();
        List<VmPlan> vms = report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .toList();
        report.remarks().forEach(remark -> append(text, "remark", remark));
        text.append("summary\tinstances=" + report.instances().size() + "\tinstances-with-error=" + failed + "\t"
                + OutcomeCounts.of(vms).fields() + "\treload=" + report.reload().word() + "\tdry-run="
                + (report.dryRun() ? "yes" : "no") + "\texit-code=" + exitCode + "\n");
        return text.toString();
    }

    /** One line; what is not known, or empty, is a dash. */
    static void append(StringBuilder text, @Nullable String... fields) {
        text.append(Stream.of(fields)
                        .map(field -> field == null || field.isEmpty() ? "-" : SafeText.escape(field))
                        .collect(Collectors.joining("\t")))
                .append('\n');
    }
}
