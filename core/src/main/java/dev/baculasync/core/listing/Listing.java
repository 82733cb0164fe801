package dev.baculasync.core.listing;

import dev.baculasync.core.ledger.ListedNames;
import dev.baculasync.core.listing.ListingInput.LoadedJobs;
import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ListableVm.Files;
import dev.baculasync.spi.ListableVm.Owner;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.VmKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the Director's list may name, and whether it may be published. A pure function of its input.
 *
 * <ul>
 *   <li>No resource stands on it twice. Of several directories that define one, that stays which was listed; if none was,
 *       the one that is called as its job; else none.
 *   <li>What was listed and is whole stays, managed or not, also when its directory has moved. Without a list, what is ours
 *       and loaded stands for what was listed.
 *   <li>A list that loses more jobs than the safety limit allows, of an instance or as a whole, or all of an instance, is
 *       not published without an approval.
 * </ul>
 */
public final class Listing {
    /** So many places are named in a message. */
    private static final int NAMED = 5;

    /** Why files that are there are not listed; ends a sentence that begins with them. */
    public static final String BROKEN =
            " hold what a Director would refuse, so its list does not name them: braces or quotes are out of order, or the"
                    + " job names a FileSet with a name like ours that is not in the file beside it";

    private static final Comparator<VmKey> BY_PLACE = Comparator.comparing(VmKey::datacenter)
            .thenComparing(VmKey::openstack)
            .thenComparing(VmKey::slug);

    private final ListingInput input;
    private final Map<VmKey, ListableVm> found = new HashMap<>();
    private final Map<String, String> jobPrefixes = new HashMap<>();
    private final Map<BaculaResource, VmKey> holders = new HashMap<>();
    private final Set<VmKey> listed = new TreeSet<>(BY_PLACE);
    private final Map<VmKey, Copy> copies = new TreeMap<>(BY_PLACE);
    private final List<VmKey> lost = new ArrayList<>();
    private final Set<VmKey> released = new TreeSet<>(BY_PLACE);
    private final Map<String, Integer> baseline = new TreeMap<>();
    private final Set<String> vanished = new TreeSet<>();
    private final Set<String> deserted = new TreeSet<>();

    private Listing(ListingInput input) {
        this.input = input;
        for (ListableVm vm : input.found()) {
            found.put(vm.vm(), vm);
        }
        for (OpenStackInstance instance : input.instances()) {
            jobPrefixes.put(instance.toString(), instance.jobPrefix());
        }
    }

    /** Decides. The order of what was found does not matter. */
    public static Listing of(ListingInput input) {
        Listing listing = new Listing(input);
        listing.choose();
        listing.measure();
        return listing;
    }

    /** What the list is to name, sorted. */
    public Set<VmKey> listed() {
        return Set.copyOf(listed);
    }

    /** The directories that are not listed because another one defines the same, by place. */
    public Map<VmKey, Copy> copies() {
        return Map.copyOf(copies);
    }

    /** The jobs that the list would lose and that neither this run has removed nor an operator has let go, sorted. */
    public List<VmKey> lost() {
        return List.copyOf(lost);
    }

    /** The jobs that the list loses because an operator has let them go. */
    public Set<VmKey> released() {
        return Set.copyOf(released);
    }

    /**
     * The instances, as {@code datacenter/openstack}, that have no file in their place any more, though they had: their jobs
     * may be lost, or their files may have moved.
     */
    public Set<String> deserted() {
        return Set.copyOf(deserted);
    }

    /** What the list as it is names although its files are gone: a Director that reads it refuses all. */
    public List<VmKey> named() {
        return input.previous().stream()
                .filter(vm -> {
                    ListableVm there = found.get(vm);
                    return there == null || there.files() == Files.INCOMPLETE;
                })
                .sorted(BY_PLACE)
                .toList();
    }

    private static String instance(VmKey vm) {
        return vm.datacenter() + "/" + vm.openstack();
    }

