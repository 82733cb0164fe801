package dev.baculasync.core;

import dev.baculasync.core.ledger.RolledBackVms;
import dev.baculasync.core.lifecycle.Outcome;
import dev.baculasync.core.listing.Listing;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The end of a run that changes something: the files are published, the configuration is checked where a check is set up,
 * and what it refuses is put back, before the changes are made final and the Director is told. Used once.
 */
final class Publication {
    private static final int NAMED_IN_MESSAGE = 3;
    private static final String UNCHECKED =
            "its files could be neither published nor checked: the next run rolls them back first, and tries again";

    private final EngineParts parts;
    private final StoreSession session;
    private final ListOfRun list;
    private final GuardedListener listener;
    private final Consumer<String> notes;
    private final Consumer<String> remarks;
    private final DirectorOnce director;
    private final List<OpenStackInstance> inStep;
    private final CheckedConfiguration configuration;
    private List<InstanceReport> reports;
    private @Nullable List<ManagedVm> published;
    private boolean committed;

    /** What the Director has after the reload; null as long as nobody wants to know. */
    private @Nullable DirectorOnce reloaded;

    private boolean changedAnything;
    private final List<String> alarms = new ArrayList<>();

    /** @param inStep the instances that this run has brought in step, whatever a run that died had left of them */
    Publication(
            EngineParts parts,
            StoreSession session,
            ListOfRun list,
            GuardedListener listener,
            Consumer<String> notes,
            Consumer<String> remarks,
            DirectorOnce director,
            List<OpenStackInstance> inStep,
            List<InstanceReport> reports) {
        this.inStep = inStep;
        this.list = list;
        this.director = director;
        this.parts = parts;
        this.session = session;
        this.listener = listener;
        this.notes = notes;
        this.remarks = remarks;
        this.reports = reports;
        this.configuration = new CheckedConfiguration(parts, session.ledger(), notes);
    }

    /**
     * What came of it.
     *
     * @param detail why the reload failed or could not be tried, or null
     * @param configurationProblem why the configuration is refused though nothing in it changed, or null
     * @param alarms what needs a person about the list, of instances without a report
     * @param unpublished the list that would have lost too much, and so was not published; or null
     * @param committed whether the changes of this run are final; the next run puts them back otherwise
     */
    record Result(
            List<InstanceReport> reports,
            SyncReport.Reload reload,
            @Nullable String detail,
            @Nullable String configurationProblem,
            List<String> alarms,
            @Nullable Listing unpublished,
            boolean committed) {}

    /**
     * @param beforePublishing is run when the list is to be published, right before that; when it throws, it is not
     */
    Result carryOut(Runnable beforePublishing) {
        Listing listing;
        boolean changed;
        try {
            listing = list.decide();
            if (listing.refusal().isPresent()) {
                commit();
                return unpublished(listing);
            }
            beforePublishing.run();
            changed = list.publish(Set.of());
        } catch (ProviderException e) {
            replaceReports(report -> report.withError(e.getMessage()));
            commitWhatIsNotToBeChecked();
            return parts.reloadAfterSync()
                    ? result(
                            SyncReport.Reload.FAILED,
                            "the Director was not told, because the files could not be published: " + e.getMessage())
                    : result(SyncReport.Reload.OFF, null);
        }
        String refusal;
        try {
            refusal = checkAndPutBack(listing);
        } catch (ProviderException e) {
            if (!changed && !changedAnything) {
                commit();
                return withoutChange(
                        "it is not known whether the Director's configuration would be accepted: " + e.getMessage());
            }
            // Not made final, so the next run puts back what this one could not.
            return result(
                    SyncReport.Reload.FAILED,
                    "the Director was not told: what the check of its configuration refused could not all be put back: "
                            + e.getMessage());
        }
        commit();
        // A list that names files that are gone is not restored.
        if (refusal == null || !listing.named().isEmpty()) {
            alarms.addAll(listing.alarms(handled()));
            listing.farewell(handled()).ifPresent(notes);
        }
        if (!changed && refusal == null && parts.reloadAfterSync()) {
            refusal = notLoaded();
            if (refusal != null) {
                return withoutChange(refusal);
            }
        }
        if (!changed && (refusal == null ? !list.isPending() : !changedAnything)) {
            return withoutChange(
                    refusal == null
                            ? null
                            : "the Director's configuration would not be accepted; this run changed nothing that a Director"
                                    + " reads, and it " + configuration.lastFoundGood() + ": " + refusal);
        }
        if (refusal != null) {
            return result(
                    SyncReport.Reload.FAILED,
                    changedAnything
                            ? refusal
                            : "the check of the Director's configuration refuses it, though this run changed nothing; the"
                                    + " Director was not told: " + refusal);
        }
        if (!parts.reloadAfterSync()) {
            leaveToOperator();
            return result(SyncReport.Reload.OFF, null);
        }
        String unproven = namesNotProven();
        if (unproven != null) {
            return result(SyncReport.Reload.FAILED, unproven);
        }
        listener.tell(SyncListener::reloading);
        String problem = reload();
        if (problem == null) {
            replaceReports(report -> report.withVms(withJobsThatGoOn(report.vms())));
        }
        return result(problem == null ? SyncReport.Reload.DONE : SyncReport.Reload.FAILED, problem);
    }

