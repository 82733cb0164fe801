package dev.baculasync.core;

import dev.baculasync.core.ledger.ListedNames;
import dev.baculasync.core.ledger.RolledBackVms;
import dev.baculasync.core.listing.Copy;
import dev.baculasync.core.listing.Listing;
import dev.baculasync.core.listing.ListingInput;
import dev.baculasync.core.listing.ListingInput.LoadedJobs;
import dev.baculasync.core.plan.VmPlan;
import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.StoreListing;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one run makes of the Director's list. Used by one thread but for {@link #sound} and {@link #hasVanished}. */
final class ListOfRun {
    private static final String DISOWNED =
            " are on the Director's list, which goes on to name them, but they are not ours any more: their #@ headers are"
                    + " gone, or links stand in their place. Nothing of them is changed. Put them back, from a backup, say; if the"
                    + " job is to be an operator's own, move it out of the tree";

    private static final String FILE_SET_PREFIX = "fs-";

    private final EngineParts parts;
    private final StoreSession session;
    private final List<OpenStackInstance> configured;
    private final DirectorOnce director;
    private final Set<VmKey> approved;
    private final Instant now;
    private Map<VmKey, Copy> copies = Map.of();
    private Set<String> vanished = Set.of();
    private Map<String, VmKey> unmanaged = Map.of();
    private Set<VmKey> broken = Set.of();
    private Map<VmKey, ListableVm> disowned = Map.of();
    private @Nullable Map<VmKey, String> catalog;
    private Set<VmKey> removed = Set.of();
    private final Consumer<String> notes;
    private ListedNames former = ListedNames.NONE;
    private ListedNames names = ListedNames.NONE;
    private Set<VmKey> published = Set.of();
    private boolean pending;

    /**
     * @param instances those that the run handles
     * @param approved the jobs that the list may lose, by an operator's word
     */
    ListOfRun(
            EngineParts parts,
            StoreSession session,
            List<OpenStackInstance> instances,
            DirectorOnce director,
            Set<VmKey> approved,
            Instant now,
            Consumer<String> notes) {
        this.notes = notes;
        this.parts = parts;
        this.session = session;
        Set<OpenStackInstance> all = new LinkedHashSet<>(instances);
        all.addAll(parts.others());
        this.configured = List.copyOf(all);
        this.director = director;
        this.approved = approved;
        this.now = now;
    }

    /**
     * Finds out what there is before anything is changed.
     *
     * @throws ProviderException when that cannot be found out: then nothing is known of copies, nor whether anything is gone
     */
    void begin() {
        try {
            former = ListedNames.in(session.ledger());
            names = former;
        } catch (ProviderException e) {
            notes.accept("what directories define that were moved is not known: " + e.getMessage());
        }
        Listing listing = decide();
        copies = listing.copies();
        vanished = listing.deserted();
        unmanaged = listing.unmanagedNames();
        broken = listing.broken();
        disowned = listing.disowned();
    }

    /** All instances that are known to be configured. */
    List<OpenStackInstance> configured() {
        return configured;
    }

    /** The jobs and FileSets in files that are none of a managed VM, by name, and where: no other may bear their names. */
    Map<String, VmKey> unmanagedNames() {
        return unmanaged;
    }

    /** Whether an instance had jobs and has no file in its place any more, without anybody's word that this is right. */
    boolean hasVanished(OpenStackInstance instance) {
        return vanished.contains(instance.toString());
    }

    /** What the store holds of an instance, but for copies, what a Director would refuse, and what is ours no more: these are problems. */
    StoredInstance sound(OpenStackInstance instance, StoredInstance stored) {
        if (copies.isEmpty() && broken.isEmpty() && disowned.isEmpty()) {
            return stored;
        }
        List<ManagedVm> vms = new ArrayList<>();
        List<StoreProblem> problems = new ArrayList<>();
        for (StoreProblem problem : stored.problems()) {
            VmKey place = new VmKey(instance.datacenter(), instance.openstack(), problem.slug());
            ListableVm lost = disowned.get(place);
            problems.add(lost == null ? problem : disowned(problem, lost));
        }
        for (ManagedVm vm : stored.vms()) {
            VmKey place = vm.key();
            Copy copy = copies.get(place);
            if (copy != null) {
                problems.add(new StoreProblem(StoreProblem.Kind.COPY, vm.slug(), vm.uuid(), copy.reason()));
            } else if (broken.contains(place)) {
                problems.add(new StoreProblem(
                        StoreProblem.Kind.UNREADABLE,
                        vm.slug(),
                        vm.uuid(),
                        "the files of " + Listing.some(List.of(place)) + Listing.BROKEN));
            } else {
                vms.add(vm);
            }
        }
        return new StoredInstance(vms, problems);
    }