    private static BaculaResource fileSetOf(VmKey vm) {
        return new BaculaResource(
                BaculaResource.FILE_SET, OpenStackInstance.fileSetPrefix(vm.datacenter(), vm.openstack()) + vm.slug());
    }

    /** What the files of a listed place defined, as far as that is known. */
    private Set<BaculaResource> formerResources(VmKey vm) {
        Set<BaculaResource> remembered = input.names().vms().get(vm);
        if (remembered != null) {
            return remembered;
        }
        String prefix = input.names().prefixes().get(instance(vm));
        return prefix == null
                ? Set.copyOf(ownResources(vm))
                : Set.of(fileSetOf(vm), new BaculaResource(BaculaResource.JOB, prefix + vm.slug()));
    }

    /** What is to be remembered of the list once it is published. */
    public ListedNames names() {
        Map<String, String> prefixes = new HashMap<>();
        Map<VmKey, Set<BaculaResource>> vms = new HashMap<>();
        for (VmKey vm : listed) {
            Set<BaculaResource> resources = defined(vm);
            String prefix = jobPrefixes.get(instance(vm));
            if (prefix != null) {
                prefixes.put(instance(vm), prefix);
            }
            if (!resources.isEmpty() && (prefix == null || !resources.containsAll(ownResources(vm)))) {
                vms.put(vm, resources);
            }
        }
        return new ListedNames(prefixes, vms);
    }

    /** The names of what files define that are none of a managed VM, and where. */
    public Map<String, VmKey> unmanagedNames() {
        Map<String, VmKey> names = new HashMap<>();
        input.found().stream()
                .filter(vm -> vm.owner() != Owner.MANAGED)
                .sorted(Comparator.comparing(ListableVm::vm, BY_PLACE))
                .forEach(vm -> vm.resources().forEach(resource -> names.putIfAbsent(resource.name(), vm.vm())));
        return names;
    }

    /** What is listed although nobody says any more that it is ours. */
    public Map<VmKey, ListableVm> disowned() {
        return input.found().stream()
                .filter(vm -> vm.owner() == Owner.FOREIGN && listed.contains(vm.vm()))
                .collect(Collectors.toMap(ListableVm::vm, vm -> vm));
    }

    /** The managed VMs whose files a Director would refuse. */
    public Set<VmKey> broken() {
        return input.found().stream()
                .filter(vm -> vm.owner() == Owner.MANAGED && vm.files() == Files.BROKEN)
                .map(ListableVm::vm)
                .collect(Collectors.toSet());
    }

    /** What is told of the list where no instance that is handled tells it, as sentences. */
    public List<String> alarms(Collection<OpenStackInstance> handled) {
        Predicate<VmKey> untold = vm -> handled.stream().noneMatch(vm::isOf);
        List<String> alarms = new ArrayList<>();
        List<VmKey> gone = lost.stream().filter(untold).toList();
        if (!gone.isEmpty()) {
            alarms.add(left(gone));
        }
        copies.values().stream().filter(copy -> untold.test(copy.vm())).forEach(copy -> alarms.add(copy.reason()));
        List<VmKey> refused = sorted(broken()).stream().filter(untold).toList();
        if (!refused.isEmpty()) {
            alarms.add("the files of " + refused.size() + " VM(s)" + BROKEN + ": " + some(refused));
        }
        return alarms;
    }

    /** What leaves the list within the limit, of these instances, as a sentence. */
    public Optional<String> farewell(Collection<OpenStackInstance> handled) {
        List<VmKey> gone =
                lost.stream().filter(vm -> handled.stream().anyMatch(vm::isOf)).toList();
        return gone.isEmpty() ? Optional.empty() : Optional.of(left(gone));
    }

    private static String left(List<VmKey> gone) {
        return gone.size()
                + " job(s) leave the Director's list, because their files are gone, define other jobs now, or would"
                + " be refused: " + some(gone);
    }

