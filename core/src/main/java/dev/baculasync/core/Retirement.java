package dev.baculasync.core;

import dev.baculasync.core.ledger.DiscoveryOutages;
import dev.baculasync.core.ledger.ManualActions;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.listing.Listing;
import dev.baculasync.core.plan.InstancePlan;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes one instance out of service, from the lock to the report. Used once. */
final class Retirement {
    private final EngineParts parts;
    private final OpenStackInstance instance;
    private final boolean dryRun;
    private final Instant startedAt;
    private final List<String> notes = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final GuardedListener listener;
    private final CleanupOfRun cleanup;
    private boolean directorHasClient;
    private Set<String> loadedJobs = Set.of();

    Retirement(EngineParts parts, OpenStackInstance instance, boolean dryRun) {
        this.parts = parts;
        this.instance = instance;
        this.dryRun = dryRun;
        this.startedAt = parts.clock().instant();
        this.listener = new GuardedListener(parts.listener(), notes::add);
        this.cleanup = new CleanupOfRun(parts, dryRun);
    }

    /** @param reader is given the report before what it tells is forgotten */
    RetirementReport carryOut(Consumer<RetirementReport> reader) {
        try (StoreSession session = parts.store().open(Access.READ)) {
            requireNoObjection(session);
        }
        requireSilence();
        try (StoreSession session = parts.store().open(dryRun ? Access.READ : Access.WRITE)) {
            ManualActions actions = new ManualActions(session.ledger());
            if (!dryRun) {
                notes.addAll(actions.earlier());
            }
            requireNoObjection(session);
            listener.tell(to -> to.runStarted(List.of(instance)));
            StoredInstance stored = session.read(instance);
            InstancePlan plan =
                    parts.planner().retire(instance, stored, parts.catalog().jobNames(instance), loadedJobs, startedAt);
            listener.tell(to -> to.planned(instance, plan));
            OrphanedRowsOfRun orphans = new OrphanedRowsOfRun(cleanup, session, notes::add);
            CatalogPurge purge = new CatalogPurge(
                    parts,
                    session,
                    listener,
                    instance,
                    stored,
                    cleanup,
                    orphans,
                    Outcome.FAILED,
                    UnaryOperator.identity());
            PlannedEdits edits = new PlannedEdits(plan.vms());
            edits.replace(Outcome.PURGED, purge::carryOut);
            if (!dryRun) {
                edits.carryOut(session, VmEdit::removes);
            }
            InstanceReport handled = new InstanceReport(
                    instance,
                    Discovery.Verdict.COMPLETE,
                    null,
                    edits.plans(),
                    List.of(),
                    List.of(),
                    plan.notes(),
                    purge.actionRequired(),
                    null);
            listener.tell(to -> to.instanceFinished(handled));
            RetirementReport report =
                    dryRun ? look(session, orphans, stored, handled) : finish(session, orphans, handled);
            reader.accept(report);
            if (!dryRun) {
                SyncRun.reported(actions, listener);
            }
            return report;
        }
    }

    private void requireNoObjection(StoreSession session) {
        parts.planner()
                .objectionToRetire(
                        instance, session.read(instance), session.readAll().vms())
                .ifPresent(objection -> {
                    throw new RetirementRefused(objection, null);
                });
    }

    /** Nothing is known to be out of service before its client is silent and has no job left. */
    private void requireSilence() {
        String client = instance.client();
        try {
            cleanup.open();
        } catch (ProviderException e) {
            throw new RetirementRefused(instance + " cannot be retired: " + e.getMessage(), e);
        }
        SortedSet<String> active;
        ClientState state;
        try {
            active = cleanup.open().activeJobs(client);
            state = parts.director().clientState(client);
            loadedJobs = parts.director().jobNames();
        } catch (ProviderException e) {
            throw new RetirementRefused(
                    "whether client " + client + " is out of service cannot be told: " + e.getMessage(), e);
        }
        if (!active.isEmpty()) {
            throw new RetirementRefused(
                    "client " + client + " has " + active.size() + " job(s) waiting or running, e.g. " + active.first()
                            + "; wait for them, or cancel them in bconsole",
                    null);
        }
        directorHasClient = state.kind() != ClientState.Kind.UNKNOWN_TO_DIRECTOR;
        switch (state.kind()) {
            case ANSWERS ->
                throw new RetirementRefused(
                        "the File Daemon of client " + client + " still answers (" + state.detail()
                                + "); take it out of service first",
                        null);
            case UNKNOWN_TO_DIRECTOR ->
                notes.add("the Director has no client " + client + ", so its File Daemon was not asked");
            case SILENT -> {}
        }
    }

