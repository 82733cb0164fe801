package dev.baculasync.core;

import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.plan.InstancePlan;
import dev.baculasync.core.plan.PlanInput;
import dev.baculasync.spi.ChangedVm;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.StoredVm;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run, from the lock to the report. Used once. */
final class SyncRun {
    private final EngineParts parts;
    private final List<OpenStackInstance> instances;
    private final boolean dryRun;
    private final @Nullable String repair;
    private final Instant startedAt;
    private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();
    private final GuardedListener listener;
    private final DirectorOnce director;

    /** @param repair the VM whose missing files are all that the run is about, or null */
    SyncRun(EngineParts parts, List<OpenStackInstance> instances, boolean dryRun, @Nullable String repair) {
        this.repair = repair;
        this.parts = parts;
        this.instances = instances;
        this.dryRun = dryRun;
        this.startedAt = parts.clock().instant();
        this.listener = new GuardedListener(parts.listener(), notes::add);
        this.director = new DirectorOnce(parts.director(), notes::add);
    }

    /** @param reader is given the report before what it tells is forgotten */
    SyncReport run(Consumer<SyncReport> reader) {
        try (StoreSession session = parts.store().open(dryRun ? Access.READ : Access.WRITE)) {
            listener.tell(to -> to.runStarted(instances));
            LeftoverNames names = new LeftoverNames(parts, session, notes::add, dryRun);
            List<InstanceReport> handled = handleAll(session, names);
            // Ignorance changes nothing: where no instance could be told anything about, nothing is published either.
            boolean blind = handled.stream().allMatch(report -> report.discovery() == Discovery.Verdict.FAILED);
            Publication.Result published =
                    dryRun ? new Publication.Result(handled, unchanged(), null) : publish(session, handled, blind);
            boolean cleansUp = !blind && repair == null && parts.planner().cleansUp();
            String problem = cleansUp ? names.carryOut() : null;
            SyncReport report = new SyncReport(
                    dryRun,
                    startedAt,
                    parts.clock().instant(),
                    published.reload(),
                    published.detail(),
                    published.configurationProblem(),
                    problem == null
                            ? published.reports()
                            : published.reports().stream()
                                    .map(instance -> instance.withError(problem))
                                    .toList(),
                    Stream.concat(session.notes().stream(), notes.stream()).toList());
            listener.tell(to -> to.runFinished(report));
            reader.accept(report);
            if (!dryRun) {
                told(session, listener);
            }
            return report;
        }
    }

    private Publication.Result publish(StoreSession session, List<InstanceReport> handled, boolean blind) {
        Publication publication =
                new Publication(parts, session, listener, notes::add, director, inStep(session, handled), handled);
        return blind ? publication.look() : publication.carryOut();
    }

    /** From here on somebody has the report, which tells what is left to a person. */
    static void told(StoreSession session, GuardedListener listener) {
        try {
            session.told();
        } catch (ProviderException e) {
            listener.tell(to -> to.notForgotten(e.getMessage()));
        }
    }

    /** The instances about which all is known, and where whatever was put back of a run that died has its files again. */
    private List<OpenStackInstance> inStep(StoreSession session, List<InstanceReport> handled) {
        return handled.stream()
                .filter(report ->
                        repair == null && report.error() == null && report.discovery() == Discovery.Verdict.COMPLETE)
                .map(InstanceReport::instance)
                .filter(instance -> hasAgain(session, instance, putBack(session, instance)))
                .toList();
    }

    private boolean hasAgain(StoreSession session, OpenStackInstance instance, Set<String> vmParts) {
        try {
            return vmParts.isEmpty()
                    || session.read(instance).vms().stream()
                            .map(StoredVm::vmPart)
                            .collect(Collectors.toSet())
                            .containsAll(vmParts);
        } catch (ProviderException e) {
            notes.add(e.getMessage());
            return false;
        }
    }

    private static Set<String> putBack(StoreSession session, OpenStackInstance instance) {
        return session.putBackOnOpening().stream()
                .filter(vm -> vm.isOf(instance))
                .map(ChangedVm::vmPart)
                .collect(Collectors.toSet());
    }

    private SyncReport.Reload unchanged() {
        return parts.reloadAfterSync() ? SyncReport.Reload.NOT_NEEDED : SyncReport.Reload.OFF;
    }