    /** For each VM that FileSets on the list name, the jobs beside them, by place. */
    public Map<UUID, Map<VmKey, String>> jobsOfVms() {
        Map<UUID, Map<VmKey, String>> all = new HashMap<>();
        for (VmKey vm : listed) {
            ListableVm files = found.get(vm);
            if (files != null) {
                String job = jobs(files.resources()).stream()
                        .map(BaculaResource::name)
                        .sorted()
                        .collect(Collectors.joining(", "));
                files.backsUp()
                        .forEach(uuid -> all.computeIfAbsent(uuid, key -> new TreeMap<>(BY_PLACE))
                                .put(vm, job));
            }
        }
        return all;
    }

    private Set<BaculaResource> resourcesAt(VmKey vm) {
        ListableVm there = found.get(vm);
        return there == null ? Set.of() : there.resources();
    }

    /** What the files of a place define; what they defined when that cannot be told. */
    private Set<BaculaResource> defined(VmKey vm) {
        Set<BaculaResource> now = resourcesAt(vm);
        return now.isEmpty() ? formerResources(vm) : now;
    }

    /** What only the files of this place define, if nobody has changed their names. */
    private List<BaculaResource> ownResources(VmKey vm) {
        List<BaculaResource> own = new ArrayList<>(List.of(fileSetOf(vm)));
        String prefix = jobPrefixes.get(instance(vm));
        if (prefix != null) {
            own.add(new BaculaResource(BaculaResource.JOB, prefix + vm.slug()));
        }
        return own;
    }

    /** How much of what a directory defines is called as the directory is. */
    private int owned(ListableVm vm) {
        return (int)
                ownResources(vm.vm()).stream().filter(vm.resources()::contains).count();
    }

    private void choose() {
        List<ListableVm> whole =
                input.found().stream().filter(vm -> vm.files() == Files.WHOLE).toList();
        Set<VmKey> moved = moved(whole);
        Set<String> loaded = input.previous().isEmpty()
                ? input.loaded().get().map(LoadedJobs::all).orElse(Set.of())
                : Set.of();
        List<ListableVm> kept = whole.stream()
                .filter(vm -> input.previous().contains(vm.vm()) || moved.contains(vm.vm()) || isLoaded(vm, loaded))
                .sorted(Comparator.<ListableVm, Boolean>comparing(vm -> moved.contains(vm.vm()))
                        // What cannot be read may define what a copy of it defines.
                        .thenComparing(vm -> !vm.resources().isEmpty())
                        .thenComparing(Comparator.comparingInt(this::owned).reversed())
                        .thenComparing(ListableVm::vm, BY_PLACE))
                .toList();
        for (ListableVm vm : kept) {
            if (!isCopy(vm)) {
                list(vm);
            }
        }
        Set<VmKey> known = kept.stream().map(ListableVm::vm).collect(Collectors.toSet());
        List<ListableVm> fresh = whole.stream()
                .filter(vm -> vm.owner() == Owner.MANAGED && !known.contains(vm.vm()))
                .toList();
        listUnlessTwice(fresh.stream().filter(vm -> owned(vm) > 0).toList());
        listUnlessTwice(fresh.stream().filter(vm -> owned(vm) == 0).toList());
    }

    private boolean isLoaded(ListableVm vm, Set<String> loaded) {
        return vm.owner() != Owner.FOREIGN
                && jobs(defined(vm.vm())).stream().map(BaculaResource::name).anyMatch(loaded::contains);
    }

    /** Directories that hold what was listed in another place, where it is no more: everything was renamed, say. */
    private Set<VmKey> moved(List<ListableVm> whole) {
        Set<BaculaResource> left = input.previous().stream()
                .filter(vm -> !found.containsKey(vm))
                .flatMap(vm -> formerResources(vm).stream())
                .collect(Collectors.toSet());
        return left.isEmpty()
                ? Set.of()
                : whole.stream()
                        .filter(vm -> !input.previous().contains(vm.vm())
                                && vm.resources().stream().anyMatch(left::contains))
                        .map(ListableVm::vm)
                        .collect(Collectors.toSet());
    }

