package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.DirectorResources;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the answer of {@code show all}: one line at column 0 for each resource, everything else indented. Keeps names
 * only; the answer itself repeats each job's client, pool, schedule and so on, and grows past 200 MB.
 */
final class ResourceListing {
    /** A name may hold spaces but no {@code =}, so it ends before the last word in front of the first {@code =}. */
    private static final Pattern RESOURCE =
            Pattern.compile("(?<kind>[A-Za-z]+): [Nn]ame=(?<name>[^=]*?)(?: [A-Za-z_]+=.*)?");

    /** The Type of a JobDefs, as the code of a letter; in all versions right after its name. */
    private static final Pattern JOB_TYPE = Pattern.compile("JobDefs: [Nn]ame=[^=]* JobType=(?<type>[0-9]+)(?: .*)?");

    private static final String BACKUP = String.valueOf((int) 'B');

    private final Map<String, Set<String>> names = new HashMap<>();
    private final Set<String> otherJobDefs = new HashSet<>();
    private String misread = "";

    /** Takes the next line. */
    void read(String line) {
        if (line.isEmpty() || line.charAt(0) == ' ') {
            return;
        }
        Matcher matcher = RESOURCE.matcher(line.stripTrailing());
        if (matcher.matches()) {
            String name = matcher.group("name");
            if (!BaculaName.isLegal(name)) {
                misread = line;
            }
            names.computeIfAbsent(matcher.group("kind"), kind -> new HashSet<>())
                    .add(name);
            Matcher type = JOB_TYPE.matcher(line.stripTrailing());
            if (type.matches() && !type.group("type").equals(BACKUP)) {
                otherJobDefs.add(name);
            }
        }
    }

    /** A line whose name is none that a Director accepts, so the format is not the one known here; empty if there is none. */
    String misread() {
        return misread;
    }

    /** Whether the Director's own resource is there; {@code show all} starts with it. */
    boolean namesDirector() {
        return names.containsKey("Director");
    }

    DirectorResources resources() {
        Set<String> storages = new HashSet<>(named("Storage"));
        // An Autochanger is a Storage as far as a job is concerned.
        storages.addAll(named("Autochanger"));
        return new DirectorResources(
                named("JobDefs"),
                storages,
                named("Pool"),
                named("Schedule"),
                named("Messages"),
                named("Client"),
                named("Job"),
                named("FileSet"),
                otherJobDefs,
                null);
    }

    private Set<String> named(String kind) {
        return names.getOrDefault(kind, Set.of());
    }
}
