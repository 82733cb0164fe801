package dev.baculasync.testkit;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupCatalog;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.JobNames;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.ProviderException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A catalog that knows the jobs it was told to have run. Every run has a file in a directory of its job's name, which
 * jobs of one name share whatever their client. Safe for use by several threads.
 */
public final class InMemoryCatalog implements BackupCatalog {
    /** Tells this catalog from others. */
    public static final String MARK = "in-memory/1";

    private final List<Run> runs = new ArrayList<>();
    /** How the text of {@link OrphanedRows} begins. */
    private static final String DIRECTORIES = "directories of ";

    /** The directories, by job. */
    private final Set<String> paths = new TreeSet<>();

    private final Set<String> clientsRemoved = new HashSet<>();
    private long lastJobId;
    private @Nullable ProviderException failure;
    private @Nullable ProviderException removalFailure;
    private @Nullable ProviderException historyFailure;
    private boolean hasHistory = true;

    /** One run of a job. */
    private record Run(
            long jobId,
            String client,
            String job,
            boolean copy,
            boolean active,
            boolean purged,
            Instant began,
            BackupRun.Result result,
            @Nullable UUID of) {
        Run ended() {
            return new Run(jobId, client, job, copy, false, purged, began, result, of);
        }

        Run withoutFiles() {
            return new Run(jobId, client, job, copy, active, true, began, result, of);
        }

        boolean isOwnOf(String anyClient) {
            return !copy && client.equals(anyClient);
        }

        BackupRun.Result outcome() {
            return active ? BackupRun.Result.OTHER : result;
        }

        BackupRun.Contents contents(UUID vm) {
            if (outcome() != BackupRun.Result.GOOD || purged || of == null) {
                return BackupRun.Contents.UNKNOWN;
            }
            return of.equals(vm) ? BackupRun.Contents.OF_THE_VM : BackupRun.Contents.OF_OTHERS;
        }
    }

    /** The job has run for this client: well, at the epoch, and no file of it tells what it is of. */
    public synchronized InMemoryCatalog ran(String client, String job) {
        return ran(client, job, Instant.EPOCH, BackupRun.Result.GOOD, null);
    }

    /**
     * The job has run for this client.
     *
     * @param began when it began
     * @param of the VM that all of its files are of; null when no file of it tells
     */
    public synchronized InMemoryCatalog ran(
            String client, String job, Instant began, BackupRun.Result result, @Nullable UUID of) {
        return add(client, job, false, false, began, result, of);
    }

    /** The job is waiting or running for this client, since the epoch; it will end well. */
    public synchronized InMemoryCatalog runs(String client, String job) {
        return add(client, job, false, true, Instant.EPOCH, BackupRun.Result.GOOD, null);
    }

    /** A copy of a run of the job, at the epoch: it bears the job's name and stays when the job is removed. */
    public synchronized InMemoryCatalog copied(String client, String job) {
        return add(client, job, true, false, Instant.EPOCH, BackupRun.Result.GOOD, null);
    }

    private InMemoryCatalog add(
            String client,
            String job,
            boolean copy,
            boolean active,
            Instant began,
            BackupRun.Result result,
            @Nullable UUID of) {
        runs.add(new Run(++lastJobId, client, job, copy, active, false, began, result, of));
        paths.add(job);
        return this;
    }

    /** The client's runs of a job are gone, as if somebody had deleted them. */
    public synchronized InMemoryCatalog removeRuns(String client, String job) {
        runs.removeIf(run -> run.client().equals(client) && run.job().equals(job));
        return this;
    }

    /** All that is active has ended. */
    public synchronized InMemoryCatalog ended() {
        runs.replaceAll(Run::ended);
        return this;
    }

    /** The jobs of which the catalog has a directory. */
    public synchronized Set<String> paths() {
        return Set.copyOf(paths);
    }

    /** From now on the catalog fails like this; null for no longer. */
    public synchronized InMemoryCatalog failWith(@Nullable ProviderException error) {
        failure = error;
        return this;
    }

    /** From now on removals fail like this; null for no longer. */
    public synchronized InMemoryCatalog failRemovalsWith(@Nullable ProviderException error) {
        removalFailure = error;
        return this;
    }

    /** From now on questions about backups fail like this; null for no longer. */
    public synchronized InMemoryCatalog failHistoryWith(@Nullable ProviderException error) {
        historyFailure = error;
        return this;
    }

