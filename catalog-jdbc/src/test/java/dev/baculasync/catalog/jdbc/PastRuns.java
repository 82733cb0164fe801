package dev.baculasync.catalog.jdbc;

import dev.baculasync.spi.BackupHistory;
import dev.baculasync.spi.Settings;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts runs and their files into a {@link TestCatalog} as a Director in some zone does. */
final class PastRuns implements AutoCloseable {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final TestCatalog catalog;
    private final CatalogRows rows;
    private final ZoneId director;
    private final Map<String, Long> clients = new HashMap<>();
    private final Map<String, Long> paths = new HashMap<>();
    private final Map<String, Long> names = new HashMap<>();

    PastRuns(TestCatalog catalog, ZoneId director) {
        this.catalog = catalog;
        this.rows = new CatalogRows(catalog);
        this.director = director;
    }

    /** What the shipped adapter makes of the catalog. */
    BackupHistory history() {
        return new PostgresCatalogProvider()
                .create(Settings.of(catalog.settings()))
                .history()
                .orElseThrow();
    }

    /** What it makes of it on a host in another zone than the Director. */
    BackupHistory historyOnAHostIn(ZoneId zone) {
        return new PostgresCatalogProvider()
                .create(PostgresCatalogConfig.builder()
                        .host(catalog.host())
                        .port(catalog.port())
                        .database(catalog.database())
                        .user("postgres")
                        .zone(zone)
                        .build())
                .history()
                .orElseThrow();
    }

    /** A run that took ten minutes and ended well, with three files. */
    long good(String client, String job, Instant began) {
        return ended(client, job, began, "B", "T", 3, 1_000_000_000_000L);
    }

    long ended(String client, String job, Instant began, String type, String status, int files, long bytes) {
        Instant end = began.plusSeconds(600);
        return add(client, job, type, status, local(began), local(end), end.getEpochSecond(), files, bytes);
    }

    long add(
            String client,
            String job,
            String type,
            String status,
            @Nullable String start,
            @Nullable String end,
            @Nullable Long jobTDate,
            @Nullable Integer files,
            @Nullable Long bytes) {
        return rows.add(
                "job",
                "name",
                job,
                "clientid",
                clients.computeIfAbsent(client, name -> rows.add("client", "name", name)),
                "type",
                type,
                "jobstatus",
                status,
                "starttime",
                start,
                "endtime",
                end,
                // Of a run that a migration has made, this is the time of the migration.
                "realendtime",
                "2037-01-01 00:00:00",
                "jobtdate",
                jobTDate,
                "jobfiles",
                files,
                "jobbytes",
                bytes);
    }

    /** What a Director that is started again makes of a run that was waiting or running when it ended. */
    long abandoned(String client, String job, Instant began) {
        return rows.add(
                "job",
                "name",
                job,
                "clientid",
                clients.computeIfAbsent(client, name -> rows.add("client", "name", name)),
                "type",
                "B",
                "jobstatus",
                "f",
                "starttime",
                local(began),
                "endtime",
                local(began),
                "realendtime",
                null,
                "jobtdate",
                began.getEpochSecond());
    }

    /** Texts are bytes as ISO 8859-1. */
    void file(long jobId, String path, String name) {
        long pathId = paths.computeIfAbsent(path, text -> rows.add("path", "path", text));
        if (rows.has("filename")) {
            long nameId = names.computeIfAbsent(name, text -> rows.add("filename", "name", text));
            rows.add("file", "jobid", jobId, "pathid", pathId, "filenameid", nameId);
        } else {
            rows.add("file", "jobid", jobId, "pathid", pathId, "filename", name);
        }
    }

    /** Removes all that was put in. */
    PastRuns clear() {
        rows.clear();
        clients.clear();
        paths.clear();
        names.clear();
        return this;
    }

    String local(Instant instant) {
        return LOCAL.format(instant.atZone(director));
    }

    static String utc(Instant instant) {
        return LOCAL.format(instant.atZone(ZoneOffset.UTC));
    }

    @Override
    public void close() {
        rows.close();
    }
}
