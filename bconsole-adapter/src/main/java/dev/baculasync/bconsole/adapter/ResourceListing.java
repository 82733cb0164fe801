package dev.baculasync.bconsole.adapter;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.DirectorResources;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the answer of {@code show all}: one line at column 0 for each resource, everything else indented. Keeps names,
 * and the VMs that a job's FileSet names; the answer itself repeats each job's client, pool, schedule and so on, and grows
 * past 200 MB.
 */
final class ResourceListing {
    /** A name may hold spaces but no {@code =}, so it ends before the last word in front of the first {@code =}. */
    private static final Pattern RESOURCE =
            Pattern.compile("(?<kind>[A-Za-z]+): [Nn]ame=(?<name>[^=]*?)(?: [A-Za-z_]+=.*)?");

    /** The Type of a JobDefs, as the code of a letter; in all versions right after its name. */
    private static final Pattern JOB_TYPE = Pattern.compile("JobDefs: [Nn]ame=[^=]* JobType=(?<type>[0-9]+)(?: .*)?");

    /** Alike for a Job; whether the Director starts it stands on the same line. */
    private static final Pattern JOB = Pattern.compile(
            "Job: [Nn]ame=(?<name>[^=]*) JobType=(?<type>[0-9]+)(?:(?: .*)? Enabled=(?<enabled>[0-9]+))?(?: .*)?");

    /** What belongs to a resource is repeated below it, each part behind such an arrow. */
    private static final Pattern PART = Pattern.compile(" *--> (?<part>.*)");

    /** A Plugin string of a FileSet, for the OpenStack plugin. */
    private static final Pattern PLUGIN = Pattern.compile(" +P openstack:(?<arguments>.*)");

    private static final Pattern INSTANCE = Pattern.compile(
            "(?<![^\\s:,])instance *= *\"?(?<uuid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?![0-9a-zA-Z-])");

    private static final String BACKUP = String.valueOf((int) 'B');

    private final Map<String, Set<String>> names = new HashMap<>();
    private final Set<String> otherJobDefs = new HashSet<>();
    private final Set<String> disabledJobs = new HashSet<>();
    private final Map<String, Set<UUID>> vmsOfJobs = new HashMap<>();
    private String misread = "";

    /** The backup job whose parts are being read; empty while it is something else. */
    private String backupJob = "";

    private boolean inFileSet;

    /** Takes the next line. */
    void read(String line) {
        if (line.isEmpty()) {
            return;
        }
        if (line.charAt(0) == ' ') {
            readPart(line);
            return;
        }
        backupJob = "";
        inFileSet = false;
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
            readJob(line.stripTrailing());
        }
    }

    private void readJob(String line) {
        Matcher job = JOB.matcher(line);
        if (!job.matches()) {
            return;
        }
        if ("0".equals(job.group("enabled"))) {
            disabledJobs.add(job.group("name"));
        }
        if (job.group("type").equals(BACKUP)) {
            backupJob = job.group("name");
        }
    }

    private void readPart(String line) {
        if (backupJob.isEmpty()) {
            return;
        }
        Matcher part = PART.matcher(line);
        if (part.matches()) {
            inFileSet = part.group("part").startsWith("FileSet: ");
            return;
        }
        Matcher plugin = inFileSet ? PLUGIN.matcher(line) : null;
        if (plugin != null && plugin.matches()) {
            INSTANCE.matcher(plugin.group("arguments"))
                    .results()
                    .map(instance -> UUID.fromString(instance.group(1)))
                    .forEach(uuid -> vmsOfJobs
                            .computeIfAbsent(backupJob, job -> new HashSet<>())
                            .add(uuid));
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
                null,
                disabledJobs,
                vmsOfJobs);
    }

    private Set<String> named(String kind) {
        return names.getOrDefault(kind, Set.of());
    }
}