    /** From now on the catalog has no part that knows of backups. */
    public synchronized InMemoryCatalog withoutHistory() {
        hasHistory = false;
        return this;
    }

    /** The clients whose rows were removed. */
    public synchronized Set<String> clientsRemoved() {
        return Set.copyOf(clientsRemoved);
    }

    /** The JobIds of all runs of a job, as a Director would list them. */
    public synchronized SortedSet<Long> runsOf(String job) {
        SortedSet<Long> ids = new TreeSet<>();
        runs.stream().filter(run -> run.job().equals(job)).forEach(run -> ids.add(run.jobId()));
        return ids;
    }

    /** Purges the files of a run, as a Director would. */
    public synchronized void purgeFiles(long jobId) {
        runs.replaceAll(run -> run.jobId() == jobId ? run.withoutFiles() : run);
    }

    @Override
    public synchronized void check() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public synchronized JobNames jobNames(OpenStackInstance instance) {
        check();
        Set<String> known = new HashSet<>();
        Set<String> copies = new HashSet<>();
        for (Run run : runs) {
            if (run.client().equals(instance.client()) && run.job().startsWith(instance.jobPrefix())) {
                (run.copy() ? copies : known).add(run.job());
            }
        }
        copies.removeAll(known);
        return new JobNames(known, copies);
    }

    @Override
    public Optional<CatalogCleanup> cleanup() {
        return Optional.of(new Cleanup(false));
    }

    @Override
    public synchronized Optional<BackupHistory> history() {
        return hasHistory ? Optional.of(new History()) : Optional.empty();
    }

    private final class History implements BackupHistory {
        @Override
        public void check() {
            synchronized (InMemoryCatalog.this) {
                checkHistory();
            }
        }

        @Override
        public List<BackupRun> runsSince(String client, Collection<Absence> absences) {
            synchronized (InMemoryCatalog.this) {
                checkHistory();
                List<BackupRun> found = new ArrayList<>();
                for (Absence absence : absences) {
                    for (Run run : runs) {
                        if (run.isOwnOf(client)
                                && run.job().equals(absence.job())
                                && run.began().isAfter(absence.since())) {
                            found.add(new BackupRun(
                                    run.jobId(), run.job(), run.outcome(), run.began(), run.contents(absence.uuid())));
                        }
                    }
                }
                return found;
            }
        }

        @Override
        public Map<String, Boolean> jobsRunSince(String client, Instant since) {
            synchronized (InMemoryCatalog.this) {
                checkHistory();
                Map<String, Boolean> jobs = new TreeMap<>();
                for (Run run : runs) {
                    if (run.isOwnOf(client) && run.began().isAfter(since)) {
                        jobs.merge(run.job(), run.outcome() == BackupRun.Result.GOOD, Boolean::logicalOr);
                    }
                }
                return jobs;
            }
        }

        private void checkHistory() {
            InMemoryCatalog.this.check();
            if (historyFailure != null) {
                throw historyFailure;
            }
        }
    }

    /** In a preview, what was removed counts as removed for it alone. */
    private final class Cleanup implements CatalogCleanup {
        private final boolean isPreview;
        private final Set<Long> removedRuns = new HashSet<>();
        private final Set<String> removedPaths = new HashSet<>();

        Cleanup(boolean isPreview) {
            this.isPreview = isPreview;
        }

        @Override
        public void check() {
            InMemoryCatalog.this.check();
        }

        @Override
        public CatalogCleanup preview() {
            return new Cleanup(true);
        }

        private List<Run> there() {
            return runs.stream()
                    .filter(run -> !removedRuns.contains(run.jobId()))
                    .toList();
        }

        @Override
        public JobHolding look(String client, String job, String fileSet) {
            synchronized (InMemoryCatalog.this) {
                check();
                SortedSet<Long> ids = new TreeSet<>();
                SortedSet<Long> unpurged = new TreeSet<>();
                boolean active = false;
                List<String> kept = new ArrayList<>();
                for (Run run : there()) {
                    if (run.copy() && run.client().equals(client) && run.job().equals(job)) {
                        kept.add("JobId " + run.jobId() + " of that name: a copy, not removed");
                    }
                    if (run.isOwnOf(client) && run.job().equals(job)) {
                        ids.add(run.jobId());
                        active |= run.active();
                        if (!run.purged()) {
                            unpurged.add(run.jobId());
                        }
                    }
                }
                TreeMap<String, Long> rows = new TreeMap<>();
                if (!ids.isEmpty()) {
                    rows.put("job", (long) ids.size());
                }
                return new JobHolding(
                        client,
                        job,
                        fileSet,
                        ids,
                        unpurged,
                        0,
                        rows,
                        List.of(),
                        kept,
                        active ? "a run of it is waiting or running" : null);
            }
        }

