package dev.baculasync.catalog.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Job rows that bear a job's name, told apart: which of them are its own runs, and so go, and which stay.
 *
 * @param own the runs that a removal takes
 * @param kept what stays, each as a sentence
 * @param bases JobIds that stay because runs need them that stay
 * @param active all that is waiting or running in the catalog
 */
record JobRuns(List<Run> own, List<String> kept, Set<Long> bases, List<ActiveRun> active) {
    /** A Job row of the job's name. */
    record Run(
            long jobId,
            boolean ofClient,
            String type,
            long priorJobId,
            long fileSetId,
            boolean purged,
            long bytes,
            boolean ended) {}

    private static final String OF_NAME = """
            SELECT jobid, coalesce(clientid IN (SELECT clientid FROM client WHERE name = ?::text), false),
                   convert_to(type::text, 'SQL_ASCII'), coalesce(priorjobid, 0), coalesce(filesetid, 0),
                   coalesce(purgedfiles, 0) <> 0, coalesce(jobbytes, 0), jobstatus IN %s
              FROM job WHERE name = ?::text ORDER BY jobid
            """.formatted(ActiveRun.ENDED);

    /** There is no index on the base. */
    private static final String USED_AS_BASE = "SELECT DISTINCT basejobid, jobid FROM basefiles"
            + " WHERE basejobid IN (SELECT unnest(?::bigint[])) AND jobid NOT IN (SELECT unnest(?::bigint[]))";

    private static final String NEWLY_USED_AS_BASE = USED_AS_BASE + " AND " + RecentJobs.CONDITION;

    /** A Director that deletes an original makes its first copy a backup; nothing of ours writes to rows that stay. */
    private static final String COPIES =
            "copies, which \"restore jobid=\" restores but no menu of restore offers any more";

    /** @param removed JobIds that count as removed */
    static JobRuns read(CatalogSession session, String client, String job, Set<Long> removed) throws SQLException {
        List<Run> named = named(session, client, job).stream()
                .filter(run -> !removed.contains(run.jobId()))
                .toList();
        List<Run> own = new ArrayList<>(named.stream().filter(JobRuns::isOwn).toList());
        Set<Long> bases = keepBases(session, own, removed);
        List<String> kept = new ArrayList<>();
        tell(kept, named, run -> !run.ofClient(), "of another client");
        tell(kept, named, run -> run.ofClient() && run.type().equals("C"), COPIES);
        tell(kept, named, run -> run.ofClient() && run.type().equals("M"), "migrated");
        tell(
                kept,
                named,
                run -> run.ofClient() && run.type().equals("B") && run.priorJobId() != 0,
                "results of a migration or copy");
        tell(kept, named, run -> run.ofClient() && !Set.of("B", "C", "M").contains(run.type()), "no backups");
        tell(kept, named, run -> bases.contains(run.jobId()), "bases that other runs need");
        return new JobRuns(List.copyOf(own), List.copyOf(kept), bases, ActiveRun.read(session, client));
    }

    /** The same, with a look only at what can have changed. */
    JobRuns again(CatalogSession session, String client, String job, RecentJobs recent) throws SQLException {
        List<Run> now = new ArrayList<>(named(session, client, job));
        now.removeIf(run -> !isOwn(run) || bases.contains(run.jobId()));
        List<Long> going = now.stream().map(Run::jobId).toList();
        Set<Long> needed = new TreeSet<>(session.query(
                row -> row.getLong(1), NEWLY_USED_AS_BASE, going, going, recent.after(), recent.unfinished()));
        now.removeIf(run -> needed.contains(run.jobId()));
        return new JobRuns(List.copyOf(now), kept, bases, ActiveRun.read(session, client, recent));
    }

    private static List<Run> named(CatalogSession session, String client, String job) throws SQLException {
        return session.query(
                row -> new Run(
                        row.getLong(1),
                        row.getBoolean(2),
                        CatalogSession.text(row, 3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getBoolean(6),
                        row.getLong(7),
                        row.getBoolean(8)),
                OF_NAME,
                client,
                job);
    }

    /** JobIds of the own runs. */
    SortedSet<Long> ids() {
        return ids(run -> true);
    }

    /** JobIds of the own runs whose files the Director has not purged yet. */
    SortedSet<Long> unpurged() {
        return ids(run -> !run.purged());
    }

    /** FileSetIds that the own runs used. */
    Set<Long> fileSets() {
        return own.stream().map(Run::fileSetId).collect(Collectors.toCollection(TreeSet::new));
    }

    long bytes() {
        return own.stream().mapToLong(Run::bytes).sum();
    }

    /** Why nothing of the job may be removed now, or null. A restore may be reading its volumes, whatever its name. */
    @Nullable
    String obstacle(String job) {
        for (ActiveRun run : active) {
            if (run.name().equals(job)) {
                return "run " + run + " is waiting or running";
            }
        }
        for (ActiveRun run : active) {
            if (run.type().equals("R")) {
                return "restore " + run + " is waiting or running, and may be reading its volumes";
            }
        }
        return null;
    }

    private SortedSet<Long> ids(Predicate<Run> which) {
        return own.stream().filter(which).map(Run::jobId).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOwn(Run run) {
        return run.ofClient() && run.type().equals("B") && run.priorJobId() == 0 && run.ended();
    }

    /** Takes the base jobs out that a run needs which stays; one of them may in turn need another one. */
    private static Set<Long> keepBases(CatalogSession session, List<Run> own, Set<Long> removed) throws SQLException {
        Map<Long, Set<Long>> usersByBase = new HashMap<>();
        session.query(
                        row -> Map.entry(row.getLong(1), row.getLong(2)),
                        USED_AS_BASE,
                        own.stream().map(Run::jobId).toList(),
                        removed)
                .forEach(use -> usersByBase
                        .computeIfAbsent(use.getKey(), base -> new TreeSet<>())
                        .add(use.getValue()));
        Set<Long> going = own.stream().map(Run::jobId).collect(Collectors.toCollection(TreeSet::new));
        Set<Long> bases = new TreeSet<>(usersByBase.keySet());
        boolean changed = true;
        while (changed) {
            changed = going.removeIf(id -> !going.containsAll(usersByBase.getOrDefault(id, Set.of())));
        }
        own.removeIf(run -> !going.contains(run.jobId()));
        bases.removeAll(going);
        return bases;
    }

    private static void tell(List<String> kept, List<Run> named, Predicate<Run> which, String what) {
        String ids = named.stream()
                .filter(which)
                .map(run -> String.valueOf(run.jobId()))
                .collect(Collectors.joining(", "));
        if (!ids.isEmpty()) {
            kept.add("JobId " + ids + " of that name: " + what + ", not removed");
        }
    }
}
