package dev.baculasync.core;

import dev.baculasync.core.ledger.DiscoveryOutages;
import dev.baculasync.core.ledger.DiscoveryOutages.Outage;
import dev.baculasync.core.ledger.HeldSets;
import dev.baculasync.core.ledger.LastLists;
import dev.baculasync.core.ledger.ManualActions;
import dev.baculasync.core.ledger.RolledBackVms;
import dev.baculasync.core.lifecycle.LifecycleState;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.listing.Listing;
import dev.baculasync.core.plan.Evidence;
import dev.baculasync.core.plan.Held;
import dev.baculasync.core.plan.InstancePlan;
import dev.baculasync.core.plan.OtherResources;
import dev.baculasync.core.plan.PlanInput;
import dev.baculasync.core.plan.Testimony;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.ConfigStore.Access;
import dev.baculasync.spi.Discovery;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run, from the lock to the report. Used once. */
final class SyncRun {
    /** APIs of OpenStack give lists in pages of so many records, or of a divisor. */
    private static final int PAGE = 1000;

    private static final String VANISHED =
            "it had jobs, and no file of it is left in its place; it is left alone, as its files"
                    + " may come back (is the directory mounted, or was it moved? put it back, or move it out of the tree)";

    /** A complete list, and the VMs that it made suspect. */
    private record CompleteList(Discovery discovery, Set<UUID> newSuspects) {}

    private final EngineParts parts;
    private final List<OpenStackInstance> instances;
    private final boolean dryRun;
    private final @Nullable String repair;
    private final List<String> approvals;
    private final Instant startedAt;
    private final Map<OpenStackInstance, CompleteList> lists = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> notes = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> remarks = new ConcurrentLinkedQueue<>();
    private final GuardedListener listener;
    private final DirectorOnce director;
    private final CleanupOfRun cleanup;

    /** @param repair the VM whose missing files are all that the run is about, or null */
    SyncRun(
            EngineParts parts,
            List<OpenStackInstance> instances,
            boolean dryRun,
            @Nullable String repair,
            Collection<String> approvals) {
        this.approvals = approvals.stream().distinct().toList();
        this.repair = repair;
        this.parts = parts;
        this.instances = instances;
        this.dryRun = dryRun;
        this.startedAt = parts.clock().instant();
        this.listener = new GuardedListener(parts.listener(), notes::add);
        this.director = new DirectorOnce(parts.director(), notes::add);
        this.cleanup = new CleanupOfRun(parts, dryRun);
    }

    /** @param reader is given the report before what it tells is forgotten */
    SyncReport run(Consumer<SyncReport> reader) {
        try (StoreSession session = parts.store().open(dryRun ? Access.READ : Access.WRITE)) {
            ManualActions actions = new ManualActions(session.ledger());
            List<String> earlierActions = dryRun ? List.of() : actions.earlier();
            HeldSets held = heldSets(session);
            ListApproval approval = new ListApproval(held, approvals, dryRun);
            ListOfRun list =
                    new ListOfRun(parts, session, instances, director, approval.losses(), startedAt, notes::add);
            listener.tell(to -> to.runStarted(instances));
            OrphanedRowsOfRun orphans = new OrphanedRowsOfRun(cleanup, session, notes::add);
            begin(list);
            List<InstanceReport> handled = handleAll(session, held, list, orphans);
            if (repair == null) {
                handled = new OtherTrees(session, list, dryRun, notes::add).tellOf(handled);
            }
            // Ignorance changes nothing: where no instance could be told anything about, nothing is published either.
            boolean blind = handled.stream().allMatch(report -> report.discovery() == Discovery.Verdict.FAILED)
                    && !instances.stream().allMatch(list::hasVanished);
            Publication.Result published =
                    dryRun ? preview(list, handled, blind) : publish(session, approval, list, handled, blind);
            ListApproval.Asked asked = approval.ask(published.unpublished());
            boolean cleansUp = !blind && repair == null && parts.planner().cleansUp();
            String problem = cleansUp ? orphans.carryOut() : null;
            if (!dryRun && published.committed()) {
                rememberLists(session, published.reports());
            }
            SyncReport report = new SyncReport(
                    dryRun,
                    startedAt,
                    parts.clock().instant(),
                    published.reload(),
                    published.detail(),
                    published.configurationProblem(),
                    Stream.concat(asked.told().stream(), published.alarms().stream())
                            .toList(),
                    asked.digest(),
                    problem == null
                            ? published.reports()
                            : published.reports().stream()
                                    .map(instance -> instance.withError(problem))
                                    .toList(),
                    Stream.of(session.notes(), earlierActions, notes)
                            .flatMap(Collection::stream)
                            .toList(),
                    List.copyOf(remarks));
            listener.tell(to -> to.runFinished(report));
            reader.accept(report);
            if (!dryRun) {
                reported(actions, listener);
            }
            return report;
        }
    }