    private static StoreProblem disowned(StoreProblem problem, ListableVm files) {
        UUID uuid = files.backsUp().size() == 1 ? files.backsUp().iterator().next() : null;
        return new StoreProblem(
                StoreProblem.Kind.UNREADABLE,
                problem.slug(),
                uuid,
                "the files of " + Listing.some(List.of(files.vm())) + DISOWNED);
    }

    /**
     * What there is to list at this moment.
     *
     * @throws ProviderException when that cannot be found out
     */
    Listing decide() {
        return decide(session.listing(), Set.of());
    }

    /** What there would be to list once these plans were carried out, which they are not. */
    Listing preview(List<InstanceReport> reports) {
        StoreListing before = session.listing();
        Map<VmKey, ListableVm> found = new HashMap<>();
        before.found().forEach(vm -> found.put(vm.vm(), vm));
        Set<VmKey> going = new HashSet<>();
        for (InstanceReport report : reports) {
            for (VmPlan plan : report.vms()) {
                VmEdit edit = plan.edit();
                if (edit != null) {
                    foresee(edit, found, going);
                }
            }
        }
        removed = going;
        return decide(new StoreListing(before.listed(), List.copyOf(found.values())), Set.of());
    }

    private static void foresee(VmEdit edit, Map<VmKey, ListableVm> found, Set<VmKey> going) {
        VmKey place = edit.key();
        ManagedVm after = edit.after();
        FileSetFacts fileSet = after == null ? null : after.fileSet();
        boolean writesFileSet = edit.before() == null || edit.before().fileSet() == null;
        if (after == null) {
            going.add(place);
            found.remove(place);
        } else if (writesFileSet && fileSet != null) {
            ListableVm before = found.get(place);
            Set<BaculaResource> resources = new HashSet<>(before == null ? Set.of() : before.resources());
            resources.add(new BaculaResource(BaculaResource.JOB, after.job()));
            resources.add(new BaculaResource(BaculaResource.FILE_SET, String.valueOf(fileSet.name())));
            found.put(
                    place,
                    new ListableVm(
                            place, resources, fileSet.instances(), ListableVm.Owner.MANAGED, ListableVm.Files.WHOLE));
        }
    }

    /** Publishes what the list named when the session was opened, as it was then. */
    void restore() {
        session.publish(session.listing().listed());
    }

    /** What the list, as it is to be published, loses by an operator's word. */
    Set<VmKey> lostByApproval() {
        return decide().released();
    }

    /** What this run has taken away is not lost. */
    void removed(Set<VmKey> vms) {
        removed = Set.copyOf(vms);
    }

    /**
     * Publishes what there is to list at this moment.
     *
     * @param barred what is not to be on it all the same
     * @return whether there is anything that the Director has not been told to load
     * @throws ProviderException when it could not be done
     */
    boolean publish(Set<VmKey> barred) {
        Listing listing = decide(session.listing(), barred);
        pending = session.publish(listing.listed());
        published = listing.listed();
        rememberNames(listing.names());
        return pending;
    }

    /** What cannot be remembered may count as lost when it moves once more. */
    private void rememberNames(ListedNames now) {
        if (now.equals(names)) {
            return;
        }
        try {
            now.remember(session.ledger());
            names = now;
        } catch (ProviderException e) {
            notes.accept("what directories define that were moved cannot be remembered: " + e.getMessage());
        }
    }

    /** Whether the list, as it was published last, names a VM. */
    boolean names(ManagedVm vm) {
        return published.contains(vm.key());
    }

