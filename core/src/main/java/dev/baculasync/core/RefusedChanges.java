package dev.baculasync.core;

import dev.baculasync.core.listing.Listing;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreListing;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
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
 * Finds what the check of the Director's configuration refuses: of this run's changes, which are put back; of the files that
 * the list names for the first time, because somebody put them there, which it does not name then; and, a few, of those that
 * it named before. Everything else stays. First what the check names is put back or left out; when that does not come to an
 * end, everything is, and if that helps, it is applied again in halves. What the check has accepted is made final at once, so
 * that a run that dies in between loses only what was not checked. Used once, by one thread.
 */
final class RefusedChanges {
    /** So often what the check names is put back. */
    private static final int NAMED_ROUNDS = 9;

    /** So often the configuration is checked, but for once more at the very end. */
    static final int MOST_CHECKS = 1000;

    private final StoreSession session;
    private final ListOfRun list;
    private final CheckedConfiguration configuration;
    private final Consumer<String> notes;
    private final List<InstanceReport> reports;

    /** Removals last, as they were carried out. */
    private final Map<VmKey, Change> changes = new LinkedHashMap<>();

    private final Set<VmKey> named = new LinkedHashSet<>();
    private final Set<VmKey> untried = new HashSet<>();

    /** What became of plans that were not carried out as they stand. */
    private final Map<VmKey, VmPlan> verdicts = new HashMap<>();

    /** The jobs of what the list named before, or could name, by their place. */
    private final Map<VmKey, Set<String>> jobs = new HashMap<>();

    private final Set<VmKey> wasListed;

    /** What the list is not to name. */
    private final Set<VmKey> barred = new HashSet<>();

    /** What the list is not to name in the end, with what the check says of it. */
    private final Map<VmKey, String> leftOut = new LinkedHashMap<>();

    /** What this run does: it carries out a plan, or lets the list name files that somebody else has put there. */
    private record Change(
            VmKey vm, @Nullable VmPlan plan, @Nullable VmEdit edit) {
        static Change listing(VmKey vm) {
            return new Change(vm, null, null);
        }

        /** Headers are comments to a Director. */
        boolean concernsDirector() {
            return edit == null || edit.concernsDirector();
        }
    }

    /** @param now what the list names */
    RefusedChanges(
            StoreSession session,
            ListOfRun list,
            Listing now,
            CheckedConfiguration configuration,
            Consumer<String> notes,
            List<InstanceReport> reports) {
        this.session = session;
        this.list = list;
        this.configuration = configuration;
        this.notes = notes;
        this.reports = reports;
        addChanges(false);
        addChanges(true);
        StoreListing listing = session.listing();
        wasListed = listing.listed();
        for (ListableVm vm : listing.found()) {
            jobs.put(
                    vm.vm(),
                    vm.resources().stream()
                            .filter(resource -> resource.kind().equals(BaculaResource.JOB))
                            .map(BaculaResource::name)
                            .collect(Collectors.toSet()));
        }
        now.listed().stream()
                .filter(vm -> !wasListed.contains(vm) && !changes.containsKey(vm))
                .forEach(vm -> changes.put(vm, Change.listing(vm)));
    }

    private void addChanges(boolean removals) {
        for (InstanceReport report : reports) {
            for (VmPlan plan : report.vms()) {
                VmEdit edit = plan.edit();
                if (edit != null && edit.removes() == removals) {
                    VmKey vm = edit.key();
                    changes.put(vm, new Change(vm, plan, edit));
                }
            }
        }
    }

    /** The reports, with what has become of the changes so far; true whenever it is asked for. */
    List<InstanceReport> reports() {
        return reports.stream().map(this::now).toList();
    }

