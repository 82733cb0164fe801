package dev.baculasync.testkit;

import dev.baculasync.spi.BaculaResource;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.FileSetFacts;
import dev.baculasync.spi.Ledger;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store without files, with the same contract. Safe for use by several threads. */
public final class InMemoryStore implements ConfigStore {
    private final Map<String, Map<String, ManagedVm>> vms = new HashMap<>();
    private final Map<String, List<StoreProblem>> problems = new HashMap<>();
    /** What entries define that are no readable, managed VM. */
    private final Map<VmKey, ListableVm> unmanaged = new HashMap<>();

    private Predicate<VmEdit> failing = edit -> false;
    private Set<VmKey> listed = new HashSet<>();
    private final Map<String, List<Ledger.Entry>> ledger = new HashMap<>();
    private final Set<String> damaged = new HashSet<>();
    private @Nullable ProviderException commitFailure;
    private boolean locked;
    private boolean pending;

    /** What VMs were before an unfinished session changed them; empty for those that it created. */
    private final Map<VmKey, Optional<ManagedVm>> before = new LinkedHashMap<>();

    /** Puts a VM in, or another in its place, as if somebody had written it by hand. */
    public synchronized InMemoryStore put(ManagedVm vm) {
        place(place(vm.key())).put(vm.slug(), vm);
        return this;
    }

    /** Puts in an entry that is not a readable, managed VM. */
    public synchronized InMemoryStore put(OpenStackInstance instance, StoreProblem problem) {
        problems.computeIfAbsent(instance.toString(), name -> new ArrayList<>()).add(problem);
        return this;
    }

    /** Puts in an entry that is not a readable, managed VM, but defines resources. */
    public synchronized InMemoryStore put(
            OpenStackInstance instance, StoreProblem problem, Set<BaculaResource> resources) {
        return put(instance, problem, resources, Set.of());
    }

    /** Puts in an entry that is not a readable, managed VM, but defines resources, and whose FileSets name VMs. */
    public synchronized InMemoryStore put(
            OpenStackInstance instance, StoreProblem problem, Set<BaculaResource> resources, Set<UUID> backsUp) {
        VmKey place = place(instance.toString(), problem.slug());
        unmanaged.put(place, new ListableVm(place, resources, backsUp, owner(problem), ListableVm.Files.WHOLE));
        return put(instance, problem);
    }

    /** Takes a VM out, as if somebody had removed its files. */
    public synchronized InMemoryStore remove(OpenStackInstance instance, String slug) {
        place(instance.toString()).remove(slug);
        return this;
    }

    /** From now on what a session has changed cannot be made final; null for no longer. */
    public synchronized InMemoryStore failCommitWith(@Nullable ProviderException error) {
        commitFailure = error;
        return this;
    }

    /** From now on these edits fail. */
    public synchronized InMemoryStore failOn(Predicate<VmEdit> edits) {
        failing = edits;
        return this;
    }

    /** From now on what the ledger holds of this kind can be neither read nor changed. */
    public synchronized InMemoryStore damageLedger(String kind) {
        damaged.add(kind);
        return this;
    }

    /** All VMs, by directory and slug. */
    public synchronized List<ManagedVm> vms() {
        return vms.values().stream().flatMap(place -> place.values().stream()).toList();
    }

    /** The VMs that the Director's list names. */
    public synchronized Set<VmKey> listed() {
        return Set.copyOf(listed);
    }

    /** Makes the list name other VMs, as if an earlier run had published it. */
    public synchronized InMemoryStore list(Set<VmKey> vms) {
        listed = new HashSet<>(vms);
        return this;
    }

    /** The names of all jobs that are listed: what a Director would load. */
    public synchronized Set<String> jobNames() {
        return loadable().map(ManagedVm::job).collect(Collectors.toUnmodifiableSet());
    }