    private void listUnlessTwice(List<ListableVm> some) {
        List<ListableVm> free = some.stream()
                .sorted(Comparator.comparing(ListableVm::vm, BY_PLACE))
                .filter(vm -> !isCopy(vm))
                .toList();
        Map<BaculaResource, List<VmKey>> defining = new HashMap<>();
        for (ListableVm vm : free) {
            vm.resources()
                    .forEach(resource -> defining.computeIfAbsent(resource, key -> new ArrayList<>())
                            .add(vm.vm()));
        }
        for (ListableVm vm : free) {
            Optional<BaculaResource> twice = vm.resources().stream()
                    .filter(resource ->
                            defining.getOrDefault(resource, List.of()).size() > 1)
                    .min(Comparator.naturalOrder());
            if (twice.isEmpty()) {
                list(vm);
            } else {
                VmKey other = defining.getOrDefault(twice.get(), List.of()).stream()
                        .filter(place -> !place.equals(vm.vm()))
                        .findFirst()
                        .orElseThrow();
                copies.put(vm.vm(), new Copy(vm.vm(), twice.get(), other, false));
            }
        }
    }

    /** Whether something that a directory defines is listed already; that is noted then. */
    private boolean isCopy(ListableVm vm) {
        Optional<BaculaResource> twice =
                defined(vm.vm()).stream().filter(holders::containsKey).min(Comparator.naturalOrder());
        twice.ifPresent(resource -> {
            VmKey holder = holders.get(resource);
            if (holder != null) {
                copies.put(vm.vm(), new Copy(vm.vm(), resource, holder, true));
            }
        });
        return twice.isPresent();
    }

    private void list(ListableVm vm) {
        listed.add(vm.vm());
        defined(vm.vm()).forEach(resource -> holders.put(resource, vm.vm()));
    }

    private void measure() {
        Map<String, List<VmKey>> lostOf = new LinkedHashMap<>();
        Map<VmKey, String> unlisted = input.previous().isEmpty() ? withoutList() : Map.of();
        for (VmKey vm : sorted(input.previous().isEmpty() ? unlisted.keySet() : input.previous())) {
            if (input.removed().contains(vm)) {
                continue;
            }
            baseline.merge(instance(vm), 1, Integer::sum);
            String job = unlisted.get(vm);
            if (job == null ? isListed(vm) : holders.containsKey(new BaculaResource(BaculaResource.JOB, job))) {
                continue;
            }
            if (input.approved().contains(vm)) {
                released.add(vm);
            } else {
                lost.add(vm);
                lostOf.computeIfAbsent(instance(vm), key -> new ArrayList<>()).add(vm);
            }
        }
        Set<String> places = placesWithFiles();
        lostOf.keySet().stream().filter(place -> !places.contains(place)).forEach(vanished::add);
        deserted.addAll(vanished);
        input.previous().stream()
                .filter(vm -> !input.removed().contains(vm) && !input.approved().contains(vm))
                .map(Listing::instance)
                .filter(place -> !places.contains(place))
                .forEach(deserted::add);
        listed.stream()
                .flatMap(vm -> homes(vm).stream())
                .filter(place -> !places.contains(place))
                .forEach(deserted::add);
    }

    /** What else lies in a directory over which another one is to be mounted is no file of a job. */
    private Set<String> placesWithFiles() {
        return input.found().stream()
                .filter(vm -> vm.owner() == Owner.MANAGED
                        || (vm.owner() == Owner.DOUBTFUL && vm.files() != Files.INCOMPLETE)
                        || listed.contains(vm.vm()))
                .map(vm -> instance(vm.vm()))
                .collect(Collectors.toSet());
    }

    /**
     * The instances that files are called after which stand elsewhere: they were moved there, and may come back. Not when
     * somebody has written into their headers that they belong there.
     */
    private Set<String> homes(VmKey vm) {
        Set<String> homes = new HashSet<>();
        ListableVm files = found.get(vm);
        if (files != null && files.owner() == Owner.MANAGED) {
            return homes;
        }
        for (BaculaResource resource : defined(vm)) {
            if (resource.kind().equals(BaculaResource.FILE_SET)
                    && !resource.name().startsWith(OpenStackInstance.fileSetPrefix(vm.datacenter(), vm.openstack()))) {
                input.instances().stream()
                        .filter(instance -> resource.name().startsWith(instance.fileSetPrefix()))
                        .max(Comparator.comparing(
                                instance -> instance.fileSetPrefix().length()))
                        .ifPresent(instance -> homes.add(instance.toString()));
            }
        }
        return homes;
    }

