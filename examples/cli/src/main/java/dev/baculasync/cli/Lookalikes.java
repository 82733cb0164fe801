package dev.baculasync.cli;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Environment variables whose names are nearly those of ours: a misspelt one is not read, its default holds, and nobody
 * notices.
 */
final class Lookalikes {
    /** What one would expect beside DB_HOST, and is called otherwise. */
    private static final Map<String, String> EXPECTED = Map.of(
            "DB_PASSWORD", "PGPASSWORD",
            "DB_PASSWD", "PGPASSWORD",
            "DB_PASS", "PGPASSWORD",
            "DB_USERNAME", "DB_USER",
            "DB_DATABASE", "DB_NAME");

    private Lookalikes() {}

    /** Each variable that is meant for one of ours, and that one. */
    static Map<String, String> in(Collection<String> set) {
        // The one that the script reads which starts the program.
        Set<String> ours = new HashSet<>(Set.of("SYNC_LOG"));
        for (String names : Variables.help().keySet()) {
            ours.addAll(Set.of(names.split(", ")));
        }
        Map<String, String> found = new TreeMap<>();
        for (String name : set) {
            if (!ours.contains(name) && !name.startsWith("OS_")) {
                Optional.ofNullable(EXPECTED.get(name))
                        .or(() ->
                                ours.stream().filter(own -> isNearly(name, own)).min(String::compareTo))
                        .ifPresent(own -> found.put(name, own));
            }
        }
        return found;
    }

    /** But for case, underscores and an S at the end the same; one letter more, less or other only in a longer name. */
    private static boolean isNearly(String name, String own) {
        String one = plain(name);
        String other = plain(own);
        return one.equals(other) || (other.length() >= 8 && differInOne(one, other));
    }

    private static String plain(String name) {
        return name.toUpperCase(Locale.ROOT).replace("_", "").replaceFirst("S$", "");
    }

    private static boolean differInOne(String one, String other) {
        String longer = one.length() >= other.length() ? one : other;
        String shorter = one.length() >= other.length() ? other : one;
        if (longer.length() - shorter.length() > 1) {
            return false;
        }
        int i = 0;
        while (i < shorter.length() && longer.charAt(i) == shorter.charAt(i)) {
            i++;
        }
        int skipped = longer.length() == shorter.length() ? Math.min(i + 1, shorter.length()) : i;
        return longer.substring(Math.min(i + 1, longer.length())).equals(shorter.substring(skipped));
    }
}
