package dev.baculasync.preflight;

import dev.baculasync.preflight.config.BaculaFile;
import dev.baculasync.preflight.config.ConfigFiles;
import dev.baculasync.preflight.config.ConsoleRights;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names that generated jobs would use. One that the Director does not have makes its next reload fail for everybody,
 * and 9.6 dies of it.
 */
final class ResourcesSection implements Section {
    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "::1");
    private static final Set<String> OFF = Set.of("no", "No", "NO", "false", "False", "FALSE");

    private final Installation installation;
    private final KnownDirector director;

    ResourcesSection(Installation installation, KnownDirector director) {
        this.installation = installation;
        this.director = director;
    }

    @Override
    public String name() {
        return "Director resources";
    }

    @Override
    public void check(Findings findings) {
        Optional<String> obstacle = director.obstacle();
        if (obstacle.isPresent()) {
            findings.fail("names", "not checked because the Director cannot be asked", "see bconsole");
            onDisk(findings);
            return;
        }
        DirectorResources resources;
        try {
            resources = director.resources();
        } catch (ProviderException e) {
            findings.fail("names", e, "see bconsole");
            onDisk(findings);
            return;
        }
        jobDefs(findings, resources);
        RunPolicy policy = installation.policy();
        needed(findings, "Storage", policy.storage(), resources.storages(), "STORAGE");
        needed(findings, "Pool", policy.pool(), resources.pools(), "POOL");
        needed(findings, "Schedule", policy.schedule(), resources.schedules(), "SCHEDULE");
        needed(findings, "Messages", policy.messages(), resources.messages(), "MESSAGES");
        for (OpenStackInstance instance : installation.instances()) {
            needed(findings, "Client", instance.client(), resources.clients(), chosenBy("client", instance));
        }
        useless(findings);
    }

    /** A name that is in none of its files is not in the Director either, whatever keeps it from being asked. */
    private void onDisk(Findings findings) {
        Optional<ConfigFiles> files =
                director.configuration().filter(found -> found.blindSpot().isEmpty());
        if (files.isEmpty()) {
            return;
        }
        RunPolicy policy = installation.policy();
        chosenJobDefs().forEach((name, by) -> {
            onDisk(findings, files.get(), name, by, "JobDefs");
            overruled(findings, name);
        });
        onDisk(findings, files.get(), policy.storage(), "STORAGE", "Storage", "Autochanger");
        onDisk(findings, files.get(), policy.pool(), "POOL", "Pool");
        onDisk(findings, files.get(), policy.schedule(), "SCHEDULE", "Schedule");
        onDisk(findings, files.get(), policy.messages(), "MESSAGES", "Messages");
        for (OpenStackInstance instance : installation.instances()) {
            onDisk(findings, files.get(), instance.client(), chosenBy("client", instance), "Client");
        }
        useless(findings);
    }

    private static void onDisk(
            Findings findings, ConfigFiles files, String name, String chosenBy, String kind, String... orKinds) {
        Set<String> there = Stream.concat(Stream.of(kind), Stream.of(orKinds))
                .flatMap(any -> files.content().names(any).stream())
                .collect(Collectors.toSet());
        if (!there.contains(name)) {
            findings.fail(
                    kind + " " + name,
                    kind + " \"" + name + "\" does not exist in " + files.path() + " and what it includes"
                            + similar(name, there),
                    "add it to the Director's configuration, or correct " + chosenBy);
        }
    }

    /** Each with what names it. */
    private Map<String, String> chosenJobDefs() {
        Map<String, String> chosen = new LinkedHashMap<>();
        chosen.put(installation.policy().jobDefs(), "JOBDEFS");
        for (OpenStackInstance instance : installation.instances()) {
            if (instance.jobDefs() != null) {
                chosen.putIfAbsent(instance.jobDefs(), chosenBy("jobdefs", instance));
            }
        }
        return chosen;
    }

    private void jobDefs(Findings findings, DirectorResources resources) {
        RunPolicy policy = installation.policy();
        Map<String, String> chosen = chosenJobDefs();
        chosen.forEach((name, by) -> {
            if (resources.otherJobDefs().contains(name)) {
                findings.fail(
                        "JobDefs " + name,
                        otherType(name) + ": " + (by.equals("JOBDEFS") ? "no new VM" : "no VM")
                                + " would get a job from it",
                        "write Type = Backup into it and reload the Director, or correct " + by);
            } else {
                needed(findings, "JobDefs", name, resources.jobDefs(), by);
            }
            overruled(findings, name);
        });
        for (String allowed : new TreeSet<>(policy.jobDefsAllowed())) {
            if (!chosen.containsKey(allowed)) {
                allowed(findings, allowed, resources);
            }
        }
    }

    private static String chosenBy(String field, OpenStackInstance instance) {
        return "the " + field + " of " + instance + " in clients.conf";
    }

    private static String otherType(String jobDefs) {
        return "JobDefs \"" + jobDefs
                + "\" has no Type, or another one than Backup, and generated jobs take theirs from it";
    }

    private void needed(Findings findings, String kind, String name, Set<String> there, String chosenBy) {
        String check = kind + " " + name;
        if (there.contains(name)) {
            findings.ok(check, "there");
            return;
        }
        boolean onDisk = director.configuration()
                .filter(files -> files.content().names(kind).contains(name))
                .isPresent();
        findings.fail(
                check,
                kind + " \"" + name + "\" "
                        + (onDisk
                                ? "is in the Director's files, but not loaded or not shown"
                                : notShown(kind, similar(name, there)))
                        + "; a job that names it fails the next reload for everybody",
                (onDisk
                                ? "reload the Director"
                                : "add it to the Director's configuration and reload, or correct " + chosenBy)
                        + inTheWay(kind));
    }

    /** As runs say it of a name that they cannot use. */
    private String notShown(String kind, String similar) {
        return "is not among what the Director shows" + similar
                + (mayBeHidden(kind)
                        ? ": it does not exist, or " + director.consoleRights().told() + " may not see it"
                        : ": it does not exist");
    }

    private boolean mayBeHidden(String kind) {
        return !director.consoleRights().isUnrestricted() && !kind.equals("Messages");
    }

    /** An ACL that lacks a name hides the resource. */
    private String inTheWay(String kind) {
        if (!mayBeHidden(kind)) {
            return "";
        }
        ConsoleRights rights = director.consoleRights();
        return "; if it is there, look whether " + (kind.equals("JobDefs") ? "Job" : kind) + "ACL of " + rights.told()
                + " has it, or *all* alone, and whether its CatalogACL is set";
    }

    private void allowed(Findings findings, String name, DirectorResources resources) {
        String check = "JobDefs " + name;
        boolean there = resources.jobDefs().contains(name);
        if (there && !resources.otherJobDefs().contains(name)) {
            findings.ok(check, "there");
            overruled(findings, name);
        } else {
            findings.warn(
                    check,
                    (there ? otherType(name) : "it " + notShown("JobDefs", similar(name, resources.jobDefs())))
                            + "; JOBDEFS_ALLOWED lists it, and VMs that ask for it get the default",
                    (there ? "write Type = Backup into it" : "add it to the Director's configuration")
                            + " and reload, or take it off JOBDEFS_ALLOWED" + (there ? "" : inTheWay("JobDefs")));
        }
    }

    /** What a JobDefs says of these never takes effect, because a job says it itself. */
    private void overruled(Findings findings, String jobDefs) {
        Optional<ConfigFiles> files = director.configuration();
        if (files.isEmpty()) {
            return;
        }
        RunPolicy policy = installation.policy();
        Map<String, String> written = new LinkedHashMap<>();
        written.put("Storage", policy.storage());
        written.put("Pool", policy.pool());
        written.put("Schedule", policy.schedule());
        written.put("Messages", policy.messages());
        List<String> vain = new ArrayList<>();
        written.forEach((kind, name) -> files.get()
                .content()
                .value("JobDefs", jobDefs, kind)
                .filter(other -> !other.equals(name))
                .ifPresent(other -> vain.add(kind + " " + other + " (jobs say " + name + ")")));
        if (!vain.isEmpty()) {
            findings.warn(
                    "JobDefs " + jobDefs,
                    "it names what never takes effect, because generated jobs say it themselves: "
                            + String.join(", ", vain),
                    "set STORAGE, POOL, SCHEDULE and MESSAGES to what is meant, or take the lines out of the JobDefs");
        }
    }

    /** What is there and would still let no backup happen. */
    private void useless(Findings findings) {
        Optional<BaculaFile> content = director.configuration().map(ConfigFiles::content);
        if (content.isEmpty()) {
            return;
        }
        RunPolicy policy = installation.policy();
        content.get()
                .value("Pool", policy.pool(), "Pool Type")
                .filter(type -> !type.equalsIgnoreCase("Backup"))
                .ifPresent(type -> findings.fail(
                        "Pool " + policy.pool(),
                        "it is for something else than backups: Pool Type = " + type,
                        "let POOL name a Pool with Pool Type = Backup"));
        if (content.get()
                .values("Schedule", policy.schedule(), "Run")
                .filter(List::isEmpty)
                .isPresent()) {
            findings.warn(
                    "Schedule " + policy.schedule(),
                    "it has no Run line, so it starts no job",
                    "add one, unless jobs are started in another way");
        }
        unreachable(findings, content.get());
        off(findings, content.get(), "Schedule", policy.schedule());
        off(findings, content.get(), "Storage", policy.storage());
        installation.instances().forEach(instance -> off(findings, content.get(), "Client", instance.client()));
    }

    /** Each File Daemon sends to the address of the Storage as it stands there, from its own host. */
    private void unreachable(Findings findings, BaculaFile content) {
        String storage = installation.policy().storage();
        Optional<String> address = content.value("Storage", storage, "Address").filter(HERE::contains);
        List<String> elsewhere = installation.instances().stream()
                .map(OpenStackInstance::client)
                .filter(client -> content.value("Client", client, "Address")
                        .filter(host -> !HERE.contains(host))
                        .isPresent())
                .toList();
        if (address.isPresent() && !elsewhere.isEmpty()) {
            findings.warn(
                    "Storage " + storage,
                    "its Address is " + address.get() + ", and " + String.join(", ", elsewhere)
                            + " would look for the Storage Daemon there, on its own host",
                    "unless they are all one host, write the name by which all clients find the Storage Daemon's");
        }
    }

    private static void off(Findings findings, BaculaFile content, String kind, String name) {
        content.value(kind, name, "Enabled")
                .filter(OFF::contains)
                .ifPresent(value -> findings.warn(
                        kind + " " + name,
                        "it is switched off: Enabled = " + value,
                        "write Enabled = yes, and reload the Director"));
    }

    /** Bacula takes case seriously, people do not. */
    private static String similar(String name, Set<String> there) {
        return there.stream()
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .map(other -> " (\"" + other + "\" is there, and case counts)")
                .orElse("");
    }
}
