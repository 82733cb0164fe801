package dev.baculasync.core;

import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.ChangedVm;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds what of a run's changes the check of the Director's configuration refuses, and puts that back; everything else
 * stays. First what the check names is put back; when that does not come to an end, everything is, and if that helps, it is
 * applied again in halves. What the check has accepted is made final at once, so that a run that dies in between loses
 * only what was not checked. Used once, by one thread.
 */
final class RefusedChanges {
    /** So often what the check names is put back. */
    private static final int NAMED_ROUNDS = 9;

    /** So often the configuration is checked, but for once more at the very end. */
    static final int MOST_CHECKS = 1000;

    private final StoreSession session;
    private final CheckedConfiguration configuration;
    private final Consumer<String> notes;
    private final List<InstanceReport> reports;

    /** Removals last, as they were carried out. */
    private final Map<ChangedVm, Change> changes = new LinkedHashMap<>();

    private final Set<ChangedVm> named = new LinkedHashSet<>();
    private final Set<ChangedVm> untried = new HashSet<>();

    /** What became of plans that were not carried out as they stand. */
    private final Map<ChangedVm, VmPlan> verdicts = new HashMap<>();

    /** A plan that was carried out. */
    private record Change(OpenStackInstance instance, VmPlan plan, ConfigEdit edit) {
        ChangedVm vm() {
            return new ChangedVm(instance.datacenter(), instance.openstack(), edit.vmPart());
        }
    }

    RefusedChanges(
            StoreSession session,
            CheckedConfiguration configuration,
            Consumer<String> notes,
            List<InstanceReport> reports) {
        this.session = session;
        this.configuration = configuration;
        this.notes = notes;
        this.reports = reports;
        addChanges(false);
        addChanges(true);
    }

    private void addChanges(boolean removals) {
        for (InstanceReport report : reports) {
            for (VmPlan plan : report.vms()) {
                ConfigEdit edit = plan.edit();
                if (edit != null && edit instanceof ConfigEdit.Remove == removals) {
                    Change change = new Change(report.instance(), plan, edit);
                    changes.put(change.vm(), change);
                }
            }
        }
    }

    /** The reports, with what has become of the changes so far; true whenever it is asked for. */
    List<InstanceReport> reports() {
        return reports.stream().map(this::now).toList();
    }

    private InstanceReport now(InstanceReport report) {
        return report.withVms(report.vms().stream()
                .map(plan -> plan.edit() == null
                        ? plan
                        : verdicts.getOrDefault(new Change(report.instance(), plan, plan.edit()).vm(), plan))
                .toList());
    }

    /**
     * Checks, and puts back what is refused.
     *
     * @return why the configuration is refused all the same; null when it is accepted, or when there is no check
     * @throws ProviderException when something could not be put back or published
     */
    @Nullable
    String putBack() {
        ConfigCheck check = configuration.check();
        for (int round = 0; round < NAMED_ROUNDS && isRefused(check); round++) {
            List<ChangedVm> blamed = session.changedVmsNamedIn(check.message()).stream()
                    .filter(changes::containsKey)
                    .toList();
            if (blamed.isEmpty()) {
                break;
            }
            for (ChangedVm vm : blamed) {
                session.putBack(vm);
                named.add(vm);
                quarantine(Objects.requireNonNull(changes.get(vm)), check.message());
            }
            session.publish();
            check = configuration.check();
        }
        if (!isRefused(check)) {
            return null;
        }
        if (changes.isEmpty()) {
            return "the check of the Director's configuration refuses it, though this run changed nothing; the Director was not"
                    + " told: " + check.message();
        }
        return withoutAll(check.message());
    }

    private static boolean isRefused(ConfigCheck check) {
        return check.kind() == ConfigCheck.Kind.REFUSED;
    }

    /** @param refusal what the check says of all that was not named */
    private @Nullable String withoutAll(String refusal) {
        session.putBackAll();
        for (Change change : changes.values()) {
            if (!named.contains(change.vm())) {
                untried.add(change.vm());
                fail(
                        change,
                        "put back, because the check of the Director's configuration refused it together with others; it"
                                + " was not tried by itself: " + refusal);
            }
        }
        session.publish();
        ConfigCheck check = configuration.check();
        if (isRefused(check)) {
            untried.forEach(vm -> fail(
                    Objects.requireNonNull(changes.get(vm)),
                    "put back, because the check of the Director's configuration refuses it with or without this: "
                            + check.message()));
            return "the check of the Director's configuration refuses it even without what this run changed, all of which was"
                    + " put back; the Director was not told: " + check.message();
        }
        applyAgain(refusal);
        return isSound();
    }

