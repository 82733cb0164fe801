package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.Absence;
import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.BackupRun;
import dev.baculasync.spi.BackupRun.Contents;
import dev.baculasync.spi.BackupRun.Result;
import dev.baculasync.spi.BaculaName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads which backups were made; a connection for each call, and no state, so that threads do not meet. Texts that tenants
 * have a say in are compared in the database and never read: in a SQL_ASCII database one byte that is not UTF-8 would fail
 * the whole query.
 */
final class PostgresHistory implements BackupHistory {
    /** A run that is good. A run without a file proves nothing, whatever its status. */
    private static final String GOOD = "j.jobstatus IN ('T', 'W') AND j.jobfiles > 0 AND j.jobbytes > 0";

    /**
     * A run that has looked for its VM in vain. One that was waiting or running when its Director ended is given this status at
     * the next start, with an end that is its begin and without a real one: it shows nothing.
     */
    private static final String FAILED =
            "j.jobstatus IN ('E', 'e', 'f') AND (j.realendtime IS NOT NULL OR j.endtime > j.starttime)";

    /**
     * A copy (C) is no run of the job, and neither is what was migrated (M), whose place another B has taken. The times of
     * that one, and of a virtual Full, are those of what they were made from in these columns; RealEndTime is not.
     */
    private static final String BACKUPS_OF_CLIENT =
            "j.type = 'B' AND j.clientid IN (SELECT clientid FROM client WHERE name = ?::text)";

    /** StartTime, EndTime and JobTDate as {@link DirectorTime} takes them. */
    private static final String TIMES = """
            floor(extract(epoch FROM j.starttime))::bigint AS start_seconds,
                   CASE WHEN isfinite(j.endtime) THEN floor(extract(epoch FROM j.endtime))::bigint END AS end_seconds,
                   coalesce(j.jobtdate, 0) AS jobtdate""";

    /**
     * For all absences at once, by Bacula's index on {@code Job(Name text_pattern_ops)}, which serves for {@code =} as well.
     *
     * <p>Parameters: names of jobs, for each the seconds of UTC that no run's StartTime can be before, client.
     */
    static final String RUNS = """
            SELECT a.position, j.jobid, %s,
                   %s
              FROM unnest(?::text[], ?::bigint[]) WITH ORDINALITY AS a (job, earliest, position)
              JOIN job j ON j.name = a.job
             WHERE %s AND isfinite(j.starttime) AND extract(epoch FROM j.starttime) >= a.earliest
            """.formatted(
                    "CASE WHEN " + GOOD + " THEN 'GOOD' WHEN " + FAILED + " THEN 'FAILED' ELSE 'OTHER' END",
                    TIMES,
                    BACKUPS_OF_CLIENT);

    /**
     * What is certain to be later whatever the Director's zone need not come one by one. There is no index by client or
     * time, so this is a pass over all Job rows.
     *
     * <p>Parameters: client, the seconds of UTC that no run's StartTime can be before, those that it certainly is after.
     */
    private static final String JOBS_RUN = """
            WITH run AS (
                SELECT j.name, coalesce(%s, false) AS good,
                       %s
                  FROM job j
                 WHERE %s AND isfinite(j.starttime) AND extract(epoch FROM j.starttime) >= ?
            ), doubtful AS (
                SELECT name, good, CASE WHEN start_seconds <= ? THEN start_seconds END AS start_seconds, end_seconds, jobtdate
                  FROM run
            )
            SELECT DISTINCT convert_to(name, 'SQL_ASCII'), good, start_seconds,
                   CASE WHEN start_seconds IS NOT NULL THEN end_seconds END,
                   CASE WHEN start_seconds IS NOT NULL THEN jobtdate ELSE 0 END
              FROM doubtful
            """.formatted(GOOD, TIMES, BACKUPS_OF_CLIENT);

    /** Where the plugin's files are; its manual writes it in several ways. */
    private static final String ROOT = "^/+\\\\?@openstack/";

    private static final String SERVERS = ROOT + "nova/server/$";

    /** Which server's a folder is. One pattern for all: the database would take longer to understand one for each VM. */
    private static final String SERVER = "(?i)" + ROOT + "nova/server/([0-9a-f-]{36})/";

    /**
     * What the files of runs say. Each answer is a search of its own that ends with the first file that gives it, by the
     * index on {@code File(JobId)}; written so that the database cannot make one pass over all files of all jobs of them.
     *
     * <p>Parameters: {@link #SERVER}, {@link #SERVERS}, {@link #ROOT}, JobIds, for each the UUID of the VM.
     */
    private static final String CONTENTS = """
            SELECT r.jobid,
                   CASE WHEN (SELECT true FROM file f
                               WHERE f.jobid = r.jobid
                                 AND (lower(substring((%1$s) FROM ?::text)) = r.uuid
                                      OR lower(left((%2$s), 37)) IN (r.uuid || '_', r.uuid || '.')
                                         AND (%1$s) ~* ?::text)
                               LIMIT 1) THEN 'OF_THE_VM'
                        WHEN (SELECT true FROM file f
                               WHERE f.jobid = r.jobid AND (%1$s) ~* ?::text
                               LIMIT 1) THEN 'OF_OTHERS'
                        ELSE 'UNKNOWN' END
              FROM unnest(?::bigint[], ?::text[]) AS r (jobid, uuid)
            """;

