package dev.baculasync.demo;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.ClientState;
import dev.baculasync.spi.Director;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ReloadResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * A Director that reads the generated files on reload, and refuses the whole of them for one mistake, as a real one does:
 * an illegal name, a name used twice, or a resource that does not exist.
 */
final class SimulatedDirector implements Director {
    static final Set<String> JOB_DEFS = Set.of("DefaultJob", "WindowsVM", "mysql-consistent");
    static final String STORAGE = "File1";
    static final String POOL = "Default";
    static final String SCHEDULE = "WeeklyCycle";
    static final String MESSAGES = "Standard";

    private final Path include;
    private final Set<String> clients;
    private Map<String, BaculaResource> jobs = Map.of();
    private Map<String, BaculaResource> fileSets = Map.of();

    /**
     * @param include the file that its configuration includes
     */
    SimulatedDirector(Path include, List<OpenStackInstance> instances) {
        this.include = include;
        this.clients = instances.stream().map(OpenStackInstance::client).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public synchronized DirectorResources resources() {
        return new DirectorResources(
                JOB_DEFS,
                Set.of(STORAGE),
                Set.of(POOL),
                Set.of(SCHEDULE),
                Set.of(MESSAGES),
                clients,
                jobs.keySet(),
                fileSets.keySet());
    }

    @Override
    public synchronized ReloadResult reload() {
        Map<String, BaculaResource> newJobs = new LinkedHashMap<>();
        Map<String, BaculaResource> newFileSets = new LinkedHashMap<>();
        try {
            for (Path file : BaculaResource.includesOf(include)) {
                BaculaResource resource = BaculaResource.read(file);
                Map<String, BaculaResource> kind = resource.kind().equals("Job") ? newJobs : newFileSets;
                if (!BaculaName.isLegal(resource.name())) {
                    return refused(file + " holds no legal name");
                }
                if (kind.put(resource.name(), resource) != null) {
                    return refused(resource.kind() + " " + resource.name() + " is defined twice");
                }
            }
        } catch (IOException e) {
            return refused("cannot read " + e.getMessage());
        }
        for (BaculaResource job : newJobs.values()) {
            if (!(JOB_DEFS.contains(job.value("JobDefs"))
                    && clients.contains(job.value("Client"))
                    && newFileSets.containsKey(job.value("FileSet"))
                    && job.value("Storage").equals(STORAGE)
                    && job.value("Pool").equals(POOL)
                    && job.value("Schedule").equals(SCHEDULE)
                    && job.value("Messages").equals(MESSAGES))) {
                return refused("Job " + job.name() + " names a resource that does not exist");
            }
        }
        jobs = newJobs;
        fileSets = newFileSets;
        return new ReloadResult(ReloadResult.Kind.DONE, "");
    }

    @Override
    public SortedSet<Long> runsOf(String job) {
        throw new ProviderException(ProviderException.Code.BAD_ANSWER, "this Director runs no jobs");
    }

    @Override
    public void purgeFiles(long jobId) {
        throw new ProviderException(ProviderException.Code.BAD_ANSWER, "this Director runs no jobs");
    }

    @Override
    public ClientState clientState(String client) {
        return new ClientState(ClientState.Kind.ANSWERS, "all File Daemons of the demonstration answer");
    }

    @Override
    public synchronized Set<String> jobNames() {
        return Set.copyOf(jobs.keySet());
    }

    /** The jobs that will run tonight. */
    synchronized List<ScheduledJob> enabledJobs() {
        List<ScheduledJob> enabled = new ArrayList<>();
        for (BaculaResource job : jobs.values()) {
            if (job.enabled()) {
                String fileSet = job.value("FileSet");
                BaculaResource loaded = fileSets.get(fileSet);
                if (loaded == null) {
                    throw new IllegalStateException("FileSet " + fileSet + " was not there at the reload");
                }
                enabled.add(new ScheduledJob(job.name(), job.value("Client"), fileSet, loaded.instance()));
            }
        }
        return enabled;
    }

    private static ReloadResult refused(String why) {
        return new ReloadResult(ReloadResult.Kind.REFUSED, why);
    }
}