    private InstanceReport now(InstanceReport report) {
        Map<String, String> reasons = new HashMap<>();
        leftOut.forEach((vm, why) -> {
            if (vm.isOf(report.instance())) {
                jobs.getOrDefault(vm, Set.of()).forEach(job -> reasons.put(job, why));
            }
        });
        return report.withVms(report.vms().stream()
                .map(plan -> {
                    VmPlan verdict = plan.edit() == null
                            ? plan
                            : verdicts.getOrDefault(plan.edit().key(), plan);
                    String why = plan.job() == null ? null : reasons.get(plan.job());
                    if (why == null) {
                        return verdict;
                    }
                    // A change of headers is as good as ever.
                    return verdict.edit() == null ? verdict.unlisted(why) : verdict.withWarning(why);
                })
                .toList());
    }

    /** What the list does not name on account of the check. */
    Map<VmKey, String> leftOut() {
        return new LinkedHashMap<>(leftOut);
    }

    /**
     * Checks, and puts back what is refused.
     *
     * @return why the configuration is refused all the same, as a sentence; the words of the check alone when this run has
     *     changed nothing that it could refuse; null when it is accepted, or when there is no check
     * @throws ProviderException when something could not be put back or published
     */
    @Nullable
    String putBack() {
        ConfigCheck check = configuration.check();
        int rounds = 0;
        while (isRefused(check) && rounds < NAMED_ROUNDS && blame(check.message())) {
            rounds++;
            list.publish(barred);
            check = configuration.check();
        }
        if (!isRefused(check)) {
            return null;
        }
        if (!changedAnything()) {
            // What the list named before is left out only when that helps, or when its files are gone.
            asBefore();
            publishUnlessGoodAsBefore(Set.of());
            return check.message();
        }
        return withoutAll(check.message());
    }

    private static boolean isRefused(ConfigCheck check) {
        return check.kind() == ConfigCheck.Kind.REFUSED;
    }

    /** Whether this run has done anything that a check could refuse. */
    boolean changedAnything() {
        return changes.values().stream().anyMatch(Change::concernsDirector);
    }

    /** Puts back, or leaves out, what a refusal names; whether that was anything. */
    private boolean blame(String words) {
        Set<VmKey> suspects = new HashSet<>(jobs.keySet());
        suspects.addAll(changes.keySet());
        suspects.removeAll(barred);
        boolean any = false;
        for (VmKey vm : session.namedIn(words, suspects)) {
            Change change = changes.get(vm);
            if (change != null && change.edit() != null && change.concernsDirector() && named.add(vm)) {
                session.rollback(List.of(vm));
                quarantine(change, words);
                any = true;
            } else if (wasListed.contains(vm) || (change != null && change.edit() == null)) {
                any |= leaveOut(vm, words);
            }
        }
        return any;
    }

    /** Lets the list not name what somebody else has put there or changed; not when it would lose too much. */
    private boolean leaveOut(VmKey vm, String words) {
        barred.add(vm);
        if (!list.mayBeWithout(barred)) {
            barred.remove(vm);
            return false;
        }
        leftOut.put(vm, refusedFiles(words));
        return true;
    }

    private void rollbackAll() {
        session.rollback(changes.keySet());
    }

    private static String refusedFiles(String words) {
        return "the check of the Director's configuration refuses its files, which this run has not changed, so the Director's"
                + " list does not name them; mend them, or move them out of the tree: " + words;
    }

    private void asBefore() {
        barred.clear();
        leftOut.clear();
        list.restore();
    }