    private static final String PATH_OF_FILE = "SELECT p.path FROM path p WHERE p.pathid = f.pathid";

    private static final String NAME_OF_FILE = "SELECT n.name FROM filename n WHERE n.filenameid = f.filenameid";

    /** By how much a local time can be later or earlier than the same time of UTC. */
    private static final long MARGIN = DirectorTime.MAX_OFFSET_SECONDS;

    private final CatalogServer server;
    private final DirectorTime time;

    PostgresHistory(CatalogServer server, DirectorTime time) {
        this.server = server;
        this.time = time;
    }

    /** A run that was found, before its files are looked at. */
    private record Found(Absence absence, long jobId, Result result, Instant begin) {}

    @Override
    public void check() {
        try (Connection connection = server.open()) {
            HistoryRights.require(server.reading(connection), server, null);
        } catch (SQLException e) {
            throw server.failure("looking whether backups can be asked about", e);
        }
    }

    @Override
    public List<BackupRun> runsSince(String client, Collection<Absence> absences) {
        if (absences.isEmpty()) {
            return List.of();
        }
        try (Connection connection = server.open()) {
            CatalogSession session = server.reading(connection);
            try {
                List<Found> found = runs(session, client, List.copyOf(absences));
                Map<Long, Contents> contents = contents(
                        session,
                        found.stream()
                                .filter(run -> run.result() == Result.GOOD)
                                .toList());
                return found.stream()
                        .map(run -> new BackupRun(
                                run.jobId(),
                                run.absence().job(),
                                run.result(),
                                run.begin(),
                                contents.getOrDefault(run.jobId(), Contents.UNKNOWN)))
                        .toList();
            } catch (SQLException e) {
                HistoryRights.requireAfter(e, session, server);
                throw e;
            }
        } catch (SQLException e) {
            throw server.failure("reading the backups of client " + client, e);
        }
    }

    private List<Found> runs(CatalogSession session, String client, List<Absence> absences) throws SQLException {
        List<Found> begun = session.query(
                row -> new Found(
                        absences.get(row.getInt(1) - 1),
                        row.getLong(2),
                        Result.valueOf(row.getString(3)),
                        time.begin(row.getLong(4), seconds(row, 5), row.getLong(6))),
                RUNS,
                absences.stream().map(Absence::job).toList(),
                absences.stream().map(absence -> earliest(absence.since())).toList(),
                client);
        return begun.stream()
                .filter(run -> run.begin().isAfter(run.absence().since()))
                .toList();
    }

    static String contents(boolean namesApart) {
        return CONTENTS.formatted(PATH_OF_FILE, namesApart ? NAME_OF_FILE : "f.filename");
    }

    private static Map<Long, Contents> contents(CatalogSession session, List<Found> runs) throws SQLException {
        if (runs.isEmpty()) {
            return Map.of();
        }
        Map<Long, Contents> contents = new HashMap<>();
        session.query(
                        row -> Map.entry(row.getLong(1), Contents.valueOf(row.getString(2))),
                        contents(CatalogSchema.namesApart(session)),
                        SERVER,
                        SERVERS,
                        ROOT,
                        runs.stream().map(Found::jobId).toList(),
                        runs.stream()
                                .map(run -> run.absence().uuid().toString())
                                .toList())
                .forEach(run -> contents.put(run.getKey(), run.getValue()));
        return contents;
    }

    /** A job of which runs began; without a time it is certain that one did so late enough. */
    private record Begun(String job, boolean good, @Nullable Instant begin) {}

    @Override
    public Map<String, Boolean> jobsRunSince(String client, Instant since) {
        List<Begun> begun = new ArrayList<>();
        try (Connection connection = server.open()) {
            CatalogSession session = server.reading(connection);
            try {
                begun.addAll(
                        session.query(this::begun, JOBS_RUN, client, earliest(since), since.getEpochSecond() + MARGIN));
            } catch (SQLException e) {
                HistoryRights.requireAfter(e, session, server);
                throw e;
            }
        } catch (SQLException e) {
            throw server.failure("reading which jobs of client " + client + " have run", e);
        }
        Map<String, Boolean> jobs = new TreeMap<>();
        for (Begun run : begun) {
            if (BaculaName.isLegal(run.job())
                    && (run.begin() == null || run.begin().isAfter(since))) {
                jobs.merge(run.job(), run.good(), Boolean::logicalOr);
            }
        }
        return jobs;
    }

    private Begun begun(ResultSet row) throws SQLException {
        Long start = seconds(row, 3);
        return new Begun(
                CatalogSession.text(row, 1),
                row.getBoolean(2),
                start == null ? null : time.begin(start, seconds(row, 4), row.getLong(5)));
    }

    private static long earliest(Instant since) {
        return since.getEpochSecond() - MARGIN;
    }

    private static @Nullable Long seconds(ResultSet row, int column) throws SQLException {
        long seconds = row.getLong(column);
        return row.wasNull() ? null : seconds;
    }
}
