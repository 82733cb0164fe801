package dev.baculasync.cli;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Environment variables whose names are nearly those of ours. Nothing reads a misspelt one, its default holds, and a guard that
 * is misspelt guards nothing: so none of them is taken for another program's.
 */
final class Lookalikes {
    /** Conventions that many programs share, as those of OpenStack are: something like them may be meant for another one. */
    private static final Set<String> OF_EVERYBODY = Set.of("NO_COLOR", "TZ");

    /** Wrong names that people are known to write. The manual lists them: no other name is touched. */
    private static final Map<String, List<String>> KNOWN = Map.of(
            "BASE_DIR", List.of("BASE_DIRECTORY"),
            "CLEANUP_AFTER_DAYS", List.of("CLEANUP_AFTER", "CLEANUP_AFTER_DAY", "CLEANUP_DAYS"),
            "CLIENTS_CONF", List.of("CLIENTS_CONFIG", "CLIENT_CONF"),
            "DB_NAME", List.of("DB_DATABASE"),
            "DB_USER", List.of("DB_USERNAME"),
            "GRACE_DAYS", List.of("GRACE_DAY", "GRACE_PERIOD", "GRACE_PERIOD_DAYS"),
            "JOBDEFS_ALLOWED", List.of("ALLOWED_JOBDEFS"),
            "MAX_DISABLE_MIN", List.of("MAX_DISABLED_MIN", "MIN_DISABLE"),
            "MAX_DISABLE_PERCENT", List.of("MAX_DISABLED_PERCENT", "MAX_DISABLE_PCT", "MAX_DISABLE_PERCENTAGE"),
            "PGPASSWORD", List.of("DB_PASS", "DB_PASSWD", "DB_PASSWORD"));

    private Lookalikes() {}

    /** Each variable that is meant for one of ours, and that one. */
    static Map<String, String> in(Collection<String> set) {
        // The one that the script reads which starts the program.
        Set<String> ours = new HashSet<>(Set.of("SYNC_LOG"));
        for (String names : Variables.help().keySet()) {
            ours.addAll(Set.of(names.split(", ")));
        }
        Map<String, String> meant = new HashMap<>();
        // Of two spellings of one variable the manual's.
        ours.stream()
                .filter(name -> !OF_EVERYBODY.contains(name) && !name.startsWith("OS_"))
                .forEach(name ->
                        meant.merge(plain(name), name, (one, other) -> one.length() < other.length() ? one : other));
        Map<String, String> known = knownWrongNames();
        Map<String, String> found = new TreeMap<>();
        for (String name : set) {
            String own = known.getOrDefault(name, meant.get(plain(name)));
            if (own != null && !ours.contains(name)) {
                found.put(name, own);
            }
        }
        return found;
    }

    /** Each name of the manual's list, and the one that is meant. */
    static Map<String, String> knownWrongNames() {
        Map<String, String> wrong = new TreeMap<>();
        KNOWN.forEach((own, names) -> names.forEach(name -> wrong.put(name, own)));
        return wrong;
    }

    private static String plain(String name) {
        return name.toUpperCase(Locale.ROOT).replace("_", "").replace("-", "");
    }
}