        @Override
        public JobHolding remove(JobHolding looked) {
            synchronized (InMemoryCatalog.this) {
                if (removalFailure != null && !isPreview) {
                    throw removalFailure;
                }
                JobHolding now = look(looked.client(), looked.job(), looked.fileSet());
                if (now.obstacle() != null) {
                    return now.without(now.obstacle());
                }
                if (!looked.runs().containsAll(now.runs())) {
                    return now.without("a run has been made meanwhile");
                }
                if (!isPreview && !looked.unpurged().containsAll(now.unpurged())) {
                    throw new ProviderException(
                            ProviderException.Code.CONFIGURATION, "files of " + now.unpurged() + " are not purged");
                }
                if (isPreview) {
                    removedRuns.addAll(now.runs());
                } else {
                    runs.removeIf(run -> now.runs().contains(run.jobId()));
                }
                return now;
            }
        }

        @Override
        public Optional<OrphanedRows> usedBy(Set<Long> ids, Collection<OrphanedRows> known) {
            synchronized (InMemoryCatalog.this) {
                check();
                SortedSet<String> used = new TreeSet<>();
                runs.stream()
                        .filter(run -> ids.contains(run.jobId()) && !run.purged())
                        .forEach(run -> used.add(run.job()));
                used.removeAll(named(known.stream()
                        .filter(rows -> rows.catalog().equals(MARK))
                        .toList()));
                return used.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new OrphanedRows(MARK, DIRECTORIES + String.join(",", used)));
            }
        }

        @Override
        public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
            synchronized (InMemoryCatalog.this) {
                check();
                if (candidates.stream().anyMatch(rows -> !rows.catalog().equals(MARK))) {
                    return remaining(candidates.size(), "they belong to another catalog");
                }
                Set<String> named = named(candidates);
                if (!isPreview && runs.stream().anyMatch(Run::active)) {
                    return remaining(named.size(), "a run is waiting or running");
                }
                Set<String> unused = new HashSet<>(named);
                unused.retainAll(paths);
                there().stream().filter(run -> !run.purged()).forEach(run -> unused.remove(run.job()));
                unused.removeAll(removedPaths);
                if (isPreview) {
                    removedPaths.addAll(unused);
                } else {
                    paths.removeAll(unused);
                }
                SortedMap<String, Long> rows = new TreeMap<>();
                if (!unused.isEmpty()) {
                    rows.put("path", (long) unused.size());
                }
                return new OrphanRemoval(rows, null);
            }
        }

        private OrphanRemoval remaining(int count, String why) {
            return new OrphanRemoval(new TreeMap<>(), count + " orphaned row(s) stay for now: " + why);
        }

        /** The directories that these name. */
        private Set<String> named(Collection<OrphanedRows> some) {
            Set<String> jobs = new HashSet<>();
            for (OrphanedRows rows : some) {
                if (!rows.rows().startsWith(DIRECTORIES)) {
                    throw new ProviderException(
                            ProviderException.Code.IO, "what was written down of orphaned rows is not understood");
                }
                jobs.addAll(List.of(rows.rows().substring(DIRECTORIES.length()).split(",")));
            }
            return jobs;
        }

        @Override
        public SortedSet<String> activeJobs(String client) {
            synchronized (InMemoryCatalog.this) {
                check();
                SortedSet<String> active = new TreeSet<>();
                runs.stream()
                        .filter(run -> run.active() && run.client().equals(client))
                        .forEach(run -> active.add(run.job() + "." + run.jobId()));
                return active;
            }
        }

        @Override
        public boolean removeClient(String client) {
            synchronized (InMemoryCatalog.this) {
                check();
                boolean free = there().stream().noneMatch(run -> run.client().equals(client));
                if (free && !isPreview) {
                    clientsRemoved.add(client);
                }
                return free;
            }
        }
    }
}