    /** Whether the list, as it was published last, or files that it names are new to the Director. */
    boolean isPending() {
        return pending;
    }

    /** Whether the list may be published when these are not on it. */
    boolean mayBeWithout(Set<VmKey> barred) {
        return decide(session.listing(), barred).refusal().isEmpty();
    }

    private Listing decide(StoreListing store, Set<VmKey> barred) {
        List<ListableVm> found = store.found().stream()
                .map(vm -> barred.contains(vm.vm())
                        ? new ListableVm(vm.vm(), vm.resources(), vm.backsUp(), vm.owner(), ListableVm.Files.BROKEN)
                        : vm)
                .toList();
        // A Director that finds files by itself may have loaded what a run that died had made.
        Set<VmKey> takenAway = new HashSet<>(removed);
        takenAway.addAll(RolledBackVms.in(session.ledger()));
        return Listing.of(new ListingInput(
                store.listed(),
                former,
                found,
                this::loaded,
                this::catalog,
                configured,
                takenAway,
                approved,
                parts.planner()::mostJobs));
    }

    /**
     * What the Director has loaded. Under our prefixes, ours are those for which a FileSet is called as ours are; an operator's
     * own jobs may be called alike.
     */
    private Optional<LoadedJobs> loaded() {
        return director.get().map(has -> {
            Set<String> ends = endsOf(has.fileSets());
            Map<String, VmKey> places = new TreeMap<>();
            // The longest prefix of a job is the one that made it.
            prefixes().stream()
                    .sorted(Comparator.<Prefix>comparingInt(
                                    prefix -> prefix.text().length())
                            .thenComparing(Prefix::instance))
                    .forEach(prefix -> jobs(prefix.instance(), prefix.text(), has.jobs())
                            .forEach((vm, job) -> places.put(job, vm)));
            Map<VmKey, String> ours = new HashMap<>();
            places.forEach((job, vm) -> {
                if (ends.contains(vm.slug())) {
                    ours.putIfAbsent(vm, job);
                }
            });
            return new LoadedJobs(ours, has.jobs());
        });
    }

    /** What may be the slug in the name of a FileSet of ours, wherever its tree has moved since. */
    private static Set<String> endsOf(Set<String> fileSets) {
        Set<String> ends = new HashSet<>();
        for (String name : fileSets) {
            if (name.startsWith(FILE_SET_PREFIX)) {
                for (int dash = name.indexOf('-', FILE_SET_PREFIX.length());
                        dash >= 0;
                        dash = name.indexOf('-', dash + 1)) {
                    ends.add(name.substring(dash + 1));
                }
            }
        }
        return ends;
    }

    /** What the names of an instance's jobs begin with. */
    private record Prefix(String instance, String text) {}

    /** What the names of jobs begin with, and what they began with when the list was published last. */
    private Set<Prefix> prefixes() {
        Set<Prefix> prefixes = new HashSet<>();
        former.prefixes().forEach((place, prefix) -> prefixes.add(new Prefix(place, prefix)));
        configured.forEach(instance -> prefixes.add(new Prefix(instance.toString(), instance.jobPrefix())));
        return prefixes;
    }

    /** The jobs with a prefix, by the place in an instance ({@code datacenter/openstack}) where their files would be. */
    private static Map<VmKey, String> jobs(String place, String prefix, Set<String> jobs) {
        String[] names = place.split("/", 2);
        return jobs.stream()
                .filter(job -> job.startsWith(prefix) && job.length() > prefix.length())
                .collect(Collectors.toMap(
                        job -> new VmKey(names[0], names[1], job.substring(prefix.length())), job -> job));
    }

    /** The jobs that have run within the grace period. */
    private Map<VmKey, String> catalog() {
        if (catalog == null) {
            Map<VmKey, String> run = new HashMap<>();
            parts.catalog()
                    .history()
                    .ifPresent(history -> configured.forEach(instance -> run.putAll(jobs(
                            instance.toString(),
                            instance.jobPrefix(),
                            history.jobsRunSince(
                                            instance.client(),
                                            now.minus(parts.planner().grace()))
                                    .keySet()))));
            catalog = run;
        }
        return catalog;
    }
}
