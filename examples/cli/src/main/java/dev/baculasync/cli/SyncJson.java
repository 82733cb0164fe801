package dev.baculasync.cli;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.plan.VmPlan;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The report of a run as {@code sync --json} prints it; names and order are a promise to programs. */
record SyncJson(
        int schema,
        boolean dryRun,
        String startedAt,
        String finishedAt,
        int exitCode,
        String reload,
        Map<String, Integer> summary,
        List<String> notes,
        @Nullable String digest,
        List<Instance> clients) {
    private static final int SCHEMA = 1;

    record Instance(
            String client,
            String datacenter,
            String openstack,
            String discovery,
            @Nullable String error,
            List<String> notes,
            @Nullable String digest,
            List<Vm> vms,
            List<String> actionRequired) {
        static Instance of(InstanceReport report) {
            return new Instance(
                    report.instance().client(),
                    report.instance().datacenter(),
                    report.instance().openstack(),
                    report.discovery().name().toLowerCase(Locale.ROOT),
                    report.error(),
                    Stream.concat(report.toldFirst().stream(), report.notes().stream())
                            .toList(),
                    report.digest(),
                    report.vms().stream().map(Vm::of).toList(),
                    report.actionRequired());
        }
    }

    record Vm(
            String vm,
            @Nullable String uuid,
            @Nullable String job,
            String outcome,
            String reason,
            List<String> warnings) {
        static Vm of(VmPlan plan) {
            return new Vm(
                    plan.vm(),
                    plan.uuid() == null ? null : plan.uuid().toString(),
                    plan.job(),
                    plan.outcome().word(),
                    plan.reason(),
                    plan.warnings());
        }
    }

    static SyncJson of(SyncReport report, int exitCode) {
        List<VmPlan> vms = report.instances().stream()
                .flatMap(instance -> instance.vms().stream())
                .toList();
        return new SyncJson(
                SCHEMA,
                report.dryRun(),
                Json.time(report.startedAt()),
                Json.time(report.finishedAt()),
                exitCode,
                report.reload().word(),
                OutcomeCounts.of(vms).byWord(),
                Stream.of(report.listProblems(), report.notes(), report.remarks())
                        .flatMap(List::stream)
                        .toList(),
                report.digest(),
                report.instances().stream().map(Instance::of).toList());
    }
}