    /** @param refusal what the check says of all that was not named */
    private @Nullable String withoutAll(String refusal) {
        rollbackAll();
        for (Change change : changes.values()) {
            if (!named.contains(change.vm()) && !leftOut.containsKey(change.vm())) {
                untried.add(change.vm());
                fail(
                        change,
                        "put back, because the check of the Director's configuration refused it together with others; it"
                                + " was not tried by itself: " + refusal);
            }
            if (change.edit() == null) {
                barred.add(change.vm());
            }
        }
        if (!list.mayBeWithout(barred)) {
            asBefore();
            publishUnlessGoodAsBefore(Set.of());
            return "the check of the Director's configuration refuses it, and a list without all that is new to it would lose"
                    + " more jobs than one run may; the Director was not told: " + refusal;
        }
        list.publish(barred);
        ConfigCheck check = configuration.check();
        if (isRefused(check)) {
            String words = check.message();
            untried.forEach(vm -> fail(
                    Objects.requireNonNull(changes.get(vm)),
                    "put back, because the check of the Director's configuration refuses it with or without this: "
                            + words));
            Set<VmKey> unlisted = Set.copyOf(barred);
            asBefore();
            publishUnlessGoodAsBefore(
                    unlisted.stream().filter(vm -> !wasListed.contains(vm)).collect(Collectors.toSet()));
            boolean listingAlone = changes.values().stream().allMatch(change -> change.edit() == null);
            return "the check of the Director's configuration refuses it even without "
                    + (listingAlone
                            ? "the files that are new to the Director's list"
                            : "what this run changed, all of which was put back")
                    + "; the Director was not told: " + words;
        }
        applyAgain(refusal);
        return isSound();
    }

    /** When what the list was is no better, it may name files that are gone, and another one without these does not. */
    private void publishUnlessGoodAsBefore(Set<VmKey> without) {
        if (isRefused(configuration.check())) {
            list.publish(list.mayBeWithout(without) ? without : Set.of());
        }
    }

    private void applyAgain(String refusal) {
        // Nothing of headers can be at fault.
        keep(apply(changes.values().stream()
                .filter(change -> !change.concernsDirector())
                .toList()));
        List<Change> others = changes.values().stream()
                .filter(change -> change.concernsDirector()
                        && (untried.contains(change.vm()) || !leftOut.containsKey(change.vm())))
                .toList();
        sort(others.stream().filter(change -> !named.contains(change.vm())).toList(), refusal);
        // A message may name what is not at fault.
        others.stream().filter(change -> named.contains(change.vm())).forEach(change -> sort(List.of(change), null));
    }

    private void keep(List<Change> applied) {
        session.commit();
        applied.forEach(change -> {
            if (change.plan() == null) {
                leftOut.remove(change.vm());
                untried.remove(change.vm());
            } else {
                verdict(change, change.plan());
            }
        });
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
        list.publish(barred);
        ConfigCheck check = configuration.check();
        if (isRefused(check)) {
            rollbackAll();
            applied.stream().filter(change -> change.edit() == null).forEach(change -> barred.add(change.vm()));
            list.publish(barred);
            return check.message();
        }
        keep(applied);
        return null;
    }

    /** Those that could be applied; the others have failed. */
    private List<Change> apply(List<Change> some) {
        List<Change> applied = new ArrayList<>();
        List<Change> edited = new ArrayList<>();
        for (Change change : some) {
            if (change.edit() == null) {
                barred.remove(change.vm());
                applied.add(change);
            } else {
                edited.add(change);
            }
        }
        List<EditResult> results = session.apply(
                edited.stream().map(Change::edit).map(Objects::requireNonNull).toList());
        for (int i = 0; i < results.size(); i++) {
            ProviderException error = results.get(i).error();
            if (error == null) {
                applied.add(edited.get(i));
            } else {
                fail(edited.get(i), error.getMessage());
                untried.remove(edited.get(i).vm());
            }
        }
        return applied;
    }

    private void quarantine(Change change, String words) {
        if (change.plan() == null) {
            leftOut.put(change.vm(), refusedFiles(words));
            untried.remove(change.vm());
        } else {
            verdict(
                    change,
                    change.plan()
                            .putBack(
                                    "the check of the Director's configuration refused its files, which were put back: "
                                            + words));
        }
    }

    private void verdict(Change change, VmPlan plan) {
        verdicts.put(change.vm(), plan);
        untried.remove(change.vm());
    }

    private void fail(Change change, String why) {
        if (change.plan() == null) {
            leftOut.put(change.vm(), "the Director's list does not name its files yet: " + why);
        } else {
            verdicts.put(change.vm(), change.plan().filesFailed(why));
        }
    }
}
