package dev.baculasync.catalog.jdbc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What removing the names of a purged run should leave, worked out one row at a time over all rows, again and again until
 * no row goes any more. Shares nothing with what it is compared to.
 */
final class ReferenceNames {
    private final SortedMap<String, List<Map<String, String>>> left = new TreeMap<>();
    private final Set<String> paths = new HashSet<>();
    private final Set<String> filenames = new HashSet<>();

    /** @param all what there is, the purged run included */
    ReferenceNames(SortedMap<String, List<Map<String, String>>> all, String purged) {
        all.forEach((table, rows) -> {
            left.put(table, new ArrayList<>());
            for (Map<String, String> row : rows) {
                if (!purged.equals(row.get("jobid"))) {
                    left.get(table).add(row);
                } else if (row.containsKey("pathid")) {
                    paths.add(row.get("pathid"));
                    filenames.add(row.get("filenameid"));
                }
            }
        });
    }

    SortedMap<String, List<Map<String, String>>> left() {
        boolean changed = true;
        while (changed) {
            changed = removePath() || removeFilename();
        }
        return left;
    }

    private boolean removePath() {
        for (Map<String, String> row : left.get("path")) {
            String id = row.get("pathid");
            if (paths.contains(id) && !isNamed("pathid", id) && !isDirectory(id)) {
                left.get("path").remove(row);
                for (Map<String, String> up : List.copyOf(left.get("pathhierarchy"))) {
                    if (up.get("pathid").equals(id)) {
                        left.get("pathhierarchy").remove(up);
                        paths.add(up.get("ppathid"));
                    }
                }
                return true;
            }
        }
        return false;
    }

    private boolean removeFilename() {
        for (Map<String, String> row : left.getOrDefault("filename", List.of())) {
            if (filenames.contains(row.get("filenameid")) && !isNamed("filenameid", row.get("filenameid"))) {
                left.get("filename").remove(row);
                return true;
            }
        }
        return false;
    }

    private boolean isNamed(String column, String id) {
        for (String table : List.of("file", "unsavedfiles", "pathvisibility")) {
            for (Map<String, String> row : left.get(table)) {
                if (id.equals(row.get(column))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isDirectory(String id) {
        return left.get("pathhierarchy").stream()
                .anyMatch(row -> row.get("ppathid").equals(id));
    }
}