    private void applyAgain(String refusal) {
        // Headers are comments to a Director: nothing of them can be at fault.
        keep(apply(changes.values().stream()
                .filter(change -> !change.edit().concernsDirector())
                .toList()));
        List<Change> others = changes.values().stream()
                .filter(change -> change.edit().concernsDirector())
                .toList();
        sort(others.stream().filter(change -> !named.contains(change.vm())).toList(), refusal);
        // A message may name what is not at fault.
        others.stream().filter(change -> named.contains(change.vm())).forEach(change -> sort(List.of(change), null));
    }

    private void keep(List<Change> applied) {
        session.settle();
        applied.forEach(change -> verdict(change, change.plan()));
    }

    /** Looks once more when the last thing that was found out is that something had to be put back. */
    private @Nullable String isSound() {
        if (!untried.isEmpty()) {
            notes.accept(
                    "after " + configuration.checks() + " checks of the Director's configuration it is not known of "
                            + untried.size()
                            + " VM(s) whether what this run changed of them is at fault; it stays put back, and the next run"
                            + " tries again");
        }
        if (configuration.isAccepted()) {
            return null;
        }
        ConfigCheck check = configuration.check();
        return isRefused(check)
                ? "the check of the Director's configuration refuses it now, though it accepted it before with all that"
                        + " this run has not put back; the Director was not told: " + check.message()
                : null;
    }

    /**
     * Applies what the check accepts of changes that are put back.
     *
     * @param refusal what the check says of all of them together; null when they are still to be tried so
     * @return whether it accepts them all
     */
    private boolean sort(List<Change> some, @Nullable String refusal) {
        if (some.isEmpty()) {
            return true;
        }
        if (refusal == null && configuration.checks() >= MOST_CHECKS) {
            return false;
        }
        String words = refusal == null ? attempt(some) : refusal;
        if (words == null) {
            return true;
        }
        if (some.size() == 1) {
            quarantine(some.get(0), words);
            return false;
        }
        List<Change> first = some.subList(0, some.size() / 2);
        List<Change> second = some.subList(some.size() / 2, some.size());
        boolean accepted = sort(first, null);
        // It is no use to try the second half as a whole when the first is not at fault; but one VM has a right to its
        // words.
        sort(second, accepted && second.size() > 1 ? words : null);
        return false;
    }

    /** Applies changes and keeps them if the check accepts them together; its words if it does not, or null. */
    private @Nullable String attempt(List<Change> some) {
        List<Change> applied = apply(some);
        if (applied.isEmpty()) {
            return null;
        }
        session.publish();
        ConfigCheck check = configuration.check();
        if (isRefused(check)) {
            session.putBackAll();
            session.publish();
            return check.message();
        }
        keep(applied);
        return null;
    }

    /** Those that could be applied; the others have failed. */
    private List<Change> apply(List<Change> some) {
        List<Change> applied = new ArrayList<>();
        Map<OpenStackInstance, List<Change>> byInstance =
                some.stream().collect(Collectors.groupingBy(Change::instance, LinkedHashMap::new, Collectors.toList()));
        byInstance.forEach((instance, changesOfIt) -> {
            List<EditResult> results = session.apply(
                    instance, changesOfIt.stream().map(Change::edit).toList());
            for (int i = 0; i < results.size(); i++) {
                ProviderException error = results.get(i).error();
                if (error == null) {
                    applied.add(changesOfIt.get(i));
                } else {
                    fail(changesOfIt.get(i), error.getMessage());
                    untried.remove(changesOfIt.get(i).vm());
                }
            }
        });
        return applied;
    }

    private void quarantine(Change change, String words) {
        verdict(
                change,
                change.plan()
                        .putBack("the check of the Director's configuration refused its files, which were put back: "
                                + words));
    }

    private void verdict(Change change, VmPlan plan) {
        verdicts.put(change.vm(), plan);
        untried.remove(change.vm());
    }

    private void fail(Change change, String why) {
        verdicts.put(change.vm(), change.plan().filesFailed(why));
    }
}