    /**
     * The end of a run that could be told nothing about any instance. All the same the configuration is checked: between two
     * runs an operator may have broken it, and whoever restarts the Director would be left without one.
     */
    Result look() {
        commit();
        String problem = null;
        try {
            Listing listing = list.decide();
            if (listing.refusal().isPresent()) {
                return unpublished(listing);
            }
        } catch (ProviderException e) {
            replaceReports(report -> report.withError(e.getMessage()));
        }
        try {
            ConfigCheck check = configuration.check();
            String good = remarkLastFoundGood();
            if (check.kind() == ConfigCheck.Kind.REFUSED) {
                problem = "the Director's configuration would not be accepted; this run changed nothing that a Director"
                        + " reads, and it " + good + ": " + check.message();
            }
        } catch (ProviderException e) {
            problem = "it is not known whether the Director's configuration would be accepted: " + e.getMessage();
        }
        return withoutChange(problem);
    }

    /** Files that came back, or others that were loaded in between, are no change of this run. Null when nothing lacks. */
    private @Nullable String notLoaded() {
        DirectorResources has = director.get().orElse(null);
        Set<String> missing = enabledJobs();
        if (has == null || has.jobs().containsAll(missing)) {
            return null;
        }
        missing.removeAll(has.jobs());
        return "the Director lacks " + missing.size() + " of the jobs that its list names (" + firstOf(missing)
                + "), though this run changed nothing that it reads: give it the command reload; if that does not help, look"
                + " whether bacula-dir.conf includes the generated files";
    }

    private Result withoutChange(@Nullable String problem) {
        SyncReport.Reload reload = parts.reloadAfterSync() ? SyncReport.Reload.NOT_NEEDED : SyncReport.Reload.OFF;
        return new Result(reports, reload, null, problem, alarms, null, committed);
    }

    private Result unpublished(Listing listing) {
        SyncReport.Reload reload = parts.reloadAfterSync() ? SyncReport.Reload.FAILED : SyncReport.Reload.OFF;
        replaceReports(Publication::notListed);
        return new Result(reports, reload, "its list was not published", null, alarms, listing, committed);
    }

    /** What was written is there, and no Director has it. */
    private static InstanceReport notListed(InstanceReport report) {
        return report.withVms(report.vms().stream()
                .map(plan -> plan.edit() != null && plan.edit().concernsDirector()
                        ? plan.withWarning(
                                "its files were changed, and the Director does not know that yet, as its list was not"
                                        + " published")
                        : plan)
                .toList());
    }

    private List<OpenStackInstance> handled() {
        return reports.stream().map(InstanceReport::instance).toList();
    }

    /**
     * Why the Director must not be told: without a check of its configuration, every name that jobs use must be known to
     * exist, or a reload could end it. Null when it may be told.
     */
    private @Nullable String namesNotProven() {
        if (configuration.isAccepted()) {
            return null;
        }
        return parts.planner()
                .objectionToReload(published(), director.get())
                .map(objection -> "the Director was not told to reload: " + objection)
                .orElse(null);
    }

    /** Why the configuration is refused whatever is put back; null when it is accepted. */
    private @Nullable String checkAndPutBack(Listing listing) {
        RefusedChanges changes = new RefusedChanges(session, list, listing, configuration, notes, reports);
        changedAnything = changes.changedAnything();
        try {
            return changes.putBack();
        } finally {
            reports = changes.reports();
            changes.leftOut().forEach(this::alarm);
            remarkLastFoundGood();
        }
    }