    /** The names of the FileSets of all these jobs. */
    public synchronized Set<String> fileSetNames() {
        return loadable()
                .map(ManagedVm::fileSet)
                .flatMap(Stream::ofNullable)
                .map(FileSetFacts::name)
                .flatMap(Stream::ofNullable)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Stream<ManagedVm> loadable() {
        return vms().stream().filter(vm -> vm.fileSet() != null).filter(vm -> listed.contains(vm.key()));
    }

    @Override
    public synchronized StoreSession open(Access access) {
        if (access == Access.WRITE) {
            if (locked) {
                throw new ProviderException(ProviderException.Code.LOCKED, "another session holds the lock");
            }
            locked = true;
            int unsettled = before.size();
            before.forEach((vm, was) -> {
                Ledger.Entry entry = new Ledger.Entry(vm.toString(), "");
                List<Ledger.Entry> rolledBack = ledger.computeIfAbsent(Ledger.ROLLED_BACK, kind -> new ArrayList<>());
                if (concernsDirector(was, vm) && !rolledBack.contains(entry)) {
                    rolledBack.add(entry);
                }
            });
            List.copyOf(before.keySet()).forEach(this::rollback);
            return new Session(access, unsettled);
        }
        return new Session(access, 0);
    }

    /** Whether a Director may have loaded anything of a VM that it would not load from what it was. */
    private boolean concernsDirector(Optional<ManagedVm> was, VmKey vm) {
        return VmEdit.differForDirector(was.orElse(null), place(place(vm)).get(vm.slug()));
    }

    private static ListableVm.Owner owner(StoreProblem problem) {
        return problem.kind() == StoreProblem.Kind.FOREIGN ? ListableVm.Owner.FOREIGN : ListableVm.Owner.DOUBTFUL;
    }

    private static VmKey place(String instance, String slug) {
        int slash = instance.indexOf('/');
        return new VmKey(instance.substring(0, slash), instance.substring(slash + 1), slug);
    }

    private static String place(VmKey vm) {
        return vm.datacenter() + "/" + vm.openstack();
    }

    private Map<String, ManagedVm> place(String name) {
        return vms.computeIfAbsent(name, key -> new TreeMap<>());
    }

    private void rollback(VmKey vm) {
        Optional<ManagedVm> was = before.remove(vm);
        if (was == null) {
            return;
        }
        Map<String, ManagedVm> place = place(place(vm));
        if (was.isPresent()) {
            place.put(vm.slug(), was.get());
        } else {
            place.remove(vm.slug());
            listed.remove(vm);
        }
    }

    private final class Session implements StoreSession {
        private final Access access;
        private final int unsettled;
        private final Set<VmKey> listedAtFirst = Set.copyOf(listed);

        Session(Access access, int unsettled) {
            this.access = access;
            this.unsettled = unsettled;
        }

        @Override
        public StoredInstance read(OpenStackInstance instance) {
            synchronized (InMemoryStore.this) {
                return new StoredInstance(
                        List.copyOf(place(instance.toString()).values()),
                        problems.getOrDefault(instance.toString(), List.of()));
            }
        }

        @Override
        public StoredInstance readAll() {
            synchronized (InMemoryStore.this) {
                return new StoredInstance(
                        vms(), problems.values().stream().flatMap(List::stream).toList());
            }
        }

        @Override
        public List<EditResult> apply(List<VmEdit> edits) {
            requireWriting();
            synchronized (InMemoryStore.this) {
                return edits.stream().map(this::apply).toList();
            }
        }

        private EditResult apply(VmEdit edit) {
            Map<String, ManagedVm> place = place(place(edit.key()));
            ManagedVm present = place.get(edit.slug());
            if (failing.test(edit)) {
                return failed(edit, "told to fail on " + edit.slug());
            }
            boolean occupied = problems.getOrDefault(place(edit.key()), List.of()).stream()
                    .anyMatch(problem -> problem.slug().equals(edit.slug()));
            if (occupied || !Objects.equals(present, edit.before())) {
                return failed(edit, edit.slug() + " is not what it was when this was decided");
            }
            ManagedVm after = edit.after();
            if (Objects.equals(present, after)) {
                return new EditResult(edit, null);
            }
            if (after == null) {
                place.remove(edit.slug());
                listed.remove(edit.key());
            } else {
                place.put(edit.slug(), after);
            }
            before.putIfAbsent(edit.key(), Optional.ofNullable(present));
            pending |= edit.concernsDirector();
            return new EditResult(edit, null);
        }

        private EditResult failed(VmEdit edit, String why) {
            return new EditResult(edit, new ProviderException(ProviderException.Code.IO, why));
        }

        @Override
        public StoreListing listing() {
            synchronized (InMemoryStore.this) {
                List<ListableVm> found = new ArrayList<>();
                vms().forEach(vm -> found.add(ListableVm.of(vm)));
                problems.forEach((place, some) -> some.forEach(problem -> found.add(unmanaged.getOrDefault(
                        place(place, problem.slug()),
                        new ListableVm(
                                place(place, problem.slug()),
                                Set.of(),
                                Set.of(),
                                owner(problem),
                                ListableVm.Files.WHOLE)))));
                return new StoreListing(listedAtFirst, found);
            }
        }

        @Override
        public boolean publish(Set<VmKey> vms) {
            requireWriting();
            synchronized (InMemoryStore.this) {
                pending |= !listed.equals(vms);
                listed = new HashSet<>(vms);
                return pending;
            }
        }

        @Override
        public List<VmKey> namedIn(String text, Collection<VmKey> among) {
            synchronized (InMemoryStore.this) {
                return among.stream()
                        .filter(vm -> text.contains("/" + vm.slug() + "/"))
                        .toList();
            }
        }

        @Override
        public void rollback(Collection<VmKey> vms) {
            requireWriting();
            synchronized (InMemoryStore.this) {
                vms.forEach(InMemoryStore.this::rollback);
            }
        }

        @Override
        public void commit() {
            requireWriting();
            synchronized (InMemoryStore.this) {
                if (commitFailure != null) {
                    throw commitFailure;
                }
                before.clear();
            }
        }

        @Override
        public void loaded() {
            requireWriting();
            synchronized (InMemoryStore.this) {
                pending = false;
            }
        }

        @Override
        public boolean removeInstance(OpenStackInstance instance) {
            requireWriting();
            synchronized (InMemoryStore.this) {
                if (!before.isEmpty()) {
                    throw new ProviderException(
                            ProviderException.Code.IO, "what this session has changed is not committed");
                }
                boolean ours = place(instance.toString()).isEmpty()
                        && problems.getOrDefault(instance.toString(), List.of()).isEmpty();
                if (ours) {
                    vms.remove(instance.toString());
                }
                return ours;
            }
        }

        @Override
        public Ledger ledger() {
            return new SessionLedger();
        }

        @Override
        public List<String> notes() {
            List<String> notes = new ArrayList<>();
            if (unsettled > 0) {
                notes.add("an earlier run did not end; " + unsettled + " VM(s) were rolled back");
            }
            return notes;
        }

        private final class SessionLedger implements Ledger {
            @Override
            public List<Entry> entries(String kind) {
                synchronized (InMemoryStore.this) {
                    requireSound(kind);
                    return List.copyOf(ledger.getOrDefault(kind, List.of()));
                }
            }

            @Override
            public void update(String kind, Predicate<Entry> removed, List<Entry> added) {
                requireWriting();
                synchronized (InMemoryStore.this) {
                    requireSound(kind);
                    List<Entry> entries = new ArrayList<>(ledger.getOrDefault(kind, List.of()));
                    entries.removeIf(removed);
                    entries.addAll(added);
                    ledger.put(kind, entries);
                }
            }
        }

        private void requireSound(String kind) {
            if (damaged.contains(kind)) {
                throw new ProviderException(ProviderException.Code.IO, "the ledger of kind " + kind + " is damaged");
            }
        }

        private void requireWriting() {
            if (access == Access.READ) {
                throw new IllegalStateException("the session was opened for reading");
            }
        }

        @Override
        public void close() {
            synchronized (InMemoryStore.this) {
                if (access == Access.WRITE) {
                    locked = false;
                }
            }
        }
    }
}