    /** What is measured against without a list: our jobs, by the places where their files would be. */
    private Map<VmKey, String> withoutList() {
        return input.loaded().get().map(LoadedJobs::ours).orElseGet(input.catalog());
    }

    /** Whether a job is on the list, from wherever. What stands in its place now may be another one. */
    private boolean isListed(VmKey vm) {
        Set<BaculaResource> jobs = jobs(formerResources(vm));
        boolean isKnown =
                input.names().vms().containsKey(vm) || input.names().prefixes().containsKey(instance(vm));
        if (isKnown && !jobs.isEmpty()) {
            return jobs.stream().anyMatch(holders::containsKey);
        }
        Set<BaculaResource> now = jobs(resourcesAt(vm));
        return listed.contains(vm)
                || (now.isEmpty() ? formerResources(vm) : now).stream().anyMatch(holders::containsKey);
    }

    private static Set<BaculaResource> jobs(Set<BaculaResource> resources) {
        return resources.stream()
                .filter(resource -> resource.kind().equals(BaculaResource.JOB))
                .collect(Collectors.toSet());
    }

    /** Why the list must not be published, as a sentence; empty when it may be. */
    public Optional<String> refusal() {
        List<String> reasons = new ArrayList<>();
        Map<String, Long> lostOf =
                lost.stream().collect(Collectors.groupingBy(Listing::instance, TreeMap::new, Collectors.counting()));
        lostOf.forEach((place, count) -> {
            if (vanished.contains(place)) {
                reasons.add("no file is left in " + place + ", which had " + count + " listed job(s): is its directory"
                        + " mounted, and where it was?");
            } else if (count > most(of(place))) {
                reasons.add(excess(count, of(place), "of " + place));
            }
        });
        int all = baseline.values().stream().mapToInt(Integer::intValue).sum();
        if (reasons.isEmpty() && lost.size() > most(all)) {
            reasons.add(excess(lost.size(), all, "in all"));
        }
        return reasons.isEmpty()
                ? Optional.empty()
                : Optional.of("the Director's list is not published, and the Director is not told to reload: "
                        + String.join("; ", reasons) + "; lost would be " + some(lost));
    }

    private int of(String place) {
        return baseline.getOrDefault(place, 0);
    }

    private int most(int jobs) {
        return input.limit().applyAsInt(jobs);
    }

    private String excess(long count, int jobs, String what) {
        return count + " of " + jobs + " listed job(s) " + what + " would be lost, and one run may lose " + most(jobs)
                + " (MAX_DISABLE_PERCENT, MAX_DISABLE_MIN)";
    }

    /** What must be known before anybody touches the Director, as a sentence; empty when its list names only what is there. */
    public Optional<String> warning() {
        List<VmKey> gone = named();
        if (input.previous().isEmpty() && refusal().isPresent()) {
            return Optional.of(
                    "do not reload or restart the Director: its list is not there, or names nothing, so it would lose"
                            + " these jobs, or not start at all, until the files are back");
        }
        return gone.isEmpty()
                ? Optional.empty()
                : Optional.of("do not reload or restart the Director: its list names the files of " + gone.size()
                        + " VM(s) that are gone (" + some(gone)
                        + "), and it would refuse its whole configuration, until they are back");
    }

    /** A few places, for a message. */
    public static String some(Collection<VmKey> vms) {
        return vms.stream()
                        .limit(NAMED)
                        .map(vm -> instance(vm) + "/" + vm.slug())
                        .collect(Collectors.joining(", "))
                + (vms.size() > NAMED ? ", …" : "");
    }

    private static List<VmKey> sorted(Set<VmKey> vms) {
        return vms.stream().sorted(BY_PLACE).toList();
    }
}
