package dev.baculasync.core;

import dev.baculasync.core.plan.InstancePlan;
import dev.baculasync.core.plan.PlanInput;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.StoreSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** One run, from the lock to the report. Used once. */
final class SyncRun {
    private static final int NAMED_IN_MESSAGE = 3;

    private final EngineParts parts;
    private final List<OpenStackInstance> instances;
    private final boolean dryRun;
    private final Instant startedAt;
    private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();
    private final GuardedListener listener;
    private final DirectorOnce director;
    private final Set<String> newJobs = new ConcurrentSkipListSet<>();

    SyncRun(EngineParts parts, List<OpenStackInstance> instances, boolean dryRun) {
        this.parts = parts;
        this.instances = instances;
        this.dryRun = dryRun;
        this.startedAt = parts.clock().instant();
        this.listener = new GuardedListener(parts.listener(), notes::add);
        this.director = new DirectorOnce(parts.director(), notes::add);
    }

    SyncReport run() {
        try (StoreSession session = parts.store().open(dryRun ? Access.READ : Access.WRITE)) {
            listener.tell(to -> to.runStarted(instances));
            List<InstanceReport> reports = handleAll(session);
            Reloaded reloaded = publishAndReload(session, reports);
            SyncReport report = new SyncReport(
                    dryRun,
                    startedAt,
                    parts.clock().instant(),
                    reloaded.reload(),
                    reloaded.detail(),
                    reloaded.reports(),
                    List.copyOf(notes));
            listener.tell(to -> to.runFinished(report));
            return report;
        }
    }

    private List<InstanceReport> handleAll(StoreSession session) {
        try {
            parts.catalog().check();
        } catch (ProviderException e) {
            return instances.stream()
                    .map(instance -> notHandled(instance, e.getMessage()))
                    .toList();
        }
        List<CompletableFuture<InstanceReport>> tasks = instances.stream()
                .map(instance -> CompletableFuture.supplyAsync(() -> handle(session, instance), parts.executor()))
                .toList();
        return tasks.stream().map(CompletableFuture::join).toList();
    }

    /** Handles one instance; whatever goes wrong with it stays with it. */
    private InstanceReport handle(StoreSession session, OpenStackInstance instance) {
        listener.tell(to -> to.instanceStarted(instance));
        InstanceReport report;
        try {
            report = reconcile(session, instance);
        } catch (ProviderException e) {
            report = notHandled(instance, e.getMessage());
        } catch (RuntimeException e) {
            // A defect in a provider: told with its type, because its message was not written for a person.
            report = notHandled(instance, "internal error: " + e);
        }
        InstanceReport done = report;
        listener.tell(to -> to.instanceFinished(done));
        return done;
    }

    private InstanceReport reconcile(StoreSession session, OpenStackInstance instance) {
        Discovery discovery = discover(instance);
        PlanInput input = new PlanInput(
                instance, discovery, parts.catalog().jobNames(instance), session.read(instance), director, startedAt);
        InstancePlan plan = parts.planner().plan(input);
        if (plan.restsOnAbsence()) {
            discovery = SecondLook.merge(discovery, discover(instance));
            plan = parts.planner().plan(input.withDiscovery(discovery));
        }
        InstancePlan settled = plan;
        listener.tell(to -> to.planned(instance, settled));
        List<VmPlan> vms = dryRun ? settled.vms() : carryOut(session, instance, settled);
        return new InstanceReport(instance, discovery.verdict(), discovery.problem(), vms, settled.notes(), List.of());
    }

    private Discovery discover(OpenStackInstance instance) {
        Discovery discovery = parts.inventory().discover(instance);
        listener.tell(to -> to.discovered(instance, discovery));
        return discovery;
    }

    private List<VmPlan> carryOut(StoreSession session, OpenStackInstance instance, InstancePlan plan) {
        List<ConfigEdit> edits = plan.edits();
        if (edits.isEmpty()) {
            return plan.vms();
        }
        Map<String, ProviderException> failures = new HashMap<>();
        for (EditResult result : session.apply(instance, edits)) {
            ProviderException error = result.error();
            if (error != null) {
                failures.put(result.edit().vmPart(), error);
            } else if (result.edit() instanceof ConfigEdit.Create create) {
                newJobs.add(create.job().name());
            }
        }
        if (failures.isEmpty()) {
            return plan.vms();
        }
        List<VmPlan> done = new ArrayList<>();
        for (VmPlan vm : plan.vms()) {
            ProviderException error =
                    vm.edit() == null ? null : failures.get(vm.edit().vmPart());
            done.add(error == null ? vm : vm.failed(error.getMessage()));
        }
        return done;
    }

    private record Reloaded(
            SyncReport.Reload reload, @Nullable String detail, List<InstanceReport> reports) {}

    private Reloaded publishAndReload(StoreSession session, List<InstanceReport> reports) {
        SyncReport.Reload none = parts.reloadAfterSync() ? SyncReport.Reload.NOT_NEEDED : SyncReport.Reload.OFF;
        if (dryRun) {
            return new Reloaded(none, null, reports);
        }
        boolean changed;
        try {
            changed = session.publish();
        } catch (ProviderException e) {
            List<InstanceReport> failed = reports.stream()
                    .map(report -> report.withError(e.getMessage()))
                    .toList();
            return new Reloaded(none, null, failed);
        }
        if (!changed || !parts.reloadAfterSync()) {
            return new Reloaded(none, null, reports);
        }
        listener.tell(SyncListener::reloading);
        String problem = reload();
        return problem == null
                ? new Reloaded(SyncReport.Reload.DONE, null, reports)
                : new Reloaded(SyncReport.Reload.FAILED, problem, reports);
    }

    /** Tells the Director, and asks it afterwards whether it has the new jobs; what is wrong, or null. */
    private @Nullable String reload() {
        try {
            ReloadResult result = parts.director().reload();
            if (result.kind() != ReloadResult.Kind.DONE) {
                return result.detail();
            }
            if (newJobs.isEmpty()) {
                return null;
            }
            Set<String> missing = new TreeSet<>(newJobs);
            missing.removeAll(parts.director().jobNames());
            return missing.isEmpty()
                    ? null
                    : "the Director is alive but lacks " + missing.size() + " of the new jobs (" + firstOf(missing)
                            + "); does bacula-dir.conf include the generated files?";
        } catch (ProviderException e) {
            return "it is not known what came of the reload: " + e.getMessage();
        }
    }

    private static String firstOf(Set<String> names) {
        String first = String.join(", ", names.stream().limit(NAMED_IN_MESSAGE).toList());
        return names.size() > NAMED_IN_MESSAGE ? first + ", …" : first;
    }

    private static InstanceReport notHandled(OpenStackInstance instance, String why) {
        return new InstanceReport(instance, Discovery.Verdict.FAILED, why, List.of(), List.of(), List.of());
    }
}