    private List<InstanceReport> handleAll(StoreSession session, LeftoverNames leftover) {
        try {
            parts.catalog().check();
        } catch (ProviderException e) {
            return instances.stream()
                    .map(instance -> blind(session, instance, e.getMessage()))
                    .toList();
        }
        NamesInStore names = new NamesInStore(session);
        List<CompletableFuture<InstanceReport>> tasks = instances.stream()
                .map(instance -> CompletableFuture.supplyAsync(
                        () -> handle(session, instance, names, leftover), parts.executor()))
                .toList();
        try {
            return tasks.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            // Exceptions stay with their instance, so this is an error: nothing can be said about the run any more.
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /** Handles one instance; whatever goes wrong with it stays with it. */
    private InstanceReport handle(
            StoreSession session, OpenStackInstance instance, NamesInStore names, LeftoverNames leftover) {
        listener.tell(to -> to.instanceStarted(instance));
        InstanceReport report;
        try {
            report = reconcile(session, instance, names, leftover);
        } catch (RuntimeException e) {
            report = blind(session, instance, messageOf(e));
        }
        InstanceReport done = report;
        listener.tell(to -> to.instanceFinished(done));
        return done;
    }

    private InstanceReport reconcile(
            StoreSession session, OpenStackInstance instance, NamesInStore names, LeftoverNames leftover) {
        Discovery discovery = discover(instance);
        PlanInput input = new PlanInput(
                instance,
                discovery,
                parts.catalog().jobNames(instance),
                session.read(instance),
                () -> names.beside(instance),
                putBack(session, instance),
                director,
                startedAt);
        if (repair != null) {
            return carryOut(
                    session,
                    instance,
                    input.stored(),
                    discovery,
                    parts.planner().repair(input, repair),
                    leftover);
        }
        InstancePlan plan = parts.planner().plan(input);
        if (plan.restsOnAbsence()) {
            discovery = SecondLook.merge(discovery, discover(instance));
            plan = parts.planner().plan(input.withDiscovery(discovery));
        }
        String problem = rememberBlindness(session, instance, input.stored(), discovery.verdict());
        InstanceReport report = carryOut(session, instance, input.stored(), discovery, plan, leftover);
        return problem == null ? report : report.withError(problem);
    }

    private InstanceReport carryOut(
            StoreSession session,
            OpenStackInstance instance,
            StoredInstance stored,
            Discovery discovery,
            InstancePlan settled,
            LeftoverNames leftover) {
        listener.tell(to -> to.planned(instance, settled));
        CatalogPurge purge =
                new CatalogPurge(parts, session, listener, instance, stored, leftover, Outcome.STILL_DISABLED);
        PlannedEdits edits = new PlannedEdits(settled.vms());
        String error = discovery.problem();
        try {
            if (!dryRun) {
                edits.carryOut(session, instance, edit -> !(edit instanceof ConfigEdit.Remove));
            }
            edits.replace(Outcome.PURGED, plans -> purge.carryOut(plans, dryRun));
            if (!dryRun) {
                edits.carryOut(session, instance, ConfigEdit.Remove.class::isInstance);
            }
        } catch (RuntimeException e) {
            error = messageOf(e);
            edits.failAll("it is not known how far this came: " + error);
        }
        return new InstanceReport(
                instance, discovery.verdict(), error, edits.plans(), settled.notes(), purge.actionRequired());
    }

    /**
     * Where nothing can be told about the VMs that are there, those in the store are all that there is to speak of, and
     * nothing of them is touched.
     */
    private InstanceReport blind(StoreSession session, OpenStackInstance instance, String why) {
        InstanceReport nothing =
                new InstanceReport(instance, Discovery.Verdict.FAILED, why, List.of(), List.of(), List.of());
        if (repair != null) {
            return nothing;
        }
        try {
            StoredInstance stored = session.read(instance);
            InstancePlan plan = parts.planner()
                    .plan(new PlanInput(
                            instance,
                            Discovery.failed(why),
                            Set.of(),
                            stored,
                            Set::of,
                            Set.of(),
                            Optional::empty,
                            startedAt));
            listener.tell(to -> to.planned(instance, plan));
            InstanceReport report = nothing.withVms(plan.vms());
            String problem = rememberBlindness(session, instance, stored, Discovery.Verdict.FAILED);
            return problem == null ? report : report.withError(problem);
        } catch (RuntimeException e) {
            return nothing.withError(messageOf(e));
        }
    }

    /** A defect is told with its type, because its message was not written for a person. */
    private static String messageOf(RuntimeException e) {
        return e instanceof ProviderException ? String.valueOf(e.getMessage()) : "internal error: " + e;
    }

    /**
     * Time in which discovery did not work does not count towards anybody's grace period, so it is written down. Why that
     * could not be done, or null.
     */
    private @Nullable String rememberBlindness(
            StoreSession session, OpenStackInstance instance, StoredInstance stored, Discovery.Verdict verdict) {
        boolean worked = verdict == Discovery.Verdict.COMPLETE;
        if (dryRun || (worked && stored.blind().isEmpty())) {
            return null;
        }
        Instant oldestAbsence = stored.vms().stream()
                .filter(vm -> LifecycleState.of(vm) == LifecycleState.MISSING)
                .map(StoredVm::missingSince)
                .flatMap(Stream::ofNullable)
                .map(Stamp::at)
                .flatMap(Stream::ofNullable)
                .min(Comparator.naturalOrder())
                .orElse(null);
        try {
            session.noteDiscovery(instance, worked, startedAt, oldestAbsence);
            return null;
        } catch (ProviderException e) {
            return e.getMessage();
        }
    }

    private Discovery discover(OpenStackInstance instance) {
        Discovery discovery = parts.inventory().discover(instance);
        listener.tell(to -> to.discovered(instance, discovery));
        return discovery;
    }
}
