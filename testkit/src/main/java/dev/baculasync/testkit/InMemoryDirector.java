package dev.baculasync.testkit;

import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A Director that has what it was told to have, and loads jobs from wherever it is told to look. */
public final class InMemoryDirector implements Director {
    private final Supplier<Set<String>> configuredJobs;
    private Set<String> loadedJobs = Set.of();
    private Set<String> jobDefs = Set.of("DefaultJob");
    private Set<String> clients = Set.of();
    private ReloadResult.Kind nextReload = ReloadResult.Kind.DONE;
    private int reloads;
    private @Nullable ProviderException failure;

    /**
     * @param configuredJobs the names of the jobs that a reload finds in the configuration
     */
    public InMemoryDirector(Supplier<Set<String>> configuredJobs) {
        this.configuredJobs = configuredJobs;
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

    /** What becomes of the reloads from now on. */
    public synchronized InMemoryDirector reloadsEnd(ReloadResult.Kind kind) {
        nextReload = kind;
        return this;
    }

    /** From now on it cannot be asked, and fails like this; null for no longer. */
    public synchronized InMemoryDirector failWith(@Nullable ProviderException error) {
        failure = error;
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
                Set.of());
    }

    @Override
    public synchronized ReloadResult reload() {
        failIfTold();
        reloads++;
        if (nextReload == ReloadResult.Kind.DONE) {
            loadedJobs = Set.copyOf(configuredJobs.get());
            return new ReloadResult(nextReload, "");
        }
        return new ReloadResult(nextReload, "told to end so: " + nextReload);
    }

    @Override
    public synchronized Set<String> jobNames() {
        failIfTold();
        return loadedJobs;
    }

    private void failIfTold() {
        if (failure != null) {
            throw failure;
        }
    }
}