    private void begin(ListOfRun list) {
        try {
            list.begin();
        } catch (ProviderException e) {
            notes.add("whether files of jobs are gone, or are there twice, is not known: " + e.getMessage());
        }
    }

    private Publication.Result preview(ListOfRun list, List<InstanceReport> handled, boolean blind) {
        Listing unpublished = null;
        List<String> alarms = List.of();
        List<InstanceReport> reports = handled;
        try {
            Listing listing = list.preview(handled);
            unpublished = listing.refusal().isPresent() ? listing : null;
            if (unpublished == null && !blind) {
                alarms = listing.alarms(instances);
                listing.farewell(instances).ifPresent(notes::add);
            }
        } catch (ProviderException e) {
            reports = handled.stream()
                    .map(report -> report.withError(e.getMessage()))
                    .toList();
        }
        return new Publication.Result(reports, unchanged(), null, null, alarms, unpublished, true);
    }

    private Publication.Result publish(
            StoreSession session, ListApproval approval, ListOfRun list, List<InstanceReport> handled, boolean blind) {
        list.removed(handled.stream()
                .flatMap(report -> report.vms().stream()
                        .map(VmPlan::edit)
                        .flatMap(Stream::ofNullable)
                        .filter(VmEdit::removes)
                        .map(VmEdit::key))
                .collect(Collectors.toSet()));
        Publication publication = new Publication(
                parts, session, list, listener, notes::add, remarks::add, director, inStep(session, handled), handled);
        return blind ? publication.look() : publication.carryOut(() -> approval.useUp(list.lostByApproval()));
    }

