package dev.baculasync.cli;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.OpenStackInstance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a report has to say besides its outcomes. Not escaped. */
final class ReportMessages {
    private ReportMessages() {}

    /** What stands before everything else: the Director refused or died, or would when it is next restarted. */
    static List<String> directorProblems(SyncReport report) {
        List<String> problems = new ArrayList<>();
        report.listProblems().forEach(problem -> problems.add("DIRECTOR: " + problem));
        if (report.reload() == SyncReport.Reload.FAILED) {
            problems.add("DIRECTOR: reload failed: "
                    + (report.reloadDetail() == null ? "no reason known" : report.reloadDetail()));
        }
        if (report.configurationProblem() != null) {
            problems.add("DIRECTOR: " + report.configurationProblem());
        }
        return problems;
    }

    /** Why instances, or parts of them, were not handled; what several have in common is told once. */
    static List<String> errors(SyncReport report) {
        Map<String, List<OpenStackInstance>> instancesOf = new LinkedHashMap<>();
        for (InstanceReport instance : report.instances()) {
            String error = instance.error();
            if (error != null) {
                instancesOf.computeIfAbsent(error, key -> new ArrayList<>()).add(instance.instance());
            }
        }
        int all = report.instances().size();
        return instancesOf.entrySet().stream()
                .map(entry -> entry.getValue().size() == all && all > 1
                        ? entry.getKey()
                        : entry.getKey() + " ["
                                + entry.getValue().stream()
                                        .map(OpenStackInstance::toString)
                                        .collect(Collectors.joining(", "))
                                + "]")
                .toList();
    }

    /** What is told first about an instance as a whole: what needs a person, then the rest. */
    static List<String> toldFirst(SyncReport report) {
        return report.instances().stream()
                .flatMap(instance ->
                        instance.toldFirst().stream().map(alarm -> alarm + " [" + instance.instance() + "]"))
                .toList();
    }

    /** Warnings of VMs and notes, each with the place it is about. */
    static List<String> warnings(SyncReport report) {
        List<String> warnings = new ArrayList<>(report.notes());
        for (InstanceReport instance : report.instances()) {
            instance.notes().forEach(note -> warnings.add(note + " [" + instance.instance() + "]"));
            for (VmPlan vm : instance.vms()) {
                of(vm).forEach(text -> warnings.add(text + " [" + instance.instance() + " " + nameOf(vm) + "]"));
            }
        }
        return warnings;
    }

    /** A lost job file is a warning in itself. */
    private static List<String> of(VmPlan vm) {
        List<String> warnings = new ArrayList<>();
        if (vm.outcome() == Outcome.FILE_MISSING) {
            warnings.add(vm.reason());
        }
        warnings.addAll(vm.ownWarnings());
        return warnings;
    }

    /** What a person calls a VM. */
    static String nameOf(VmPlan vm) {
        if (!vm.vm().isEmpty()) {
            return vm.vm();
        }
        return vm.uuid() == null ? "(no name)" : vm.uuid().toString();
    }
}
