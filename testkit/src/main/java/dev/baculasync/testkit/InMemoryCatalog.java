package dev.baculasync.testkit;

import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A catalog that knows the jobs it was told to have run. Safe for use by several threads. */
public final class InMemoryCatalog implements BackupCatalog {
    private final Map<String, Set<String>> jobsByClient = new ConcurrentHashMap<>();
    private volatile @Nullable ProviderException failure;

    /** The job has run for this client. */
    public InMemoryCatalog ran(String client, String job) {
        jobsByClient
                .computeIfAbsent(client, name -> ConcurrentHashMap.newKeySet())
                .add(job);
        return this;
    }

    /** From now on the catalog fails like this; null for no longer. */
    public InMemoryCatalog failWith(@Nullable ProviderException error) {
        failure = error;
        return this;
    }

    @Override
    public void check() {
        ProviderException error = failure;
        if (error != null) {
            throw error;
        }
    }

    @Override
    public Set<String> jobNames(OpenStackInstance instance) {
        check();
        Set<String> names = new HashSet<>();
        for (String job : jobsByClient.getOrDefault(instance.client(), Set.of())) {
            if (job.startsWith(instance.jobPrefix())) {
                names.add(job);
            }
        }
        return names;
    }
}