    /** From here on somebody has the report, which lists the manual actions. */
    static void reported(ManualActions actions, GuardedListener listener) {
        try {
            actions.reported();
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
                .filter(instance -> hasAgain(session, instance, rolledBack(session, instance)))
                .toList();
    }

    private boolean hasAgain(StoreSession session, OpenStackInstance instance, Set<String> slugs) {
        try {
            return slugs.isEmpty()
                    || session.read(instance).vms().stream()
                            .map(ManagedVm::slug)
                            .collect(Collectors.toSet())
                            .containsAll(slugs);
        } catch (ProviderException e) {
            notes.add(e.getMessage());
            return false;
        }
    }

    private static Set<String> rolledBack(StoreSession session, OpenStackInstance instance) {
        return RolledBackVms.in(session.ledger()).stream()
                .filter(vm -> vm.isOf(instance))
                .map(VmKey::slug)
                .collect(Collectors.toSet());
    }

    private SyncReport.Reload unchanged() {
        return parts.reloadAfterSync() ? SyncReport.Reload.NOT_NEEDED : SyncReport.Reload.OFF;
    }

    private List<InstanceReport> handleAll(
            StoreSession session, HeldSets held, ListOfRun list, OrphanedRowsOfRun orphans) {
        try {
            parts.catalog().check();
        } catch (ProviderException e) {
            return instances.stream()
                    .map(instance -> blind(session, list, instance, e.getMessage()))
                    .toList();
        }
        NamesInStore names = new NamesInStore(session);
        List<CompletableFuture<InstanceReport>> tasks = instances.stream()
                .map(instance -> CompletableFuture.supplyAsync(
                        () -> handle(session, instance, held, list, names, orphans), parts.executor()))
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
            StoreSession session,
            OpenStackInstance instance,
            HeldSets held,
            ListOfRun list,
            NamesInStore names,
            OrphanedRowsOfRun orphans) {
        listener.tell(to -> to.instanceStarted(instance));
        InstanceReport report;
        try {
            report = list.hasVanished(instance)
                    ? blind(session, list, instance, VANISHED)
                    : reconcile(session, instance, held, list, names, orphans);
        } catch (RuntimeException e) {
            report = blind(session, list, instance, messageOf(e));
        }
        InstanceReport done = report;
        listener.tell(to -> to.instanceFinished(done));
        return done;
    }

    private InstanceReport reconcile(
            StoreSession session,
            OpenStackInstance instance,
            HeldSets held,
            ListOfRun list,
            NamesInStore names,
            OrphanedRowsOfRun orphans) {
        Discovery first = discover(instance);
        Evidence evidence = evidence(session, instance, held);
        PlanInput input = new PlanInput(
                instance,
                first,
                parts.catalog().jobNames(instance),
                list.sound(instance, session.read(instance)),
                () -> names.beside(instance, list.unmanagedNames()),
                rolledBack(session, instance),
                director,
                endsAtPage(first) ? evidence.withEveryNewAbsenceSuspect() : evidence,
                startedAt);
        Witnesses witnesses = new Witnesses(parts, instance, input.stored());
        if (repair != null) {
            return carryOut(session, input, parts.planner().repair(input, repair), held, orphans, witnesses);
        }
        InstancePlan plan = parts.planner().plan(input);
        if (plan.restsOnAbsence()) {
            Discovery second = discover(instance);
            input = input.withDiscovery(SecondLook.merge(first, second));
            input = endsAtPage(second) ? input.withEvidence(input.evidence().withEveryNewAbsenceSuspect()) : input;
        }
        input = witnesses.heard(input, plan.restsOnAbsence());
        plan = parts.planner().plan(input);
        InstanceReport report = carryOut(session, input, plan, held, orphans, witnesses);
        if (report.discovery() == Discovery.Verdict.COMPLETE) {
            lists.put(instance, new CompleteList(input.discovery(), plan.newSuspects()));
        }
        String problem = noteDiscovery(session, instance, input.stored(), report.discovery());
        return problem == null ? report : report.withError(problem);
    }

    private Evidence evidence(StoreSession session, OpenStackInstance instance, HeldSets held) {
        Set<Held> approved = approvals.stream()
                .flatMap(digest -> held.members(digest, instance.toString()).stream())
                .collect(Collectors.toSet());
        List<Outage> outages = outages(session, instance);
        try {
            LastLists.LastList last = new LastLists(session.ledger()).of(instance);
            return new Evidence(Testimony.none(), last.inOrder(), last.unplaced(), false, approved, outages);
        } catch (ProviderException e) {
            notes.add("the last complete list of " + instance
                    + " is not known, so every VM that is newly absent counts as suspect: " + e.getMessage());
            return new Evidence(Testimony.none(), List.of(), Set.of(), true, approved, outages);
        }
    }

    private List<Outage> outages(StoreSession session, OpenStackInstance instance) {
        try {
            return new DiscoveryOutages(session.ledger()).of(instance);
        } catch (ProviderException e) {
            notes.add("when discovery of " + instance + " did not work is not known, so no grace period ends: "
                    + e.getMessage());
            return List.of(Outage.SINCE_EVER);
        }
    }

    /** Whether a list ends where an API ends a page, so that the next page may be missing. */
    private static boolean endsAtPage(Discovery discovery) {
        int records = discovery.vms().size() + discovery.doubtful().size();
        return records > 0 && records % PAGE == 0;
    }

    private InstanceReport carryOut(
            StoreSession session,
            PlanInput input,
            InstancePlan settled,
            HeldSets held,
            OrphanedRowsOfRun orphans,
            Witnesses witnesses) {
        OpenStackInstance instance = input.instance();
        listener.tell(to -> to.planned(instance, settled));
        CatalogPurge purge = new CatalogPurge(
                parts,
                session,
                listener,
                instance,
                input.stored(),
                cleanup,
                orphans,
                Outcome.STILL_DISABLED,
                plan -> witnesses
                        .unlessBackedUp(List.of(plan), Outcome.STILL_DISABLED)
                        .get(0));
        PlannedEdits edits = new PlannedEdits(settled.vms());
        Discovery.Verdict verdict = settled.verdict();
        Map<String, Integer> approved = approved(held, instance, settled);
        List<String> errors =
                new ArrayList<>(Stream.ofNullable(settled.problem()).toList());
        List<String> alarms = new ArrayList<>(settled.alarms());
        String digest = null;
        try {
            digest = offer(held, instance, settled, alarms);
            if (!dryRun) {
                useUp(held, instance, settled);
            }
            edits.replace(Outcome.DISABLED, plans -> witnesses.unlessBackedUp(plans, Outcome.IN_GRACE));
            if (!dryRun) {
                edits.carryOut(session, edit -> !edit.removes());
            }
            edits.replace(Outcome.PURGED, purge::carryOut);
            if (!dryRun) {
                edits.carryOut(session, VmEdit::removes);
            }
        } catch (RuntimeException e) {
            errors.add(messageOf(e));
            edits.failAll("it is not known how far this came: " + messageOf(e));
        }
        int known = errors.size();
        witnesses.objection(errors::add);
        return new InstanceReport(
                instance,
                errors.size() > known && verdict == Discovery.Verdict.COMPLETE ? Discovery.Verdict.INCOMPLETE : verdict,
                errors.isEmpty() ? null : String.join("; ", errors),
                edits.plans(),
                alarms,
                settled.announcements(),
                notesOf(settled, approved),
                purge.actionRequired(),
                digest);
    }

    /** Lets an operator approve what is held: the digest to do that by, or null when nothing is held or it cannot be done. */
    private @Nullable String offer(HeldSets held, OpenStackInstance instance, InstancePlan plan, List<String> alarms) {
        if (plan.held().isEmpty()) {
            alarms.addAll(plan.heldBecause());
            return null;
        }
        String digest = held.digestOf(instance.toString(), plan.held());
        String how = "; if that is right, let just these " + plan.held().size() + " through: sync --approve " + digest;
        try {
            if (dryRun) {
                how += " (after a run that is no dry run has shown it)";
            } else {
                held.store(digest, instance.toString(), plan.held());
            }
        } catch (ProviderException e) {
            digest = null;
            how = "; it cannot be approved, because it could not be stored: " + e.getMessage();
        }
        for (String why : plan.heldBecause()) {
            alarms.add(why + how);
        }
        return digest;
    }

    /** How many VMs each approval that is about this instance lets through. */
    private Map<String, Integer> approved(HeldSets held, OpenStackInstance instance, InstancePlan plan) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (String digest : approvals) {
            Set<Held> members = held.members(digest, instance.toString());
            if (!members.isEmpty()) {
                counts.put(digest, (int)
                        plan.approved().stream().filter(members::contains).count());
            }
        }
        return counts;
    }

