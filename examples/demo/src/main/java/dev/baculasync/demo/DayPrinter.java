package dev.baculasync.demo;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.OpenStackInstance;
import java.io.PrintStream;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Prints a table for each day on which something happened, and a dot for any other. */
final class DayPrinter {
    private static final Set<Outcome> QUIET =
            EnumSet.of(Outcome.UNCHANGED, Outcome.IN_GRACE, Outcome.STILL_DISABLED, Outcome.OPTED_OUT);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE yyyy-MM-dd", Locale.ROOT);
    /** The most rows of one kind. */
    private static final int ALIKE = 4;

    private final PrintStream out;
    private final Set<UUID> optedOut = new HashSet<>();
    private boolean inDots;

    DayPrinter(PrintStream out) {
        this.out = out;
    }

    void print(int day, List<String> stories, SyncReport report) {
        List<String> rows = new ArrayList<>();
        for (InstanceReport instance : report.instances()) {
            if (instance.discovery() != Discovery.Verdict.COMPLETE) {
                rows.add(row(
                        instance.instance(),
                        "-",
                        "list " + instance.discovery().name().toLowerCase(Locale.ROOT),
                        Printable.of(String.valueOf(instance.error()))));
            }
            rows.addAll(rows(instance));
        }
        if (rows.isEmpty() && stories.isEmpty()) {
            out.print('.');
            out.flush();
            inDots = true;
            return;
        }
        endDots();
        out.printf(
                "%nDay %d, %s%s%n",
                day,
                DATE.format(report.startedAt().atOffset(ZoneOffset.UTC)),
                report.reload() == SyncReport.Reload.DONE ? ", Director reloaded" : "");
        stories.forEach(story -> out.println("  " + Printable.of(story) + ":"));
        rows.forEach(out::println);
        if (rows.isEmpty()) {
            out.println("    nothing to do");
        }
    }

    void endDots() {
        if (inDots) {
            out.println();
            inDots = false;
        }
    }

    private List<String> rows(InstanceReport report) {
        Map<Outcome, List<VmPlan>> eventful = new LinkedHashMap<>();
        for (VmPlan vm : report.vms()) {
            if (isEvent(vm)) {
                eventful.computeIfAbsent(vm.outcome(), outcome -> new ArrayList<>())
                        .add(vm);
            }
        }
        List<String> rows = new ArrayList<>();
        eventful.forEach((outcome, vms) -> {
            int shown = vms.size() > ALIKE ? ALIKE - 1 : vms.size();
            int left = 0;
            for (VmPlan vm : vms) {
                if (shown <= 0 && vm.warnings().isEmpty()) {
                    left++;
                    continue;
                }
                shown--;
                rows.add(row(report.instance(), vm.vm(), outcome.word(), vm.reason()));
                vm.warnings().forEach(warning -> rows.add(row(report.instance(), "", "(warning)", warning)));
            }
            if (left > 0) {
                rows.add(row(report.instance(), "and " + left + " more", outcome.word(), ""));
            }
        });
        return rows;
    }

    /** An opted-out VM is one on the first evening only. */
    private boolean isEvent(VmPlan vm) {
        UUID uuid = vm.uuid();
        if (uuid != null && vm.outcome() == Outcome.OPTED_OUT) {
            return optedOut.add(uuid);
        }
        return !QUIET.contains(vm.outcome());
    }

    private static String row(OpenStackInstance instance, String vm, String outcome, String reason) {
        return String.format("    %-8s  %-23s  %-15s  %s", instance, Printable.of(vm), outcome, Printable.of(reason))
                .stripTrailing();
    }
}
