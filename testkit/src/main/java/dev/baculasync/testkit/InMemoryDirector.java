package dev.baculasync.testkit;

import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A Director that has what it was told to have, and loads jobs from wherever it is told to look. */
public final class InMemoryDirector implements Director {
    private final Supplier<Set<String>> configuredJobs;
    private Supplier<Set<String>> configuredFileSets = Set::of;
    private Set<String> loadedJobs = Set.of();
    private Set<String> loadedFileSets = Set.of();
    private Set<String> jobDefs = Set.of("DefaultJob");
    private Set<String> otherJobDefs = Set.of();
    private @Nullable Set<String> dedup;
    private Set<String> disabledJobs = Set.of();
    private Map<String, Set<UUID>> vmsOfJobs = Map.of();
    private Set<String> clients = Set.of();
    private ReloadResult.Kind nextReload = ReloadResult.Kind.DONE;
    private Supplier<ConfigCheck> check = () -> new ConfigCheck(ConfigCheck.Kind.NOT_SET_UP, "");
    private ClientState.Kind clientState = ClientState.Kind.ANSWERS;
    private @Nullable InMemoryCatalog catalog;
    private int reloads;
    private @Nullable ProviderException failure;

    /**
     * @param configuredJobs the names of the jobs that a reload finds in the configuration
     */
    public InMemoryDirector(Supplier<Set<String>> configuredJobs) {
        this.configuredJobs = configuredJobs;
    }

    /** The names of the FileSets that a reload finds in the configuration; none if not given. */
    public synchronized InMemoryDirector fileSets(Supplier<Set<String>> configured) {
        configuredFileSets = configured;
        return this;
    }

    /** The Client resources of its configuration. */
    public synchronized InMemoryDirector clients(Set<String> names) {
        clients = Set.copyOf(names);
        return this;
    }

    /** The JobDefs resources of its configuration; {@code DefaultJob} alone at first. */
    public synchronized InMemoryDirector jobDefs(Set<String> names) {
        jobDefs = Set.copyOf(names);
        return this;
    }

    /** What FileSets may say after {@code dedup =}, in lower case; null for anything. */
    public synchronized InMemoryDirector dedup(@Nullable Set<String> words) {
        dedup = words;
        return this;
    }

    /** Which of its JobDefs are for something else than backups; none at first. */
    public synchronized InMemoryDirector otherJobDefs(Set<String> names) {
        otherJobDefs = Set.copyOf(names);
        return this;
    }

    /** The jobs that it does not start, of those that it has loaded; none at first. */
    public synchronized InMemoryDirector disabledJobs(Set<String> names) {
        disabledJobs = Set.copyOf(names);
        return this;
    }

    /** The VMs that the FileSets of its jobs name, by the job's name, of those that it has loaded; none at first. */
    public synchronized InMemoryDirector vmsOfJobs(Map<String, Set<UUID>> vms) {
        vmsOfJobs = Map.copyOf(vms);
        return this;
    }

    /** What becomes of the reloads from now on. */
    public synchronized InMemoryDirector reloadsEnd(ReloadResult.Kind kind) {
        nextReload = kind;
        return this;
    }

    /** From now on the check of the configuration ends like this. */
    public synchronized InMemoryDirector checksEnd(Supplier<ConfigCheck> result) {
        check = result;
        return this;
    }

    /** From now on it cannot be asked, and fails like this; null for no longer. */
    public synchronized InMemoryDirector failWith(@Nullable ProviderException error) {
        failure = error;
        return this;
    }

    /** The catalog that it writes to; none at first. */
    public synchronized InMemoryDirector writesTo(InMemoryCatalog value) {
        catalog = value;
        return this;
    }

    /** What it finds out about clients from now on; they answer at first. */
    public synchronized InMemoryDirector clientsAre(ClientState.Kind kind) {
        clientState = kind;
        return this;
    }

    /** How often it was told to reload. */
    public synchronized int reloads() {
        return reloads;
    }

    @Override
    public synchronized DirectorResources resources() {
        failIfTold();
        return new DirectorResources(
                jobDefs,
                Set.of("File1"),
                Set.of("Default"),
                Set.of("WeeklyCycle"),
                Set.of("Standard"),
                clients,
                loadedJobs,
                loadedFileSets,
                otherJobDefs,
                dedup,
                disabledJobs.stream().filter(loadedJobs::contains).collect(Collectors.toSet()),
                vmsOfJobs.entrySet().stream()
                        .filter(job -> loadedJobs.contains(job.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    @Override
    public synchronized ReloadResult reload() {
        failIfTold();
        reloads++;
        if (nextReload == ReloadResult.Kind.DONE) {
            loadedJobs = Set.copyOf(configuredJobs.get());
            loadedFileSets = Set.copyOf(configuredFileSets.get());
            return new ReloadResult(nextReload, "");
        }
        return new ReloadResult(nextReload, "told to end so: " + nextReload);
    }

    @Override
    public synchronized ConfigCheck checkConfiguration() {
        return check.get();
    }

    @Override
    public synchronized Set<String> jobNames() {
        failIfTold();
        return loadedJobs;
    }

    @Override
    public synchronized SortedSet<Long> runsOf(String job) {
        failIfTold();
        return catalog == null ? new TreeSet<>() : catalog.runsOf(job);
    }

    @Override
    public synchronized void purgeFiles(long jobId) {
        failIfTold();
        if (catalog != null) {
            catalog.purgeFiles(jobId);
        }
    }

    @Override
    public synchronized ClientState clientState(String client) {
        failIfTold();
        return new ClientState(clientState, "told to be so: " + clientState);
    }

    private void failIfTold() {
        if (failure != null) {
            throw failure;
        }
    }
}