    /** An approval counts once, so that is written down before anything is done on its account. */
    private void useUp(HeldSets held, OpenStackInstance instance, InstancePlan plan) {
        for (String digest : approvals) {
            if (!Collections.disjoint(held.members(digest, instance.toString()), plan.approved())) {
                held.use(digest);
            }
        }
    }

    /**
     * @throws ApprovalRefused when an approval approves nothing: before anything is done
     */
    private HeldSets heldSets(StoreSession session) {
        HeldSets held;
        try {
            held = HeldSets.read(session.ledger(), startedAt);
        } catch (ProviderException e) {
            if (!approvals.isEmpty()) {
                throw new ApprovalRefused(List.of(e.getMessage()));
            }
            notes.add("nothing that is held can be approved: " + e.getMessage());
            return HeldSets.unreadable(session.ledger(), startedAt);
        }
        List<String> objections = approvals.stream()
                .map(digest -> held.objection(digest, instances))
                .flatMap(Optional::stream)
                .toList();
        if (!objections.isEmpty()) {
            throw new ApprovalRefused(objections);
        }
        return held;
    }

    /** The VMs of doubtful records, and those that are only named: where they stand is not known. */
    private static Set<UUID> unplaced(Discovery discovery) {
        Set<UUID> vms = new HashSet<>(discovery.mentioned());
        discovery.doubtful().forEach(vm -> vms.addAll(vm.uuids()));
        return vms;
    }