    /** What the list does not name on account of the check needs a person, whosever it is. */
    private void alarm(VmKey vm, String why) {
        String place = Listing.some(List.of(vm));
        if (reports.stream().anyMatch(report -> vm.isOf(report.instance()))) {
            replaceReports(report -> vm.isOf(report.instance()) ? report.withAlarm(place + ": " + why) : report);
        } else {
            alarms.add(place + ": " + why);
        }
    }

    private @Nullable String remarkLastFoundGood() {
        String good = configuration.lastFoundGood();
        if (good != null) {
            remarks.accept("the Director's configuration " + good);
        }
        return good;
    }

    private void commit() {
        try {
            session.commit();
            committed = true;
        } catch (ProviderException e) {
            replaceReports(report -> report.withError(
                    "the changes of this run could not be made final, and the next run will put them back: "
                            + e.getMessage()));
        }
    }

    /**
     * Where nothing checks the configuration, what was applied stays though it is not published: the next run publishes it.
     * What a check has not seen is not final: the next run rolls it back, and judges it again.
     */
    private void commitWhatIsNotToBeChecked() {
        try {
            if (configuration.check().kind() == ConfigCheck.Kind.NOT_SET_UP) {
                commit();
                return;
            }
        } catch (ProviderException e) {
            notes.accept("it is not known whether the Director's configuration would be accepted: " + e.getMessage());
        }
        replaceReports(report -> report.withVms(report.vms().stream()
                .map(plan -> plan.edit() == null ? plan : plan.filesFailed(UNCHECKED))
                .toList()));
    }

    private Result result(SyncReport.Reload reload, @Nullable String detail) {
        return new Result(reports, reload, detail, null, alarms, null, committed);
    }

    /** Telling the Director is the operator's own business then, and no later run makes up for it. */
    private void leaveToOperator() {
        try {
            loaded();
        } catch (ProviderException e) {
            notes.accept(e.getMessage());
        }
    }

    private void loaded() {
        RolledBackVms.forget(session.ledger(), vm -> inStep.stream().anyMatch(vm::isOf));
        session.loaded();
    }

    /** Tells the Director, and asks it afterwards whether it has the new jobs; what is wrong, or null. */
    private @Nullable String reload() {
        try {
            ReloadResult result = parts.director().reload();
            if (result.kind() != ReloadResult.Kind.DONE) {
                return result.detail();
            }
            Set<String> missing = enabledJobs();
            missing.removeAll(parts.director().jobNames());
            if (!missing.isEmpty()) {
                return "the Director is alive but lacks " + missing.size() + " of the jobs that it should have ("
                        + firstOf(missing) + "); does bacula-dir.conf include the generated files?";
            }
            loaded();
            return null;
        } catch (ProviderException e) {
            return "it is not known what came of the reload: " + e.getMessage();
        }
    }

    /** What the Director starts all the same of what this run has disabled is told at once. */
    private List<VmPlan> withJobsThatGoOn(List<VmPlan> plans) {
        if (plans.stream().noneMatch(plan -> plan.outcome() == Outcome.DISABLED)) {
            return plans;
        }
        if (reloaded == null) {
            reloaded = new DirectorOnce(parts.director(), notes);
        }
        Optional<DirectorResources> now = reloaded.get();
        return plans.stream()
                .map(plan -> plan.outcome() == Outcome.DISABLED
                                && plan.job() != null
                                && now.filter(has -> has.jobs().contains(plan.job())
                                                && !has.disabledJobs().contains(plan.job()))
                                        .isPresent()
                        ? plan.withWarning(VmPlan.goesOn(plan.job()))
                        : plan)
                .toList();
    }

    /** Of all that is published, not of this run alone: an include line that is forgotten is told until it is there. */
    private Set<String> enabledJobs() {
        return published().stream()
                .filter(vm -> vm.enabled() && vm.fileSet() != null)
                .map(ManagedVm::job)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** All that the list names; asked for only when this run changes no file any more, and read once. */
    private List<ManagedVm> published() {
        if (published == null) {
            published = session.readAll().vms().stream().filter(list::names).toList();
        }
        return published;
    }

    private void replaceReports(UnaryOperator<InstanceReport> change) {
        reports = reports.stream().map(change).toList();
    }

    private static String firstOf(Set<String> names) {
        String first = String.join(", ", names.stream().limit(NAMED_IN_MESSAGE).toList());
        return names.size() > NAMED_IN_MESSAGE ? first + ", …" : first;
    }
}
