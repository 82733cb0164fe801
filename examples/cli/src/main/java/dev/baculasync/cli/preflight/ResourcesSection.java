package dev.baculasync.cli.preflight;

import dev.baculasync.core.plan.SyncPolicy;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that generated jobs would use. One that the Director does not have makes its next reload fail for everybody,
 * and 9.6 dies of it.
 */
final class ResourcesSection implements Section {
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
            return;
        }
        DirectorResources resources;
        try {
            resources = director.resources();
        } catch (ProviderException e) {
            findings.fail("names", e, "see bconsole");
            return;
        }
        SyncPolicy policy = installation.policy();
        needed(findings, "JobDefs", policy.jobDefs(), resources.jobDefs(), "JOBDEFS");
        Set<String> told = new TreeSet<>(Set.of(policy.jobDefs()));
        for (OpenStackInstance instance : installation.instances()) {
            String own = instance.jobDefs();
            if (own != null && told.add(own)) {
                needed(
                        findings,
                        "JobDefs",
                        own,
                        resources.jobDefs(),
                        "the jobdefs of " + instance + " in clients.conf");
            }
        }
        for (String allowed : new TreeSet<>(policy.jobDefsAllowed().orElse(Set.of()))) {
            if (told.add(allowed)) {
                allowed(findings, allowed, resources.jobDefs());
            }
        }
        needed(findings, "Storage", policy.storage(), resources.storages(), "STORAGE");
        needed(findings, "Pool", policy.pool(), resources.pools(), "POOL");
        needed(findings, "Schedule", policy.schedule(), resources.schedules(), "SCHEDULE");
        needed(findings, "Messages", policy.messages(), resources.messages(), "");
        for (OpenStackInstance instance : installation.instances()) {
            needed(
                    findings,
                    "Client",
                    instance.client(),
                    resources.clients(),
                    "the client of " + instance + " in clients.conf");
        }
    }

    private static void needed(Findings findings, String kind, String name, Set<String> there, String chosenBy) {
        String check = kind + " " + name;
        if (there.contains(name)) {
            findings.ok(check, "there");
            return;
        }
        findings.fail(
                check,
                kind + " \"" + name + "\" does not exist in the Director" + similar(name, there)
                        + "; a job that names it fails the next reload for everybody",
                "add it to the Director's configuration and reload"
                        + (chosenBy.isEmpty() ? "" : ", or correct " + chosenBy)
                        + "; if it is there, look at the ACLs of the Console that BCONSOLE_CONF names");
    }

    private static void allowed(Findings findings, String name, Set<String> there) {
        String check = "JobDefs " + name;
        if (there.contains(name)) {
            findings.ok(check, "there");
        } else {
            findings.warn(
                    check,
                    "JOBDEFS_ALLOWED lists it, but it does not exist in the Director" + similar(name, there)
                            + "; VMs that ask for it get the default",
                    "add it to the Director's configuration and reload, or take it off JOBDEFS_ALLOWED");
        }
    }

    /** Bacula takes case seriously, people do not. */
    private static String similar(String name, Set<String> there) {
        return there.stream()
                .filter(name::equalsIgnoreCase)
                .findFirst()
                .map(other -> " (but \"" + other + "\" does, and case counts)")
                .orElse("");
    }
}
