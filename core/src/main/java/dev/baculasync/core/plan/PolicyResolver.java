package dev.baculasync.core.plan;

import dev.baculasync.spi.BaculaName;
import dev.baculasync.spi.DirectorResources;
import dev.baculasync.spi.JobDirectives;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the JobDefs of a VM: its tag, else its instance's, else the global default. A name that cannot be used falls to
 * the next source with a warning. A tag is a tenant's word and is believed only when the Director is known to have it; the
 * operator's own names are believed also when the Director could not be asked.
 */
final class PolicyResolver {
    private static final String JOB_DEFS = "JobDefs";
    private static final String JOB_ACL = "JobACL";
    private static final String REFUSED =
            "; a job that names what is not there makes the Director refuse its configuration";
    private static final String OTHER_TYPE = "is not of Type Backup in the Director";

    private final SyncPolicy policy;
    private final OpenStackInstance instance;
    private final Supplier<Optional<DirectorResources>> director;

    PolicyResolver(SyncPolicy policy, OpenStackInstance instance, Supplier<Optional<DirectorResources>> director) {
        this.policy = policy;
        this.instance = instance;
        this.director = director;
    }

    /**
     * @param jobDefs the name to use, or null when no source has one that the Director has
     * @param warnings why sources before it were passed over
     */
    record Resolved(@Nullable String jobDefs, List<String> warnings) {}

    /**
     * @param tag the VM's tag, or null
     * @param current what its job already names: that is loaded, so the Director need not be asked about it; or null
     */
    Resolved resolve(@Nullable String tag, @Nullable String current) {
        List<String> warnings = new ArrayList<>();
        if (tag != null) {
            Optional<String> objection = objectionToTag(tag, current);
            if (objection.isEmpty()) {
                return new Resolved(tag, warnings);
            }
            warnings.add("tag " + objection.get() + "; falling back to "
                    + (instance.jobDefs() != null ? "the JobDefs of clients.conf" : "JOBDEFS"));
        }
        String own = instance.jobDefs();
        if (own != null) {
            if (usable(own, current)) {
                return new Resolved(own, warnings);
            }
            warnings.add("JobDefs \"" + own + "\" of clients.conf " + unusable(own) + "; falling back to JOBDEFS");
        }
        if (usable(policy.jobDefs(), current)) {
            return new Resolved(policy.jobDefs(), warnings);
        }
        return new Resolved(null, warnings);
    }

    /** What of a new job's other resources the Director does not show, as a sentence; empty when all is there. */
    Optional<String> missingResource() {
        return director.get()
                .flatMap(has -> missing(
                        instance.client(), policy.storage(), policy.pool(), policy.schedule(), policy.messages(), has));
    }

    /** What of the resources that a stored job names the Director does not show, as a sentence; empty when all is there. */
    static Optional<String> missingResource(ManagedVm vm, DirectorResources has) {
        JobDirectives job = vm.directives();
        return firstMissing(
                        JOB_DEFS, job.jobDefs(), has.jobDefs(), "add it and reload, or correct the job file", JOB_ACL)
                .or(() -> missing(job.client(), job.storage(), job.pool(), job.schedule(), job.messages(), has))
                .map(why -> "job " + vm.job() + ": " + why);
    }

    private static Optional<String> missing(
            @Nullable String client,
            @Nullable String storage,
            @Nullable String pool,
            @Nullable String schedule,
            @Nullable String messages,
            DirectorResources has) {
        return firstMissing("Client", client, has.clients(), "add it, or correct clients.conf", "ClientACL, CatalogACL")
                .or(() -> firstMissing("Storage", storage, has.storages(), "set STORAGE", "StorageACL"))
                .or(() -> firstMissing("Pool", pool, has.pools(), "set POOL", "PoolACL, CatalogACL"))
                .or(() -> firstMissing("Schedule", schedule, has.schedules(), "set SCHEDULE", "ScheduleACL"))
                .or(() -> firstMissing("Messages", messages, has.messages(), "set MESSAGES", null));
    }

    /** @param name null when a job leaves it to its JobDefs: the Director has loaded those, with what they name */
    private static Optional<String> firstMissing(
            String kind, @Nullable String name, Set<String> has, String advice, @Nullable String hiddenBy) {
        return name == null || has.contains(name)
                ? Optional.empty()
                : Optional.of(kind + " \"" + name + "\" " + notShown(advice, hiddenBy) + REFUSED);
    }

    /**
     * As a phrase that follows a resource's name. A console that lists resources sees those only that it may use.
     *
     * @param advice what to do when it does not exist; empty when nothing is to be said of it
     * @param hiddenBy the ACLs that would keep it from us; null when there are none
     */
    private static String notShown(String advice, @Nullable String hiddenBy) {
        String absent = advice.isEmpty() ? "it does not exist" : "it does not exist (" + advice + ")";
        return "is not among what the Director shows: " + absent
                + (hiddenBy == null
                        ? ""
                        : ", or the Console that BCONSOLE_CONF names may not see it (" + hiddenBy + ")");
    }

    private Optional<String> objectionToTag(String tag, @Nullable String current) {
        Optional<String> illegal = BaculaName.problemOf(tag);
        if (illegal.isPresent()) {
            return Optional.of("is not a legal name: it " + illegal.get());
        }
        if (policy.jobDefsAllowed().isPresent()
                && !policy.jobDefsAllowed().get().contains(tag)) {
            return Optional.of("\"" + tag + "\" is not in JOBDEFS_ALLOWED");
        }
        if (tag.equals(current)) {
            return Optional.empty();
        }
        Optional<DirectorResources> resources = director.get();
        if (resources.isEmpty()) {
            return Optional.of("\"" + tag + "\" could not be checked: the Director did not list its JobDefs");
        }
        return isForBackups(resources.get(), tag) ? Optional.empty() : Optional.of("\"" + tag + "\" " + unusable(tag));
    }

    private boolean usable(String name, @Nullable String current) {
        return name.equals(current)
                || director.get().map(has -> isForBackups(has, name)).orElse(true);
    }

    private static boolean isForBackups(DirectorResources has, String jobDefs) {
        return has.jobDefs().contains(jobDefs) && !has.otherJobDefs().contains(jobDefs);
    }

    private boolean isOfAnotherType(String jobDefs) {
        return director.get().filter(has -> has.jobDefs().contains(jobDefs)).isPresent();
    }

    /** What is wrong with JobDefs that cannot be used, as a phrase that follows their name. */
    private String unusable(String jobDefs) {
        return isOfAnotherType(jobDefs) ? OTHER_TYPE : notShown("", JOB_ACL);
    }

    /** Why no new job can be written for want of JobDefs, as a sentence. */
    String withoutJobDefs() {
        return JOB_DEFS + " \"" + policy.jobDefs() + "\" "
                + (isOfAnotherType(policy.jobDefs())
                        ? OTHER_TYPE + ", and a job that names it would back nothing up; set JOBDEFS"
                        : notShown("set JOBDEFS", JOB_ACL) + REFUSED);
    }
}
