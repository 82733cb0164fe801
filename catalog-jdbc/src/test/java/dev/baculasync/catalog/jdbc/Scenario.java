package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.spi.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * A catalog with the job {@code p-vm} of the client {@code os1-fd} and its FileSet {@code fs-vm} to remove, and things
 * around it. Job rows have ended well, volumes are full, unless said otherwise.
 */
final class Scenario implements AutoCloseable {
    static final String CLIENT = "os1-fd";
    static final String JOB = "p-vm";
    static final String FILE_SET = "fs-vm";

    final TestCatalog catalog;
    final CatalogRows rows;
    final CatalogCleanup cleanup;
    long client;
    long otherClient;
    long fileSet;

    Scenario(int version) {
        catalog = TestCatalog.create(version);
        rows = new CatalogRows(catalog);
        cleanup = new PostgresCatalogProvider()
                .create(Settings.of(catalog.settings()))
                .cleanup()
                .orElseThrow();
        fillBasics();
    }

    /** As it was when made. */
    void reset() {
        rows.clear();
        fillBasics();
    }

    private void fillBasics() {
        client = rows.add("client", "name", CLIENT);
        otherClient = rows.add("client", "name", "os2-fd");
        fileSet = rows.add("fileset", "fileset", FILE_SET);
    }

    /** A run of the job to remove; columns override what is usual. */
    long run(Object... columns) {
        return job(JOB, columns);
    }

    /** A run of any job of the client, with a row in each table that carries JobIds. */
    long job(String name, Object... columns) {
        Object[] usual = {
            "job",
            name + ".run",
            "name",
            name,
            "type",
            "B",
            "level",
            "F",
            "jobstatus",
            "T",
            "clientid",
            client,
            "filesetid",
            fileSet,
            "poolid",
            1,
            "jobbytes",
            100,
            "purgedfiles",
            1
        };
        Object[] all = new Object[usual.length + columns.length];
        System.arraycopy(usual, 0, all, 0, usual.length);
        System.arraycopy(columns, 0, all, usual.length, columns.length);
        long id = rows.add("job", all);
        for (String table : rows.tablesWith("jobid")) {
            if (!List.of("job", "jobmedia", "filemedia", "basefiles", "object").contains(table)) {
                rows.add(table, "jobid", id);
            }
        }
        if (rows.has("object")) {
            rows.add("tagobject", "objectid", rows.add("object", "jobid", id));
        }
        return id;
    }

    /** A volume that these jobs are on. */
    long volume(String name, List<Long> jobs, Object... columns) {
        Object[] usual = {
            "volumename", name, "mediatype", "File1", "volstatus", "Full", "enabled", 1, "poolid", 1, "volbytes", 5000
        };
        Object[] all = new Object[usual.length + columns.length];
        System.arraycopy(usual, 0, all, 0, usual.length);
        System.arraycopy(columns, 0, all, usual.length, columns.length);
        long id = rows.add("media", all);
        jobs.forEach(job -> rows.add("jobmedia", "jobid", job, "mediaid", id));
        for (String table : List.of("locationlog", "cdimages", "tagmedia")) {
            if (rows.has(table)) {
                rows.add(table, "mediaid", id);
            }
        }
        return id;
    }

    /** What a run and a volume of its own leave nothing of. */
    void fill() {
        long first = run("purgedfiles", 0);
        long second = run();
        volume("Vol-1", List.of(first, second));
        long other = job("p-other", "filesetid", rows.add("fileset", "fileset", "fs-other"));
        volume("Vol-2", List.of(second, other));
    }

    /** A Path row with an id that no other row of any table has by chance. */
    long path(long id, String path) {
        return rows.add("path", "pathid", id, "path", path);
    }

    /** A file of a run. With a catalog that keeps names apart, its name's row has the FilenameId that is given. */
    void file(long job, long path, long filename) {
        if (rows.has("file", "filenameid")) {
            rows.add("file", "jobid", job, "pathid", path, "filenameid", filename);
        } else {
            rows.add("file", "jobid", job, "pathid", path);
        }
    }

    /** What BVFS notes about the directory of a path. */
    void below(long path, long directory) {
        rows.add("pathhierarchy", "pathid", path, "ppathid", directory);
    }

    /** The rows that runs use, as far as there are any. */
    static List<OrphanedRows> used(CatalogCleanup cleanup, Set<Long> runs) {
        return cleanup.usedBy(runs, List.of()).stream().toList();
    }

    /** All that goes with a run, as a purge takes it; what its names were. */
    List<OrphanedRows> purge(long... runs) {
        Set<Long> ids = Arrays.stream(runs).boxed().collect(Collectors.toSet());
        List<OrphanedRows> names = used(cleanup, ids);
        for (String table : rows.tablesWith("jobid")) {
            ids.forEach(id -> catalog.execute("DELETE FROM " + table + " WHERE jobid = " + id));
        }
        return names;
    }

    /** The ids in a table, from 1000 on, which are those that were chosen. */
    List<Long> ids(String table) {
        return rows.has(table)
                ? rows.rows(table).stream()
                        .map(row -> Long.valueOf(row.values().iterator().next()))
                        .filter(id -> id >= 1000)
                        .sorted()
                        .toList()
                : List.of();
    }

    JobHolding look() {
        return cleanup.look(CLIENT, JOB, FILE_SET);
    }

    JobHolding remove() {
        return cleanup.remove(look());
    }

    SortedMap<String, List<Map<String, String>>> all() {
        return rows.all();
    }

    boolean hasRun(long jobId) {
        return rows.rows("job").stream().anyMatch(row -> row.get("jobid").equals(String.valueOf(jobId)));
    }

    List<String> volumes() {
        return rows.rows("media").stream().map(row -> row.get("volumename")).toList();
    }

    @Override
    public void close() {
        rows.close();
        catalog.close();
    }
}