    private RetirementReport look(
            StoreSession session, OrphanedRowsOfRun orphans, StoredInstance stored, InstanceReport handled) {
        InstanceReport done = handled;
        boolean clientRemoved = false;
        boolean directoryRemoved = false;
        if (isPurged(handled)) {
            directoryRemoved = stored.problems().isEmpty();
            if (!directoryRemoved) {
                notes.add("the directory of " + instance + " holds what we have not written, so it would stay");
            }
            try {
                clientRemoved = cleanup.open().removeClient(instance.client());
                if (!clientRemoved) {
                    notes.add("the catalog has jobs of client " + instance.client() + " that do not begin with "
                            + instance.jobPrefix() + ", or that are kept; its Client row would stay");
                }
            } catch (ProviderException e) {
                done = handled.withError(e.getMessage());
            }
        }
        return report(
                session, orphans, done, SyncReport.Reload.OFF, null, null, List.of(), clientRemoved, directoryRemoved);
    }

    private static boolean isPurged(InstanceReport report) {
        return report.vms().stream().allMatch(vm -> vm.outcome() == Outcome.PURGED);
    }

    private RetirementReport finish(StoreSession session, OrphanedRowsOfRun orphans, InstanceReport report) {
        DirectorOnce director = new DirectorOnce(parts.director(), notes::add);
        ListOfRun list = new ListOfRun(parts, session, List.of(), director, Set.of(), startedAt, notes::add);
        try {
            list.begin();
        } catch (ProviderException e) {
            notes.add("what directories define that were moved is not known: " + e.getMessage());
        }
        list.removed(report.vms().stream()
                .map(VmPlan::edit)
                .flatMap(Stream::ofNullable)
                .map(VmEdit::key)
                .collect(Collectors.toSet()));
        Publication.Result published = new Publication(
                        parts,
                        session,
                        list,
                        listener,
                        notes::add,
                        remarks::add,
                        director,
                        List.of(instance),
                        List.of(report))
                .carryOut(() -> {});
        if (published.reload() == SyncReport.Reload.OFF) {
            notes.add("the Director still has the jobs of " + instance + ": give it the command reload");
        }
        InstanceReport done = published.reports().get(0);
        boolean clientRemoved = false;
        boolean directoryRemoved = false;
        if (isPurged(done)) {
            try {
                clientRemoved = cleanup.open().removeClient(instance.client());
                if (!clientRemoved) {
                    notes.add("the catalog still has jobs of client " + instance.client() + " that do not begin with "
                            + instance.jobPrefix() + ", or that were kept; its Client row stays until they are"
                            + " pruned: give this command again then");
                } else if (directorHasClient) {
                    notes.add("the Director still has the Client " + instance.client()
                            + ": take it out of its configuration, or it makes its row in the catalog again when it"
                            + " next reads that");
                }
                directoryRemoved = session.removeInstance(instance);
                new DiscoveryOutages(session.ledger()).forget(instance);
                if (!directoryRemoved) {
                    notes.add("the directory of " + instance + " holds what we have not written, so it stays");
                }
            } catch (ProviderException e) {
                done = done.withError(e.getMessage());
            }
        }
        return report(
                session,
                orphans,
                done,
                published.reload(),
                published.detail(),
                published.configurationProblem(),
                told(published),
                clientRemoved,
                directoryRemoved);
    }

    private static List<String> told(Publication.Result published) {
        List<String> told = new ArrayList<>(published.alarms());
        Listing unpublished = published.unpublished();
        if (unpublished != null) {
            unpublished.warning().ifPresent(told::add);
            unpublished.refusal().ifPresent(told::add);
        }
        return told;
    }

    private RetirementReport report(
            StoreSession session,
            OrphanedRowsOfRun orphans,
            InstanceReport handled,
            SyncReport.Reload reload,
            @Nullable String detail,
            @Nullable String configurationProblem,
            List<String> listProblems,
            boolean clientRemoved,
            boolean directoryRemoved) {
        String problem = orphans.carryOut();
        SyncReport report = new SyncReport(
                dryRun,
                startedAt,
                parts.clock().instant(),
                reload,
                detail,
                configurationProblem,
                listProblems,
                null,
                List.of(problem == null ? handled : handled.withError(problem)),
                Stream.concat(session.notes().stream(), notes.stream()).toList(),
                remarks);
        listener.tell(to -> to.runFinished(report));
        return new RetirementReport(report, clientRemoved, directoryRemoved);
    }
}
