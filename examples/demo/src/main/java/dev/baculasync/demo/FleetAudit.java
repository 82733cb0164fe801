package dev.baculasync.demo;

import dev.baculasync.core.InstanceReport;
import dev.baculasync.core.SyncReport;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.LiveVm;
import dev.baculasync.spi.OpenStackInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares what the product did with what is true in the simulated world, every night and at the end. Knows nothing of how
 * the product came to its decisions.
 */
final class FleetAudit {
    private final SimulatedOpenStack cloud;
    private final SimulatedDirector director;
    private final int graceDays;
    private final Map<UUID, Integer> lastThere = new HashMap<>();
    private final List<String> violations = new ArrayList<>();

    FleetAudit(SimulatedOpenStack cloud, SimulatedDirector director, int graceDays) {
        this.cloud = cloud;
        this.director = director;
        this.graceDays = graceDays;
    }

    /** What was not as promised; empty when all was. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** After a sync and its reload, before the night's backups. */
    void checkEvening(int day, SyncReport report) {
        Map<UUID, Long> jobsByVm =
                director.enabledJobs().stream().collect(Collectors.groupingBy(ScheduledJob::vm, Collectors.counting()));
        Set<UUID> held = new HashSet<>();
        for (InstanceReport instance : report.instances()) {
            checkOutcomes(day, instance);
            for (LiveVm vm : cloud.live(instance.instance())) {
                lastThere.put(vm.uuid(), day);
                long jobs = jobsByVm.getOrDefault(vm.uuid(), 0L);
                if (!vm.optedOut() && jobs != 1) {
                    violation(day, instance.instance() + ": live VM " + vm.name() + " has " + jobs + " enabled jobs");
                }
            }
            instance.vms().stream().filter(vm -> vm.outcome() == Outcome.HELD).forEach(vm -> held.add(vm.uuid()));
        }
        for (ScheduledJob job : director.enabledJobs()) {
            Integer seen = lastThere.get(job.vm());
            if (seen == null) {
                violation(day, "job " + job.name() + " backs up a VM that never was");
            } else if (day - seen > graceDays + 1 && !held.contains(job.vm())) {
                violation(day, "job " + job.name() + " is enabled, but its VM is gone since day " + (seen + 1));
            }
        }
    }

    /** Each VM that is there has exactly one outcome. */
    private void checkOutcomes(int day, InstanceReport report) {
        if (report.discovery() != Discovery.Verdict.COMPLETE) {
            return;
        }
        Map<UUID, List<VmPlan>> byVm =
                report.vms().stream().filter(vm -> vm.uuid() != null).collect(Collectors.groupingBy(VmPlan::uuid));
        for (LiveVm vm : cloud.live(report.instance())) {
            int outcomes = byVm.getOrDefault(vm.uuid(), List.of()).size();
            if (outcomes != 1) {
                violation(day, report.instance() + ": VM " + vm.name() + " has " + outcomes + " outcomes");
            }
        }
    }

    /** Names and places of everything in the tree. */
    void checkTree(DemoTree tree, List<OpenStackInstance> instances) throws IOException {
        Set<Path> included = new TreeSet<>(BaculaResource.includesOf(tree.directorConf()));
        Set<Path> expected = new TreeSet<>();
        Map<String, OpenStackInstance> places =
                instances.stream().collect(Collectors.toMap(OpenStackInstance::toString, Function.identity()));
        for (Path file : tree.files()) {
            Path inside = tree.baseDir().relativize(file);
            if (file.equals(tree.directorConf())) {
                continue;
            }
            expected.add(file);
            OpenStackInstance instance =
                    inside.getNameCount() == 4 ? places.get(inside.subpath(0, 2).toString()) : null;
            if (instance == null) {
                violations.add("a file where none belongs: " + inside);
                continue;
            }
            checkFile(file, inside, instance);
        }
        if (!included.equals(expected)) {
            violations.add("director.conf does not name exactly the files that are there");
        }
    }

    private void checkFile(Path file, Path inside, OpenStackInstance instance) throws IOException {
        String slug = inside.getName(2).toString();
        String name = BaculaResource.read(file).name();
        String expected = inside.endsWith("job") ? instance.jobPrefix() + slug : instance.fileSetPrefix() + slug;
        if (!name.equals(expected)) {
            violations.add(inside + " holds " + name + " instead of " + expected);
        }
        if (Files.readString(file).chars().anyMatch(c -> c < ' ' && c != '\n')) {
            violations.add(inside + " holds a control character");
        }
    }

    private void violation(int day, String what) {
        violations.add("day " + day + ": " + what);
    }
}
