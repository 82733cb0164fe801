package dev.baculasync.core.plan;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupRun;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the catalog says for and against VMs that a list lacks. A good backup that began after a VM's absence was noted
 * proves that the VM was there; a failed one, while others were good, makes it likely that it is not. Immutable.
 */
public final class Testimony {
    private static final Testimony NONE = new Testimony(false, List.of(), Map.of());

    private final boolean possible;
    private final Map<String, List<BackupRun>> runs;
    private final Map<Instant, Map<String, Boolean>> jobsRunSince;

    private Testimony(boolean possible, Collection<BackupRun> runs, Map<Instant, Map<String, Boolean>> jobsRunSince) {
        this.possible = possible;
        this.runs = runs.stream().collect(Collectors.groupingBy(BackupRun::job));
        Map<Instant, Map<String, Boolean>> copies = new HashMap<>();
        jobsRunSince.forEach((since, jobs) -> copies.put(since, Map.copyOf(jobs)));
        this.jobsRunSince = Map.copyOf(copies);
    }

    /** Where there is no catalog that knows of backups: nobody has a witness, and nobody's absence is suspect. */
    public static Testimony none() {
        return NONE;
    }

    /**
     * What a catalog has said.
     *
     * @param runs of the jobs of absent VMs
     * @param jobsRunSince by moment, the jobs of the client that have run since, and whether with success; only for the
     *     moments that were asked about
     */
    public static Testimony of(Collection<BackupRun> runs, Map<Instant, Map<String, Boolean>> jobsRunSince) {
        return new Testimony(true, runs, jobsRunSince);
    }

    /** Whether the catalog could be asked at all. */
    boolean isPossible() {
        return possible;
    }

    /** The latest backup that shows that a VM was there after its absence was noted. */
    public Optional<BackupRun> witness(Absence absence) {
        return after(absence)
                .filter(run -> run.result() == BackupRun.Result.GOOD)
                .filter(run -> run.contents() != BackupRun.Contents.OF_OTHERS)
                .max(Comparator.comparing(BackupRun::startedAt).thenComparing(BackupRun::jobId));
    }

    /** Whether no job of the client has run since then, so that nothing can be expected of the catalog. */
    boolean isSilentSince(Instant since) {
        return Objects.requireNonNullElse(jobsRunSince.get(since), Map.of()).isEmpty();
    }

    /** Whether the VM's own job has failed since then, while another job of the same client was good. */
    boolean confirms(Absence absence) {
        boolean failed = after(absence).anyMatch(run -> run.result() == BackupRun.Result.FAILED);
        return failed
                && Objects.requireNonNullElse(jobsRunSince.get(absence.since()), Map.<String, Boolean>of())
                        .entrySet()
                        .stream()
                        .anyMatch(job -> job.getValue() && !job.getKey().equals(absence.job()));
    }

    private Stream<BackupRun> after(Absence absence) {
        return runs.getOrDefault(absence.job(), List.of()).stream()
                .filter(run -> run.startedAt().isAfter(absence.since()));
    }
}