    /** What an approval came to is told, and be it nothing. */
    private List<String> notesOf(InstancePlan plan, Map<String, Integer> approved) {
        List<String> all = new ArrayList<>(plan.notes());
        approved.forEach((digest, count) -> all.add("approval " + digest + " lets " + count + " VM(s) through"
                + (count == 0 ? ": nothing of what was shown with it is as it was, or the list may be short" : "")));
        return all;
    }

    /**
     * What a list was like is written down only once what was made of it is final: a VM that is not noted as suspect, because
     * that failed or was put back, must be found at the end of the last list again.
     */
    private void rememberLists(StoreSession session, List<InstanceReport> reports) {
        for (InstanceReport report : reports) {
            CompleteList list = lists.get(report.instance());
            if (list == null) {
                continue;
            }
            List<UUID> vms = new ArrayList<>();
            list.discovery().vms().forEach(vm -> vms.add(vm.uuid()));
            report.vms().stream()
                    .filter(vm -> vm.outcome() != Outcome.GRACE_STARTED)
                    .map(VmPlan::uuid)
                    .filter(uuid -> uuid != null && list.newSuspects().contains(uuid))
                    .forEach(vms::add);
            try {
                new LastLists(session.ledger())
                        .remember(report.instance(), new LastLists.LastList(vms, unplaced(list.discovery())));
            } catch (ProviderException e) {
                notes.add("the list of " + report.instance() + " could not be remembered: " + e.getMessage());
            }
        }
    }

    /**
     * Where nothing can be told about the VMs that are there, those in the store are all that there is to speak of, and
     * nothing of them is touched.
     */
    private InstanceReport blind(StoreSession session, ListOfRun list, OpenStackInstance instance, String why) {
        InstanceReport nothing = new InstanceReport(
                instance, Discovery.Verdict.FAILED, why, List.of(), List.of(), List.of(), List.of(), List.of(), null);
        if (repair != null) {
            return nothing;
        }
        try {
            StoredInstance stored = list.sound(instance, session.read(instance));
            InstancePlan plan = parts.planner()
                    .plan(new PlanInput(
                            instance,
                            Discovery.failed(why),
                            JobNames.NONE,
                            stored,
                            () -> OtherResources.NONE,
                            Set.of(),
                            Optional::empty,
                            Evidence.NONE,
                            startedAt));
            listener.tell(to -> to.planned(instance, plan));
            InstanceReport report = nothing.withVms(plan.vms());
            String problem = noteDiscovery(session, instance, stored, Discovery.Verdict.FAILED);
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
    private @Nullable String noteDiscovery(
            StoreSession session, OpenStackInstance instance, StoredInstance stored, Discovery.Verdict verdict) {
        boolean worked = verdict == Discovery.Verdict.COMPLETE;
        if (dryRun) {
            return null;
        }
        Instant oldestAbsence = stored.vms().stream()
                .filter(vm -> LifecycleState.of(vm) == LifecycleState.MISSING)
                .map(ManagedVm::missingSince)
                .flatMap(Stream::ofNullable)
                .map(Stamp::at)
                .flatMap(Stream::ofNullable)
                .min(Comparator.naturalOrder())
                .orElse(null);
        try {
            new DiscoveryOutages(session.ledger()).note(instance, worked, startedAt, oldestAbsence);
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
