package dev.baculasync.catalog.jdbc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a removal should leave, worked out one row at a time over all rows of all tables, with no thought for speed. Shares
 * nothing with what it is compared to.
 */
final class ReferenceRemoval {
    private final SortedMap<String, List<Map<String, String>>> all;
    private final String client;
    private final String job;
    private final String fileSet;

    ReferenceRemoval(SortedMap<String, List<Map<String, String>>> all, String client, String job, String fileSet) {
        this.all = all;
        this.client = client;
        this.job = job;
        this.fileSet = fileSet;
    }

    /** Whether something forbids any removal now. */
    boolean isForbidden() {
        return rows("job").stream()
                .filter(ReferenceRemoval::isActive)
                .anyMatch(row -> row.get("name").equals(job) || row.get("type").equals("R"));
    }

    SortedMap<String, List<Map<String, String>>> left() {
        SortedMap<String, List<Map<String, String>>> left = new TreeMap<>();
        all.forEach((table, rows) -> {
            List<Map<String, String>> staying = new ArrayList<>();
            for (Map<String, String> row : rows) {
                if (isForbidden() || !goes(table, row)) {
                    staying.add(row);
                } else if (table.equals("snapshot")) {
                    Map<String, String> detached = new LinkedHashMap<>(row);
                    detached.put("jobid", "0");
                    staying.add(detached);
                }
            }
            left.put(table, staying);
        });
        return left;
    }

    private boolean goes(String table, Map<String, String> row) {
        return switch (table) {
            case "file",
                    "filemedia",
                    "fileevents",
                    "metaemail",
                    "metaattachment",
                    "basefiles",
                    "pathvisibility",
                    "object",
                    "jobmedia",
                    "log",
                    "restoreobject",
                    "tagjob",
                    "unsavedfiles",
                    "snapshot",
                    "job" -> isOwn(row.get("jobid"));
            case "tagobject" ->
                rows("object").stream()
                        .anyMatch(object ->
                                object.get("objectid").equals(row.get("objectid")) && isOwn(object.get("jobid")));
            case "fileset" -> goesFileSet(row);
            case "media", "locationlog", "cdimages", "tagmedia" -> goesVolume(row.get("mediaid"));
            default -> false;
        };
    }

    private boolean isOwn(String jobId) {
        for (Map<String, String> row : rows("job")) {
            if (row.get("jobid").equals(jobId)) {
                return isBackupOfThisJob(row) && !isNeededAsBase(jobId);
            }
        }
        return false;
    }

    private boolean isBackupOfThisJob(Map<String, String> row) {
        boolean ofClient = rows("client").stream()
                .anyMatch(c -> c.get("name").equals(client) && c.get("clientid").equals(row.get("clientid")));
        return ofClient
                && row.get("name").equals(job)
                && row.get("type").equals("B")
                && (row.get("priorjobid") == null || row.get("priorjobid").equals("0"));
    }

    /** By a run that stays; in the tests' catalogs a base is older than those that use it, so this ends. */
    private boolean isNeededAsBase(String jobId) {
        for (Map<String, String> use : rows("basefiles")) {
            if (jobId.equals(use.get("basejobid")) && !isOwn(use.get("jobid"))) {
                return true;
            }
        }
        return false;
    }

    private boolean goesFileSet(Map<String, String> row) {
        boolean wanted = row.get("fileset").equals(fileSet);
        for (Map<String, String> run : rows("job")) {
            if (row.get("filesetid").equals(run.get("filesetid"))) {
                if (!isOwn(run.get("jobid"))) {
                    return false;
                }
                wanted = true;
            }
        }
        return wanted;
    }

    private boolean goesVolume(String mediaId) {
        for (Map<String, String> volume : rows("media")) {
            if (volume.get("mediaid").equals(mediaId)) {
                return holdsOnlyOwn(mediaId)
                        && !Set.of("Archive", "Read-Only", "Disabled", "Cleaning", "Busy")
                                .contains(volume.get("volstatus"))
                        && volume.get("enabled").equals("1")
                        && !"1".equals(volume.get("protected"))
                        && rows("job").stream().noneMatch(run -> mayWrite(run, volume.get("poolid")));
            }
        }
        return false;
    }

    private boolean holdsOnlyOwn(String mediaId) {
        boolean own = false;
        for (String table : List.of("jobmedia", "filemedia")) {
            for (Map<String, String> row : rows(table)) {
                if (row.get("mediaid").equals(mediaId)) {
                    if (!isOwn(row.get("jobid"))) {
                        return false;
                    }
                    own = true;
                }
            }
        }
        return own;
    }

    private static boolean mayWrite(Map<String, String> run, String pool) {
        String its = run.get("poolid");
        return isActive(run)
                && !Set.of("D", "V", "R").contains(run.get("type"))
                && (its == null || its.equals("0") || its.equals(pool));
    }

    private static boolean isActive(Map<String, String> run) {
        return "CRFSmMsjcdtpialLBquw".contains(run.get("jobstatus"));
    }

    private List<Map<String, String>> rows(String table) {
        return all.getOrDefault(table, List.of());
    }
}
