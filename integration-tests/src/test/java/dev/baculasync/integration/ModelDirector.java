package dev.baculasync.integration;

import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.ConfigCheck;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A Director that reads {@code director.conf} as a real one does: all of it or nothing. One that has refused it is dead. */
final class ModelDirector implements Director {
    private final Path include;
    private final Set<String> clients;
    private DirectorReading loaded;
    private boolean checks;
    private Runnable beforeCheck = () -> {};
    private boolean isDead;
    private int reloads;

    ModelDirector(Path include, Set<String> clients) throws IOException {
        this.include = include;
        this.clients = clients;
        this.loaded = DirectorReading.of(include);
    }

    /** Whether somebody has set up a check of its configuration, from now on. */
    void checks(boolean value) {
        checks = value;
    }

    /** What happens when its configuration is to be checked, from now on. */
    void beforeCheck(Runnable value) {
        beforeCheck = value;
    }

    /** What it has loaded. */
    DirectorReading loaded() {
        return loaded;
    }

    int reloads() {
        return reloads;
    }

    boolean isDead() {
        return isDead;
    }

    /** An operator starts it anew; dead when it does not come up. */
    void restart() {
        DirectorReading reading = reading();
        isDead = reading.refusal().isPresent();
        if (!isDead) {
            loaded = reading;
        }
    }

    private DirectorReading reading() {
        try {
            return DirectorReading.of(include);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void live() {
        if (isDead) {
            throw new ProviderException(ProviderException.Code.UNREACHABLE, "the Director is down");
        }
    }

    @Override
    public DirectorResources resources() {
        live();
        return new DirectorResources(
                DirectorReading.JOB_DEFS,
                Set.of("File1"),
                Set.of("Default"),
                Set.of("WeeklyCycle"),
                Set.of("Standard"),
                clients,
                jobNames(),
                loaded.fileSets().keySet(),
                Set.of(),
                null,
                Set.of(),
                loaded.jobs().values().stream().collect(Collectors.toMap(DirectorReading.Job::name, loaded::vmsOf)));
    }

    @Override
    public ReloadResult reload() {
        live();
        reloads++;
        DirectorReading reading = reading();
        if (reading.refusal().isPresent()) {
            isDead = true;
            return new ReloadResult(
                    ReloadResult.Kind.DIED,
                    reading.refusal().get().lines().findFirst().orElse(""));
        }
        loaded = reading;
        return new ReloadResult(ReloadResult.Kind.DONE, "");
    }

    @Override
    public ConfigCheck checkConfiguration() {
        if (!checks) {
            return new ConfigCheck(ConfigCheck.Kind.NOT_SET_UP, "");
        }
        beforeCheck.run();
        return reading()
                .refusal()
                .map(words -> new ConfigCheck(ConfigCheck.Kind.REFUSED, words))
                .orElseGet(() -> new ConfigCheck(ConfigCheck.Kind.ACCEPTED, ""));
    }

    @Override
    public Set<String> jobNames() {
        live();
        Set<String> names = new TreeSet<>(loaded.jobs().keySet());
        names.addAll(Set.of("Base", "RestoreFiles"));
        return names;
    }

    @Override
    public SortedSet<Long> runsOf(String job) {
        throw new ProviderException(ProviderException.Code.BAD_ANSWER, "this Director purges nothing");
    }

    @Override
    public void purgeFiles(long jobId) {
        throw new ProviderException(ProviderException.Code.BAD_ANSWER, "this Director purges nothing");
    }

    @Override
    public ClientState clientState(String client) {
        return new ClientState(ClientState.Kind.ANSWERS, "all File Daemons of the model answer");
    }

    /** What a Director knows of its jobs' clients. */
    Map<String, DirectorReading.Job> jobs() {
        return loaded.jobs();
    }
}
