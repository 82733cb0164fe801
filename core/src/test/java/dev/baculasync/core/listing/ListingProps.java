package dev.baculasync.core.listing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baculasync.core.ledger.ListedNames;
import dev.baculasync.core.listing.ListingInput.LoadedJobs;
import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ListableVm.Files;
import dev.baculasync.spi.ListableVm.Owner;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.VmKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

class ListingProps {
    private static final List<OpenStackInstance> SITES = List.of(
            new OpenStackInstance("dc1", "os1", "fd-1", "p1", "backup-1-", null),
            new OpenStackInstance("dc1", "os2", "fd-2", "p2", "backup-2-", null));

    private static final IntUnaryOperator TENTH = jobs -> Math.max(2, jobs * 3 / 10);

    private static VmKey place(OpenStackInstance site, String part) {
        return new VmKey(site.datacenter(), site.openstack(), part);
    }

    private static Set<BaculaResource> resources(OpenStackInstance site, String part) {
        return Set.of(
                new BaculaResource(BaculaResource.JOB, site.jobPrefix() + part),
                new BaculaResource(BaculaResource.FILE_SET, site.fileSetPrefix() + part));
    }

    private static ListableVm whole(VmKey vm, Set<BaculaResource> resources) {
        return new ListableVm(vm, resources, Set.of(), Owner.MANAGED, Files.WHOLE);
    }

    private static Listing decide(Set<VmKey> previous, List<ListableVm> found) {
        return decide(previous, found, Optional.empty(), Set.of(), Set.of());
    }

    private static Listing decide(
            Set<VmKey> previous,
            List<ListableVm> found,
            Optional<LoadedJobs> loaded,
            Set<VmKey> removed,
            Set<VmKey> approved) {
        return Listing.of(new ListingInput(
                previous, ListedNames.NONE, found, () -> loaded, Map::of, SITES, removed, approved, TENTH));
    }

    /**
     * A tree after some everyday acts, and the list that an earlier run made of what there was before them.
     *
     * @param read what a Director would read, also where we cannot
     */
    record World(Set<VmKey> previous, List<ListableVm> found, Map<VmKey, Set<BaculaResource>> read) {
        Map<VmKey, ListableVm> byPlace() {
            Map<VmKey, ListableVm> byPlace = new HashMap<>();
            found.forEach(vm -> byPlace.put(vm.vm(), vm));
            return byPlace;
        }
    }

