package dev.baculasync.testkit;

import dev.baculasync.spi.ConfigEdit;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.JobStatus;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.Stamp;
import dev.baculasync.spi.StampEdit;
import dev.baculasync.spi.StoreProblem;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.StoredVm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A store without files, with the same contract. Safe for use by several threads. */
public final class InMemoryStore implements ConfigStore {
    private final Map<String, Map<String, StoredVm>> vms = new HashMap<>();
    private final Map<String, List<StoreProblem>> problems = new HashMap<>();
    private Predicate<ConfigEdit> failing = edit -> false;
    private boolean locked;

    /** Puts a VM in, or another in its place, as if somebody had written it by hand. */
    public synchronized InMemoryStore put(StoredVm vm) {
        place(vm.datacenter() + "/" + vm.openstack()).put(vm.vmPart(), vm);
        return this;
    }

    /** Puts in an entry that is not a readable, managed VM. */
    public synchronized InMemoryStore put(OpenStackInstance instance, StoreProblem problem) {
        problems.computeIfAbsent(instance.toString(), name -> new ArrayList<>()).add(problem);
        return this;
    }

    /** Takes a VM out, as if somebody had removed its files. */
    public synchronized InMemoryStore remove(OpenStackInstance instance, String vmPart) {
        place(instance.toString()).remove(vmPart);
        return this;
    }

    /** From now on these edits fail. */
    public synchronized InMemoryStore failOn(Predicate<ConfigEdit> edits) {
        failing = edits;
        return this;
    }

    /** All VMs, by directory and VM part. */
    public synchronized List<StoredVm> vms() {
        return vms.values().stream().flatMap(place -> place.values().stream()).toList();
    }

    /** The names of all jobs whose FileSet is there as well: what a Director would load. */
    public synchronized Set<String> jobNames() {
        return vms().stream()
                .filter(StoredVm::fileSetPresent)
                .map(StoredVm::job)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized StoreSession open(Access access) {
        if (access == Access.WRITE) {
            if (locked) {
                throw new ProviderException(ProviderException.Code.LOCKED, "another session holds the lock");
            }
            locked = true;
        }
        return new Session(access);
    }

    private Map<String, StoredVm> place(String name) {
        return vms.computeIfAbsent(name, key -> new TreeMap<>());
    }

    private final class Session implements StoreSession {
        private final Access access;
        private boolean changed;

        Session(Access access) {
            this.access = access;
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
        public List<EditResult> apply(OpenStackInstance instance, List<ConfigEdit> edits) {
            if (access == Access.READ) {
                throw new IllegalStateException("the session was opened for reading");
            }
            synchronized (InMemoryStore.this) {
                return edits.stream().map(edit -> apply(instance, edit)).toList();
            }
        }

        private EditResult apply(OpenStackInstance instance, ConfigEdit edit) {
            Map<String, StoredVm> place = place(instance.toString());
            StoredVm before = place.get(edit.vmPart());
            if (failing.test(edit)) {
                return failed(edit, "told to fail on " + edit.vmPart());
            }
            if (edit instanceof ConfigEdit.Create create) {
                boolean occupied = before != null
                        || problems.getOrDefault(instance.toString(), List.of()).stream()
                                .anyMatch(problem -> problem.vmPart().equals(edit.vmPart()));
                if (occupied) {
                    return failed(edit, edit.vmPart() + " is there already");
                }
                place.put(edit.vmPart(), created(instance, create));
            } else if (edit instanceof ConfigEdit.Change change) {
                if (before == null) {
                    return failed(edit, edit.vmPart() + " is not there");
                }
                place.put(edit.vmPart(), changed(before, change));
            }
            changed = true;
            return new EditResult(edit, null);
        }

        private EditResult failed(ConfigEdit edit, String why) {
            return new EditResult(edit, new ProviderException(ProviderException.Code.IO, why));
        }

        @Override
        public boolean publish() {
            return changed;
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

    private static StoredVm created(OpenStackInstance instance, ConfigEdit.Create create) {
        return new StoredVm(
                instance.datacenter(),
                instance.openstack(),
                instance.client(),
                create.vmPart(),
                create.displayName(),
                create.uuid(),
                create.job().name(),
                JobStatus.ACTIVE,
                null,
                null,
                null,
                List.of(),
                true,
                create.job().jobDefs(),
                true);
    }

    private static StoredVm changed(StoredVm vm, ConfigEdit.Change change) {
        List<UUID> previous = new ArrayList<>(vm.previousUuids());
        if (change.uuid() != null && !change.uuid().equals(vm.uuid())) {
            previous.add(vm.uuid());
        }
        return new StoredVm(
                vm.datacenter(),
                vm.openstack(),
                vm.client(),
                vm.vmPart(),
                or(change.displayName(), vm.displayName()),
                or(change.uuid(), vm.uuid()),
                vm.job(),
                or(change.status(), vm.status()),
                stamp(change.missingSince(), vm.missingSince()),
                stamp(change.disabledAt(), vm.disabledAt()),
                stamp(change.reenabledAt(), vm.reenabledAt()),
                previous,
                or(change.enabled(), vm.enabled()),
                change.jobDefs() != null ? change.jobDefs() : vm.jobDefs(),
                vm.fileSetPresent() || change.missingFileSet() != null);
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private static @Nullable Stamp stamp(@Nullable StampEdit edit, @Nullable Stamp before) {
        if (edit == null) {
            return before;
        }
        return edit.at() == null ? null : Stamp.of(edit.at());
    }
}