    @Provide
    Arbitrary<World> worlds() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.randoms())
                .as(ListingProps::world);
    }

    private static World world(int vms, int acts, Random random) {
        Map<VmKey, ListableVm> tree = new HashMap<>();
        Map<VmKey, Set<BaculaResource>> read = new HashMap<>();
        for (int i = 0; i < vms; i++) {
            OpenStackInstance site = SITES.get(random.nextInt(2));
            VmKey vm = place(site, "vm" + i);
            tree.put(vm, whole(vm, resources(site, "vm" + i)));
            read.put(vm, resources(site, "vm" + i));
        }
        Set<VmKey> previous = Set.copyOf(tree.keySet());
        for (int act = 0; act < acts && !tree.isEmpty(); act++) {
            List<VmKey> places = new ArrayList<>(tree.keySet());
            places.sort(Comparator.comparing(VmKey::toString));
            VmKey vm = places.get(random.nextInt(places.size()));
            ListableVm files = tree.get(vm);
            VmKey elsewhere = random.nextBoolean()
                    ? place(SITES.get(random.nextInt(2)), "x" + random.nextInt(4))
                    : new VmKey("vienna", vm.openstack(), vm.slug());
            switch (random.nextInt(7)) {
                case 0 -> {
                    tree.put(elsewhere, at(files, elsewhere));
                    read.put(elsewhere, read.get(vm));
                }
                case 1 -> {
                    tree.remove(vm);
                    tree.put(elsewhere, at(files, elsewhere));
                    read.put(elsewhere, read.get(vm));
                }
                case 2 -> tree.remove(vm);
                case 3 -> tree.put(vm, new ListableVm(vm, files.resources(), Set.of(), Owner.DOUBTFUL, Files.WHOLE));
                case 4 -> tree.put(vm, new ListableVm(vm, files.resources(), Set.of(), Owner.DOUBTFUL, Files.BROKEN));
                // Also after another directory was made from it that can be read, as by cp -L.
                case 5 -> tree.put(vm, new ListableVm(vm, Set.of(), Set.of(), Owner.DOUBTFUL, Files.WHOLE));
                default ->
                    tree.put(vm, new ListableVm(vm, files.resources(), Set.of(), Owner.MANAGED, Files.INCOMPLETE));
            }
        }
        return new World(previous, List.copyOf(tree.values()), read);
    }

    /** What was moved to another instance says in its headers that it belongs elsewhere. */
    private static ListableVm at(ListableVm files, VmKey place) {
        boolean sameInstance = place.datacenter().equals(files.vm().datacenter())
                && place.openstack().equals(files.vm().openstack());
        return new ListableVm(
                place, files.resources(), Set.of(), sameInstance ? files.owner() : Owner.DOUBTFUL, files.files());
    }

    @Property(tries = 2000)
    void noResourceStandsTwice(@ForAll("worlds") World world) {
        Listing listing = decide(world.previous(), world.found());
        Set<BaculaResource> resources = new HashSet<>();
        for (VmKey vm : listing.listed()) {
            for (BaculaResource resource : world.read().get(vm)) {
                assertThat(resources.add(resource)).as("%s twice", resource).isTrue();
            }
        }
        Statistics.label("copies").collect(!listing.copies().isEmpty());
    }

    @Property(tries = 2000)
    void onlyWhatIsWholeIsListed(@ForAll("worlds") World world) {
        Listing listing = decide(world.previous(), world.found());
        assertThat(listing.listed())
                .allMatch(vm -> world.byPlace().get(vm).files() == Files.WHOLE)
                .noneMatch(listing.copies()::containsKey);
    }

    @Property(tries = 2000)
    void whatWasListedAndIsThereStays(@ForAll("worlds") World world) {
        Listing listing = decide(world.previous(), world.found());
        assertThat(world.previous())
                .filteredOn(vm -> world.byPlace().containsKey(vm)
                        && world.byPlace().get(vm).files() == Files.WHOLE
                        && !listing.copies().containsKey(vm))
                .allMatch(listing.listed()::contains);
        listing.copies().values().stream()
                .filter(copy -> world.previous().contains(copy.vm()))
                .forEach(copy -> assertThat(copy.otherListed())
                        .as("what was listed gives way only to what is listed")
                        .isTrue());
    }

    @Property(tries = 2000)
    void aJobWhoseFilesAreSomewhereIsNotLost(@ForAll("worlds") World world) {
        Listing listing = decide(world.previous(), world.found());
        for (VmKey vm : listing.lost()) {
            Set<BaculaResource> own = resources(
                    SITES.stream()
                            .filter(site -> site.openstack().equals(vm.openstack()))
                            .findFirst()
                            .orElseThrow(),
                    vm.slug());
            assertThat(world.found())
                    .filteredOn(found -> found.files() == Files.WHOLE)
                    .allMatch(found -> Collections.disjoint(found.resources(), own)
                            // Its place is taken by files that a Director would not read.
                            || world.byPlace().containsKey(vm));
        }
        Statistics.label("lost").collect(!listing.lost().isEmpty());
    }

    @Property(tries = 2000)
    void neverFewerThanTheLimitAllows(@ForAll("worlds") World world) {
        Listing listing = decide(world.previous(), world.found());
        boolean tooMany =
                listing.lost().size() > TENTH.applyAsInt(world.previous().size())
                        || listing.lost().stream().anyMatch(lost -> isEmptied(world.found(), listing, lost))
                        || SITES.stream()
                                .anyMatch(site -> count(listing.lost(), site)
                                        > TENTH.applyAsInt(count(List.copyOf(world.previous()), site)));
        assertThat(listing.refusal().isPresent()).isEqualTo(tooMany);
        for (OpenStackInstance site : SITES) {
            boolean nothingLeft = world.found().stream().noneMatch(vm -> vm.vm().isOf(site));
            if (nothingLeft && count(listing.lost(), site) > 0) {
                assertThat(listing.refusal().orElse("")).contains("no file is left in " + site);
            }
        }
        Statistics.label("refused").collect(tooMany);
    }

    private static int count(List<VmKey> vms, OpenStackInstance site) {
        return (int) vms.stream().filter(vm -> vm.isOf(site)).count();
    }

    @Property(tries = 1000)
    void whatIsApprovedOrRemovedIsNotLost(@ForAll("worlds") World world) {
        Listing before = decide(world.previous(), world.found());
        Set<VmKey> lost = Set.copyOf(before.lost());
        assertThat(decide(world.previous(), world.found(), Optional.empty(), Set.of(), lost)
                        .refusal())
                .isEmpty();
        Listing removed = decide(world.previous(), world.found(), Optional.empty(), lost, Set.of());
        assertThat(removed.lost()).isEmpty();
        assertThat(removed.listed()).isEqualTo(before.listed());
    }

    @Property(tries = 2000)
    void withoutAListNothingThatIsLoadedAndThereIsLost(@ForAll("worlds") World world) {
        Map<VmKey, String> ours = new HashMap<>();
        for (VmKey vm : world.previous()) {
            OpenStackInstance site = SITES.stream().filter(vm::isOf).findFirst().orElseThrow();
            ours.put(vm, site.jobPrefix() + vm.slug());
        }
        LoadedJobs loaded = new LoadedJobs(ours, Set.copyOf(ours.values()));
        Listing listing = decide(Set.of(), world.found(), Optional.of(loaded), Set.of(), Set.of());
        Set<BaculaResource> twice = new HashSet<>();
        for (VmKey vm : listing.listed()) {
            assertThat(world.byPlace().get(vm).files()).isEqualTo(Files.WHOLE);
            world.read()
                    .get(vm)
                    .forEach(resource -> assertThat(twice.add(resource)).isTrue());
        }
        for (VmKey vm : listing.lost()) {
            BaculaResource job = new BaculaResource(BaculaResource.JOB, ours.get(vm));
            assertThat(world.found())
                    .noneMatch(found ->
                            found.files() == Files.WHOLE && found.resources().contains(job));
        }
        Statistics.label("lost").collect(!listing.lost().isEmpty());
    }

    @Property(tries = 1000)
    void theOrderOfWhatIsFoundDoesNotMatter(@ForAll("worlds") World world, @ForAll Random random) {
        List<ListableVm> shuffled = new ArrayList<>(world.found());
        Collections.shuffle(shuffled, random);
        Listing one = decide(world.previous(), world.found());
        Listing other = decide(world.previous(), shuffled);
        assertThat(other.listed()).isEqualTo(one.listed());
        assertThat(other.copies()).isEqualTo(one.copies());
        assertThat(other.refusal()).isEqualTo(one.refusal());
    }

    @Property(tries = 1000)
    void whatWasPublishedIsTheNextBaseline(@ForAll("worlds") World world) {
        Listing first = decide(world.previous(), world.found());
        if (!first.listed().isEmpty()) {
            Listing second = decide(first.listed(), world.found());
            assertThat(second.listed()).isEqualTo(first.listed());
            assertThat(second.lost()).isEmpty();
            assertThat(second.named()).isEmpty();
        }
    }

    @Example
    void aCopyBesideItsOriginalIsNotListed() {
        VmKey web = place(SITES.get(0), "web");
        VmKey copy = place(SITES.get(0), "web.bak");
        List<ListableVm> found =
                List.of(whole(copy, resources(SITES.get(0), "web")), whole(web, resources(SITES.get(0), "web")));
        Listing listing = decide(Set.of(web), found);
        assertThat(listing.listed()).containsExactly(web);
        assertThat(listing.copies().get(copy).reason()).contains("dc1/os1/web.bak", "dc1/os1/web does");
        assertThat(decide(Set.of(), found).listed()).as("no list yet").containsExactly(web);
        assertThat(decide(Set.of(copy), found).listed())
                .as("what was listed stays")
                .containsExactly(copy);
    }

    @Example
    void ofTwoCopiesWithoutAnOriginalNoneIsListed() {
        VmKey one = place(SITES.get(0), "web.1");
        VmKey two = place(SITES.get(0), "web.2");
        Set<BaculaResource> web = resources(SITES.get(0), "web");
        assertThat(decide(Set.of(), List.of(whole(one, web), whole(two, web))).listed())
                .isEmpty();
    }

    @Example
    void allThatWasRenamedTogetherStaysListed() {
        Set<VmKey> previous = IntStream.range(0, 30)
                .mapToObj(i -> place(SITES.get(0), "vm" + i))
                .collect(Collectors.toSet());
        List<ListableVm> found = IntStream.range(0, 30)
                .mapToObj(i -> new ListableVm(
                        new VmKey("vienna", "os1", "vm" + i),
                        resources(SITES.get(0), "vm" + i),
                        Set.of(),
                        Owner.DOUBTFUL,
                        Files.WHOLE))
                .toList();
        Listing listing = decide(previous, found);
        assertThat(listing.listed()).hasSize(30).allMatch(vm -> vm.datacenter().equals("vienna"));
        assertThat(listing.refusal()).isEmpty();
    }

    @Example
    void whatMovesOnceMoreIsKnownByWhatItDefined() {
        VmKey at = new VmKey("vienna", "os1", "web");
        VmKey home = place(SITES.get(0), "web");
        Set<BaculaResource> web = resources(SITES.get(0), "web");
        Listing moved = decide(Set.of(home), List.of(new ListableVm(at, web, Set.of(), Owner.DOUBTFUL, Files.WHOLE)));
        assertThat(moved.names().vms()).isEqualTo(Map.of(at, web));
        Listing back = Listing.of(new ListingInput(
                moved.listed(),
                moved.names(),
                List.of(whole(home, web)),
                Optional::empty,
                Map::of,
                SITES,
                Set.of(),
                Set.of(),
                TENTH));
        assertThat(back.listed()).containsExactly(home);
        assertThat(back.lost()).isEmpty();
        assertThat(back.names().vms()).isEmpty();
    }

    /** Its prefix was changed and its directory moved aside, so that new jobs stand in the old places. */
    @Example
    void aJobIsLostWhenAnotherOneHasTakenItsPlace() {
        Set<VmKey> previous = IntStream.range(0, 13)
                .mapToObj(i -> place(SITES.get(0), "vm" + i))
                .collect(Collectors.toSet());
        ListedNames names = new ListedNames(Map.of("dc1/os1", "backup-old-"), Map.of());
        List<ListableVm> found = previous.stream()
                .map(vm -> whole(vm, resources(SITES.get(0), vm.slug())))
                .toList();
        Listing listing = Listing.of(
                new ListingInput(previous, names, found, Optional::empty, Map::of, SITES, Set.of(), Set.of(), TENTH));
        assertThat(listing.lost()).hasSize(13);
        assertThat(listing.refusal().orElse("")).contains("13 of 13");
    }

    @Example
    void withoutAListItIsMeasuredAgainstWhatIsLoaded() {
        LoadedJobs loaded = loaded("a", "b");
        Listing listing = decide(Set.of(), List.of(), Optional.of(loaded), Set.of(), Set.of());
        assertThat(listing.refusal().orElse("")).contains("no file is left in dc1/os1");
        assertThat(listing.warning().orElse("")).contains("its list is not there");
        assertThat(decide(Set.of(), List.of(), Optional.of(loaded()), Set.of(), Set.of())
                        .refusal())
                .isEmpty();
    }

    private static LoadedJobs loaded(String... parts) {
        Map<VmKey, String> ours = new HashMap<>();
        for (String part : parts) {
            ours.put(place(SITES.get(0), part), SITES.get(0).jobPrefix() + part);
        }
        return new LoadedJobs(ours, Set.copyOf(ours.values()));
    }

    private static boolean isEmptied(List<ListableVm> found, Listing listing, VmKey vm) {
        return found.stream()
                .filter(other -> other.vm().datacenter().equals(vm.datacenter())
                        && other.vm().openstack().equals(vm.openstack()))
                .noneMatch(other -> other.owner() == Owner.MANAGED
                        || (other.owner() == Owner.DOUBTFUL && other.files() != Files.INCOMPLETE)
                        || listing.listed().contains(other.vm()));
    }

    /** Its tree was renamed long ago, and now the list is gone. */
    @Example
    void withoutAListWhatIsLoadedAndOursIsListedWhereverItStands() {
        List<ListableVm> found = Stream.of("a", "b", "c")
                .map(part -> new ListableVm(
                        new VmKey("vienna", "os1", part),
                        resources(SITES.get(0), part),
                        Set.of(),
                        part.equals("c") ? Owner.FOREIGN : Owner.DOUBTFUL,
                        Files.WHOLE))
                .toList();
        Listing listing = decide(Set.of(), found, Optional.of(loaded("a", "b", "c")), Set.of(), Set.of());
        assertThat(listing.listed())
                .containsExactlyInAnyOrder(new VmKey("vienna", "os1", "a"), new VmKey("vienna", "os1", "b"));
        assertThat(listing.lost()).containsExactly(place(SITES.get(0), "c"));
    }

    /** A link has taken the place of the job file, say. */
    @Example
    void whatCannotBeReadIsKnownByWhatItDefined() {
        VmKey web = place(SITES.get(0), "web");
        VmKey copy = place(SITES.get(0), "web.bak");
        Listing listing = decide(
                Set.of(web),
                List.of(
                        whole(copy, resources(SITES.get(0), "web")),
                        new ListableVm(web, Set.of(), Set.of(), Owner.DOUBTFUL, Files.WHOLE)));
        assertThat(listing.listed()).containsExactly(web);
        assertThat(listing.copies()).containsOnlyKeys(copy);
    }

    @Example
    void anInstanceThatHasOnlyWhatLiesInAnyDirectoryHasVanished() {
        Set<VmKey> previous = Set.of(place(SITES.get(0), "a"), place(SITES.get(0), "b"));
        ListableVm stray =
                new ListableVm(place(SITES.get(0), "README"), Set.of(), Set.of(), Owner.FOREIGN, Files.INCOMPLETE);
        Listing listing = decide(previous, List.of(stray));
        assertThat(listing.refusal().orElse("")).contains("no file is left in dc1/os1");
        assertThat(listing.deserted()).containsExactly("dc1/os1");
    }

    /** Somebody has written into its headers that it belongs there. */
    @Example
    void anInstanceWhoseOnlyVmWasMovedForGoodIsNotDeserted() {
        VmKey there = place(SITES.get(1), "web");
        List<ListableVm> found = List.of(whole(there, resources(SITES.get(0), "web")));
        assertThat(decide(Set.of(there), found).deserted()).isEmpty();
    }

    /** Not in the first run alone, when its files were still listed in their old places. */
    @Example
    void anInstanceStaysDesertedAsLongAsItsFilesStandElsewhere() {
        VmKey home = place(SITES.get(0), "web");
        ListableVm aside = new ListableVm(
                new VmKey("dc1", "aside", "web"),
                resources(SITES.get(0), "web"),
                Set.of(),
                Owner.DOUBTFUL,
                Files.WHOLE);
        Listing first = decide(Set.of(home), List.of(aside));
        Listing second = decide(first.listed(), List.of(aside));
        assertThat(first.deserted()).containsExactly("dc1/os1");
        assertThat(second.listed()).containsExactly(aside.vm());
        assertThat(second.deserted()).containsExactly("dc1/os1");
    }

    /** The name of one begins as the name of the other. */
    @Example
    void anInstanceThatHasNoFilesYetIsNotDeserted() {
        OpenStackInstance longer = new OpenStackInstance("dc1", "os1-b", "fd", "p", "backup-b-", null);
        ListableVm vm = whole(place(longer, "web"), resources(longer, "web"));
        Listing listing = Listing.of(new ListingInput(
                Set.of(vm.vm()),
                ListedNames.NONE,
                List.of(vm),
                Optional::empty,
                Map::of,
                List.of(SITES.get(0), longer),
                Set.of(),
                Set.of(),
                TENTH));
        assertThat(listing.deserted()).isEmpty();
    }

    @Example
    void whatLeavesTheListIsToldWhereverItWas() {
        Set<VmKey> previous = Set.of(place(SITES.get(0), "a"), place(SITES.get(0), "b"), place(SITES.get(1), "c"));
        Listing listing = decide(
                previous,
                List.of(
                        whole(place(SITES.get(0), "a"), resources(SITES.get(0), "a")),
                        whole(place(SITES.get(1), "c"), resources(SITES.get(1), "c"))));
        assertThat(listing.alarms(List.of(SITES.get(1))))
                .singleElement()
                .asString()
                .contains("dc1/os1/b");
        assertThat(listing.farewell(List.of(SITES.get(1)))).isEmpty();
        assertThat(listing.alarms(SITES)).isEmpty();
        assertThat(listing.farewell(SITES).orElse("")).contains("1 job(s) leave", "dc1/os1/b");
    }
}
